"""Says a sentence to a conversation agent, and watches what happens in the house."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from homeassistant.components import conversation
from homeassistant.components.conversation.trace import async_get_traces
from homeassistant.const import ATTR_DOMAIN, ATTR_SERVICE, EVENT_CALL_SERVICE
from homeassistant.core import Context, Event, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.intent import IntentResponseErrorCode
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from .assistant import DOMAIN

_TARGETS = ("entity_id", "device_id", "area_id", "floor_id", "label_id")
_PASSED_ON = (conversation.DOMAIN, "homeassistant")
_SETTLE = 5.0  # seconds for what the agent started to come to rest


@dataclass(frozen=True, kw_only=True)
class Address:
    """To whom a sentence goes, and how it gets there.

    Args:
        agent_id: the conversation agent that is spoken to.
        conversation_id: of the sentences before, to go on with them.
        device_id: the satellite that heard it, which tells where the speaker stands.
        language: of the sentence; that of the house if none.

    """

    agent_id: str
    conversation_id: str | None = None
    device_id: str | None = None
    language: str | None = None


@dataclass(frozen=True, kw_only=True)
class Call:
    """An action that ran.

    Args:
        action: ``domain.action``.
        targets: the entities it was for; areas and floors are resolved.
        data: its other parameters, as Home Assistant got them.

    """

    action: str
    targets: tuple[str, ...]
    data: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """How an entity changed.

    Args:
        old: its state before.
        new: its state afterwards.
        attributes: those that changed, with their values before and afterwards.

    """

    old: str | None
    new: str | None
    attributes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Timings:
    """Where the time went, in milliseconds; none where the agent does not tell.

    Args:
        load: to load the model, once in its life.
        prompt: to evaluate what of the prompt was new.
        first_token: until the model's first token.
        total: from the sentence to the end of the reply.
        tokens: of the reply, a count.

    """

    load: float | None = None
    prompt: float | None = None
    first_token: float | None = None
    total: float
    tokens: int | None = None


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A sentence and what came of it.

    Args:
        speech: the reply.
        error: Home Assistant's code, if the reply is an error.
        calls: the actions that ran, in their order.
        changed: by entity id.
        timings: of the reply.
        conversation_id: to go on talking.
        confidence: how sure the model was of its reply (0 to 1); none if the agent does not tell.
        misunderstood: whether the agent says that it understood nothing.

    """

    speech: str
    error: str | None
    calls: tuple[Call, ...]
    changed: Mapping[str, Change]
    timings: Timings
    conversation_id: str | None
    confidence: float | None = None
    misunderstood: bool = False

    @property
    def failed(self) -> bool:
        """Whether the assistant itself failed, and not what it was asked for."""
        return self.error == IntentResponseErrorCode.UNKNOWN

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "speech": self.speech,
            "error": self.error,
            "calls": [
                {"action": call.action, "targets": list(call.targets), "data": dict(call.data)}
                for call in self.calls
            ],
            "changed": {
                entity_id: {"old": change.old, "new": change.new, "attributes": change.attributes}
                for entity_id, change in self.changed.items()
            },
            "timings_ms": vars(self.timings),
            "confidence": self.confidence,
            "misunderstood": self.misunderstood,
        }


async def async_say(hass: HomeAssistant, sentence: str, address: Address) -> Exchange:
    """Say a sentence, and return what came of it."""
    context, before, start = Context(), _states(hass), perf_counter()
    calls: list[Call] = []
    unsubscribe = hass.bus.async_listen(EVENT_CALL_SERVICE, _recorder(hass, context, calls))
    try:
        response = await _async_process(hass, sentence, address, context)
        total = perf_counter() - start
        await async_settle(hass)
    finally:
        unsubscribe()
    reply, told = response["response"], _told(sentence)
    return Exchange(
        speech=reply["speech"].get("plain", {}).get("speech", ""),
        error=reply["data"].get("code"),
        calls=_merged(calls),
        changed=_changes(before, _states(hass)),
        timings=_timings(told, total),
        conversation_id=response["conversation_id"],
        confidence=told.get("confidence"),
        misunderstood=bool(told.get("misunderstood")),
    )


