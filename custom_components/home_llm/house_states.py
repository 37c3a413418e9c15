"""The state of a device as a house file tells it: only one that the rest of the device allows."""

from collections.abc import Mapping
import math
from typing import Any

from homeassistant.const import STATE_HOME, STATE_NOT_HOME, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.util import dt as dt_util

from .core.home import Entity
from .house_kinds import FREE_STATES, STATES

_LONGEST_TEXT = 100
_DEFAULT_RANGE = (0, 100)
_TEXT_CLASSES = (None, "enum", "date", "timestamp")


def state_of(entity: Entity, attributes: Mapping[str, Any], *, personal: bool) -> str | None:
    """Return the state; none if devices of this kind have none of their own.

    Args:
        entity: the device as an agent sees it.
        attributes: what the file says of it, by the file's names.
        personal: whether texts and places of people are told.

    """
    kind, state = entity.domain, entity.state
    if kind not in STATES and kind not in FREE_STATES:
        return None
    if state in (STATE_UNKNOWN, STATE_UNAVAILABLE) or not state.strip():
        return STATE_UNKNOWN
    if kind in STATES:
        known = state in STATES[kind] and state in attributes.get("hvac_modes", (state,))
        return state if known else STATE_UNKNOWN
    return _free(kind, state, attributes, personal=personal) or STATE_UNKNOWN


def _free(kind: str, state: str, attributes: Mapping[str, Any], *, personal: bool) -> str | None:
    if kind in ("number", "input_number"):
        return state if _is_between(state, attributes) else None
    if kind in ("select", "input_select"):
        return state if state in attributes.get("options", ()) else None
    if kind == "sensor":
        return _sensor(state, attributes, personal=personal)
    if kind == "weather" or personal:
        return state[:_LONGEST_TEXT]
    if kind == "person":
        # Where people are in other places is nobody's business.
        return state if state == STATE_HOME else STATE_NOT_HOME
    return None


def _sensor(state: str, attributes: Mapping[str, Any], *, personal: bool) -> str | None:
    device_class = attributes.get("device_class")
    if device_class == "enum":
        return state if state in attributes["options"] else None
    if device_class == "timestamp":
        moment = dt_util.parse_datetime(state)
        return state if moment is not None and moment.tzinfo is not None else None
    if device_class == "date":
        return state if dt_util.parse_date(state) is not None else None
    measured = {"unit_of_measurement", "state_class"} & attributes.keys()
    is_text = not measured and device_class in _TEXT_CLASSES and personal
    return state if is_text or _as_number(state) is not None else None


def _is_between(state: str, attributes: Mapping[str, Any]) -> bool:
    low, high = _DEFAULT_RANGE
    number = _as_number(state)
    return number is not None and attributes.get("min", low) <= number <= attributes.get(
        "max", high
    )


def _as_number(state: str) -> float | None:
    try:
        number = float(state)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
