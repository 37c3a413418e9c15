"""What a house file says that Home Assistant keeps in its registries: places, aliases, exposure."""

from collections.abc import Iterable

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.intent import (
    TimerEventType,
    TimerInfo,
    async_register_timer_handler,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
)

from .house import Device, House

ASSISTANT = "conversation"
"""The name under which Home Assistant's conversation agents see exposed entities."""


@callback
def async_make_places(hass: HomeAssistant, house: House) -> None:
    """Create the floors and areas of a house, or bring them up to date."""
    floors, areas = fr.async_get(hass), ar.async_get(hass)
    floor_ids = {}
    for floor in house.floors:
        known = floors.async_get_floor_by_name(floor.name) or floors.async_create(floor.name)
        floors.async_update(known.floor_id, aliases=set(floor.aliases))
        floor_ids[floor.name] = known.floor_id
    for area in house.areas:
        floor_id = None if area.floor is None else floor_ids[area.floor]
        area_id = areas.async_get_or_create(area.name).id
        areas.async_update(area_id, aliases=set(area.aliases), floor_id=floor_id)


@callback
def async_describe(hass: HomeAssistant, devices: Iterable[Device]) -> None:
    """Give the entities of devices their areas and aliases, and expose those that may be seen."""
    entities, areas = er.async_get(hass), ar.async_get(hass)
    for device in devices:
        area = None if device.area is None else areas.async_get_area_by_name(device.area)
        entry = entities.async_get(device.entity_id)
        if entry is None:
            continue
        entities.async_update_entity(device.entity_id, aliases=[er.COMPUTED_NAME, *device.aliases])
        if entry.device_id is None and area is not None:
            entities.async_update_entity(device.entity_id, area_id=area.id)
        async_expose_entity(hass, ASSISTANT, device.entity_id, device.exposed)


@callback
def async_add_speaker(hass: HomeAssistant, entry_id: str, area_name: str) -> str:
    """Put a voice satellite into an area; timers can be set on it.

    Args:
        hass: where conversations are set up.
        entry_id: the config entry of the house.
        area_name: where people stand when they speak.

    Returns:
        The id of the satellite's device.

    """
    area = ar.async_get(hass).async_get_or_create(area_name)
    devices = dr.async_get(hass)
    satellite = devices.async_get_or_create(
        config_entry_id=entry_id,
        identifiers={("virtual_house", f"speaker_{area.id}")},
        name=f"{area_name} speaker",
    )
    devices.async_update_device(satellite.id, area_id=area.id)
    async_register_timer_handler(hass, satellite.id, _on_timer)
    return satellite.id


@callback
def _on_timer(_event: TimerEventType, _timer: TimerInfo) -> None:
    """Let time pass: nobody is there to hear it ring."""
