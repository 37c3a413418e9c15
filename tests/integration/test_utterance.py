"""A reply becomes calls while it streams, and nothing is called done that failed.

What the model answers is fixed here by a grammar of just one reply; everything else is real.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

from homeassistant.components import conversation
from homeassistant.components.conversation.trace import async_get_traces
from homeassistant.core import Context, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import chat_session
from homeassistant.helpers.intent import IntentResponseErrorCode, IntentResponseType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm import control, home_prompt, runtime
from custom_components.home_llm.core.chat import Message
from custom_components.home_llm.core.formats import TINY, tiny_confidence
from custom_components.home_llm.core.parser import Say as Talk
from tests.integration.conftest import AGENT, Answer, RunWith, Say, speech_of
from tests.integration.house import House

NO_FIELD = "a field that no file has"
ON = "> on light A\n"
"""Of "turn on the worktop"."""

KITCHEN_ON = "> on light: A\n"
"""Of "kitchen lights on"."""

FAN_OFF = "> off fan\n"


async def _log(
    hass: HomeAssistant, text: str, on_delta: Callable[[dict[str, Any]], None] | None = None
) -> tuple[list[dict[str, Any]], Any]:
    """Say something with a listener, as a pipeline does it; return deltas and the chat log."""
    deltas: list[dict[str, Any]] = []

    def listen(_log: conversation.ChatLog, delta: dict[str, Any]) -> None:
        deltas.append(delta)
        if on_delta:
            on_delta(delta)

    with (
        chat_session.async_get_chat_session(hass) as session,
        conversation.async_get_chat_log(hass, session, chat_log_delta_listener=listen) as chat_log,
    ):
        await conversation.async_converse(
            hass, text, session.conversation_id, Context(), language="en", agent_id=AGENT
        )
    return deltas, chat_log


def _state(hass: HomeAssistant, entity_id: str) -> str | None:
    state = hass.states.get(entity_id)
    return state.state if state else None


def _timings() -> dict[str, Any]:
    events = async_get_traces()[-1].as_dict()["events"]
    return next(e["data"]["home_llm"] for e in events if "home_llm" in (e["data"] or {}))


async def test_call_is_carried_out_and_told(hass: HomeAssistant, answer: Answer, say: Say) -> None:
    answer(ON)
    result = await say("turn on the worktop")
    assert _state(hass, "light.worktop") == "on"
    assert speech_of(result) == "Turned on Worktop."
    assert result.response.response_type is IntentResponseType.ACTION_DONE
    assert not result.continue_conversation


async def test_several_calls(hass: HomeAssistant, answer: Answer, say: Say) -> None:
    answer(KITCHEN_ON + FAN_OFF)
    result = await say("kitchen lights on and fan off")
    states = [_state(hass, e) for e in ("light.kitchen_ceiling", "light.worktop")]
    assert states == ["on", "on"]
    assert _state(hass, "fan.tower_fan") == "off"
    assert speech_of(result) == "Turned on Kitchen Ceiling and Worktop. Turned off the Tower Fan."


@pytest.mark.parametrize(
    ("reply", "speech"),
    [
        ("> on light A = brightness 30\n", "Set the Desk Lamp to 30 percent."),
        ("> on light A = by 20\n", "Made the Desk Lamp brighter."),
        ("> on light A = by -20\n", "Made the Desk Lamp dimmer."),
        ("> toggle light A\n", "Switched the Desk Lamp over."),
        ("> speed fan = percent 40\n", "Set the Tower Fan to 40 percent."),
        ("> on light: all\n", "Turned on five lights."),
    ],
)
async def test_what_was_done_is_told(answer: Answer, say: Say, reply: str, speech: str) -> None:
    answer(reply)
    assert speech_of(await say("turn on the desk lamp")) == speech


@pytest.mark.parametrize("key", Talk.KEYS)
async def test_there_is_a_sentence_for_all_talk(answer: Answer, say: Say, key: str) -> None:
    answer(f"> say {key}\n")
    result = await say("turn on the flux capacitor")
    assert speech_of(result).endswith((".", "?"))
    assert result.response.response_type is IntentResponseType.ACTION_DONE


async def test_a_question_is_answered_from_the_states(
    house: House, answer: Answer, say: Say
) -> None:
    answer("> is light: A = on\n")
    assert speech_of(await say("is the kitchen lit")) == "No, none of them is on."
    await house.lamp("light.worktop").async_turn_on()
    assert speech_of(await say("is the kitchen lit")) == "Only Worktop is on."
    answer("> is light A = on\n")
    assert speech_of(await say("is the worktop on")) == "Yes, Worktop is on."


async def test_a_condition_that_does_not_hold(
    hass: HomeAssistant, house: House, answer: Answer, say: Say
) -> None:
    answer("> if light A = on\n> off fan\n")
    result = await say("if the worktop is on turn off the fan")
    assert speech_of(result) == "Worktop is off, so I did nothing."
    assert result.response.response_type is IntentResponseType.ACTION_DONE
    assert _state(hass, "fan.tower_fan") == "on"


async def test_a_question_beside_a_command_sees_what_came_of_it(answer: Answer, say: Say) -> None:
    answer("> on light A\n> is light A = on\n")
    result = await say("turn on the worktop and is it on")
    assert speech_of(result) == "Turned on Worktop. Yes, Worktop is on."


async def test_chat_log_holds_calls_results_and_what_the_model_saw(
    hass: HomeAssistant, answer: Answer, agent: MockConfigEntry
) -> None:
    answer(ON)
    _, chat_log = await _log(hass, "turn on the worktop")
    system, user, calls, result, speech = chat_log.content
    assert system.content == ""
    assert user.content == "turn on the worktop"
    assert [(c.tool_name, c.tool_args) for c in calls.tool_calls] == [
        ("home_llm__light__turn_on", {"devices": ["light worktop"]})
    ]
    assert result.result.data == {"entity_ids": ["light.worktop"], "problems": []}
    assert speech.content == "Turned on Worktop."


async def test_tool_starts_while_the_next_call_is_still_written(
    hass: HomeAssistant, answer: Answer, agent: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a model that reads the home, and takes its time."""
    model = agent.runtime_data.model
    monkeypatch.setattr(
        type(model.format), "lines", lambda _, home: {e.entity_id: e.name for e in home.entities}
    )
    answer(ON, or_else=("> on fan\n", "> off fan\n"))
    when: list[str] = []
    real = model.generate

    async def watched(*args: Any) -> AsyncIterator[str]:
        async for piece in real(*args):
            yield piece
        when.append("written")

    @callback
    def called(_event: Event) -> None:
        when.append("called")

    model.generate = watched
    hass.bus.async_listen("call_service", called)
    await _log(hass, "turn on the worktop")
    assert when[0] == "called"
    assert "written" in when


