"""Adds the integration as a person does: through its own config flow, taking every default."""

import asyncio
from typing import Any

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.data_entry_flow import EVENT_DATA_ENTRY_FLOW_PROGRESSED, FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import async_get_translations

DOMAIN = "home_llm"

_PATIENCE = 900.0  # seconds: a step of the flow may install what the model needs to run


class AssistantError(Exception):
    """The integration could not be added; the message says why, as its flow does."""


async def async_add_assistant(hass: HomeAssistant) -> str:
    """Add the integration, unless it is there, and return the id of its conversation agent.

    Raises:
        AssistantError: its flow ended in an error, or no agent came of it.

    """
    entries = hass.config_entries.async_entries(DOMAIN)
    entry = entries[0] if entries else await _async_walk(hass)
    await hass.async_block_till_done()
    if entry.state is not ConfigEntryState.LOADED:
        raise AssistantError(f"{DOMAIN} was added, but not set up: {entry.reason or entry.state}")
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        if entity.domain == "conversation":
            return entity.entity_id
    raise AssistantError(f"{DOMAIN} was added, but has no conversation agent")


async def _async_walk(hass: HomeAssistant) -> ConfigEntry[Any]:
    """Walk through the flow: say yes to forms, take the first of a menu, wait for progress.

    When a step that takes a while is done, Home Assistant goes on by itself and tells so. To go on
    at the same moment would be to take the last step twice: of two entries one is never set up.
    """
    progressed = asyncio.Event()

    @callback
    def progress(_event: Event) -> None:
        progressed.set()

    stop = hass.bus.async_listen(EVENT_DATA_ENTRY_FLOW_PROGRESSED, progress)
    try:
        return await _async_answer(hass, progressed)
    finally:
        stop()


async def _async_answer(hass: HomeAssistant, progressed: asyncio.Event) -> ConfigEntry[Any]:
    """Give the answers; ``progressed`` is set whenever a step that takes a while is done."""
    flow = hass.config_entries.flow
    result = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    async with asyncio.timeout(_PATIENCE):
        while True:
            answer: dict[str, Any] | None = {}
            match result["type"]:
                case FlowResultType.CREATE_ENTRY:
                    return result["result"]
                case FlowResultType.SHOW_PROGRESS:
                    await progressed.wait()
                    progressed.clear()
                    answer = None
                case FlowResultType.MENU:
                    options: list[str] = [*result["menu_options"]]  # type: ignore[misc]
                    answer = {"next_step_id": options[0]}
                case FlowResultType.FORM if not result.get("errors"):
                    pass
                case _:
                    break
            result = await flow.async_configure(result["flow_id"], answer)
    raise AssistantError(await _async_why(hass, result))


async def _async_why(hass: HomeAssistant, result: ConfigFlowResult) -> str:
    """Return what a person would read in the flow."""
    keys = [f"error.{error}" for error in (result.get("errors") or {}).values()]
    keys += [f"abort.{result['reason']}"] if "reason" in result else []
    texts = await async_get_translations(hass, hass.config.language, "config", [DOMAIN])
    found = [texts.get(f"component.{DOMAIN}.config.{key}", key) for key in keys]
    return " ".join(found) or f"The flow of {DOMAIN} stopped at '{result['type']}'."
