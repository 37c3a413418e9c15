"""Timers, which are Home Assistant's own: they ring on the satellite that they were set on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent, llm

from .const import DOMAIN
from .core.calls import ResolvedCall
from .core.errors import CallError
from .likeness import like

_INTENTS: Mapping[str, str] = {
    "start": intent.INTENT_START_TIMER,
    "cancel": intent.INTENT_CANCEL_TIMER,
    "cancel_all": intent.INTENT_CANCEL_ALL_TIMERS,
    "pause": intent.INTENT_PAUSE_TIMER,
    "resume": intent.INTENT_UNPAUSE_TIMER,
    "add_time": intent.INTENT_INCREASE_TIMER,
    "take_time": intent.INTENT_DECREASE_TIMER,
    "status": intent.INTENT_TIMER_STATUS,
}
_BY_TIME = ("start", "add_time", "take_time")
"""What is done for a time; of all others it tells which timer is meant: the one set for it."""

_DURATION = {"hours": 3600, "minutes": 60, "seconds": 1}
_NOT_FOUND = "timer_not_found"
_REASONS: Mapping[str | None, str] = {
    "no_timer_support": "no_timer_support",
    _NOT_FOUND: _NOT_FOUND,
    "multiple_timers_matched": "multiple_timers",
}


@dataclass(frozen=True, kw_only=True)
class Timer:
    """A timer that was asked about.

    Args:
        name: as it was set; empty if it has none.
        seconds: for how long it was set.
        seconds_left: until it rings.
        is_active: whether it runs; else it is paused.

    """

    name: str
    seconds: int
    seconds_left: int
    is_active: bool


async def async_time(
    hass: HomeAssistant, call: ResolvedCall, llm_context: llm.LLMContext
) -> tuple[Timer, ...] | None:
    """Do to timers what a call says, and return those that it asks about, if it does.

    Raises:
        CallError: a reason, with the name of the timer, if one was said.

    """
    verb = call.action.name.partition(".")[2]
    if verb in _BY_TIME and call.arguments.keys().isdisjoint(_DURATION):
        raise CallError("invalid_argument", "minutes")
    slots = _slots(call, verb)
    name = str(call.arguments.get("name", ""))
    own = await _async_name(hass, name, llm_context) if name and verb != "start" else ""
    if own:
        slots["name"] = {"value": own}
    response = await _async_handle(hass, verb, slots, llm_context)
    if verb == "cancel_all" and not response.speech_slots.get("canceled"):
        raise CallError(_NOT_FOUND, name)
    return _timers(response) if verb == "status" else None


async def _async_name(hass: HomeAssistant, said: str, llm_context: llm.LLMContext) -> str:
    """Return the name of the only timer that is called nearly so: "eggs", if "egg" was said."""
    there = _timers(await _async_handle(hass, "status", {}, llm_context))
    names = {timer.name for timer in like(said, [t for t in there if t.name], _name)}
    return names.pop() if len(names) == 1 else ""


async def _async_handle(
    hass: HomeAssistant, verb: str, slots: dict[str, Any], llm_context: llm.LLMContext
) -> intent.IntentResponse:
    """Let Home Assistant do something to timers.

    Raises:
        CallError: a reason, with the name of the timer, if one was said.

    """
    name = str(slots.get("name", {}).get("value", ""))
    try:
        return await intent.async_handle(
            hass,
            DOMAIN,
            _INTENTS[verb],
            slots=slots,
            context=llm_context.context,
            language=llm_context.language,
            assistant=llm_context.assistant,
            device_id=llm_context.device_id,
        )
    except intent.IntentHandleError as err:
        raise CallError(_REASONS.get(err.response_key, "timer_failed"), name) from err
    except intent.IntentError as err:
        raise CallError("timer_failed", name) from err


def _slots(call: ResolvedCall, verb: str) -> dict[str, Any]:
    which = "" if verb in _BY_TIME else "start_"
    return {
        f"{which}{key}" if key in _DURATION else key: {"value": value}
        for key, value in call.arguments.items()
    }


def _timers(response: intent.IntentResponse) -> tuple[Timer, ...]:
    return tuple(_timer(status) for status in response.speech_slots["timers"])


def _name(timer: Timer) -> str:
    return timer.name


def _timer(status: Mapping[str, Any]) -> Timer:
    return Timer(
        name=status["name"],
        seconds=sum(status[f"start_{unit}"] * length for unit, length in _DURATION.items()),
        seconds_left=status["total_seconds_left"],
        is_active=status["is_active"],
    )
