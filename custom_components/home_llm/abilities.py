"""What devices can do and be set to, in the words of ``core``."""

from collections.abc import Mapping
from enum import IntFlag

from homeassistant.components.climate import ATTR_HVAC_MODES, ClimateEntityFeature
from homeassistant.components.cover import CoverEntityFeature
from homeassistant.components.fan import ATTR_PERCENTAGE_STEP, FanEntityFeature
from homeassistant.components.lawn_mower import LawnMowerEntityFeature
from homeassistant.components.light import (
    ATTR_SUPPORTED_COLOR_MODES,
    brightness_supported,
    color_supported,
    color_temp_supported,
)
from homeassistant.components.lock import LockEntityFeature
from homeassistant.components.media_player import MediaPlayerEntityFeature
from homeassistant.components.vacuum import VacuumEntityFeature
from homeassistant.components.valve import ValveEntityFeature
from homeassistant.const import ATTR_SUPPORTED_FEATURES
from homeassistant.core import State

from .core.gears import GEAR

_FEATURES: Mapping[str, Mapping[IntFlag, str]] = {
    "fan": {
        FanEntityFeature.SET_SPEED: "speed",
        FanEntityFeature.OSCILLATE: "oscillate",
        FanEntityFeature.DIRECTION: "reverse",
    },
    "cover": {CoverEntityFeature.SET_POSITION: "position", CoverEntityFeature.STOP: "stop"},
    "valve": {ValveEntityFeature.SET_POSITION: "position", ValveEntityFeature.STOP: "stop"},
    "lock": {LockEntityFeature.OPEN: "open"},
    "climate": {ClimateEntityFeature.TARGET_TEMPERATURE: "target"},
    "media_player": {
        MediaPlayerEntityFeature.PLAY | MediaPlayerEntityFeature.PAUSE: "play",
        MediaPlayerEntityFeature.STOP: "stop",
        MediaPlayerEntityFeature.NEXT_TRACK | MediaPlayerEntityFeature.PREVIOUS_TRACK: "tracks",
        MediaPlayerEntityFeature.VOLUME_SET: "volume",
        # Louder and quieter is all that some can do; Home Assistant refuses the rest.
        MediaPlayerEntityFeature.VOLUME_STEP: "volume",
        MediaPlayerEntityFeature.VOLUME_MUTE: "mute",
    },
    "vacuum": {
        VacuumEntityFeature.PAUSE: "pause",
        VacuumEntityFeature.STOP: "stop",
        VacuumEntityFeature.RETURN_HOME: "return",
        VacuumEntityFeature.LOCATE: "locate",
    },
    "lawn_mower": {LawnMowerEntityFeature.PAUSE: "pause", LawnMowerEntityFeature.DOCK: "dock"},
}
_MOST_GEARS = 10
_OPTIONS: Mapping[str, Mapping[str, str]] = {
    # By domain and argument: Home Assistant's attribute.
    "climate": {"preset_mode": "preset_modes", "fan_mode": "fan_modes"},
    "fan": {"preset_mode": "preset_modes"},
    "humidifier": {"mode": "available_modes"},
    "media_player": {"source": "source_list"},
    "select": {"option": "options"},
    "input_select": {"option": "options"},
}


def features_of(state: State) -> frozenset[str]:
    """Return what a device accepts beyond its domain's bare actions."""
    if state.domain == "light":
        modes = state.attributes.get(ATTR_SUPPORTED_COLOR_MODES)
        able = {
            "dim": brightness_supported(modes),
            "color": color_supported(modes),
            "white": color_temp_supported(modes),
        }
        return frozenset(name for name, supported in able.items() if supported)
    supported = int(state.attributes.get(ATTR_SUPPORTED_FEATURES) or 0)
    known = _FEATURES.get(state.domain, {})
    features = {name for flag, name in known.items() if flag & supported == flag}
    if state.domain == "climate":
        features.update(map(str, state.attributes.get(ATTR_HVAC_MODES) or ()))
    return frozenset(features)


def options_of(state: State) -> dict[str, tuple[str, ...]]:
    """Return what a device can be set to, by the argument of the action that does it."""
    offered = {
        argument: tuple(map(str, state.attributes.get(attribute) or ()))
        for argument, attribute in _OPTIONS.get(state.domain, {}).items()
    }
    if state.domain == "fan":
        offered[GEAR] = _gears(state)
    return {argument: options for argument, options in offered.items() if options}


def _gears(state: State) -> tuple[str, ...]:
    """Return the numbers of a fan's gears; none if it has no more than a percentage."""
    step = state.attributes.get(ATTR_PERCENTAGE_STEP)
    count = round(100 / step) if isinstance(step, (int, float)) and step > 0 else 0
    return tuple(map(str, range(1, count + 1))) if count <= _MOST_GEARS else ()
