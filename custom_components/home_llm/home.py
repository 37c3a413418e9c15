"""Home Assistant's registries and states as the snapshot that a model sees."""

from collections.abc import Collection, Mapping
from enum import IntFlag
from functools import lru_cache

from homeassistant.components.climate import (
    ATTR_CURRENT_TEMPERATURE,
    ATTR_HVAC_MODES,
    ClimateEntityFeature,
)
from homeassistant.components.conversation import DOMAIN as ASSISTANT
from homeassistant.components.cover import ATTR_CURRENT_POSITION, CoverEntityFeature
from homeassistant.components.fan import ATTR_PERCENTAGE, FanEntityFeature
from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.components.humidifier import ATTR_HUMIDITY
from homeassistant.components.lawn_mower import LawnMowerEntityFeature
from homeassistant.components.light import (
    ATTR_BRIGHTNESS,
    ATTR_COLOR_MODE,
    ATTR_RGB_COLOR,
    ATTR_SUPPORTED_COLOR_MODES,
    COLOR_MODES_COLOR,
    brightness_supported,
    color_supported,
    color_temp_supported,
)
from homeassistant.components.lock import LockEntityFeature
from homeassistant.components.media_player import (
    ATTR_MEDIA_VOLUME_LEVEL,
    MediaPlayerEntityFeature,
)
from homeassistant.components.vacuum import VacuumEntityFeature
from homeassistant.components.valve import ValveEntityFeature
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_SUPPORTED_FEATURES,
    ATTR_TEMPERATURE,
    STATE_OFF,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    intent,
)
from homeassistant.util.color import color_name_to_rgb

from .core.actions import DOMAINS
from .core.colors import COLORS
from .core.home import UNAVAILABLE, Area, Entity, Floor, Home, Value

# What devices say they support, in the words of ``core``.
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
# What they can be set to, and what they are, where that decides what people say of them.
_CHOICES = {"climate": ATTR_HVAC_MODES}
_CLASSES = ("cover",)
# The readings that states show: Home Assistant's attribute, ours, and what it is multiplied by.
_READINGS: Mapping[str, tuple[tuple[str, str, float], ...]] = {
    "fan": ((ATTR_PERCENTAGE, "percentage", 1),),
    "cover": ((ATTR_CURRENT_POSITION, "position", 1),),
    "valve": ((ATTR_CURRENT_POSITION, "position", 1),),
    "climate": (
        (ATTR_TEMPERATURE, "temperature", 1),
        (ATTR_CURRENT_TEMPERATURE, "current_temperature", 1),
    ),
    "humidifier": ((ATTR_HUMIDITY, "humidity", 1),),
    "media_player": ((ATTR_MEDIA_VOLUME_LEVEL, "volume_level", 100),),
}
_MAX_BRIGHTNESS = 255


class HomeReader:
    """Takes snapshots, and remembers in which order what a prompt shows of entities has changed.

    Home Assistant's own time stamps will not do: ``last_changed`` misses a new brightness, and
    ``last_updated`` moves with readings that no prompt shows, which would shuffle the end of a
    prompt and throw away what the model has evaluated of it.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Start without a memory of changes."""
        self._hass = hass
        self._seen: dict[str, tuple[str, dict[str, Value]]] = {}

    @callback
    def read(self, domains: Collection[str] | None = None) -> Home:
        """Return what is exposed to conversation agents now, of some domains or of all."""
        states = sorted(
            (
                state
                for state in self._hass.states.async_all(domains)
                if async_should_expose(self._hass, ASSISTANT, state.entity_id)
            ),
            key=lambda state: state.entity_id,
        )
        entities = tuple(_entity(self._hass, state) for state in states)
        self._remember(states, entities)
        areas = _areas(self._hass, entities)
        return Home(
            entities=entities,
            areas=areas,
            floors=_floors(self._hass, areas),
            last_changed=tuple(self._seen),
        )

    def _remember(self, states: list[State], entities: tuple[Entity, ...]) -> None:
        """Move what looks different than at the last time to the end."""
        updated = {state.entity_id: state.last_updated for state in states}
        shown = {entity.entity_id: (entity.state, dict(entity.attributes)) for entity in entities}
        changed = [key for key, value in shown.items() if self._seen.get(key) != value]
        seen = {key: value for key, value in self._seen.items() if shown.get(key) == value}
        self._seen = seen | {key: shown[key] for key in sorted(changed, key=updated.__getitem__)}


