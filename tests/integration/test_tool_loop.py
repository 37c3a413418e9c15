"""Models with tools: what they call is done once, and what failed is not called done."""

import asyncio
from collections.abc import AsyncGenerator
import json
from typing import Any

from homeassistant.components import conversation
from homeassistant.components.conversation.trace import async_get_traces
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import chat_session
from homeassistant.helpers.intent import IntentResponseErrorCode, IntentResponseType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm import tool_guard
from custom_components.home_llm.tool_loop import MAX_TURNS
from tests.integration.conftest import speech_of
from tests.integration.house import House
from tests.integration.model_server import ModelServer, says, serving
from tests.integration.remote import chunks
from tests.integration.remote_agents import (
    MODELS,
    SERVER_AGENT,
    TOO_LONG,
    TURN_ON,
    async_add_server_agent,
    async_ask,
    async_offer,
    calls,
    is_on,
    text,
)

WORKTOP = calls(TURN_ON, '{"name": "Worktop"}')
NOWHERE = calls(TURN_ON, '{"name": "Flux Capacitor"}')
SILENCE = chunks({"role": "assistant"})
MISUNDERSTOOD = "Sorry, I did not understand how to do that."
NOTHING_WORKED = "That did not work. Please try again, or say it differently."


@pytest.fixture
async def server(socket_enabled: None) -> AsyncGenerator[ModelServer]:
    """Return a server that is there."""
    async with serving(MODELS) as server:
        yield server


@pytest.fixture
async def agent(hass: HomeAssistant, house: House, server: ModelServer) -> MockConfigEntry:
    """Return an agent with every default, whose model is on the server."""
    return await async_add_server_agent(hass, server)


def _asked(server: ModelServer) -> list[dict[str, Any]]:
    """Return what the model was asked for, without the question whether it is there."""
    return [asked.body for asked in server.asked if asked.path.endswith("/chat/completions")]


def _roles(body: dict[str, Any]) -> list[str]:
    return [message["role"] for message in body["messages"]]


def _tools(body: dict[str, Any]) -> list[str]:
    return [tool["function"]["name"] for tool in body.get("tools", ())]


async def test_a_light_goes_on(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer
) -> None:
    server.answers += [WORKTOP, text("The worktop is on.")]
    result = await async_ask(hass, "turn on the worktop")
    assert is_on(hass)
    assert speech_of(result) == "The worktop is on."
    assert result.response.response_type is IntentResponseType.ACTION_DONE
    assert not result.continue_conversation
    first, second = _asked(server)
    assert TURN_ON in _tools(first)
    assert _roles(first) == ["system", "user"]
    assert _roles(second) == ["system", "user", "assistant", "tool"]
    assert '"error":false' in second["messages"][-1]["content"].replace(" ", "")


async def test_an_error_is_told_to_the_model(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer
) -> None:
    server.answers += [NOWHERE, WORKTOP, text("The worktop is on.")]
    result = await async_ask(hass, "turn on the work top")
    assert is_on(hass)
    assert speech_of(result) == "The worktop is on."
    assert result.response.response_type is IntentResponseType.ACTION_DONE
    told = json.loads(_asked(server)[1]["messages"][-1]["content"])
    assert told["error"] is True
    assert told["data"]["error"] == "MatchFailedError"


async def test_a_tool_that_is_not_there(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer
) -> None:
    server.answers += [calls("explode", "{}"), text("I cannot do that, shall I do another?")]
    result = await async_ask(hass, "explode")
    assert speech_of(result) == "I cannot do that, shall I do another?"
    assert result.continue_conversation
    assert "not found" in _asked(server)[1]["messages"][-1]["content"]


@pytest.mark.parametrize("error", [KeyError("oops"), ZeroDivisionError()])
async def test_a_tool_that_breaks_does_not_end_the_conversation(
    hass: HomeAssistant, house: House, server: ModelServer, error: Exception
) -> None:
    async_offer(hass, error)
    await async_add_server_agent(hass, server, llm_hass_api=["counting"])
    server.answers += [calls("count", "{}"), text("Shall I try again?")]
    assert speech_of(await async_ask(hass, "count")) == "Shall I try again?"
    told = json.loads(_asked(server)[1]["messages"][-1]["content"])
    assert (told["error"], told["data"]["error"]) == (True, "HomeAssistantError")
    assert told["data"]["error_text"].startswith("It failed")


