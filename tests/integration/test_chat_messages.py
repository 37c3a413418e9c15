"""Conversations and tools as JSON objects, and arguments as models write them."""

from pathlib import Path
from typing import Any

from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
import pytest

from custom_components.home_llm.chat_messages import (
    async_chat_messages,
    chat_messages,
    chat_tools,
    read_arguments,
)
from custom_components.home_llm.errors import ModelError
from tests.integration.house import House


def assistant(content: str | None = None, **more: Any) -> conversation.AssistantContent:
    """Return something that an agent said."""
    return conversation.AssistantContent(agent_id="agent", content=content, **more)


def result(call: str, *, error: bool = False, **data: Any) -> conversation.ToolResultContent:
    """Return what came of a call."""
    return conversation.ToolResultContent(
        agent_id="agent",
        tool_call_id=call,
        tool_name="lamp",
        result=llm.ToolResult(data=data, error=error),
    )


def test_every_role_is_kept() -> None:
    """What was thought before people spoke again is forgotten."""
    calls = [
        llm.ToolInput(id="1", tool_name="lamp", tool_args={"where": ["hall"]}),
        llm.ToolInput(id="2", tool_name="lamp", tool_args={}),
    ]
    content = [
        conversation.SystemContent(content="You are a house."),
        conversation.UserContent(content="Hello"),
        assistant("Hello.", thinking_content="Somebody is there."),
        conversation.UserContent(content="Turn the lamp on"),
        assistant(thinking_content="Where?", tool_calls=calls),
        result("1", on=True),
        result("2", error=True, error_text="There is none."),
        assistant("It is on, but for one."),
    ]
    assert chat_messages(content) == [
        {"role": "system", "content": "You are a house."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "Turn the lamp on"},
        {
            "role": "assistant",
            "content": "",
            "reasoning_content": "Where?",
            "tool_calls": [
                {
                    "id": "1",
                    "type": "function",
                    "function": {"name": "lamp", "arguments": {"where": ["hall"]}},
                },
                {"id": "2", "type": "function", "function": {"name": "lamp", "arguments": {}}},
            ],
        },
        {
            "role": "tool",
            "tool_call_id": "1",
            "name": "lamp",
            "content": '{"data":{"on":true},"error":false}',
        },
        {
            "role": "tool",
            "tool_call_id": "2",
            "name": "lamp",
            "content": '{"data":{"error_text":"There is none."},"error":true}',
        },
        {"role": "assistant", "content": "It is on, but for one."},
    ]


def test_nothing_was_said() -> None:
    assert chat_messages([]) == []


async def test_images(hass: HomeAssistant, tmp_path: Path) -> None:
    """They follow the text that they are attached to; other kinds of files are refused."""

    def said(name: str, kind: str) -> conversation.UserContent:
        attached = conversation.Attachment(
            media_content_id="media", mime_type=kind, path=tmp_path / name
        )
        return conversation.UserContent(content="Look", attachments=[attached])

    (tmp_path / "door.jpg").write_bytes(b"picture")
    (tmp_path / "manual.pdf").write_bytes(b"text")
    plain = conversation.UserContent(content="And now?")
    for name, kind, key in (
        ("manual.pdf", "application/pdf", "attachment_no_image"),
        ("gone.jpg", "image/jpeg", "attachment_unreadable"),
    ):
        with pytest.raises(ModelError) as raised:
            await async_chat_messages(hass, [said(name, kind)])
        assert raised.value.key == key
        url = "data:image/jpeg;base64,cGljdHVyZQ=="
        assert await async_chat_messages(hass, [said("door.jpg", "image/jpeg"), plain]) == [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Look"},
                    {"type": "image_url", "image_url": {"url": url}},
                ],
            },
            {"role": "user", "content": "And now?"},
        ]


async def test_tools_of_home_assistant(hass: HomeAssistant, house: House) -> None:
    """Each has a JSON schema of its parameters, selectors included."""
    assert await async_setup_component(hass, "llm", {})
    context = llm.LLMContext(
        platform="home_llm",
        context=Context(),
        language="en",
        assistant="conversation",
        device_id=None,
    )
    api = await llm.async_get_api(hass, llm.LLM_API_ASSIST, context)
    tools = {
        tool["function"]["name"]: tool["function"]
        for tool in chat_tools(api.tools, api.custom_serializer)
        if tool["type"] == "function"
    }
    assert tools.keys() == {tool.name for tool in api.tools}
    turn_on = next(tool for name, tool in tools.items() if name.endswith("HassTurnOn"))
    assert turn_on["description"]
    assert turn_on["parameters"]["type"] == "object"
    assert turn_on["parameters"]["properties"]["area"] == {"type": "string"}


def test_tool_without_description() -> None:
    class Now(llm.Tool):
        """Tells the time."""

        name = "now"

    (tool,) = chat_tools([Now()], None)
    assert tool["function"].keys() == {"name", "parameters"}
    assert tool["function"]["parameters"]["type"] == "object"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"a": 1}, {"a": 1}),
        ('{"a": 1}', {"a": 1}),
        ('"{\\"a\\": 1}"', {"a": 1}),
        ("", {}),
        (" ", {}),
        (None, {}),
        ("null", {}),
        ({"domain": '["light"]', "color": '{"r": 1}'}, {"domain": ["light"], "color": {"r": 1}}),
        ({"a": None, "b": "", "c": 0, "d": False}, {"c": 0, "d": False}),
        ({"a": "[no list]", "b": "{", "c": "[d"}, {"a": "[no list]", "b": "{", "c": "[d"}),
    ],
)
def test_arguments(written: object, meant: dict[str, Any]) -> None:
    assert read_arguments(written) == meant


@pytest.mark.parametrize("written", ["{", "[1]", "7", '"turn on"', [1], 7])
def test_no_arguments(written: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_arguments(written)
