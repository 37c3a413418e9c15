"""Run as a program: a Home Assistant that has nothing of Home LLM but what HACS copies.

``python hacs_home.py CONFIG_DIR SENTENCE`` adds the integration through its flow, says the
sentence, and prints one JSON object.
"""

import asyncio
import json
from pathlib import Path
import sys
from typing import Any

from homeassistant import block_async_io
from homeassistant.components import conversation
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component

from playground.instance import async_create

LIGHT = "light.kitchen_light"
_SWITCH = "input_boolean.relay"


async def _async_furnish(hass: HomeAssistant) -> None:
    """Make a light of Home Assistant's own integrations."""

    def action(name: str) -> list[dict[str, Any]]:
        return [{"action": f"input_boolean.{name}", "target": {"entity_id": _SWITCH}}]

    light = {
        "name": "Kitchen Light",
        "unique_id": "kitchen",
        "state": f"{{{{ is_state('{_SWITCH}', 'on') }}}}",
        "turn_on": action("turn_on"),
        "turn_off": action("turn_off"),
    }
    assert await async_setup_component(
        hass, "input_boolean", {"input_boolean": {"relay": {"initial": False}}}
    )
    assert await async_setup_component(hass, "template", {"template": [{"light": [light]}]})
    assert await async_setup_component(hass, "conversation", {})


async def _async_add(hass: HomeAssistant) -> None:
    flow = hass.config_entries.flow
    result = await flow.async_init("home_llm", context={"source": SOURCE_USER})
    result = await flow.async_configure(result["flow_id"], {"next_step_id": "shipped"})
    while result["type"] is not FlowResultType.CREATE_ENTRY:
        assert not result.get("errors"), result
        if result["type"] is FlowResultType.FORM:
            result = await flow.async_configure(result["flow_id"], {})
        else:
            await hass.async_block_till_done(wait_background_tasks=True)
            result = await flow.async_configure(result["flow_id"])
    await hass.async_block_till_done()


async def _async_run(config_dir: Path, sentence: str) -> dict[str, Any]:
    block_async_io.enable()
    hass = await async_create(config_dir)
    await _async_furnish(hass)
    await hass.async_start()
    await _async_add(hass)
    result = await conversation.async_converse(
        hass, sentence, None, Context(), agent_id="conversation.home_llm"
    )
    await hass.async_block_till_done()
    state = hass.states.get(LIGHT)
    entry = hass.config_entries.async_entries("home_llm")[0]
    module = sys.modules[type(entry.runtime_data).__module__]
    await hass.async_stop(force=True)
    return {
        "light": state.state if state else None,
        "speech": result.response.speech["plain"]["speech"],
        "module": module.__file__,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_async_run(Path(sys.argv[1]), sys.argv[2]))))  # noqa: T201
