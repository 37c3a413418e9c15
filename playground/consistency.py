"""What has to fit together in one device: a value and its choices, a number and its range."""

from collections.abc import Mapping
import math
from typing import Any

from homeassistant.util import dt as dt_util

from .kinds import CHOICES

_NOT_MEASURED = {None, "enum", "date", "timestamp"}
_DEFAULT_RANGE = (0, 100)


def contradiction(kind: str, state: str | None, attributes: Mapping[str, Any]) -> str | None:
    """Return what contradicts itself in a device, as a phrase; none if nothing does.

    Args:
        kind: the device's domain.
        state: its state, if it has one.
        attributes: by name, each checked before.

    """
    for name, choices in CHOICES.items():
        if name in attributes and attributes[name] not in attributes.get(choices, ()):
            return f"{name} '{attributes[name]}' is not one of its {choices}"
    if (
        kind in ("select", "input_select")
        and state is not None
        and state not in attributes["options"]
    ):
        return f"the state '{state}' is not one of its options"
    if kind == "climate":
        return _climate(state, attributes)
    if kind in ("number", "input_number"):
        return _number(state, attributes)
    return _sensor(state, attributes) if kind == "sensor" else None


def _climate(state: str | None, attributes: Mapping[str, Any]) -> str | None:
    modes = attributes.get("hvac_modes")
    if modes is not None and state is not None and state not in modes:
        return f"the state '{state}' is not one of its hvac_modes"
    return None


def _number(state: str | None, attributes: Mapping[str, Any]) -> str | None:
    low = attributes.get("min", _DEFAULT_RANGE[0])
    high = attributes.get("max", _DEFAULT_RANGE[1])
    if low >= high:
        return f"the lowest value ({low}) is not below the highest ({high})"
    if state is not None and not low <= float(state) <= high:
        return f"the state {state} is not between {low} and {high}"
    return None


def _sensor(state: str | None, attributes: Mapping[str, Any]) -> str | None:
    device_class = attributes.get("device_class")
    if state is None:
        return None
    if device_class == "enum" and state not in attributes.get("options", ()):
        return f"the state '{state}' is not one of its options"
    if device_class == "timestamp" and not _has_zone(state):
        return f"the state '{state}' is no time with a zone, as 2026-11-21T18:00:00+00:00"
    if device_class == "date" and dt_util.parse_date(state) is None:
        return f"the state '{state}' is no date, as 2026-11-21"
    measured = {"unit_of_measurement", "state_class"} & attributes.keys()
    if (measured or device_class not in _NOT_MEASURED) and not _is_number(state):
        return f"the state '{state}' is no number"
    return None


def _has_zone(state: str) -> bool:
    parsed = dt_util.parse_datetime(state)
    return parsed is not None and parsed.tzinfo is not None


def _is_number(state: str) -> bool:
    try:
        return math.isfinite(float(state))
    except ValueError:
        return False