async def test_a_tool_that_never_answers(
    hass: HomeAssistant, house: House, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool_guard, "TOOL_TIMEOUT", 0.05)
    counter = async_offer(hass)
    counter.gate = asyncio.Event()
    await async_add_server_agent(hass, server, llm_hass_api=["counting"])
    server.answers += [calls("count", "{}"), text("Done!")]
    assert speech_of(await async_ask(hass, "count", settle=False)) == NOTHING_WORKED
    assert "not answered" in _asked(server)[1]["messages"][-1]["content"]
    counter.gate.set()
    await hass.async_block_till_done()


async def test_several_apis_at_once(hass: HomeAssistant, house: House, server: ModelServer) -> None:
    counter = async_offer(hass)
    await async_add_server_agent(hass, server, llm_hass_api=["assist", "counting"])
    both = {"index": 1, "id": "other"}
    both["function"] = {"name": "counting__count", "arguments": '{"by": 2}'}
    server.answers += [
        calls(f"assist__{TURN_ON}", '{"name": "Worktop"}', {"tool_calls": [both]}),
        text("Both are done."),
    ]
    result = await async_ask(hass, "turn on the worktop and count")
    assert is_on(hass)
    assert counter.called == [{"by": 2}]
    assert speech_of(result) == "Both are done."
    first, second = _asked(server)
    assert {f"assist__{TURN_ON}", "counting__count"} <= set(_tools(first))
    assert "Count whatever can be counted." in first["messages"][0]["content"]
    assert _roles(second) == ["system", "user", "assistant", "tool", "tool"]


async def test_no_api(hass: HomeAssistant, house: House, server: ModelServer) -> None:
    await async_add_server_agent(hass, server, llm_hass_api=[])
    server.answers.append(text("Hello."))
    assert speech_of(await async_ask(hass, "hello")) == "Hello."
    assert "tools" not in _asked(server)[0]
    state = hass.states.get(SERVER_AGENT)
    assert state is not None
    assert state.attributes["supported_features"] == 0


async def test_an_api_that_is_gone(hass: HomeAssistant, house: House, server: ModelServer) -> None:
    await async_add_server_agent(hass, server, llm_hass_api=["gone"])
    result = await async_ask(hass, "hello")
    assert result.response.error_code is IntentResponseErrorCode.UNKNOWN
    assert _asked(server) == []


async def test_what_the_model_is_told(
    hass: HomeAssistant, house: House, server: ModelServer
) -> None:
    """The user's own template, and what an automation adds for one conversation."""
    await async_add_server_agent(hass, server, prompt="You are {{ 'Al' * 2 }}.")
    server.answers.append(text("Yes."))
    await async_ask(hass, "hello", extra_system_prompt="The garage door was left open.")
    (asked,) = _asked(server)
    prompt = asked["messages"][0]["content"]
    assert prompt.startswith("You are AlAl.")
    assert prompt.endswith("The garage door was left open.")


async def test_a_broken_template(hass: HomeAssistant, house: House, server: ModelServer) -> None:
    await async_add_server_agent(hass, server, prompt="{{ no_such_function() }}")
    result = await async_ask(hass, "hello")
    assert speech_of(result) == "Sorry, I had a problem with my template"


async def test_the_conversation_goes_on(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer
) -> None:
    server.answers += [text("Which lamp do you mean?"), WORKTOP, text("It is on.")]
    first = await async_ask(hass, "turn on the lamp")
    assert first.continue_conversation
    conversation_id = first.conversation_id
    second = await async_ask(hass, "the worktop", conversation_id=conversation_id)
    assert not second.continue_conversation
    server.answers.append(text("You are welcome."))
    await async_ask(hass, "thanks", conversation_id=conversation_id)
    history = _asked(server)[-1]["messages"]
    roles = [message["role"] for message in history]
    assert roles == [
        *("system", "user", "assistant", "user", "assistant", "tool", "assistant", "user")
    ]
    assert history[2]["content"] == "Which lamp do you mean?"


