"""Walks through flows as the frontend does: menus, forms, and steps that take a while."""

from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlowResult,
    SubentryFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import voluptuous as vol

from custom_components.home_llm.const import DOMAIN


async def start(hass: HomeAssistant, *choices: str) -> ConfigFlowResult:
    """Add Home LLM, and choose from one menu after the other."""
    manager = hass.config_entries.flow
    result = await manager.async_init(DOMAIN, context={"source": SOURCE_USER})
    for choice in choices:
        assert result["type"] is FlowResultType.MENU
        assert choice in result["menu_options"]
        result = await manager.async_configure(result["flow_id"], {"next_step_id": choice})
    return result


async def reconfigure(hass: HomeAssistant, entry: ConfigEntry) -> ConfigFlowResult:
    """Open the form that changes an entry."""
    context = {"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    return await hass.config_entries.flow.async_init(DOMAIN, context=context)


async def submit(
    hass: HomeAssistant, result: ConfigFlowResult, entered: dict[str, Any] | None = None
) -> ConfigFlowResult:
    """Submit a form, and return what comes after the steps that take a while."""
    assert result["type"] is FlowResultType.FORM
    result = await hass.config_entries.flow.async_configure(result["flow_id"], entered or {})
    return await finish(hass, result)


async def finish(hass: HomeAssistant, result: ConfigFlowResult) -> ConfigFlowResult:
    """Wait for the steps that take a while."""
    while result["type"] is FlowResultType.SHOW_PROGRESS:
        await hass.async_block_till_done(wait_background_tasks=True)
        result = await hass.config_entries.flow.async_configure(result["flow_id"])
    if result["type"] in (FlowResultType.ABORT, FlowResultType.CREATE_ENTRY):
        await hass.async_block_till_done()
    return result


def failed(result: ConfigFlowResult | SubentryFlowResult, step_id: str, error: str) -> None:
    """Check that a form came back with an error."""
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == step_id
    assert result["errors"] == {"base": error}


def fields(result: ConfigFlowResult | SubentryFlowResult) -> dict[str, Any]:
    """Return the fields of a form, those in sections as dictionaries of their own."""
    assert result["data_schema"] is not None
    return _fields(result["data_schema"].schema)


def _fields(schema: dict[Any, Any]) -> dict[str, Any]:
    return {
        str(key): _fields(value.schema.schema) if hasattr(value, "options") else _shown(key)
        for key, value in schema.items()
    }


def _shown(marker: vol.Marker) -> object:
    """Return what a field shows before anything is entered."""
    suggested = (marker.description or {}).get("suggested_value")
    return suggested if suggested is not None or not callable(marker.default) else marker.default()
