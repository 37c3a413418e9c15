"""A house that exists only in a file, with devices that behave as real ones do.

It is no part of what is installed: it lets people, tests and scenarios talk to a house in a real
Home Assistant. Kinds of devices that Home Assistant makes itself (scripts, timers, …) are left to
it.
"""

from pathlib import Path

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError

from playground.house import House
from playground.house_file import HouseFileError, read_house
from playground.kinds import KINDS
from playground.registry import async_describe, async_make_places

from .const import CONF_FILE

type VirtualHouseEntry = ConfigEntry[House]


async def async_setup_entry(hass: HomeAssistant, entry: VirtualHouseEntry) -> bool:
    """Build the house."""
    try:
        house = await hass.async_add_executor_job(read_house, Path(entry.data[CONF_FILE]))
    except HouseFileError as err:
        raise ConfigEntryError(str(err)) from err
    entry.runtime_data = house
    async_make_places(hass, house)
    await hass.config_entries.async_forward_entry_setups(entry, _platforms(house))
    async_describe(hass, [device for device in house.devices if not KINDS[device.kind].own])
    return True


async def async_unload_entry(hass: HomeAssistant, entry: VirtualHouseEntry) -> bool:
    """Take the house down."""
    return await hass.config_entries.async_unload_platforms(entry, _platforms(entry.runtime_data))


def _platforms(house: House) -> list[Platform]:
    kinds = {device.kind for device in house.devices if not KINDS[device.kind].own}
    # A person is where their phone is.
    kinds |= {Platform.DEVICE_TRACKER} if any(house.of_kind("person")) else set()
    return [Platform(kind) for kind in sorted(kinds)]
