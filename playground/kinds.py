"""The kinds of devices that a house file can hold, and what can be said of each.

A kind is named as Home Assistant's domain. Attributes are named as Home Assistant's, except that
brightness, positions and volumes are in percent and colours have names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from . import checks
from .checks import Check


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """Something that can be said of a device beyond its state.

    Args:
        check: accepts its values.
        features: the device must have one of these; none needed if empty.

    """

    check: Check
    features: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What can be said of devices of one kind.

    Args:
        state: accepts its states; none if it has no state of its own.
        default: the state of a device whose file names none.
        features: everything that such devices may be able to do beyond the plain ones.
        typical: what a device can do whose file does not name features.
        attributes: by name.
        needed: attributes that must be given.
        own: Home Assistant's own helper makes it; it cannot be unavailable and is no device.

    """

    state: Check | None
    default: str | None = None
    features: tuple[str, ...] = ()
    typical: tuple[str, ...] = ()
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    own: bool = False


def _plain(check: Check) -> Attribute:
    return Attribute(check=check)


def _class(domain: str) -> dict[str, Attribute]:
    return {"device_class": _plain(checks.device_class(domain))}


_ON_OFF = checks.one_of("on", "off")
_OPENING = checks.one_of("open", "closed", "opening", "closing")
_PERCENT, _NUMBER, _TEXT, _TEXTS = map(
    _plain, (checks.percent, checks.number, checks.text, checks.texts)
)
_POSITION = Attribute(check=checks.percent, features=("position",))
_HVAC_MODES = ("off", "heat", "cool", "heat_cool", "auto", "dry", "fan_only")
_RANGE = {"min": _NUMBER, "max": _NUMBER, "step": _NUMBER, "unit_of_measurement": _TEXT}
_OPTIONS = {"options": _TEXTS}

_LIGHT = Kind(
    state=_ON_OFF,
    default="off",
    features=("dim", "color", "white"),
    attributes={
        "brightness": Attribute(check=checks.percent, features=("dim", "color", "white")),
        "color": Attribute(check=checks.color, features=("color",)),
        "color_temp_kelvin": Attribute(check=checks.number, features=("white",)),
    },
)
_FAN = Kind(
    state=_ON_OFF,
    default="off",
    features=("speed", "oscillate", "reverse"),
    attributes={
        "percentage": Attribute(check=checks.percent, features=("speed",)),
        "oscillating": Attribute(check=checks.flag, features=("oscillate",)),
        "direction": Attribute(check=checks.one_of("forward", "reverse"), features=("reverse",)),
        "preset_modes": _TEXTS,
        "preset_mode": _TEXT,
    },
)
_COVER = Kind(
    state=_OPENING,
    default="closed",
    features=("position", "stop", "tilt"),
    typical=("position", "stop"),
    attributes={
        **_class("cover"),
        "position": _POSITION,
        "tilt_position": Attribute(check=checks.percent, features=("tilt",)),
    },
)
_VALVE = Kind(
    state=_OPENING,
    default="closed",
    features=("position", "stop"),
    attributes={**_class("valve"), "position": _POSITION},
)
_LOCK = Kind(
    state=checks.one_of("locked", "unlocked", "locking", "unlocking", "open", "opening", "jammed"),
    default="locked",
    features=("open",),
)
_CLIMATE = Kind(
    state=checks.one_of(*_HVAC_MODES),
    default="off",
    attributes={
        "temperature": _NUMBER,
        "target_temp_high": _NUMBER,
        "target_temp_low": _NUMBER,
        "current_temperature": _NUMBER,
        "humidity": _PERCENT,
        "current_humidity": _PERCENT,
        "min_temp": _NUMBER,
        "max_temp": _NUMBER,
        "hvac_modes": _plain(checks.some_of(*_HVAC_MODES)),
        "hvac_action": _TEXT,
        "fan_modes": _TEXTS,
        "fan_mode": _TEXT,
        "preset_modes": _TEXTS,
        "preset_mode": _TEXT,
    },
)
_HUMIDIFIER = Kind(
    state=_ON_OFF,
    default="off",
    attributes={
        **_class("humidifier"),
        "humidity": _PERCENT,
        "current_humidity": _PERCENT,
        "min_humidity": _PERCENT,
        "max_humidity": _PERCENT,
        "available_modes": _TEXTS,
        "mode": _TEXT,
    },
)
_MEDIA_PLAYER = Kind(
    state=checks.one_of("off", "on", "idle", "playing", "paused", "standby", "buffering"),
    default="off",
    features=("play", "stop", "tracks", "volume", "mute"),
    typical=("play", "stop", "tracks", "volume", "mute"),
    attributes={
        **_class("media_player"),
        "volume_level": Attribute(check=checks.percent, features=("volume",)),
        "is_volume_muted": Attribute(check=checks.flag, features=("mute",)),
        "media_title": _TEXT,
        "media_artist": _TEXT,
        "media_album_name": _TEXT,
        "source_list": _TEXTS,
        "source": _TEXT,
    },
)
_VACUUM = Kind(
    state=checks.one_of("docked", "cleaning", "paused", "idle", "returning", "error"),
    default="docked",
    features=("pause", "stop", "return", "locate"),
    typical=("pause", "stop", "return", "locate"),
    attributes={"fan_speed_list": _TEXTS, "fan_speed": _TEXT},
)
_LAWN_MOWER = Kind(
    state=checks.one_of("docked", "mowing", "paused", "idle", "returning", "error"),
    default="docked",
    features=("pause", "dock"),
    typical=("pause", "dock"),
)
_SENSOR = Kind(
    state=checks.text,
    attributes={
        **_class("sensor"),
        **_OPTIONS,
        "unit_of_measurement": _TEXT,
        "state_class": _plain(checks.one_of("measurement", "total", "total_increasing")),
    },
)
_WEATHER = Kind(
    state=checks.text,
    default="sunny",
    attributes={
        "temperature": _NUMBER,
        "humidity": _PERCENT,
        "pressure": _NUMBER,
        "wind_speed": _NUMBER,
        "forecast": _plain(checks.forecast),
    },
)

