"""Home LLM: a conversation agent with a small language model that runs on this computer."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import config_validation as cv

from .const import DOMAIN
from .issues import async_clear_all_issues
from .llm_api import HomeAPI
from .local_model import LocalModel
from .runtime import engine_settings
from .view import HomeViews
from .warm import Warmer

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS = (Platform.CONVERSATION,)


@dataclass(frozen=True, kw_only=True)
class HomeLLMData:
    """What the agents of an entry share.

    Args:
        model: the model that they speak with.
        views: the home as that model sees it.
        api: the tools that it may call.

    """

    model: LocalModel
    views: HomeViews
    api: HomeAPI


type HomeLLMConfigEntry = ConfigEntry[HomeLLMData]


async def async_setup_entry(hass: HomeAssistant, entry: HomeLLMConfigEntry) -> bool:
    """Set up the model and its agents.

    A model that cannot run does not keep its agents from being set up: they say why, and so does a
    repair issue.
    """
    model = LocalModel(hass, entry.entry_id, engine_settings(hass))
    entry.async_on_unload(model.async_close)

    async def stop(_event: Event) -> None:
        await model.async_close()

    # Entries are not unloaded when Home Assistant stops.
    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    views = HomeViews(hass, model)
    entry.runtime_data = HomeLLMData(model=model, views=views, api=HomeAPI(hass, views))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(Warmer(hass, model, views).async_start())
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: HomeLLMConfigEntry) -> bool:
    """Remove the agents; the model's process ends with them."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        async_clear_all_issues(hass, entry.entry_id)
    return unloaded


async def _async_reload(hass: HomeAssistant, entry: HomeLLMConfigEntry) -> None:
    """Take over a new agent, or a new name of one."""
    await hass.config_entries.async_reload(entry.entry_id)