@pytest.mark.parametrize(
    ("least", "said"), [(0.0, "Turned on Worktop."), (1.1, "What do you mean?")]
)
async def test_a_guess_is_not_carried_out(
    answer: Answer, say: Say, monkeypatch: pytest.MonkeyPatch, least: float, said: str
) -> None:
    monkeypatch.setattr(tiny_confidence, "LEAST", least)
    answer(ON)
    assert speech_of(await say("turn on the worktop")) == said


async def test_sentence_with_calls_waits_for_their_results(
    hass: HomeAssistant, house: House, answer: Answer
) -> None:
    answer(ON)
    deltas, _ = await _log(hass, "turn on the worktop")
    kinds = [
        "call" if "tool_calls" in delta else delta.get("role") or delta["content"]
        for delta in deltas
    ]
    assert kinds == ["assistant", "call", "tool_result", "assistant", "Turned on Worktop."]


async def test_question_keeps_listening(hass: HomeAssistant, answer: Answer, say: Say) -> None:
    answer("> on light\n")
    result = await say("turn on the light")
    assert speech_of(result) == (
        "There are five. "
        "Which one do you mean, in the bedroom, the office, the Living Room or the kitchen?"
    )
    assert result.continue_conversation
    assert {state.state for state in hass.states.async_all("light")} == {"off"}


async def test_unavailable_is_told(
    hass: HomeAssistant, house: House, answer: Answer, say: Say
) -> None:
    house.set_available("light.worktop", available=False)
    answer(ON)
    result = await say("turn on the worktop")
    assert speech_of(result) == "I cannot reach Worktop at the moment."
    assert result.response.error_code is IntentResponseErrorCode.FAILED_TO_HANDLE