KINDS: Mapping[str, Kind] = {
    "light": _LIGHT,
    "fan": _FAN,
    "switch": Kind(state=_ON_OFF, default="off", attributes=_class("switch")),
    "cover": _COVER,
    "valve": _VALVE,
    "lock": _LOCK,
    "climate": _CLIMATE,
    "humidifier": _HUMIDIFIER,
    "media_player": _MEDIA_PLAYER,
    "vacuum": _VACUUM,
    "lawn_mower": _LAWN_MOWER,
    "scene": Kind(state=None, attributes={"sets": _plain(checks.states)}),
    "button": Kind(state=None, attributes=_class("button")),
    "number": Kind(state=checks.numeric, attributes={**_class("number"), **_RANGE}),
    "select": Kind(state=checks.text, attributes=_OPTIONS, needed=("options",)),
    "todo": Kind(state=None, attributes={"items": _plain(checks.items)}),
    "sensor": _SENSOR,
    "binary_sensor": Kind(state=_ON_OFF, default="off", attributes=_class("binary_sensor")),
    "weather": _WEATHER,
    "calendar": Kind(state=None, attributes={"events": _plain(checks.events)}),
    "script": Kind(state=None, attributes={"sequence": _plain(checks.actions)}, own=True),
    "person": Kind(state=checks.text, default="home", own=True),
    "timer": Kind(state=None, attributes={"duration": _plain(checks.duration)}, own=True),
    "input_boolean": Kind(state=_ON_OFF, default="off", own=True),
    "input_button": Kind(state=None, own=True),
    "input_number": Kind(state=checks.numeric, attributes=_RANGE, needed=("min", "max"), own=True),
    "input_select": Kind(state=checks.text, attributes=_OPTIONS, needed=("options",), own=True),
    "input_text": Kind(state=checks.text, own=True),
}
"""Every kind, by the name of its domain."""

CHOICES: Mapping[str, str] = {
    "preset_mode": "preset_modes",
    "fan_mode": "fan_modes",
    "mode": "available_modes",
    "source": "source_list",
    "fan_speed": "fan_speed_list",
}
"""Attributes whose value has to be in the list that another attribute gives."""
