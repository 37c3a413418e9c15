"""Home LLM: conversation agents with language models, on this computer or on a server."""

from dataclasses import replace

from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .backends import HomeLLMConfigEntry, async_backend
from .const import DOMAIN, SUBENTRY_TASK
from .download import async_remove_unused
from .issues import async_clear_all_issues
from .migration import async_migrate_entry
from .options import ModelOptions
from .runtime import async_uninstall
from .services import async_setup_services

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

__all__ = [
    "async_migrate_entry",
    "async_remove_entry",
    "async_setup",
    "async_setup_entry",
    "async_unload_entry",
]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions."""
    async_setup_services(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: HomeLLMConfigEntry) -> bool:
    """Set up the model and its agents.

    A model on this device that cannot run does not keep its agents from being set up: they say why,
    and so does a repair issue.
    """
    data = replace(await async_backend(hass, entry), platforms=_platforms(entry))
    entry.runtime_data = data
    entry.async_on_unload(data.async_close)

    async def stop(_event: Event) -> None:
        await data.async_close()

    # Entries are not unloaded when Home Assistant stops.
    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    await hass.config_entries.async_forward_entry_setups(entry, data.platforms)
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: HomeLLMConfigEntry) -> bool:
    """Remove the agents; the model's process ends with them."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, entry.runtime_data.platforms)
    if unloaded:
        async_clear_all_issues(hass, entry.entry_id)
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: HomeLLMConfigEntry) -> None:
    """Remove what was downloaded and installed for an entry, as far as no other one needs it."""
    await async_remove_unused(hass, ModelOptions.of(entry.data).path)
    await async_uninstall(hass)


def _platforms(entry: HomeLLMConfigEntry) -> tuple[Platform, ...]:
    """Return what an entry needs: AI tasks bring cameras along, which small computers can spare."""
    kinds = {subentry.subentry_type for subentry in entry.subentries.values()}
    tasks = (Platform.AI_TASK,) if SUBENTRY_TASK in kinds else ()
    return (Platform.CONVERSATION, Platform.SENSOR, *tasks)


async def _async_reload(hass: HomeAssistant, entry: HomeLLMConfigEntry) -> None:
    """Take over new options, and agents that came, changed or went; flows need not do it."""
    before = entry.runtime_data.options.path
    await hass.config_entries.async_reload(entry.entry_id)
    await async_remove_unused(hass, before)
