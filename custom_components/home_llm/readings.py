"""What devices show beyond their state, in people's units and in the words of ``core``.

The names are those of the arguments that set them (``volume_level``, ``percentage``); what
questions call otherwise is translated in ``core/states.py``. A unit that does not go without saying
stands beside its reading: ``unit`` is that of a state, ``power_unit`` that of ``power``.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
import math

from homeassistant.components.light import (
    ATTR_BRIGHTNESS,
    ATTR_COLOR_MODE,
    ATTR_RGB_COLOR,
    COLOR_MODES_COLOR,
)
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_OFF,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util.color import color_name_to_rgb

from .core.colors import COLORS
from .core.home import Value

_UNIT: Mapping[str, str] = {"unit": ATTR_UNIT_OF_MEASUREMENT}
_POSITION: Mapping[str, str] = {"position": "current_position"}
_READINGS: Mapping[str, Mapping[str, str]] = {
    # By domain and our name: Home Assistant's attribute.
    "fan": {"percentage": "percentage", "preset_mode": "preset_mode"},
    "cover": _POSITION,
    "valve": _POSITION,
    "climate": {
        "temperature": "temperature",
        "current_temperature": "current_temperature",
        "current_humidity": "current_humidity",
        "fan_mode": "fan_mode",
        "preset_mode": "preset_mode",
    },
    "humidifier": {
        "humidity": "humidity",
        "current_humidity": "current_humidity",
        "mode": "mode",
    },
    "media_player": {
        "volume_level": "volume_level",
        "is_volume_muted": "is_volume_muted",
        "title": "media_title",
        "artist": "media_artist",
        "source": "source",
    },
    "vacuum": {"battery": "battery_level"},
    "lawn_mower": {"battery": "battery_level"},
    "weather": {
        "temperature": "temperature",
        "humidity": "humidity",
        "pressure": "pressure",
        "pressure_unit": "pressure_unit",
        "wind_speed": "wind_speed",
        "wind_speed_unit": "wind_speed_unit",
    },
    "calendar": {"message": "message", "start_time": "start_time"},
    "sensor": _UNIT,
    "number": _UNIT,
    "input_number": _UNIT,
}
_SCALE: Mapping[str, float] = {"volume_level": 100}
_RUNNING_ONLY = ("light", "fan")
"""Domains of which nothing is to be told when they are off; a thermostat still has its target."""

_BESIDE = ("battery", "power", "energy")
"""What a sensor of the same device tells: the power of a plug, the battery of a lock."""

_MAX_BRIGHTNESS = 255


def readings_of(state: State) -> dict[str, Value]:
    """Return what a device that can be reached shows beyond its state."""
    if state.state == STATE_OFF and state.domain in _RUNNING_ONLY:
        return {}
    if state.domain == "light":
        return _light(state)
    found = {
        name: _value(state.attributes.get(attribute), _SCALE.get(name, 1))
        for name, attribute in _READINGS.get(state.domain, {}).items()
    }
    return {name: value for name, value in found.items() if value is not None}


def _light(state: State) -> dict[str, Value]:
    readings: dict[str, Value] = {}
    if (brightness := state.attributes.get(ATTR_BRIGHTNESS)) is not None:
        # What glows, however faintly, is not at nought percent.
        readings["brightness"] = max(1, round(brightness * 100 / _MAX_BRIGHTNESS))
    rgb = state.attributes.get(ATTR_RGB_COLOR)
    if rgb and state.attributes.get(ATTR_COLOR_MODE) in COLOR_MODES_COLOR:
        readings["color"] = color_name(tuple(rgb))
    return readings


def _value(raw: object, scale: float) -> Value | None:
    """Return a number, a text or a flag as people say it; none if there is nothing to be said."""
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, (int, float)):
        return _number(raw * scale)
    return str(raw) if raw not in (None, "") else None


def _number(exact: float) -> float | None:
    if not math.isfinite(exact):
        return None
    number = round(exact, 1)
    return int(number) if number == int(number) else number


@callback
def readings_beside(
    hass: HomeAssistant, states: Iterable[State]
) -> Mapping[str, Mapping[str, Value]]:
    """Return what sensors show of the devices that they belong to, by the id of the device.

    Where a device has several of a class nobody knows which one is meant.
    """
    registry = er.async_get(hass)
    sensors: defaultdict[tuple[str, str], list[State]] = defaultdict(list)
    for state in states:
        measured = state.attributes.get(ATTR_DEVICE_CLASS)
        if state.domain == "sensor" and measured in _BESIDE:
            entry = registry.async_get(state.entity_id)
            if entry is not None and entry.device_id is not None:
                sensors[entry.device_id, measured].append(state)
    found: defaultdict[str, dict[str, Value]] = defaultdict(dict)
    for (device_id, measured), those in sensors.items():
        if len(those) == 1:
            found[device_id] |= _measured(measured, those[0])
    return found


def _measured(name: str, sensor: State) -> dict[str, Value]:
    try:
        number = _number(float(sensor.state))
    except ValueError:
        # It is unavailable, or shows a word.
        return {}
    unit = sensor.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    readings: dict[str, Value] = {name: number} if number is not None else {}
    return readings | ({f"{name}_unit": str(unit)} if readings and unit else {})


@lru_cache(maxsize=256)
def color_name(rgb: tuple[int, int, int]) -> str:
    """Return the name of the colour that comes closest.

    Args:
        rgb: red, green and blue, 0-255 each.

    """

    def distance(name: str) -> int:
        return sum((a - b) ** 2 for a, b in zip(color_name_to_rgb(name), rgb, strict=True))

    return min(COLORS, key=distance)
