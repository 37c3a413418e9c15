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
from .core.words import words
from .service_calls import ServiceCall

_PATIENCE = 5.0
"""Seconds that lists may take to say what they hold."""
_OF_AN_ITEM = ("complete", "remove")
_SHORTEST_INEXACT = 4
_SWAPPED = 2
_LEAST_STEM = 0.6


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
    """Return the only list that has an item, where none was named.

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
        for alike in (_same, _like):
            found = [entity_id for entity_id, those in items.items() if alike(said, those)]
            if found:
                return found[0] if len(found) == 1 else None
    return None


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
        found = _like(said, [item for item in there if item.is_open is is_open])
        if len({_plain(item.summary) for item in found}) > 1:
            raise CallError("ambiguous_item", ", ".join(item.summary for item in found))
        if found:
            return found[0]
    raise CallError("unknown_item", said)


def _same(said: str, items: Sequence[Item]) -> list[Item]:
    """Return the items that say the same."""
    return [item for item in items if _plain(item.summary) == _plain(said)]


def _like(said: str, items: Sequence[Item]) -> list[Item]:
    """Return the items that come closest: the same words, some, in other forms, or with a slip."""
    heard = _plain(said)
    plain = [(item, _plain(item.summary)) for item in items]
    parts = [item for item, text in plain if _is_part(heard, text) or _is_part(text, heard)]
    forms = [item for item, text in plain if _is_in(heard, text) or _is_in(text, heard)]
    slips = [item for item, text in plain if _is_slip(" ".join(heard), " ".join(text))]
    return _same(said, items) or parts or forms or slips


def _plain(text: str) -> tuple[str, ...]:
    """Return the words of a text, each in the singular."""
    return tuple(map(_singular, words(text)))


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("oes", "ses", "xes", "ches", "shes")):
        return word[:-2]
    return word if word.endswith("ss") else word.removesuffix("s")


def _is_part(those: Sequence[str], text: Sequence[str]) -> bool:
    return bool(those) and set(those) <= set(text)


def _is_in(those: Sequence[str], text: Sequence[str]) -> bool:
    """Return whether all of some words are in a text in some form: who "cleaned the oven"."""
    return bool(those) and all(any(_is_form(word, other) for other in text) for word in those)


def _is_form(word: str, other: str) -> bool:
    """Return whether words are forms of one: "sharpened" and "sharpen"."""
    stem = max(_SHORTEST_INEXACT, _LEAST_STEM * max(len(word), len(other)))
    return word == other or _common(word, other) >= stem


def _is_slip(heard: str, text: str) -> bool:
    """Return whether one letter is wrong, missing, too many, or two are in the other order."""
    longer = max(len(heard), len(text))
    if min(len(heard), len(text)) < _SHORTEST_INEXACT or abs(len(heard) - len(text)) > 1:
        return False
    head = _common(heard, text)
    tail = _common(heard[head:][::-1], text[head:][::-1])
    wrong = longer - head - tail
    return wrong <= 1 or (wrong == _SWAPPED and sorted(heard) == sorted(text))


def _common(first: str, second: str) -> int:
    """Return the length of the common beginning."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(first), len(second)))
