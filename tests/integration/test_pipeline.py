"""The agent as a voice pipeline uses it: streamed text, the next turn, the satellite's room."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.home_llm.core.chat import Message
from tests.integration.conftest import AGENT, Answer
from tests.integration.house import House
from tests.integration.model_server import serving
from tests.integration.remote_agents import (
    MODELS,
    SERVER_AGENT,
    TURN_ON,
    async_add_server_agent,
    calls,
    text,
)

Events = list[dict[str, Any]]


@pytest.fixture
async def socket(
    hass: HomeAssistant, agent: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> MockHAClientWebSocket:
    """Return a connection to a Home Assistant with a pipeline that uses the agent."""
    return await _async_connect(hass, hass_ws_client, AGENT)


async def _async_connect(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, engine: str
) -> MockHAClientWebSocket:
    assert await async_setup_component(hass, "assist_pipeline", {})
    socket = await hass_ws_client(hass)
    await socket.send_json_auto_id(
        {
            "type": "assist_pipeline/pipeline/create",
            "name": "Home LLM",
            "language": "en",
            "conversation_engine": engine,
            "conversation_language": "en",
            "stt_engine": None,
            "stt_language": None,
            "tts_engine": None,
            "tts_language": None,
            "tts_voice": None,
            "wake_word_entity": None,
            "wake_word_id": None,
        }
    )
    pipeline = (await socket.receive_json())["result"]
    await socket.send_json_auto_id(
        {"type": "assist_pipeline/pipeline/set_preferred", "pipeline_id": pipeline["id"]}
    )
    assert (await socket.receive_json())["success"]
    return socket


async def _run(socket: MockHAClientWebSocket, text: str, **kwargs: Any) -> Events:
    await socket.send_json_auto_id(
        {
            "type": "assist_pipeline/run",
            "start_stage": "intent",
            "end_stage": "intent",
            "input": {"text": text},
            **kwargs,
        }
    )
    assert (await socket.receive_json())["success"]
    events: Events = []
    while not events or events[-1]["type"] not in ("run-end", "error"):
        events.append((await socket.receive_json())["event"])
    return events


def _data(events: Events, kind: str) -> list[dict[str, Any]]:
    return [event["data"] for event in events if event["type"] == kind]


async def test_deltas_and_result(
    hass: HomeAssistant, socket: MockHAClientWebSocket, answer: Answer
) -> None:
    answer("> on light A\n")
    events = await _run(socket, "turn on the worktop")
    deltas = [data["chat_log_delta"] for data in _data(events, "intent-progress")]
    assert [d["tool_calls"][0]["tool_args"] for d in deltas if d.get("tool_calls")] == [
        {"devices": ["light worktop"]}
    ]
    assert deltas[-1] == {"content": "Turned on Worktop."}
    (end,) = _data(events, "intent-end")
    output = end["intent_output"]
    assert output["response"]["speech"]["plain"]["speech"] == "Turned on Worktop."
    assert not output["continue_conversation"]
    assert hass.states.get("light.worktop").state == "on"


async def test_question_goes_on_with_the_agent(
    socket: MockHAClientWebSocket, answer: Answer
) -> None:
    answer("> on light\n")
    (end,) = _data(await _run(socket, "turn on the light"), "intent-end")
    assert end["intent_output"]["continue_conversation"]
    answer("> on light A\n")
    conversation_id = end["intent_output"]["conversation_id"]
    events = await _run(socket, "the worktop", conversation_id=conversation_id)
    (end,) = _data(events, "intent-end")
    assert end["intent_output"]["conversation_id"] == conversation_id


async def test_room_of_the_satellite(
    hass: HomeAssistant, agent: MockConfigEntry, socket: MockHAClientWebSocket, answer: Answer
) -> None:
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=agent.entry_id, identifiers={("test", "satellite")}
    )
    dr.async_get(hass).async_update_device(device.id, area_id="kitchen")
    seen: list[str] = []
    model = agent.runtime_data.model
    real = model.generate

    def watched(turns: Sequence[Message], *args: Any) -> AsyncIterator[str]:
        seen.append(turns[-1].content)
        return real(turns, *args)

    model.generate = watched
    answer("> on light\n")
    await _run(socket, "Turn on the lights!", device_id=device.id)
    assert seen == ["turn on the lights!"]
    lit = [state.entity_id for state in hass.states.async_all("light") if state.state == "on"]
    assert sorted(lit) == ["light.kitchen_ceiling", "light.worktop"]


@pytest.mark.usefixtures("socket_enabled")
async def test_a_model_with_tools_streams(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> None:
    """Its call, what came of it, then its words one by one; a question keeps it listening."""
    worktop = calls(TURN_ON, '{"name": "Worktop"}')
    async with serving(MODELS, worktop, text("It is on. Anything else?")) as server:
        await async_add_server_agent(hass, server)
        socket = await _async_connect(hass, hass_ws_client, SERVER_AGENT)
        events = await _run(socket, "turn on the worktop")
        deltas = [data["chat_log_delta"] for data in _data(events, "intent-progress")]
        assert [delta["role"] for delta in deltas if "role" in delta] == [
            *("assistant", "tool_result", "assistant")
        ]
        said = [delta["content"] for delta in deltas if delta.get("content")]
        assert len(said) > 1
        assert "".join(said) == "It is on. Anything else?"
        (end,) = _data(events, "intent-end")
        output = end["intent_output"]
        assert output["response"]["speech"]["plain"]["speech"] == "It is on. Anything else?"
        assert output["continue_conversation"]
        assert hass.states.get("light.worktop").state == "on"