@callback
def speaker_area(
    hass: HomeAssistant, device_id: str | None, satellite_id: str | None
) -> Area | None:
    """Return the area that the speaker stands in, if the satellite's is known."""
    satellite = er.async_get(hass).async_get(satellite_id) if satellite_id else None
    area_id = _area_id(hass, satellite) or _device_area_id(hass, device_id)
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    return _area(area) if area else None


def _entity(hass: HomeAssistant, state: State) -> Entity:
    entry = er.async_get(hass).async_get(state.entity_id)
    aliases = intent.async_get_entity_aliases(hass, entry, state=state)
    # People may take away every name by which an entity is addressed, or leave one empty.
    names = list(dict.fromkeys(filter(None, aliases))) or [state.name]
    return Entity(
        entity_id=state.entity_id,
        name=names[0],
        aliases=tuple(names[1:]),
        area_id=_area_id(hass, entry),
        state=state.state,
        attributes=_attributes(state),
        features=_features(state),
    )


def _attributes(state: State) -> dict[str, Value]:
    """Return the readings of what is not off, and of thermostats: in people's units."""
    readings: dict[str, Value] = {}
    # A thermostat that is off still has a target, which a step is added to.
    if state.state in UNAVAILABLE or (state.state == STATE_OFF and state.domain != "climate"):
        return readings
    for attribute, name, scale in _READINGS.get(state.domain, ()):
        if isinstance(value := state.attributes.get(attribute), (int, float)):
            number = round(value * scale, 1)
            readings[name] = int(number) if number == int(number) else number
    if state.domain == "light":
        if (brightness := state.attributes.get(ATTR_BRIGHTNESS)) is not None:
            # What glows, however faintly, is not at nought percent.
            readings["brightness"] = max(1, round(brightness * 100 / _MAX_BRIGHTNESS))
        rgb = state.attributes.get(ATTR_RGB_COLOR)
        if rgb and state.attributes.get(ATTR_COLOR_MODE) in COLOR_MODES_COLOR:
            readings["color"] = color_name(tuple(rgb))
    return readings


def _features(state: State) -> frozenset[str]:
    """Return what a device accepts beyond its domain's bare actions, in the words of ``core``."""
    if state.domain == "light":
        modes = state.attributes.get(ATTR_SUPPORTED_COLOR_MODES)
        able = {
            "dim": brightness_supported(modes),
            "color": color_supported(modes),
            "white": color_temp_supported(modes),
        }
        return frozenset(name for name, supported in able.items() if supported)
    supported = int(state.attributes.get(ATTR_SUPPORTED_FEATURES, 0))
    known = _FEATURES.get(state.domain, {})
    features = {name for flag, name in known.items() if flag & supported == flag}
    features.update(map(str, state.attributes.get(_CHOICES.get(state.domain, ""), ())))
    if state.domain in _CLASSES and (kind := state.attributes.get(ATTR_DEVICE_CLASS)):
        features.add(str(kind))
    return frozenset(features)


@lru_cache(maxsize=256)
def color_name(rgb: tuple[int, int, int]) -> str:
    """Return the name of the colour that comes closest.

    Args:
        rgb: red, green and blue, 0-255 each.

    """

    def distance(name: str) -> int:
        return sum((a - b) ** 2 for a, b in zip(color_name_to_rgb(name), rgb, strict=True))

    return min(COLORS, key=distance)


def _areas(hass: HomeAssistant, entities: tuple[Entity, ...]) -> tuple[Area, ...]:
    """Return the areas in which something can be controlled, in the order of the registry."""
    used = {entity.area_id for entity in entities if entity.domain in DOMAINS}
    return tuple(_area(area) for area in ar.async_get(hass).async_list_areas() if area.id in used)


def _area(area: ar.AreaEntry) -> Area:
    return Area(
        area_id=area.id,
        name=area.name,
        aliases=tuple(sorted(area.aliases)),
        floor_id=area.floor_id,
    )


def _floors(hass: HomeAssistant, areas: tuple[Area, ...]) -> tuple[Floor, ...]:
    used = {area.floor_id for area in areas}
    return tuple(
        Floor(floor_id=floor.floor_id, name=floor.name, aliases=tuple(sorted(floor.aliases)))
        for floor in fr.async_get(hass).async_list_floors()
        if floor.floor_id in used
    )


def _area_id(hass: HomeAssistant, entry: er.RegistryEntry | None) -> str | None:
    if entry is None:
        return None
    return entry.area_id or _device_area_id(hass, entry.device_id)


def _device_area_id(hass: HomeAssistant, device_id: str | None) -> str | None:
    device = dr.async_get(hass).async_get(device_id) if device_id else None
    return dr.async_get_effective_area_id(hass, device) if device else None
