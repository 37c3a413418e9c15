"""What a house file says of a device beyond its state: in percent, with names for colours."""

from collections.abc import Callable, Mapping
import math
import re
from typing import Any

from homeassistant.components.climate import ClimateEntityFeature, HVACMode
from homeassistant.components.cover import CoverEntityFeature
from homeassistant.components.light import ATTR_COLOR_MODE, ColorMode
from homeassistant.const import ATTR_SUPPORTED_FEATURES, UnitOfPressure
from homeassistant.core import HomeAssistant, State
from homeassistant.util.unit_conversion import (
    BaseUnitConverter,
    PressureConverter,
    SpeedConverter,
    TemperatureConverter,
)

from .core.home import Entity
from .house_kinds import ATTRIBUTES, CHOICES, CLASSES, FEATURES, NEEDS, PERSONAL

_PERCENT = 100
_DIGITS = 4
_LARGEST = 10**14
_DURATION = re.compile(r"\d{1,3}:[0-5]\d:[0-5]\d")


def features_of(entity: Entity, state: State) -> list[str]:
    """Return what a device can do, in the words of a house file."""
    supported = int(state.attributes.get(ATTR_SUPPORTED_FEATURES) or 0)
    tilts = entity.domain == "cover" and supported & CoverEntityFeature.SET_TILT_POSITION
    able = entity.features | ({"tilt"} if tilts else set())
    return [name for name in FEATURES.get(entity.domain, ()) if name in able]


def attributes_of(
    hass: HomeAssistant, entity: Entity, state: State, *, personal: bool
) -> dict[str, Any]:
    """Return what is to be said of a device that the reader of house files takes.

    Args:
        hass: Home Assistant, for the units of the house.
        entity: the device as an agent sees it.
        state: the same device, with Home Assistant's attributes.
        personal: whether what tells of people is told.

    """
    features, found = features_of(entity, state), _light(entity, state)
    for name, theirs in ATTRIBUTES[entity.domain].items():
        if (name in PERSONAL and not personal) or NEEDS.get(name, "") not in ("", *features):
            continue
        raw = _in_house_units(hass, state, name)
        raw = state.attributes.get(theirs) if raw is None else raw
        value = _CONVERTERS.get(name, _text)(raw)
        if value not in (None, []):
            found[name] = value
    return _consistent(entity.domain, _completed(entity, state, found))


def _light(entity: Entity, state: State) -> dict[str, Any]:
    """Return brightness and colour, which are the same as in a snapshot."""
    if entity.domain != "light":
        return {}
    return {n: entity.attributes[n] for n in ("brightness", "color") if n in entity.attributes}


def _completed(entity: Entity, state: State, found: dict[str, Any]) -> dict[str, Any]:
    """Add what a device needs in a house file to be able to do what it can do."""
    attributes = state.attributes
    if entity.domain == "light" and attributes.get(ATTR_COLOR_MODE) != ColorMode.COLOR_TEMP:
        found.pop("color_temp_kelvin", None)
    if entity.domain == "climate":
        # A target makes a thermostat to which one can be set; this one has none at the moment.
        supported = int(attributes.get(ATTR_SUPPORTED_FEATURES) or 0)
        if supported & ClimateEntityFeature.TARGET_TEMPERATURE and "min_temp" in found:
            found.setdefault("temperature", found["min_temp"])
    return found


def _consistent(kind: str, found: dict[str, Any]) -> dict[str, Any]:
    """Leave out what contradicts something else, for which a whole file would be refused."""
    for name, choices in CHOICES.items():
        if name in found and found[name] not in found.get(choices, ()):
            del found[name]
    if found.get("device_class", "") not in ("", *CLASSES.get(kind, ())):
        del found["device_class"]
    if found.get("device_class") == "enum" and "options" not in found:
        del found["device_class"]
    if found.get("min", 0) >= found.get("max", _PERCENT):
        for name in ("min", "max"):
            found.pop(name, None)
    return found


def _in_house_units(hass: HomeAssistant, state: State, name: str) -> float | None:
    """Return a reading of the weather, which may have units of its own."""
    units = hass.config.units
    known: Mapping[str, tuple[type[BaseUnitConverter], str]] = {
        "temperature": (TemperatureConverter, units.temperature_unit),
        "pressure": (PressureConverter, UnitOfPressure.HPA),
        "wind_speed": (SpeedConverter, units.wind_speed_unit),
    }
    value, unit = state.attributes.get(name), state.attributes.get(f"{name}_unit")
    if state.domain != "weather" or name not in known or not isinstance(value, int | float):
        return None
    converter, wanted = known[name]
    if unit not in converter.VALID_UNITS:
        return None
    # The exact value where nothing is to be converted.
    return value if unit == wanted else converter.convert(value, unit, wanted)


def _text(value: object) -> str | None:
    return (str(value).strip() or None) if isinstance(value, str) else None


def _words(value: object) -> list[str] | None:
    if not isinstance(value, list | tuple | set):
        return None
    return list(dict.fromkeys(filter(None, (_text(word) for word in value))))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    number = round(value, _DIGITS)
    if (number == 0) != (value == 0) or abs(number) > _LARGEST:
        return None
    return int(number) if number == int(number) else number


def _percent(value: object) -> int | None:
    number = _number(value)
    return None if number is None or not 0 <= number <= _PERCENT else round(number)


def _volume(value: object) -> int | None:
    number = _number(value)
    return None if number is None else _percent(number * _PERCENT)


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _modes(value: object) -> list[str] | None:
    return [mode for mode in _words(value) or () if mode in tuple(HVACMode)]


def _one_of(*values: str) -> Callable[[object], str | None]:
    return lambda value: str(value) if value in values else None


def _duration(value: object) -> str | None:
    text = _text(value)
    return text if text is not None and _DURATION.fullmatch(text) else None


_CONVERTERS: Mapping[str, Callable[[object], Any]] = {
    **dict.fromkeys(("percentage", "position", "tilt_position", "humidity"), _percent),
    **dict.fromkeys(("current_humidity", "min_humidity", "max_humidity"), _percent),
    "volume_level": _volume,
    **dict.fromkeys(("temperature", "target_temp_high", "target_temp_low"), _number),
    **dict.fromkeys(("current_temperature", "min_temp", "max_temp", "pressure"), _number),
    **dict.fromkeys(("wind_speed", "color_temp_kelvin", "min", "max", "step"), _number),
    **dict.fromkeys(("preset_modes", "fan_modes", "available_modes"), _words),
    **dict.fromkeys(("source_list", "fan_speed_list", "options"), _words),
    "hvac_modes": _modes,
    **dict.fromkeys(("oscillating", "is_volume_muted"), _flag),
    "direction": _one_of("forward", "reverse"),
    "state_class": _one_of("measurement", "total", "total_increasing"),
    "duration": _duration,
}
"""By name: how Home Assistant's value is told. Other attributes are texts."""
