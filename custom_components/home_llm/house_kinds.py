"""What a house file tells of each kind of device; a kind is a domain of Home Assistant."""

from collections.abc import Collection, Mapping

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.button import ButtonDeviceClass
from homeassistant.components.climate import HVACMode
from homeassistant.components.cover import CoverDeviceClass, CoverState
from homeassistant.components.humidifier import HumidifierDeviceClass
from homeassistant.components.lawn_mower import LawnMowerActivity
from homeassistant.components.lock import LockState
from homeassistant.components.media_player import MediaPlayerDeviceClass, MediaPlayerState
from homeassistant.components.number import NumberDeviceClass
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.components.switch import SwitchDeviceClass
from homeassistant.components.vacuum import VacuumActivity
from homeassistant.components.valve import ValveDeviceClass, ValveState
from homeassistant.const import STATE_OFF, STATE_ON

FEATURES: Mapping[str, tuple[str, ...]] = {
    "light": ("dim", "color", "white"),
    "fan": ("speed", "oscillate", "reverse"),
    "cover": ("position", "stop", "tilt"),
    "valve": ("position", "stop"),
    "lock": ("open",),
    "media_player": ("play", "stop", "tracks", "volume", "mute"),
    "vacuum": ("pause", "stop", "return", "locate"),
    "lawn_mower": ("pause", "dock"),
}
"""What devices may be able to do beyond the plain ones of their kind, in the file's order."""

_ON_OFF = (STATE_ON, STATE_OFF)

STATES: Mapping[str, Collection[str]] = {
    **dict.fromkeys(("light", "fan", "switch", "humidifier", "binary_sensor"), _ON_OFF),
    "input_boolean": _ON_OFF,
    "cover": tuple(CoverState),
    "valve": tuple(ValveState),
    "lock": tuple(LockState),
    "climate": tuple(HVACMode),
    "media_player": tuple(MediaPlayerState),
    "vacuum": tuple(VacuumActivity),
    "lawn_mower": tuple(LawnMowerActivity),
}
"""The states of kinds that have only a few."""

FREE_STATES = (
    *("number", "select", "sensor", "weather", "person"),
    *("input_number", "input_select", "input_text"),
)
"""Kinds that can have many states. All others have none of their own that a file could tell."""

HELPERS = (
    *("script", "person", "timer", "input_boolean", "input_button", "input_number"),
    *("input_select", "input_text"),
)
"""What Home Assistant makes itself; it can always be reached."""

_SET = {"position": "current_position"}
_MODES = {name: name for name in ("preset_modes", "preset_mode")}
_RANGE = {name: name for name in ("min", "max", "step", "unit_of_measurement")}
_OPTIONS = {"options": "options"}


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


_CLASS = _same("device_class")
ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    "light": _same("color_temp_kelvin"),
    "fan": _same("percentage", "oscillating", "direction") | _MODES,
    "switch": _CLASS,
    "cover": _CLASS | _SET | {"tilt_position": "current_tilt_position"},
    "valve": _CLASS | _SET,
    "lock": {},
    "climate": _MODES
    | _same("temperature", "target_temp_high", "target_temp_low", "current_temperature")
    | _same("humidity", "current_humidity", "min_temp", "max_temp", "hvac_modes", "hvac_action")
    | _same("fan_modes", "fan_mode"),
    "humidifier": _CLASS
    | _same("humidity", "current_humidity", "min_humidity", "max_humidity")
    | _same("available_modes", "mode"),
    "media_player": _CLASS
    | _same("volume_level", "is_volume_muted", "source_list", "source")
    | _same("media_title", "media_artist", "media_album_name"),
    "vacuum": _same("fan_speed_list", "fan_speed"),
    "lawn_mower": {},
    "scene": {},
    "button": _CLASS,
    "number": _CLASS | _RANGE,
    "select": _OPTIONS,
    "todo": {},
    "sensor": _CLASS | _OPTIONS | _same("unit_of_measurement", "state_class"),
    "binary_sensor": _CLASS,
    "weather": _same("temperature", "humidity", "pressure", "wind_speed"),
    "calendar": {},
    "script": {},
    "person": {},
    "timer": _same("duration"),
    "input_boolean": {},
    "input_button": {},
    "input_number": _RANGE,
    "input_select": _OPTIONS,
    "input_text": {},
}
"""By kind and name in the file: Home Assistant's attribute."""

KINDS = tuple(ATTRIBUTES)

PERSONAL = ("media_title", "media_artist", "media_album_name")
"""Attributes that tell what people do."""

NEEDS: Mapping[str, str] = {
    "percentage": "speed",
    "oscillating": "oscillate",
    "direction": "reverse",
    "position": "position",
    "tilt_position": "tilt",
    "volume_level": "volume",
    "is_volume_muted": "mute",
    "color_temp_kelvin": "white",
}
"""The feature that a device needs for an attribute."""

CHOICES: Mapping[str, str] = {
    "preset_mode": "preset_modes",
    "fan_mode": "fan_modes",
    "mode": "available_modes",
    "source": "source_list",
    "fan_speed": "fan_speed_list",
}
"""What has to be one of those that another attribute lists."""

CLASSES: Mapping[str, Collection[str]] = {
    "binary_sensor": tuple(BinarySensorDeviceClass),
    "button": tuple(ButtonDeviceClass),
    "cover": tuple(CoverDeviceClass),
    "humidifier": tuple(HumidifierDeviceClass),
    "media_player": tuple(MediaPlayerDeviceClass),
    "number": tuple(NumberDeviceClass),
    "sensor": tuple(SensorDeviceClass),
    "switch": tuple(SwitchDeviceClass),
    "valve": tuple(ValveDeviceClass),
}
"""Home Assistant's device classes, by domain."""
