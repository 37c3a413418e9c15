"""Doors of a house for tests, which lock and unlock."""

from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.lock import LockEntity, LockEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import setup_test_component_platform


class Door(LockEntity):
    """A door that is locked."""

    _attr_should_poll = False
    _attr_supported_features = LockEntityFeature.OPEN

    def __init__(self, name: str) -> None:
        """Be locked."""
        self._attr_name = name
        self._attr_unique_id = f"door {name}"
        self._attr_is_locked = True

    async def async_lock(self, **_kwargs: Any) -> None:
        """Lock."""
        self._attr_is_locked = True
        self.async_write_ha_state()

    async def async_unlock(self, **_kwargs: Any) -> None:
        """Unlock."""
        self._attr_is_locked = False
        self.async_write_ha_state()

    async def async_open(self, **_kwargs: Any) -> None:
        """Draw the latch."""
        self._attr_is_open = True
        self.async_write_ha_state()


async def async_add_doors(hass: HomeAssistant) -> Door:
    """Add a front door and a shed, both locked and exposed; return the front door."""
    door, shed = Door("Front Door"), Door("Shed")
    setup_test_component_platform(hass, "lock", [door, shed])
    assert await async_setup_component(hass, "lock", {"lock": {"platform": "test"}})
    await hass.async_block_till_done()
    for each in (door, shed):
        async_expose_entity(hass, "conversation", each.entity_id, should_expose=True)
    return door