async def test_partial_failure_is_told(house: House, answer: Answer, say: Say) -> None:
    house.lamp("light.worktop").error = HomeAssistantError("the bridge is busy")
    answer(KITCHEN_ON)
    result = await say("kitchen lights on")
    assert speech_of(result) == (
        "That did not work with Worktop: the bridge is busy. The rest is done."
    )
    assert result.response.response_type is IntentResponseType.ACTION_DONE


async def test_one_of_two_calls_fails(
    hass: HomeAssistant, house: House, answer: Answer, say: Say
) -> None:
    house.set_available("fan.tower_fan", available=False)
    answer(ON + FAN_OFF)
    result = await say("worktop on and fan off")
    assert _state(hass, "light.worktop") == "on"
    assert speech_of(result) == "I cannot reach the Tower Fan at the moment. The rest is done."


async def test_same_problem_of_several_devices_is_one_sentence(
    house: House, answer: Answer, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "CONFIRMATION_TIMEOUT", 0.05)
    house.lamp("light.worktop").deaf = True
    house.lamp("light.kitchen_ceiling").deaf = True
    answer(KITCHEN_ON)
    result = await say("kitchen lights on")
    assert speech_of(result) == "I have no answer from Kitchen Ceiling and Worktop."


@pytest.mark.parametrize(
    "text",
    [
        *("> on light A", "> on the light\n", "> on light Z\n", "> on fan A\n"),
        *("> explode light A\n", "> say boo\n", "\n"),
    ],
)
async def test_what_makes_no_sense_is_not_read_out(
    hass: HomeAssistant, answer: Answer, say: Say, text: str
) -> None:
    answer(text)
    result = await say("turn on the worktop")
    assert speech_of(result) == "Sorry, I did not understand how to do that."
    assert result.response.error_code is IntentResponseErrorCode.NO_INTENT_MATCH
    assert {state.state for state in hass.states.async_all("light")} == {"off"}


async def test_good_call_beside_a_bad_one(hass: HomeAssistant, answer: Answer, say: Say) -> None:
    answer(f"{ON}> oops\n")
    result = await say("worktop on and so on")
    assert _state(hass, "light.worktop") == "on"
    assert speech_of(result) == "Sorry, I did not understand how to do that. The rest is done."


