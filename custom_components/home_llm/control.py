"""Carries out calls that passed every check, and finds out whether the devices followed."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
import logging
from weakref import WeakValueDictionary

from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF
from homeassistant.core import Context, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceNotSupported
from homeassistant.helpers import llm
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util.hass_dict import HassKey
import voluptuous as vol

from .const import DOMAIN
from .core.calls import ResolvedCall
from .core.errors import CallError
from .core.home import Entity, Home
from .service_calls import ServiceCall, service_call
from .timers import Timer, async_time
from .todo_items import async_item_call

_LOGGER = logging.getLogger(__name__)

_IN_TURN: HassKey[WeakValueDictionary[str, asyncio.Lock]] = HassKey(f"{DOMAIN}_in_turn")
"""Who is told "off and on again" does the second when the first is done."""

ACTION_TIMEOUT = 10.0
"""Seconds that an action may take before people are told that nothing is known of it."""

CONFIRMATION_TIMEOUT = 2.0
"""Seconds that a device has to show its new state once its action has returned."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What went wrong with one device or with a whole call.

    Args:
        reason: one of ``CallError.REASONS``, ``failed``, ``unconfirmed`` or ``misunderstood``;
            the sentence for it stands in the translations.
        name: the device or whatever else is at fault, as people call it.
        detail: what the device's integration says about it.

    """

    reason: str
    name: str = ""
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a call.

    Args:
        entity_ids: the entities that did as asked; a timer is none.
        problems: what went wrong.
        items: the items of to-do lists that it was done to, as the lists have them.
        timers: those that were asked about; none if it was no question about timers.

    """

    entity_ids: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    items: tuple[str, ...] = ()
    timers: tuple[Timer, ...] | None = None

    @property
    def is_done(self) -> bool:
        """Whether at least a part of it was done."""
        return bool(self.entity_ids) or not self.problems


async def async_carry_out(
    hass: HomeAssistant, call: ResolvedCall, home: Home, llm_context: llm.LLMContext
) -> Outcome:
    """Run an action on each of its entities at the same time, or do it to timers.

    One action for each entity, as Home Assistant's intents do it, tells which of them failed.
    """
    if not call.action.targets:
        return await _async_time(hass, call, llm_context)
    outcomes = await asyncio.gather(
        *(
            _async_control(hass, call, home.entity_by_id[entity_id], llm_context.context)
            for entity_id in call.entity_ids
        )
    )
    return _together(outcomes)


def _together(outcomes: Iterable[Outcome]) -> Outcome:
    """Return what came of a call, from what came of it with each device."""
    those = tuple(outcomes)
    return Outcome(
        entity_ids=tuple(each for outcome in those for each in outcome.entity_ids),
        problems=tuple(each for outcome in those for each in outcome.problems),
        items=tuple(dict.fromkeys(each for outcome in those for each in outcome.items)),
    )


async def _async_time(
    hass: HomeAssistant, call: ResolvedCall, llm_context: llm.LLMContext
) -> Outcome:
    try:
        return Outcome(timers=await async_time(hass, call, llm_context))
    except CallError as err:
        return Outcome(problems=(Problem(reason=err.reason, name=err.name),))


async def _async_control(
    hass: HomeAssistant, call: ResolvedCall, entity: Entity, context: Context | None
) -> Outcome:
    """Run an action on one entity, after those that are under way there."""
    in_turn = hass.data.setdefault(_IN_TURN, WeakValueDictionary())
    async with in_turn.setdefault(entity.entity_id, asyncio.Lock()):
        return await _async_follow(hass, call, entity, context)


async def _async_follow(
    hass: HomeAssistant, call: ResolvedCall, entity: Entity, context: Context | None
) -> Outcome:
    """Run an action on one entity, and find out whether it followed."""
    task = hass.async_create_task(
        _async_act(hass, call, entity, context), f"home_llm {call.action.name} {entity.entity_id}"
    )
    # Not awaited itself: whatever another integration raises must not end the conversation.
    await asyncio.wait((task,), timeout=ACTION_TIMEOUT)
    if not task.done():
        return Outcome(problems=(Problem(reason="unconfirmed", name=entity.name),))
    error = None if task.cancelled() else task.exception()
    if task.cancelled() or error is not None:
        return Outcome(problems=(_problem(call, entity, error),))
    if not await _async_reaches(hass, entity.entity_id, _expected_state(call)):
        return Outcome(problems=(Problem(reason="unconfirmed", name=entity.name),))
    item = task.result().item
    return Outcome(entity_ids=(entity.entity_id,), items=(item,) if item else ())


async def _async_act(
    hass: HomeAssistant, call: ResolvedCall, entity: Entity, context: Context | None
) -> ServiceCall:
    """Call the action that a call comes to, and return what that was."""
    if call.action.domain == "todo":
        service = await async_item_call(hass, call, entity, context)
    else:
        service = service_call(call, entity, hass.states.get(entity.entity_id))
    domain, _, name = service.name.partition(".")
    data = {ATTR_ENTITY_ID: entity.entity_id, **service.data}
    await hass.services.async_call(domain, name, data, blocking=True, context=context)
    return service


def _problem(call: ResolvedCall, entity: Entity, error: BaseException | None) -> Problem:
    """Return why an action failed."""
    if isinstance(error, CallError):
        return Problem(reason=error.reason, name=error.name)
    if isinstance(error, ServiceNotSupported):
        return Problem(reason="unsupported", name=entity.name)
    detail = _detail(call, entity.entity_id, error)
    return Problem(reason="failed", name=entity.name, detail=detail)


def _detail(call: ResolvedCall, entity_id: str, error: BaseException | None) -> str:
    """Log why an action failed, and return it if it is meant for people."""
    if isinstance(error, (HomeAssistantError, vol.Invalid)):
        _LOGGER.warning("%s failed for %s: %s", call.action.name, entity_id, error)
        return str(error)
    _LOGGER.error("%s failed for %s", call.action.name, entity_id, exc_info=error)
    return ""


def _expected_state(call: ResolvedCall) -> str | None:
    if call.arguments.get("brightness") == 0:
        return STATE_OFF
    # A step down may end at nought, which is off.
    return None if "brightness_step" in call.arguments else call.action.result


async def _async_reaches(hass: HomeAssistant, entity_id: str, expected: str | None) -> bool:
    """Return whether an entity has the expected state, now or a little later."""
    reached = asyncio.Event()

    def look() -> None:
        state = hass.states.get(entity_id)
        if expected is None or (state is not None and state.state == expected):
            reached.set()

    @callback
    def state_changed(_event: Event[EventStateChangedData]) -> None:
        look()

    unsubscribe = async_track_state_change_event(hass, entity_id, state_changed)
    look()
    try:
        async with asyncio.timeout(CONFIRMATION_TIMEOUT):
            await reached.wait()
    except TimeoutError:
        return False
    finally:
        unsubscribe()
    return True
