"""The phones of the people of the house: a person is where their phone is."""

from typing import override

from homeassistant.components.device_tracker import SourceType, TrackerEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from playground.configuration import phone_id, zone_ids
from playground.house import Device

from . import VirtualHouseEntry


class VirtualPhone(TrackerEntity):
    """A phone that stays where the file puts its owner."""

    _attr_should_poll = False
    _attr_source_type = SourceType.GPS

    def __init__(self, person: Device) -> None:
        """Lay the phone where the person is.

        Args:
            person: as the file describes them.

        """
        self.entity_id = phone_id(person)
        self._attr_unique_id = self.entity_id
        self._attr_name = f"{person.name}'s phone"
        self._attr_in_zones = zone_ids(person)

    @property
    @override
    def entity_registry_visible_default(self) -> bool:
        """Nobody asks for the phone; they ask for the person."""
        return False


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: VirtualHouseEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Make a phone for every person."""
    async_add_entities(VirtualPhone(person) for person in entry.runtime_data.of_kind("person"))
