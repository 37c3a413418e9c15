"""Earlier turns are told to the model in its own wire form."""

from homeassistant.components.conversation import (
    AssistantContent,
    Content,
    SystemContent,
    ToolResultContent,
    UserContent,
)
from homeassistant.helpers import llm
import pytest

from custom_components.home_llm.core.actions import DEFAULT_ALLOWED
from custom_components.home_llm.core.calls import Call
from custom_components.home_llm.core.formats import TINY, Format, get_format
from custom_components.home_llm.core.home import Entity, Home
from custom_components.home_llm.history import messages
from custom_components.home_llm.llm_api import tool_input
from custom_components.home_llm.view import View

HOME = Home(entities=(Entity(entity_id="light.worktop", name="Worktop"),))
VIEW = View(home=HOME, allowed=DEFAULT_ALLOWED, names=TINY.names(HOME))
ON = Call(action="light.turn_on", devices=("light worktop",), arguments={"brightness": 30})


def _assistant(text: str | None, *calls: Call, agent_id: str = "conversation.home_llm") -> Content:
    tools = [tool_input(call) for call in calls]
    return AssistantContent(agent_id=agent_id, content=text, tool_calls=tools or None)


def _result(call: Call) -> Content:
    return ToolResultContent(
        agent_id="conversation.home_llm",
        tool_call_id="1",
        tool_name=tool_input(call).tool_name,
        result=llm.ToolResult(data={"entity_ids": [], "problems": []}),
    )


def _turns(*content: Content, exchanges: int = 5, format_: Format = TINY) -> list[tuple[str, str]]:
    log = [SystemContent(content="Home Assistant's own"), *content]
    return [(m.role, m.content) for m in messages(format_, log, VIEW, "heard", exchanges)]


def test_first_sentence() -> None:
    assert _turns(UserContent("Turn it ON")) == [("user", "heard")]


def test_calls_are_told_as_the_model_writes_them() -> None:
    turns = _turns(
        UserContent("Worktop on"),
        _assistant(None, ON),
        _result(ON),
        _assistant("I cannot reach Worktop at the moment."),
        UserContent("again"),
    )
    assert turns == [
        ("user", "light A on"),
        ("assistant", "> on light A = brightness 30\n"),
        ("user", "heard"),
    ]


def test_what_the_sentence_did_not_name_is_left_out() -> None:
    turns = _turns(UserContent("do it"), _assistant(None, ON, ON), UserContent("again"))
    assert [text for role, text in turns if role == "user"][-1] == "heard"


def test_a_chat_model_is_told_what_was_really_said() -> None:
    turns = _turns(
        UserContent("worktop on"),
        _assistant(None, ON),
        _result(ON),
        _assistant("I cannot reach Worktop at the moment."),
        UserContent("again"),
        format_=get_format("home-llm-1"),
    )
    assert turns[1][1].startswith("I cannot reach Worktop at the moment.\n```homeassistant\n")


def test_turns_of_another_agent() -> None:
    """The pipeline may have answered the sentence before by itself."""
    other = AssistantContent(
        agent_id="conversation.home_assistant",
        content="Turned on the light",
        tool_calls=[llm.ToolInput("intent__HassTurnOn", {"name": "x"}, external=True)],
    )
    plain = get_format("home-llm-1")
    turns = _turns(UserContent("light on"), other, UserContent("and off again"), format_=plain)
    assert turns[1] == ("assistant", "Turned on the light")


def test_unanswered_sentences_are_left_out() -> None:
    plain = get_format("home-llm-1")
    said = (UserContent("one"), UserContent("two"), _assistant("yes."), UserContent("three"))
    assert _turns(*said, format_=plain) == [
        ("user", "two"),
        ("assistant", "yes."),
        ("user", "heard"),
    ]


@pytest.mark.parametrize("exchanges", [0, 1, 3])
def test_only_the_latest_exchanges(exchanges: int) -> None:
    content: list[Content] = []
    for number in range(5):
        content += [UserContent(f"sentence {number}"), _assistant("yes.")]
    turns = _turns(*content, UserContent("sentence 5"), exchanges=exchanges)
    said = [text for role, text in turns if role == "user"]
    assert said == [*(f"sentence {number}" for number in range(5 - exchanges, 5)), "heard"]
    assert len(turns) == 2 * exchanges + 1
