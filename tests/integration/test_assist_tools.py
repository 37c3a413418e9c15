"""Tests that the Assist API of the training set is that of the Home Assistant that is installed."""

import json
from pathlib import Path
from typing import Any

from homeassistant.components.homeassistant import llm as homeassistant_llm
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.intent import async_register_timer_handler
from homeassistant.components.intent.llm import DEVICE_CONTROL_TOOL_USAGE_PROMPT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, llm
from homeassistant.setup import async_setup_component
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

ASSIST = Path(__file__).parents[2] / "data" / "assist.json"
DOMAINS = (
    *("light", "fan", "switch", "cover", "valve", "lock", "climate", "humidifier"),
    *("media_player", "vacuum", "lawn_mower", "scene", "button", "input_boolean"),
    *("todo", "calendar"),
)


@pytest.fixture
def assist() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(ASSIST.read_text(encoding="utf-8"))
    return data


@pytest.fixture
async def api(hass: HomeAssistant, core: None) -> llm.APIInstance:
    """Return the Assist API of a voice satellite, with a device of each domain exposed."""
    for domain in (*DOMAINS, "script", "intent", "llm"):
        assert await async_setup_component(hass, domain, {})
    await hass.async_block_till_done()
    for domain in DOMAINS:
        hass.states.async_set(f"{domain}.a", "on", {"friendly_name": f"{domain} a"})
        async_expose_entity(hass, "conversation", f"{domain}.a", should_expose=True)
    entry = MockConfigEntry(domain="satellite")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("satellite", "a")}
    )
    async_register_timer_handler(hass, device.id, lambda *_: None)
    context = llm.LLMContext(
        platform="test",
        context=None,
        language="en",
        assistant="conversation",
        device_id=device.id,
    )
    return await llm.async_get_api(hass, llm.LLM_API_ASSIST, context)


async def test_the_tools_are_the_same(api: llm.APIInstance, assist: dict[str, Any]) -> None:
    names = {"todo_list": ["todo a"], "calendar": ["calendar a"]}
    expected = {tool["name"]: tool for tool in assist["tools"]}
    for tool in api.tools:
        known = expected.pop(tool.name)
        for slot in known["parameters"].get("properties", {}).keys() & names.keys():
            known["parameters"]["properties"][slot]["enum"] = names[slot]
        schema = probatio.to_openapi(
            tool.parameters, custom_serializer=api.custom_serializer, openapi_version="3.1.0"
        )
        assert known["description"] == tool.description
        assert _sorted(known["parameters"]) == _sorted(schema)
    assert expected == {}


def _sorted(schema: object) -> object:
    """Return a schema whose choices come in one order: some of them are sets."""
    if isinstance(schema, dict):
        return {k: sorted(v) if k == "enum" else _sorted(v) for k, v in schema.items()}
    return [_sorted(each) for each in schema] if isinstance(schema, list) else schema


def test_the_texts_are_the_same(assist: dict[str, Any]) -> None:
    context = " ".join(homeassistant_llm.DYNAMIC_CONTEXT_PROMPT.split())

    assert assist["instructions"] == llm.DEFAULT_INSTRUCTIONS_PROMPT
    assert assist["control"] == DEVICE_CONTROL_TOOL_USAGE_PROMPT
    assert assist["nothing"] == homeassistant_llm.NO_ENTITIES_PROMPT
    assert context.startswith(" ".join(assist["context"].split()))


async def test_the_prompt_and_the_context_are_laid_out_alike(
    api: llm.APIInstance, assist: dict[str, Any]
) -> None:
    look = llm.ToolInput(tool_name="homeassistant__GetLiveContext", tool_args={"name": "light a"})
    live = await api.async_call_tool(look)

    assert f"{assist['overview']}\n- names: button a\n  domain: button\n" in api.api_prompt
    assert assist["nowhere"] in api.api_prompt
    assert live.data == {
        "result": f"{assist['live']}\n- names: light a\n  domain: light\n  state: 'on'\n"
    }