async def test_the_oldest_exchanges_go_first(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer
) -> None:
    server.answers += [text("One."), text("Two."), TOO_LONG, TOO_LONG, WORKTOP, text("It is on.")]
    conversation_id = None
    for sentence in ("first", "second", "turn on the worktop"):
        result = await async_ask(hass, sentence, conversation_id=conversation_id)
        conversation_id = result.conversation_id
    assert speech_of(result) == "It is on."
    assert is_on(hass)
    said = [
        [message["content"] for message in body["messages"][1:] if message["role"] == "user"]
        for body in _asked(server)[2:]
    ]
    everything = ["first", "second", "turn on the worktop"]
    assert said == [everything, everything[1:], everything[2:], everything[2:]]
    assert _roles(_asked(server)[-1]) == ["system", "user", "assistant", "tool"]


async def test_a_sentence_that_is_too_long(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer
) -> None:
    server.answers += [TOO_LONG]
    result = await async_ask(hass, "turn on the worktop")
    assert speech_of(result).startswith("That is too much at once")
    assert result.response.error_code is IntentResponseErrorCode.UNKNOWN
    server.answers += [text("Hello.")]
    server.answers.remove(TOO_LONG)
    assert speech_of(await async_ask(hass, "hello")) == "Hello."


async def test_the_same_call_is_run_once(
    hass: HomeAssistant, house: House, server: ModelServer
) -> None:
    counter = async_offer(hass)
    await async_add_server_agent(hass, server, llm_hass_api=["counting"])
    count = calls("count", '{"by": 1}')
    server.answers += [count, calls("count", '{"by": 2}'), count, text("Counted.")]
    assert speech_of(await async_ask(hass, "count")) == "Counted."
    assert counter.called == [{"by": 1}, {"by": 2}]
    bodies = _asked(server)
    # Who repeats himself is stuck: he is asked for a sentence.
    assert ["tools" in body for body in bodies] == [True, True, True, False]
    assert bodies[-1]["messages"][-1]["content"] == bodies[1]["messages"][-1]["content"]
    server.answers += [count, text("Counted again.")]
    await async_ask(hass, "count")
    assert len(counter.called) == 3


async def test_the_loop_ends(hass: HomeAssistant, house: House, server: ModelServer) -> None:
    counter = async_offer(hass)
    await async_add_server_agent(hass, server, llm_hass_api=["counting"])
    server.answers += [calls("count", json.dumps({"by": number})) for number in range(30)]
    result = await async_ask(hass, "count")
    assert len(_asked(server)) == MAX_TURNS
    # The last of them had no tools any more, and called one all the same.
    assert len(counter.called) == MAX_TURNS - 1
    assert speech_of(result) == "Done."
    assert result.response.response_type is IntentResponseType.ACTION_DONE


async def test_calls_alone_get_a_sentence(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer
) -> None:
    server.answers += [WORKTOP, SILENCE, text("The worktop is on.")]
    assert speech_of(await async_ask(hass, "turn on the worktop")) == "The worktop is on."
    assert ["tools" in body for body in _asked(server)] == [True, True, False]
    server.answers += [WORKTOP, SILENCE]
    result = await async_ask(hass, "turn on the worktop")
    assert speech_of(result) == "Done."
    assert result.response.response_type is IntentResponseType.ACTION_DONE


async def test_no_answer_at_all(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer
) -> None:
    server.answers.append(SILENCE)
    result = await async_ask(hass, "turn on the worktop")
    assert speech_of(result) == MISUNDERSTOOD
    assert result.response.error_code is IntentResponseErrorCode.NO_INTENT_MATCH


@pytest.mark.parametrize(
    ("said", "speech"),
    [
        ("I have turned on the flux capacitor.", NOTHING_WORKED),
        (
            "I cannot find it. Do you mean the worktop?",
            "I cannot find it. Do you mean the worktop?",
        ),
    ],
)
async def test_nothing_that_failed_is_called_done(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer, said: str, speech: str
) -> None:
    server.answers += [NOWHERE, text(said)]
    result = await async_ask(hass, "turn on the flux capacitor")
    assert speech_of(result) == speech
    is_ours = speech == NOTHING_WORKED
    failed = IntentResponseErrorCode.FAILED_TO_HANDLE
    assert result.response.error_code is (failed if is_ours else None)
    # The next sentence is answered after what was really said.
    server.answers.append(text("Hello."))
    await async_ask(hass, "hello", conversation_id=result.conversation_id)
    said_before = [m["content"] for m in _asked(server)[-1]["messages"] if m["role"] == "assistant"]
    assert said_before[-1] == speech


