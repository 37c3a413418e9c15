"""Models on Ollama servers, over real sockets."""

from pathlib import Path
from typing import Any

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
import pytest

from custom_components.home_llm.chat_model import ReplyOptions
from custom_components.home_llm.errors import ModelError
from tests.integration.model_server import Answer, says, serving
from tests.integration.remote import HELLO, ask, ollama_model, parts
from tests.integration.test_openai_model import Lamp

pytestmark = pytest.mark.usefixtures("socket_enabled")

GOOD = parts({"content": "Good day."})
LAMP = {"function": {"name": "lamp", "arguments": {"where": "hall", "percent": None}}}


def shown(*capabilities: str) -> Answer:
    """Return what Ollama tells of a model."""
    return says({"model_info": {}, "capabilities": list(capabilities)})


async def test_reply_in_pieces(hass: HomeAssistant) -> None:
    answer = parts(
        {"thinking": "Hm."},
        {"content": "Good "},
        {"content": "day."},
        prompt_eval_count=12,
        eval_count=3,
    )
    async with serving(answer) as server:
        reply = await ask(ollama_model(hass, server))
        assert reply.deltas == [
            {"role": "assistant"},
            {"thinking_content": "Hm."},
            {"content": "Good"},
            {"content": " day."},
        ]
        assert (reply.timings["prompt_tokens"], reply.timings["tokens"]) == (12, 3)
        assert 0 < reply.timings["first_token_ms"] <= reply.timings["total_ms"]
        (asked,) = server.asked
        assert asked.path == "/api/chat"
        assert asked.headers["Authorization"] == "Bearer key"


async def test_what_is_asked(hass: HomeAssistant) -> None:
    options = ReplyOptions(max_tokens=9, temperature=0.5, top_p=0.75, thinking=True)
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    async with serving(GOOD) as server:
        model = ollama_model(hass, server, api_key="", context=2048, idle_minutes=5)
        await ask(model, tools=[Lamp()], options=options, schema=schema)
        assert "Authorization" not in server.asked[0].headers
        body = server.body
        (tool,) = body.pop("tools")
        assert tool["function"]["name"] == "lamp"
        assert tool["function"]["parameters"]["required"] == ["where"]
        assert body == {
            "model": "tiny",
            "messages": [
                {"role": "system", "content": "You are a house."},
                {"role": "user", "content": "Hello"},
            ],
            "stream": True,
            "format": schema,
            "think": True,
            "keep_alive": "5m",
            "options": {"num_ctx": 2048, "num_predict": 9, "temperature": 0.5, "top_p": 0.75},
        }
        await ask(ollama_model(hass, server))
        assert server.body["keep_alive"] == -1
        assert server.body["think"] is False
        assert "format" not in server.body


async def test_earlier_turns(hass: HomeAssistant, tmp_path: Path) -> None:
    """Calls have no numbers; what was thought goes along while the model goes on."""
    path = tmp_path / "door.png"
    path.write_bytes(b"picture")
    attached = conversation.Attachment(media_content_id="media", mime_type="image/png", path=path)
    turned_on = llm.ToolInput(id="1", tool_name="lamp", tool_args={"where": "hall"})
    content = [
        conversation.UserContent(content="Who is it?", attachments=[attached]),
        conversation.AssistantContent(
            agent_id="agent", thinking_content="Hm.", tool_calls=[turned_on]
        ),
        conversation.ToolResultContent(
            agent_id="agent",
            tool_call_id="1",
            tool_name="lamp",
            result=llm.ToolResult(data={"on": True}),
        ),
    ]
    async with serving(GOOD) as server:
        await ask(ollama_model(hass, server), content, tools=[Lamp()])
        assert server.body["messages"] == [
            {"role": "user", "content": "Who is it?", "images": ["cGljdHVyZQ=="]},
            {
                "role": "assistant",
                "thinking": "Hm.",
                "tool_calls": [{"function": {"name": "lamp", "arguments": {"where": "hall"}}}],
            },
            {"role": "tool", "content": '{"data":{"on":true},"error":false}', "tool_name": "lamp"},
        ]


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([{"tool_calls": [LAMP]}, {"tool_calls": [LAMP]}], id="recognized"),
        pytest.param([{"tool_calls": [LAMP, LAMP]}], id="at once"),
        pytest.param(
            [
                {"content": '<tool_call>{"name": "lamp", "argum'},
                {"content": 'ents": {"where": "hall"}}</tool_call>'},
                {"content": '<tool_call>{"name": "lamp", "arguments": {"where": "hall"}}'},
            ],
            id="as text",
        ),
    ],
)
async def test_calls(hass: HomeAssistant, messages: list[dict[str, Any]]) -> None:
    async with serving(parts({"content": "One moment."}, *messages)) as server:
        reply = await ask(ollama_model(hass, server), tools=[Lamp()])
        made = [(each.tool_name, each.tool_args) for each in reply.calls]
        assert made == [("lamp", {"where": "hall"})] * 2
        assert len({each.id for each in reply.calls}) == 2
        assert reply.said == "One moment."


