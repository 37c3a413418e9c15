"""An agent that is unsure asks another one, before it does anything; and never in a circle."""

from collections.abc import AsyncGenerator
import logging
from typing import Any

from homeassistant.components import conversation
from homeassistant.components.conversation.trace import async_get_traces
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import chat_session
from homeassistant.helpers.intent import IntentResponse, IntentResponseErrorCode
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.conftest import AGENT, Answer, RunWith, Say, speech_of
from tests.integration.model_server import ModelServer, drops, says, serving
from tests.integration.remote_agents import (
    MODELS,
    SERVER_AGENT,
    TURN_ON,
    async_add_server_agent,
    async_ask,
    async_change,
    calls,
    is_on,
    text,
)

WORKTOP = calls(TURN_ON, '{"name": "Worktop"}')
UNSURE = "> say absent\n"


@pytest.fixture
async def server(socket_enabled: None) -> AsyncGenerator[ModelServer]:
    """Return a server that is there."""
    async with serving(MODELS) as server:
        yield server


@pytest.fixture
async def small(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer
) -> MockConfigEntry:
    """Let the small model ask the one on the server when it is unsure."""
    await async_add_server_agent(hass, server)
    await async_change(hass, agent, fallback=SERVER_AGENT)
    return agent


def _is_asked(server: ModelServer) -> bool:
    return any(asked.path.endswith("/chat/completions") for asked in server.asked)


def _details() -> dict[str, Any]:
    """Return what the trace of the first agent says."""
    first = next(t for t in async_get_traces()[-2:] if any(_own(t)))
    return next(_own(first))


def _own(trace: Any) -> Any:  # noqa: ANN401 - a generator over Home Assistant's dicts
    events = trace.as_dict()["events"]
    return (e["data"]["home_llm"] for e in events if "home_llm" in (e["data"] or {}))


async def test_who_is_sure_asks_nobody(
    hass: HomeAssistant, small: MockConfigEntry, server: ModelServer, answer: Answer, say: Say
) -> None:
    answer("> on light A\n")
    assert speech_of(await say("turn on the worktop")) == "Turned on Worktop."
    assert is_on(hass)
    assert not _is_asked(server)


@pytest.mark.parametrize(
    "reply", [UNSURE, "> say unknown\n", "> say what\n", "> say later\n", "> explode light A\n"]
)
@pytest.mark.usefixtures("small")
async def test_who_has_not_understood_asks(
    hass: HomeAssistant, server: ModelServer, answer: Answer, say: Say, reply: str
) -> None:
    answer(reply)
    server.answers += [WORKTOP, text("The worktop is on.")]
    result = await say("let there be light where I cook")
    assert speech_of(result) == "The worktop is on."
    assert result.response.error_code is None
    assert is_on(hass)
    assert (_details()["asked"], _details()["because_of"]) == (SERVER_AGENT, "misunderstood")


async def test_low_confidence(
    hass: HomeAssistant, small: MockConfigEntry, server: ModelServer, answer: Answer, say: Say
) -> None:
    """Of two lamps that are both named, none is much likelier than the other."""
    sentence = "turn on the worktop or the desk lamp"
    answer("> on light ", or_else=("A\n", "B\n"))
    await async_change(hass, small, fallback=SERVER_AGENT, threshold=1.0)
    server.answers.append(text("I would rather ask: which one?"))
    assert speech_of(await say(sentence)) == "I would rather ask: which one?"
    # What the small model was about to do is not done.
    assert {state.state for state in hass.states.async_all("light")} == {"off"}
    assert _details()["because_of"] == "confidence"
    assert _details()["confidence"] < 1.0
    await async_change(hass, small, fallback=SERVER_AGENT, threshold=0.0)
    await say(sentence)
    assert {state.state for state in hass.states.async_all("light")} == {"off", "on"}


async def test_the_answer_to_a_question_goes_to_who_asked(
    hass: HomeAssistant, small: MockConfigEntry, server: ModelServer, answer: Answer, say: Say
) -> None:
    answer(UNSURE)
    server.answers += [text("Which lamp?"), WORKTOP, text("It is on.")]
    first = await say("light please")
    assert first.continue_conversation
    # Alone, the small model would be sure of it.
    answer("> off light A\n")
    second = await say("the worktop", conversation_id=first.conversation_id)
    assert speech_of(second) == "It is on."
    assert _details()["because_of"] == "follow_up"
    await say("turn off the worktop", conversation_id=first.conversation_id)
    assert not is_on(hass)


async def test_a_model_that_cannot_run_asks(
    hass: HomeAssistant, small: MockConfigEntry, server: ModelServer, run_with: RunWith, say: Say
) -> None:
    run_with(path="/nowhere/model.gguf")
    await hass.config_entries.async_reload(small.entry_id)
    server.answers.append(text("I am here."))
    assert speech_of(await say("hello")) == "I am here."
    assert _details()["because_of"] == "model_missing"