@pytest.fixture
async def chat_model(
    hass: HomeAssistant, agent: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> MockConfigEntry:
    """Let the agent's model pass for one that is not ours, and that knows conversations."""
    monkeypatch.setattr(home_prompt, "FORMAT_FIELD", NO_FIELD)
    hass.config_entries.async_update_entry(agent, data={"format": TINY.name})
    await hass.async_block_till_done()
    return agent


@pytest.fixture
def heard(agent: MockConfigEntry) -> list[tuple[str, str]]:
    """Return a list that holds the turns of the latest prompt."""
    turns_of_latest: list[tuple[str, str]] = []
    real = agent.runtime_data.model.generate

    def watched(turns: Sequence[Message], *args: Any) -> AsyncIterator[str]:
        turns_of_latest[:] = [(turn.role, turn.content) for turn in turns]
        return real(turns, *args)

    agent.runtime_data.model.generate = watched
    return turns_of_latest


async def test_a_model_of_single_sentences_hears_only_the_last(
    answer: Answer, say: Say, heard: list[tuple[str, str]]
) -> None:
    """The shipped model; its file names its format and no number of exchanges."""
    answer(ON)
    first = await say("turn on the worktop")
    answer(FAN_OFF)
    await say("and the tower fan off", conversation_id=first.conversation_id)
    assert heard == [("user", "and the fan A off")]


async def test_a_chat_model_hears_the_conversation(
    chat_model: MockConfigEntry, answer: Answer, say: Say, heard: list[tuple[str, str]]
) -> None:
    answer(ON)
    first = await say("turn on the worktop")
    answer(FAN_OFF)
    await say("and the tower fan off", conversation_id=first.conversation_id)
    assert heard == [
        ("user", "turn on the light A"),
        ("assistant", ON),
        ("user", "and the fan A off"),
    ]


async def test_trace_says_where_the_time_went(agent: MockConfigEntry, say: Say) -> None:
    await say("turn on the flux capacitor")
    timings = _timings()
    assert timings["tokens"] > 0
    # What the grammar forces is written before the prompt is evaluated.
    assert timings["total_ms"] >= timings["prompt_ms"] > 0
    assert timings["total_ms"] >= timings["first_token_ms"] > 0
    assert timings["cached_tokens"] + timings["evaluated_tokens"] == timings["prompt_tokens"]


async def test_trace_lists_calls(answer: Answer, say: Say) -> None:
    answer(ON)
    await say("turn on the worktop")
    events = async_get_traces()[-1].as_dict()["events"]
    assert [e["data"] for e in events if e["event_type"] == "tool_call"] == [
        {"tool_name": "home_llm__light__turn_on", "tool_args": {"devices": ["light worktop"]}}
    ]


async def test_cancelled_request_leaves_the_model_free(
    hass: HomeAssistant, house: House, answer: Answer, say: Say
) -> None:
    answer(ON, or_else=("> on fan\n", "> off fan\n"))
    first = asyncio.Event()

    async def speak() -> None:
        await _log(hass, "turn on the worktop", lambda _delta: first.set())

    task = hass.async_create_task(speak())
    await first.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert speech_of(await say("turn on the worktop"))


async def test_history_goes_first_when_the_context_is_small(
    hass: HomeAssistant, chat_model: MockConfigEntry, answer: Answer, say: Say, run_with: RunWith
) -> None:
    answer(ON)
    result = await say(f"turn on the {'very ' * 60}bright worktop")
    used = _timings()
    # The next sentence fits, but not with this exchange before it.
    run_with(n_ctx=used["prompt_tokens"] + used["tokens"])
    await hass.config_entries.async_reload(chat_model.entry_id)
    result = await say("turn on the worktop", conversation_id=result.conversation_id)
    assert result.response.error_code is not IntentResponseErrorCode.UNKNOWN
    assert _timings()["prompt_tokens"] < used["prompt_tokens"]


async def test_sentence_that_is_too_long_is_told(
    hass: HomeAssistant, agent: MockConfigEntry, say: Say, run_with: RunWith
) -> None:
    run_with(n_ctx=64)
    await hass.config_entries.async_reload(agent.entry_id)
    result = await say(f"turn on the {'very ' * 80}bright worktop")
    assert speech_of(result).startswith("That is too much at once")
    assert result.response.error_code is IntentResponseErrorCode.UNKNOWN


_JSON = '{ "service": "light.turn_on", "target_device": "light.worktop" }'


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("home-llm-1", f"\n```homeassistant\n{_JSON}\n```"),
        ("home-llm-actions", "<|light.turn_on|>light.worktop<|call_end|>"),
    ],
)
async def test_models_that_speak_before_they_act(
    hass: HomeAssistant,
    chat_model: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    call: str,
) -> None:
    """A transcript of a Home-LLM model: its sentence must wait for the call that comes after it."""
    transcript = f"turning on the worktop for you now{call}"

    async def recorded(*_args: object) -> AsyncIterator[str]:
        for letter in transcript:
            yield letter

    hass.config_entries.async_update_entry(chat_model, data={"format": name})
    await hass.async_block_till_done()
    monkeypatch.setattr(chat_model.runtime_data.model, "generate", recorded)
    deltas, chat_log = await _log(hass, "turn on the worktop")
    assert _state(hass, "light.worktop") == "on"
    assert chat_log.content[0].content.startswith("You are 'Al'")
    spoken = [delta["content"] for delta in deltas if delta.get("content")]
    assert spoken == ["turning on the worktop for you now"]
    assert deltas[-2]["role"] == "assistant"


async def test_model_of_an_unknown_kind_is_told(
    hass: HomeAssistant, agent: MockConfigEntry, say: Say, run_with: RunWith, tmp_path: Path
) -> None:
    whole = runtime.SHIPPED_MODEL_PATH.read_bytes()
    path = tmp_path / "model.gguf"
    path.write_bytes(whole.replace(b"tiny-6", b"tiny-9", 1))
    run_with(path=str(path))
    await hass.config_entries.async_reload(agent.entry_id)
    assert speech_of(await say("turn on the worktop")).startswith(
        "My language model is of a kind that I do not know yet."
    )
