"""Items of to-do lists: which one is meant, and what is done to it.

People do not say an item as it was written: "tick off the eggs" is about "6 Eggs".
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from homeassistant.components.todo import DOMAIN, TodoItemStatus, TodoServices
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Context, HomeAssistant, split_entity_id
from homeassistant.exceptions import HomeAssistantError

from .core.calls import ResolvedCall
from .core.errors import CallError
from .core.home import Entity
from .core.parser import Unclear
from .likeness import like, plain, same
from .service_calls import ServiceCall

_PATIENCE = 5.0
"""Seconds that lists may take to say what they hold."""
_OF_AN_ITEM = ("complete", "remove")


@dataclass(frozen=True, kw_only=True)
class Item:
    """An item of a list.

    Args:
        summary: what it says.
        uid: the list's own id of it, if it has one.
        is_open: whether it is still to be done.

    """

    summary: str
    uid: str = ""
    is_open: bool = True


async def async_item_call(
    hass: HomeAssistant, call: ResolvedCall, entity: Entity, context: Context | None
) -> ServiceCall:
    """Return what a call about an item comes to for one list.

    Raises:
        CallError: ``unknown_item`` or ``ambiguous_item``, with what was said or could be meant.

    """
    said = str(call.arguments["item"])
    if call.action.name == "todo.add_item":
        return ServiceCall(name=call.action.name, data={"item": said}, item=said)
    item = meant(said, await _async_items(hass, entity.entity_id, context))
    which = item.uid or item.summary
    if call.action.name == "todo.remove_item":
        return ServiceCall(name=call.action.name, data={"item": [which]}, item=item.summary)
    data = {"item": which, "status": TodoItemStatus.COMPLETED}
    return ServiceCall(name=f"{DOMAIN}.{TodoServices.UPDATE_ITEM}", data=data, item=item.summary)


async def async_list_meant(
    hass: HomeAssistant, unclear: Unclear, context: Context | None
) -> str | None:
    """Return the only list that has an item, where none was named; any, if none has it.

    Args:
        hass: Home Assistant.
        unclear: a wish that could mean several lists, or something else.
        context: of the user.

    """
    domains = {split_entity_id(entity_id)[0] for entity_id in unclear.entity_ids}
    if unclear.verb not in _OF_AN_ITEM or domains != {DOMAIN}:
        return None
    said = str(unclear.arguments["item"])
    try:
        async with asyncio.timeout(_PATIENCE):
            lists = {e: await _async_items(hass, e, context) for e in unclear.entity_ids}
    except HomeAssistantError, TimeoutError:
        return None  # What a list holds that does not answer is not known.
    # As within one list: what is still to be done goes first, and the same words before some.
    for is_open in (True, False):
        items = {e: [i for i in those if i.is_open is is_open] for e, those in lists.items()}
        for alike in (same, like):
            found = [
                entity_id for entity_id, those in items.items() if alike(said, those, _summary)
            ]
            if found:
                return found[0] if len(found) == 1 else None
    return unclear.entity_ids[0]  # None has it, and that is told of any.


async def _async_items(
    hass: HomeAssistant, entity_id: str, context: Context | None
) -> tuple[Item, ...]:
    response = await hass.services.async_call(
        DOMAIN,
        TodoServices.GET_ITEMS,
        {ATTR_ENTITY_ID: entity_id},
        blocking=True,
        context=context,
        return_response=True,
    )
    listed = (response or {}).get(entity_id)
    items = listed.get("items") if isinstance(listed, Mapping) else None
    return tuple(_items(items if isinstance(items, Sequence) else ()))


def _items(listed: Iterable[object]) -> Iterable[Item]:
    for item in listed:
        if isinstance(item, Mapping):
            yield Item(
                summary=str(item.get("summary", "")),
                uid=str(item.get("uid", "")),
                is_open=item.get("status") != TodoItemStatus.COMPLETED,
            )


def meant(said: str, items: Iterable[Item]) -> Item:
    """Return the item that was meant: what is still to be done goes before what is done.

    Raises:
        CallError: ``unknown_item`` or ``ambiguous_item``, with what was said or could be meant.

    """
    there = tuple(items)
    for is_open in (True, False):
        open_or_done = [item for item in there if item.is_open is is_open]
        found = like(said, open_or_done, _summary)
        if len({plain(item.summary) for item in found}) > 1:
            raise CallError("ambiguous_item", ", ".join(item.summary for item in found))
        if found:
            return found[0]
    raise CallError("unknown_item", said)


def _summary(item: Item) -> str:
    return item.summary