async def test_the_other_direction(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer, answer: Answer
) -> None:
    """A server that is gone; the model on this device is not."""
    await async_add_server_agent(hass, server, fallback=AGENT)
    server.answers.append(drops)
    answer("> on light A\n")
    result = await async_ask(hass, "turn on the worktop")
    assert speech_of(result) == "Turned on Worktop."
    assert is_on(hass)
    assert _details()["asked"] == AGENT


async def test_what_a_server_has_begun_is_not_begun_again(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer, answer: Answer
) -> None:
    await async_add_server_agent(hass, server, fallback=AGENT)
    server.answers += [WORKTOP, says({}, 500)]
    answer("> off light A\n")
    result = await async_ask(hass, "turn on the worktop")
    assert speech_of(result).endswith("Part of it is done.")
    assert is_on(hass)


async def test_no_circle(
    hass: HomeAssistant, agent: MockConfigEntry, server: ModelServer, answer: Answer, say: Say
) -> None:
    """Two that are both at a loss; each would ask the other."""
    await async_add_server_agent(hass, server, fallback=AGENT)
    await async_change(hass, agent, fallback=SERVER_AGENT)
    server.answers.append(says({}, 500))
    answer(UNSURE)
    result = await say("open the pod bay doors")
    assert result.response.error_code is IntentResponseErrorCode.UNKNOWN
    assert len([asked for asked in server.asked if asked.path.endswith("completions")]) == 1
    # The other way round.
    result = await async_ask(hass, "open the pod bay doors")
    assert speech_of(result) == "I cannot find that here."


async def test_no_circle_of_three(
    hass: HomeAssistant, agent: MockConfigEntry, answer: Answer, say: Say
) -> None:
    """Via an agent of another integration, which asks us in turn."""

    class Relay(conversation.AbstractConversationAgent):
        asked = 0

        @property
        def supported_languages(self) -> list[str]:
            return ["en"]

        async def async_process(
            self, user_input: conversation.ConversationInput
        ) -> conversation.ConversationResult:
            self.asked += 1
            return await conversation.async_converse(
                hass, user_input.text, user_input.conversation_id, Context(), "en", AGENT
            )

    relay, entry = Relay(), MockConfigEntry(domain="relay")
    entry.add_to_hass(hass)
    conversation.async_set_agent(hass, entry, relay)
    await async_change(hass, agent, fallback=entry.entry_id)
    answer(UNSURE)
    assert speech_of(await say("open the pod bay doors")) == "I cannot find that here."
    assert relay.asked == 1


async def test_an_agent_that_keeps_no_log(
    hass: HomeAssistant, agent: MockConfigEntry, answer: Answer
) -> None:
    """What it says stands in the log all the same."""

    class Parrot(conversation.AbstractConversationAgent):
        @property
        def supported_languages(self) -> list[str]:
            return ["en"]

        async def async_process(
            self, user_input: conversation.ConversationInput
        ) -> conversation.ConversationResult:
            response = IntentResponse(language="en")
            response.async_set_speech(user_input.text.upper())
            return conversation.ConversationResult(response=response)

    entry = MockConfigEntry(domain="parrot")
    entry.add_to_hass(hass)
    conversation.async_set_agent(hass, entry, Parrot())
    await async_change(hass, agent, fallback=entry.entry_id)
    answer(UNSURE)
    with (
        chat_session.async_get_chat_session(hass) as session,
        conversation.async_get_chat_log(hass, session) as chat_log,
    ):
        result = await async_ask(hass, "hello", AGENT, conversation_id=session.conversation_id)
    assert speech_of(result) == "HELLO"
    assert [content.role for content in chat_log.content] == ["system", "user", "assistant"]
    assert chat_log.content[-1].content == "HELLO"


async def test_home_assistants_own_agent(
    hass: HomeAssistant, agent: MockConfigEntry, answer: Answer, say: Say
) -> None:
    await async_change(hass, agent, fallback=conversation.HOME_ASSISTANT_AGENT)
    answer(UNSURE)
    await say("turn on the worktop")
    assert is_on(hass)


async def test_nobody_is_there(
    hass: HomeAssistant,
    agent: MockConfigEntry,
    answer: Answer,
    say: Say,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await async_change(hass, agent, fallback="conversation.gone")
    answer(UNSURE)
    with caplog.at_level(logging.WARNING):
        assert speech_of(await say("turn on the worktop")) == "I cannot find that here."
    assert "conversation.gone, which is not there" in caplog.text


async def test_who_asks_himself(
    hass: HomeAssistant, agent: MockConfigEntry, answer: Answer, say: Say
) -> None:
    await async_change(hass, agent, fallback=AGENT)
    answer(UNSURE)
    assert speech_of(await say("turn on the flux capacitor")) == "I cannot find that here."