async def _async_process(
    hass: HomeAssistant, sentence: str, address: Address, context: Context
) -> Mapping[str, Any]:
    """Return what the action ``conversation.process`` returns."""
    if address.device_id is not None:
        # The action cannot name a satellite; voice pipelines call what it calls, too.
        said = vars(address) | {"text": sentence, "context": context}
        return (await conversation.async_converse(hass, **said)).as_dict()
    named = {key: value for key, value in vars(address).items() if value is not None}
    response = await hass.services.async_call(
        conversation.DOMAIN,
        "process",
        {"text": sentence, **named},
        blocking=True,
        context=context,
        return_response=True,
    )
    if response is None:
        raise HomeAssistantError("conversation.process returned nothing")
    return response


async def async_settle(hass: HomeAssistant) -> None:
    """Wait until the house has come to rest."""
    try:
        async with asyncio.timeout(_SETTLE):
            await hass.async_block_till_done()
    except TimeoutError:
        # Something in the house keeps moving; what it did so far is what there is to tell.
        return


def _recorder(
    hass: HomeAssistant, context: Context, calls: list[Call]
) -> Callable[[Event[Any]], None]:
    """Return a listener that notes the actions that are asked for, not those that follow."""

    @callback
    def note(event: Event[Any]) -> None:
        domain, service = event.data[ATTR_DOMAIN], event.data[ATTR_SERVICE]
        # Scripts and scenes act in contexts of their own; some actions only lead to others.
        if event.context.id != context.id or domain in _PASSED_ON:
            return
        data = dict(event.data["service_data"])
        targets = {key: data.pop(key) for key in _TARGETS if key in data}
        entity_ids = _resolved(hass, domain, targets)
        calls.append(Call(action=f"{domain}.{service}", targets=entity_ids, data=data))

    return note


def _resolved(hass: HomeAssistant, domain: str, targets: dict[str, Any]) -> tuple[str, ...]:
    if not targets:
        return ()
    if targets.get("entity_id") == "all":
        return tuple(sorted(hass.states.async_entity_ids(domain)))
    named = async_extract_referenced_entity_ids(hass, TargetSelection(targets))
    reached = (entity for entity in named.indirectly_referenced if entity.startswith(f"{domain}."))
    return tuple(sorted({*named.referenced, *reached}))


def _merged(calls: Iterable[Call]) -> tuple[Call, ...]:
    """Join calls that differ only in their targets: agents may call an action entity by entity."""
    merged: list[Call] = []
    for call in calls:
        last = merged[-1] if merged else None
        same = last is not None and (last.action, last.data) == (call.action, call.data)
        # The same once more for the same entity is no repetition: it skips another track.
        if last and same and not set(last.targets) & set(call.targets):
            targets = (*last.targets, *call.targets)
            merged[-1] = Call(action=call.action, targets=targets, data=call.data)
        else:
            merged.append(call)
    return tuple(merged)


def _states(hass: HomeAssistant) -> dict[str, State]:
    """Return the states of the house, without those of its assistants."""
    registry = er.async_get(hass)
    return {
        state.entity_id: state
        for state in hass.states.async_all()
        if state.domain != conversation.DOMAIN
        and ((entry := registry.async_get(state.entity_id)) is None or entry.platform != DOMAIN)
    }


def _changes(before: Mapping[str, State], after: Mapping[str, State]) -> dict[str, Change]:
    changes = {}
    for entity_id in sorted({*before, *after}):
        change = _change(before.get(entity_id), after.get(entity_id))
        if change.old != change.new or change.attributes:
            changes[entity_id] = change
    return changes


def _change(old: State | None, new: State | None) -> Change:
    had: Mapping[str, Any] = old.attributes if old else {}
    has: Mapping[str, Any] = new.attributes if new else {}
    return Change(
        old=old.state if old else None,
        new=new.state if new else None,
        attributes={
            str(name): (had.get(name), has.get(name))
            for name in sorted({*had, *has})
            if had.get(name) != has.get(name)
        },
    )


def _told(sentence: str) -> Mapping[str, Any]:
    """Return what the agent left in Home Assistant's trace of the sentence."""
    told: Mapping[str, Any] = {}
    for trace in async_get_traces():
        events = [event["data"] or {} for event in trace.as_dict()["events"]]
        if events and events[0].get("text") == sentence:
            told = next((data[DOMAIN] for data in reversed(events) if DOMAIN in data), {})
    return told


def _timings(told: Mapping[str, Any], seconds: float) -> Timings:
    return Timings(
        load=told.get("load_ms"),
        prompt=told.get("prompt_ms"),
        first_token=told.get("first_token_ms"),
        total=round(seconds * 1000, 1),
        tokens=told.get("tokens"),
    )
