"""What is asked about devices, and whether it is so: open, locked, at home, above twenty."""

from collections.abc import Mapping
from dataclasses import dataclass
import math

from .home import Entity, Value

_BINARY: Mapping[str, Mapping[str, str]] = {
    # What "on" and "off" of a binary sensor mean, by device class.
    **{
        name: {"open": "on", "closed": "off"}
        for name in ("door", "garage_door", "opening", "window")
    },
    "lock": {"unlocked": "on", "locked": "off", "open": "on", "closed": "off"},
    "battery": {"low": "on", "full": "off"},
    "moisture": {"wet": "on", "dry": "off", "detected": "on", "clear": "off"},
    "plug": {"connected": "on", "disconnected": "off"},
    "connectivity": {"connected": "on", "disconnected": "off"},
    "battery_charging": {"charging": "on", "connected": "on", "disconnected": "off"},
    "running": {"running": "on", "idle": "off"},
    "presence": {"home": "on", "away": "off", "detected": "on", "clear": "off"},
    "update": {"available": "on"},
    "cold": {"cold": "on"},
    "heat": {"hot": "on"},
    **{name: {"moving": "on"} for name in ("motion", "moving", "vibration")},
}
_ANY_BINARY: Mapping[str, str] = {"on": "on", "off": "off", "detected": "on", "clear": "off"}
_WITHOUT_CLASS: Mapping[str, str] = {
    # Of what has no class, the name tells what it is, and on is what one would notice.
    word: state
    for name in ("door", "moisture", "connectivity", "running", "presence")
    for word, state in _BINARY[name].items()
}
_STATES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    # Which of Home Assistant's states a word stands for, by domain.
    "cover": {
        "open": ("open", "opening"),
        "closed": ("closed", "closing"),
        "moving": ("opening", "closing"),
    },
    "valve": {
        "open": ("open", "opening"),
        "closed": ("closed", "closing"),
        "moving": ("opening", "closing"),
    },
    "lock": {
        "locked": ("locked", "locking"),
        "unlocked": ("unlocked", "unlocking", "open", "opening"),
        "open": ("unlocked", "unlocking", "open", "opening"),
        "closed": ("locked", "locking"),
    },
    "climate": {
        "on": ("heat", "cool", "heat_cool", "auto", "dry", "fan_only"),
        "heating": ("heat",),
        "cooling": ("cool",),
    },
    "media_player": {
        "on": ("on", "playing", "paused", "idle", "buffering"),
        "off": ("off", "standby"),
        "playing": ("playing", "buffering"),
        "idle": ("idle", "on", "standby"),
    },
    "vacuum": {
        "running": ("cleaning",),
        "on": ("cleaning", "returning"),
        "off": ("docked", "idle", "paused"),
        "stuck": ("error",),
    },
    "lawn_mower": {
        "running": ("mowing",),
        "cleaning": ("mowing",),
        "on": ("mowing", "returning"),
        "off": ("docked", "paused"),
        "stuck": ("error",),
    },
    "weather": {
        "rainy": ("rainy", "pouring", "lightning-rainy", "snowy-rainy", "hail"),
        "sunny": ("sunny", "clear-night"),
        "cloudy": ("cloudy", "partlycloudy"),
        "snowy": ("snowy", "snowy-rainy"),
        "windy": ("windy", "windy-variant"),
        "foggy": ("fog",),
        "stormy": ("lightning", "lightning-rainy"),
    },
    "calendar": {"busy": ("on",), "free": ("off",)},
    "script": {"running": ("on",)},
    "person": {"home": ("home",)},
}
_ONLY_OF: Mapping[str, tuple[str, ...]] = {
    # Words that are known of some domains only: nobody knows whether a blind is locked.
    **dict.fromkeys(("locked", "unlocked", "jammed"), ("lock",)),
    **dict.fromkeys(("home", "away"), ("person",)),
    **dict.fromkeys(("hot", "cold", "detected", "clear", "wet", "low", "full"), ()),
    "muted": ("media_player",),
}
_LOW = 20.0
_FULL = 95.0

