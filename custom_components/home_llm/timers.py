"""Timers, which are Home Assistant's own: they ring on the satellite that they were set on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent, llm

from .const import DOMAIN
from .core.calls import ResolvedCall
from .core.errors import CallError

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
_REASONS: Mapping[str | None, str] = {
    "no_timer_support": "no_timer_support",
    "timer_not_found": "timer_not_found",
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
    name = str(call.arguments.get("name", ""))
    try:
        response = await intent.async_handle(
            hass,
            DOMAIN,
            _INTENTS[verb],
            slots=_slots(call, verb),
            context=llm_context.context,
            language=llm_context.language,
            assistant=llm_context.assistant,
            device_id=llm_context.device_id,
        )
    except intent.IntentHandleError as err:
        raise CallError(_REASONS.get(err.response_key, "timer_failed"), name) from err
    except intent.IntentError as err:
        raise CallError("timer_failed", name) from err
    if verb == "cancel_all" and not response.speech_slots.get("canceled"):
        raise CallError("timer_not_found", name)
    if verb != "status":
        return None
    return tuple(_timer(status) for status in response.speech_slots["timers"])


def _slots(call: ResolvedCall, verb: str) -> dict[str, Any]:
    which = "" if verb in _BY_TIME else "start_"
    return {
        f"{which}{key}" if key in _DURATION else key: {"value": value}
        for key, value in call.arguments.items()
    }


def _timer(status: Mapping[str, Any]) -> Timer:
    return Timer(
        name=status["name"],
        seconds=sum(status[f"start_{unit}"] * length for unit, length in _DURATION.items()),
        seconds_left=status["total_seconds_left"],
        is_active=status["is_active"],
    )