async def test_what_does_not_fit_is_not_cut_off(hass: HomeAssistant, tmp_path: Path) -> None:
    """Ollama would forget the beginning; so it is not asked, and told with less of it."""
    path = tmp_path / "door.png"
    path.write_bytes(b"picture")
    image = conversation.Attachment(media_content_id="media", mime_type="image/png", path=path)
    too_much: list[list[conversation.Content]] = [
        [*HELLO, *([conversation.UserContent(content="灯" * 100)] * 11)],
        [*HELLO, *([conversation.UserContent(content="lamp " * 60)] * 11)],
        [conversation.UserContent(content="Look", attachments=[image] * 2)],
    ]
    async with serving(GOOD) as server:
        model = ollama_model(hass, server, context=1200)
        for content in too_much:
            with pytest.raises(ModelError) as raised:
                await ask(model, content)
            assert raised.value.key == "prompt_too_long"
            assert server.asked == []
        for content in too_much:
            less = content[:5] if len(content) > 1 else HELLO
            assert (await ask(model, less)).said == "Good day."
            server.asked.clear()
        larger = ollama_model(hass, server, context=4096)
        assert (await ask(larger, too_much[2])).said == "Good day."


async def test_models(hass: HomeAssistant) -> None:
    listed = {"models": [{"model": "tiny:latest"}, {"model": "large:latest"}, {}]}
    async with serving(says(listed)) as server:
        model = ollama_model(hass, server)
        assert await model.async_models() == ["large:latest", "tiny:latest"]
        assert server.asked[0].path == "/api/tags"
        await model.async_close()


async def test_no_list_of_models(hass: HomeAssistant) -> None:
    async with serving(says([1]), says({"status": "ok"}), says({"models": []})) as server:
        model = ollama_model(hass, server)
        for _ in range(2):
            with pytest.raises(ModelError, match="reply_broken"):
                await model.async_models()
        assert await model.async_models() == []


async def test_what_a_model_is_able_to(hass: HomeAssistant) -> None:
    """One that cannot think is not told to; what a server does not tell is tried."""
    thinking = ReplyOptions(thinking=True)
    missing = says({"error": "model 'tiny' not found"}, 404)
    answers = (missing, shown("completion"), GOOD, shown("completion", "vision", "thinking"), GOOD)
    async with serving(*answers, says({"model_info": {}}), GOOD) as server:
        model = ollama_model(hass, server)
        assert model.takes_images
        with pytest.raises(ModelError, match="model_not_found"):
            await model.async_check()
        await model.async_check()
        assert server.asked[1].path == "/api/show"
        assert not model.takes_images
        await ask(model, options=thinking)
        assert "think" not in server.body
        await model.async_check()
        assert model.takes_images
        await ask(model, options=thinking)
        assert server.body["think"] is True
        other = ollama_model(hass, server)
        await other.async_check()
        assert other.takes_images
        await ask(other, options=thinking)
        assert server.body["think"] is True


async def test_no_address(hass: HomeAssistant) -> None:
    async with serving(says({"models": []})) as server:
        with pytest.raises(ModelError, match="cannot_connect"):
            await ollama_model(hass, server, url="http://[::1").async_models()
        assert await ollama_model(hass, server).async_models() == []
