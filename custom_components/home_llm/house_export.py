"""The house as a house file describes it: for the playground, for scenarios and for training."""

from typing import Any

from homeassistant.core import Context, HomeAssistant, State
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM

from .core.home import Area, Entity, Floor, Home
from .home import HomeReader
from .house_attributes import attributes_of, features_of
from .house_contents import async_contents
from .house_kinds import FEATURES, HELPERS, KINDS
from .house_states import state_of
from .pseudonyms import Pseudonyms

_LONGEST_NAME = 100


async def async_house(hass: HomeAssistant, context: Context, *, personal: bool) -> dict[str, Any]:
    """Return what is exposed to agents, as plain data for a house file.

    Args:
        hass: Home Assistant.
        context: of the user who asks, whose rights hold.
        personal: whether names of people, what stands on lists and in calendars, texts and what is
            playing are told; if not, words without meaning stand in for them.

    """
    home = HomeReader(hass).read(KINDS)
    # What devices hold comes later than the snapshot, in which they then may be no more.
    states = {entity.entity_id: hass.states.get(entity.entity_id) for entity in home.entities}
    devices = []
    for entity in home.entities:
        if (state := states[entity.entity_id]) is not None:
            contents = await async_contents(hass, state, context, personal=personal)
            told = attributes_of(hass, entity, state, personal=personal) | contents
            devices.append(_device(home, entity, state, told, personal=personal))
    house = {
        "language": home.language,
        "units": "us_customary" if hass.config.units is US_CUSTOMARY_SYSTEM else "metric",
        "floors": [_place(floor) for floor in home.floors],
        "areas": [_area(home, area) for area in home.areas],
        "devices": devices,
    }
    if personal:
        return {"name": hass.config.location_name.strip() or "Home"} | house
    return Pseudonyms.of(hass).in_house(house)


def _device(
    home: Home, entity: Entity, state: State, attributes: dict[str, Any], *, personal: bool
) -> dict[str, Any]:
    """Return a device; what goes without saying is left out."""
    area = home.area_by_id.get(entity.area_id or "")
    told: dict[str, Any] = {
        "name": _name(entity.name) or entity.entity_id,
        "kind": entity.domain,
        "area": area.name if area is not None else None,
        "aliases": _words(entity.aliases),
        "features": features_of(entity, state),
        "state": state_of(entity, attributes, personal=personal) if entity.available else None,
        "attributes": attributes,
        "unavailable": not entity.available and entity.domain not in HELPERS,
        "entity_id": entity.entity_id,
    }
    # No features at all is something else than those that are typical of a kind.
    return {key: value for key, value in told.items() if value or _counts(key, entity.domain)}


def _counts(key: str, kind: str) -> bool:
    return key == "features" and kind in FEATURES


def _area(home: Home, area: Area) -> dict[str, Any]:
    floors = {floor.floor_id: floor.name for floor in home.floors}
    floor = floors.get(area.floor_id or "")
    return _place(area) | ({"floor": floor} if floor is not None else {})


def _place(place: Floor | Area) -> dict[str, Any]:
    aliases = _words(place.aliases)
    return {"name": place.name, **({"aliases": aliases} if aliases else {})}


def _name(name: str) -> str:
    return name.strip()[:_LONGEST_NAME]


def _words(words: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(filter(None, map(str.strip, words))))
