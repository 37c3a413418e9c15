"""Carries out calls that passed every check, and finds out whether the devices followed."""

import asyncio
from dataclasses import dataclass
import logging

from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF
from homeassistant.core import Context, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_state_change_event
import voluptuous as vol

from .core.actions import service_data
from .core.calls import ResolvedCall
from .core.errors import CallError
from .core.home import Entity, Home

_LOGGER = logging.getLogger(__name__)

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
    """What came of a call: the entities that did as asked, and the problems."""

    entity_ids: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


async def async_carry_out(
    hass: HomeAssistant, call: ResolvedCall, home: Home, context: Context | None
) -> Outcome:
    """Run an action on each of its entities at the same time.

    One action for each entity, as Home Assistant's intents do it, tells which of them failed.
    """
    problems = await asyncio.gather(
        *(
            _async_control(hass, call, home.entity_by_id[entity_id], context)
            for entity_id in call.entity_ids
        )
    )
    results = zip(call.entity_ids, problems, strict=True)
    return Outcome(
        entity_ids=tuple(entity_id for entity_id, problem in results if problem is None),
        problems=tuple(problem for problem in problems if problem is not None),
    )


async def _async_control(
    hass: HomeAssistant, call: ResolvedCall, entity: Entity, context: Context | None
) -> Problem | None:
    entity_id, name = entity.entity_id, entity.name
    domain, _, action = call.action.name.partition(".")
    try:
        parameters = service_data(call.action, call.arguments, entity.attributes)
    except CallError as err:
        return Problem(reason=err.reason, name=name)
    data = {ATTR_ENTITY_ID: entity_id, **parameters}
    task = hass.async_create_task(
        hass.services.async_call(domain, action, data, blocking=True, context=context),
        f"home_llm {call.action.name} {entity_id}",
    )
    # Not awaited itself: whatever another integration raises must not end the conversation.
    await asyncio.wait((task,), timeout=ACTION_TIMEOUT)
    if not task.done():
        return Problem(reason="unconfirmed", name=name)
    if task.cancelled() or (error := task.exception()):
        return Problem(reason="failed", name=name, detail=_detail(call, entity_id, error))
    if not await _async_reaches(hass, entity_id, _expected_state(call)):
        return Problem(reason="unconfirmed", name=name)
    return None


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