async def test_a_look_at_the_home_is_no_deed(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer
) -> None:
    look = calls("homeassistant__GetLiveContext", "{}")
    server.answers += [look, text("All lights are off.")]
    assert speech_of(await async_ask(hass, "which lights are on")) == "All lights are off."
    server.answers += [look, NOWHERE, text("It is on now.")]
    assert speech_of(await async_ask(hass, "turn it on")) == NOTHING_WORKED


@pytest.mark.parametrize(
    "said",
    [
        '{"name": "intent__HassTurnOn", "arguments": {"name": "Worktop"}}',
        'Sure! {"service": "light.turn_on", "target_device": "light.worktop"}',
        '```json\n{"action": "on"}\n```',
        '[{"tool": "intent__HassTurnOn"}]',
        "<tool_code>turn_on()</tool_code>",
    ],
)
async def test_no_json_is_read_out(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer, said: str
) -> None:
    server.answers.append(text(said))
    result = await async_ask(hass, "what is this")
    assert "{" not in speech_of(result)
    assert "<" not in speech_of(result)


async def test_thoughts_are_not_said(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer
) -> None:
    server.answers.append(chunks({"reasoning_content": "Hm, hm."}, {"content": "Hello."}))
    with (
        chat_session.async_get_chat_session(hass) as session,
        conversation.async_get_chat_log(hass, session) as chat_log,
    ):
        result = await async_ask(hass, "hello", conversation_id=session.conversation_id)
    assert speech_of(result) == "Hello."
    last = chat_log.content[-1]
    assert isinstance(last, conversation.AssistantContent)
    assert last.thinking_content == "Hm, hm."


async def test_the_server_breaks_off(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer
) -> None:
    server.answers += [WORKTOP, chunks({"content": "The work"}, end="cut")]
    result = await async_ask(hass, "turn on the worktop")
    assert is_on(hass)
    assert speech_of(result).endswith("Part of it is done.")
    assert result.response.response_type is IntentResponseType.ACTION_DONE
    server.answers.append(text("Hello."))
    assert speech_of(await async_ask(hass, "hello")) == "Hello."


async def test_the_key_is_refused_later(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer
) -> None:
    refused = says({"error": {"message": "wrong key"}}, 401)
    server.answers.append(refused)
    result = await async_ask(hass, "turn on the worktop")
    assert result.response.error_code is IntentResponseErrorCode.UNKNOWN
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"
    server.answers.append(text("Hello."))
    server.answers.remove(refused)
    assert speech_of(await async_ask(hass, "hello")) == "Hello."


async def test_the_trace_tells_what_each_reply_took(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer
) -> None:
    server.answers += [WORKTOP, text("It is on.")]
    await async_ask(hass, "turn on the worktop")
    events = async_get_traces()[-1].as_dict()["events"]
    (timings,) = [e["data"]["home_llm"] for e in events if "home_llm" in (e["data"] or {})]
    assert [turn["total_ms"] > 0 for turn in timings["turns"]] == [True, True]


async def _streamed(hass: HomeAssistant, sentence: str) -> list[dict[str, Any]]:
    deltas: list[dict[str, Any]] = []

    def listen(_log: conversation.ChatLog, delta: dict[str, Any]) -> None:
        deltas.append(delta)

    with (
        chat_session.async_get_chat_session(hass) as session,
        conversation.async_get_chat_log(hass, session, chat_log_delta_listener=listen),
    ):
        await conversation.async_converse(
            hass, sentence, session.conversation_id, Context(), agent_id=SERVER_AGENT
        )
    return deltas


async def test_words_are_streamed_as_they_come(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer
) -> None:
    server.answers.append(chunks({"content": "One"}, {"content": " two"}, {"content": " three."}))
    deltas = await _streamed(hass, "count")
    assert [delta["content"] for delta in deltas if "content" in delta] == [
        "One",
        " two",
        " three.",
    ]


async def test_our_own_sentence_is_streamed_too(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer
) -> None:
    server.answers += [NOWHERE, text("Done!")]
    deltas = await _streamed(hass, "turn on the flux capacitor")
    assert deltas[-1] == {"content": NOTHING_WORKED}
    assert not any(delta.get("content") == "Done!" for delta in deltas)
