"""Builds a house from its file in Home Assistant: that of a terminal, a browser or a test."""

from pathlib import Path
import sys

from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS, async_get_custom_components
from homeassistant.setup import async_setup_component

from .configuration import configuration
from .house import House
from .house_file import read_house
from .kinds import KINDS
from .registry import async_describe

PLAYGROUND = Path(__file__).parent

VIRTUAL_HOUSE = PLAYGROUND / "custom_components" / "virtual_house"


class HouseSetupError(Exception):
    """Home Assistant did not take the house."""


async def async_setup_house(hass: HomeAssistant, path: Path) -> ConfigEntry[House]:
    """Read a house file and build everything that it describes.

    Args:
        hass: a Home Assistant, started or not; its language and units become those of the house.
        path: the house file.

    Returns:
        The config entry of the house; its ``runtime_data`` is the house.

    Raises:
        HouseFileError: the file is wrong; nothing was built.
        HouseSetupError: Home Assistant refused something.

    """
    house = await hass.async_add_executor_job(read_house, path)
    await async_find_virtual_house(hass)
    await hass.config.async_update(language=house.language, unit_system=house.units)
    for domain in ("homeassistant", "conversation"):
        await _async_setup(hass, domain, {})
    own = configuration(house)
    for domain in own:
        await _async_setup(hass, domain, own)
    entry = await _async_add_entry(hass, path)
    async_describe(hass, [device for device in house.devices if KINDS[device.kind].own])
    await hass.async_block_till_done()
    return entry


async def async_find_virtual_house(hass: HomeAssistant) -> None:
    """Let Home Assistant find the custom component that makes the house."""
    if VIRTUAL_HOUSE.name in await async_get_custom_components(hass):
        return
    if str(PLAYGROUND) not in sys.path:
        # ``custom_components`` is a namespace package: what stands in any folder of the path.
        sys.path.append(str(PLAYGROUND))
    del hass.data[DATA_CUSTOM_COMPONENTS]


async def _async_setup(hass: HomeAssistant, domain: str, config: dict[str, object]) -> None:
    if not await async_setup_component(hass, domain, config):
        raise HouseSetupError(f"Home Assistant did not set up '{domain}'")


async def _async_add_entry(hass: HomeAssistant, path: Path) -> ConfigEntry[House]:
    entries = hass.config_entries
    entry = entries.async_entry_for_domain_unique_id(VIRTUAL_HOUSE.name, str(path))
    if entry is None:
        result = await entries.flow.async_init(
            VIRTUAL_HOUSE.name, context={"source": SOURCE_USER}, data={"file": str(path)}
        )
        entry = result.get("result")
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        reason = f": {entry.reason}" if entry is not None and entry.reason else ""
        raise HouseSetupError(f"Home Assistant did not set up the house{reason}")
    return entry
