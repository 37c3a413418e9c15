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

from custom_components.home_llm.core.calls import Call
from custom_components.home_llm.core.formats import get_format
from custom_components.home_llm.core.home import Area, Home
from custom_components.home_llm.history import messages
from custom_components.home_llm.llm_api import tool_input

FORMAT = get_format("tiny-2")
KITCHEN = Area(area_id="kitchen", name="Kitchen")
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


def _turns(
    *content: Content, area: Area | None = None, exchanges: int = 5
) -> list[tuple[str, str]]:
    log = [SystemContent(content="Home Assistant's own"), *content]
    return [(m.role, m.content) for m in messages(FORMAT, log, Home(), area, exchanges)]


def test_first_sentence() -> None:
    assert _turns(UserContent("Turn it ON")) == [("user", "turn it on")]


def test_area_of_the_speaker() -> None:
    turns = _turns(UserContent("lights"), _assistant("on or off?"), UserContent("on"), area=KITCHEN)
    assert turns == [
        ("user", "lights"),
        ("assistant", "on or off?"),
        ("user", "area kitchen\non"),
    ]


def test_calls_and_what_was_really_said() -> None:
    turns = _turns(
        UserContent("worktop on"),
        _assistant(None, ON),
        _result(ON),
        _assistant("I cannot reach Worktop at the moment."),
        UserContent("again"),
    )
    assert turns[1] == (
        "assistant",
        FORMAT.reply([ON], "I cannot reach Worktop at the moment."),
    )


def test_turns_of_another_agent() -> None:
    """The pipeline may have answered the sentence before by itself."""
    other = AssistantContent(
        agent_id="conversation.home_assistant",
        content="Turned on the light",
        tool_calls=[llm.ToolInput("intent__HassTurnOn", {"name": "x"}, external=True)],
    )
    turns = _turns(UserContent("light on"), other, UserContent("and off again"))
    assert turns[1] == ("assistant", "Turned on the light")


def test_unanswered_sentences_are_left_out() -> None:
    turns = _turns(UserContent("one"), UserContent("two"), _assistant("yes."), UserContent("three"))
    assert turns == [("user", "two"), ("assistant", "yes."), ("user", "three")]


@pytest.mark.parametrize("exchanges", [0, 1, 3])
def test_only_the_latest_exchanges(exchanges: int) -> None:
    content: list[Content] = []
    for number in range(5):
        content += [UserContent(f"sentence {number}"), _assistant("yes.")]
    turns = _turns(*content, UserContent("sentence 5"), exchanges=exchanges)
    said = [text for role, text in turns if role == "user"]
    assert said == [f"sentence {number}" for number in range(5 - exchanges, 6)]
    assert len(turns) == 2 * exchanges + 1
