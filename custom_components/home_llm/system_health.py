"""What people see of Home LLM below *System information*, which they copy into reports."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .backends import HomeLLMConfigEntry
from .const import DOMAIN, SHIPPED_MODEL_PATH
from .core.formats.known import FORMAT_FIELD
from .download import is_downloaded
from .gguf_file import read_header
from .hub_file import endpoint
from .options import ModelOptions
from .public import public_name
from .runtime import async_installed


@callback
def async_register(
    hass: HomeAssistant,
    register: system_health.SystemHealthRegistration,
) -> None:
    """Offer what there is to tell."""
    register.async_register_info(async_info, f"/config/integrations/integration/{DOMAIN}")


async def async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return what runs here; the hub is only asked for by those who download from it."""
    entries: list[HomeLLMConfigEntry] = hass.config_entries.async_entries(DOMAIN)
    installed = await async_installed(hass)
    header = await hass.async_add_executor_job(read_header, SHIPPED_MODEL_PATH)
    info: dict[str, Any] = {
        "loaded_models": ", ".join(filter(None, map(_loaded, entries))) or None,
        "runtime": installed.version if installed is not None else None,
        "shipped_format": header.fields.get(FORMAT_FIELD),
    }
    if any(is_downloaded(hass, ModelOptions.of(entry.data).path) for entry in entries):
        info["can_reach_hub"] = system_health.async_check_can_reach_url(hass, endpoint())
    return info


def _loaded(entry: HomeLLMConfigEntry) -> str:
    """Return what runs an entry's model, and its name if that tells nothing of people."""
    if entry.state is not ConfigEntryState.LOADED:
        return ""
    data = entry.runtime_data
    if data.model is None:
        return data.options.backend
    return public_name(data.options) if data.model.worker else ""
