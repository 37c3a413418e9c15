"""Home Assistant's registries and states as the snapshot that a model sees."""

from collections.abc import Collection, Mapping

from homeassistant.components.conversation import DOMAIN as ASSISTANT
from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.const import ATTR_DEVICE_CLASS
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    intent,
)

from .abilities import features_of, options_of
from .core.formats.base import state_text
from .core.home import UNAVAILABLE, Area, Entity, Floor, Home, Value
from .readings import readings_beside, readings_of


@callback
def exposed_states(hass: HomeAssistant, domains: Collection[str] | None = None) -> list[State]:
    """Return the states that conversation agents may see, of some domains or of all."""
    return [
        state
        for state in hass.states.async_all(domains)
        if async_should_expose(hass, ASSISTANT, state.entity_id)
    ]


class HomeReader:
    """Takes snapshots, and remembers in which order what a prompt shows of entities has changed.

    Home Assistant's own time stamps will not do: ``last_changed`` misses a new brightness, and
    ``last_updated`` moves with readings that no prompt shows, which would shuffle the end of a
    prompt and throw away what the model has evaluated of it.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Start without a memory of changes."""
        self._hass = hass
        self._seen: dict[str, str] = {}

    @callback
    def read(self, domains: Collection[str] | None = None) -> Home:
        """Return what is exposed to conversation agents now, of some domains or of all."""
        states = sorted(exposed_states(self._hass, domains), key=lambda state: state.entity_id)
        beside = readings_beside(self._hass, states)
        entities = tuple(_entity(self._hass, state, beside) for state in states)
        self._remember(states, entities)
        return Home(
            entities=entities,
            # A room without devices is something else than a room that is not there.
            areas=tuple(map(_area, ar.async_get(self._hass).async_list_areas())),
            floors=tuple(map(_floor, fr.async_get(self._hass).async_list_floors())),
            last_changed=tuple(self._seen),
            language=self._hass.config.language,
        )

    def _remember(self, states: list[State], entities: tuple[Entity, ...]) -> None:
        """Move what looks different than at the last time to the end."""
        updated = {state.entity_id: state.last_updated for state in states}
        shown = {entity.entity_id: state_text(entity) for entity in entities}
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


def _entity(hass: HomeAssistant, state: State, beside: Mapping[str, Mapping[str, Value]]) -> Entity:
    entry = er.async_get(hass).async_get(state.entity_id)
    aliases = intent.async_get_entity_aliases(hass, entry, state=state)
    # People may take away every name by which an entity is addressed, or leave one empty.
    names = list(dict.fromkeys(filter(None, aliases))) or [state.name]
    device_class = state.attributes.get(ATTR_DEVICE_CLASS)
    return Entity(
        entity_id=state.entity_id,
        name=names[0],
        aliases=tuple(names[1:]),
        area_id=_area_id(hass, entry),
        state=state.state,
        attributes=_attributes(state, entry, beside),
        features=features_of(state),
        device_class=str(device_class) if device_class else None,
        options=options_of(state),
    )


def _attributes(
    state: State, entry: er.RegistryEntry | None, beside: Mapping[str, Mapping[str, Value]]
) -> dict[str, Value]:
    """Return what a device shows, itself or by the sensors beside it."""
    device_id = entry.device_id if entry is not None and state.domain != "sensor" else None
    if state.state in UNAVAILABLE:
        return {}
    return {**beside.get(device_id or "", {}), **readings_of(state)}


def _area(area: ar.AreaEntry) -> Area:
    return Area(
        area_id=area.id,
        name=area.name,
        aliases=tuple(sorted(area.aliases)),
        floor_id=area.floor_id,
    )


def _floor(floor: fr.FloorEntry) -> Floor:
    return Floor(
        floor_id=floor.floor_id,
        name=floor.name,
        aliases=tuple(sorted(floor.aliases)),
        level=floor.level,
    )


def _area_id(hass: HomeAssistant, entry: er.RegistryEntry | None) -> str | None:
    if entry is None:
        return None
    return entry.area_id or _device_area_id(hass, entry.device_id)


def _device_area_id(hass: HomeAssistant, device_id: str | None) -> str | None:
    device = dr.async_get(hass).async_get(device_id) if device_id else None
    return dr.async_get_effective_area_id(hass, device) if device else None