WORDS: tuple[str, ...] = (
    *("on", "off", "open", "closed", "locked", "unlocked", "home", "away"),
    *("playing", "paused", "idle", "running", "cleaning", "docked", "returning", "mowing"),
    *("heating", "cooling", "detected", "clear", "wet", "dry", "low", "full", "charging"),
    *("connected", "disconnected", "available", "unavailable", "jammed", "stuck", "moving"),
    *("rainy", "sunny", "cloudy", "snowy", "windy", "foggy", "stormy", "hot", "cold"),
    *("busy", "free", "muted"),
)
"""What can be asked for by a word."""


@dataclass(frozen=True, kw_only=True)
class Test:
    """What devices may be found to be: a word, or more or less than a number.

    Args:
        word: one of ``WORDS``, unless it is about a number.
        above: what it must be more than.
        below: what it must be less than.

    """

    word: str = ""
    above: float | None = None
    below: float | None = None


def passes(entity: Entity, test: Test) -> bool | None:
    """Return whether a word is true of a device; none if that is not known."""
    if test.word == "unavailable":
        return not entity.available
    if test.word == "available" and entity.device_class != "update":
        return entity.available
    if not entity.available or entity.state == "unknown":
        return None
    return _is(entity, test.word)


def _is(entity: Entity, word: str) -> bool | None:
    if entity.domain == "binary_sensor":
        told = _BINARY.get(entity.device_class, {}) if entity.device_class else _WITHOUT_CLASS
        meant = {**_ANY_BINARY, **told}.get(word)
        return None if meant is None else entity.state == meant
    if entity.domain == "sensor":
        return _shows(entity, word)
    if entity.domain not in _ONLY_OF.get(word, (entity.domain,)):
        return None
    if word == "muted":
        return entity.attributes.get("is_volume_muted") is True
    if word == "away":
        return entity.state != "home"
    return entity.state in _STATES.get(entity.domain, {}).get(word, (word,))


def _shows(entity: Entity, word: str) -> bool | None:
    """Return whether a sensor shows a word; what a number comes to is not known of all."""
    number = reading(entity)
    if number is None:
        return entity.state.lower() == word
    if word not in ("low", "full") or entity.device_class not in (None, "battery"):
        return None
    return number <= _LOW if word == "low" else number >= _FULL


_OF: Mapping[str, str] = {
    "climate": "current_temperature",
    "humidifier": "current_humidity",
    "weather": "temperature",
    "light": "brightness",
    "fan": "percentage",
    "cover": "position",
    "valve": "position",
    "media_player": "volume_level",
}
_CALLED: Mapping[str, tuple[str, ...]] = {
    # Readings that questions have other words for than calls.
    "speed": ("percentage",),
    "volume": ("volume_level",),
    "mode": ("mode", "preset_mode"),
}
_NO_MODE = "none"
_NOUGHT: Mapping[str, str] = {"light": "off", "fan": "off", "cover": "closed", "valve": "closed"}
"""States in which the main reading is nought."""


def shown(entity: Entity, of: str = "") -> Value | None:
    """Return what a device shows: its state, or one of its readings; none if it shows no such.

    Args:
        entity: the device.
        of: the word of a question for the reading; the one that tells most if it is empty.

    """
    if not of:
        return entity.attributes.get(_OF.get(entity.domain, ""), entity.state)
    for name in _CALLED.get(of, (of,)):
        if entity.attributes.get(name, _NO_MODE) != _NO_MODE:
            return entity.attributes[name]
    # A thermostat without programmes heats or cools, and a sensor shows what it is for.
    is_state = (of == "mode" and entity.domain == "climate") or (
        entity.domain == "sensor" and entity.device_class == of
    )
    return entity.state if is_state else None


def reading(entity: Entity, of: str = "") -> float | None:
    """Return a number that a device shows: its state, or one of its readings.

    What is off or closed is at nought, though it does not show it.
    """
    number = _number(shown(entity, of))
    if number is None and entity.state == _NOUGHT.get(entity.domain):
        main = _OF[entity.domain]
        return 0 if _CALLED.get(of, (of or main,))[0] == main else None
    return number


def _number(value: Value | None) -> float | None:
    if value is None or isinstance(value, (bool, tuple)):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
