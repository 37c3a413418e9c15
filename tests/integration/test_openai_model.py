"""Models on servers with OpenAI's API, over real sockets."""

from pathlib import Path
from typing import Any

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
import pytest
import voluptuous as vol

from custom_components.home_llm.chat_model import ReplyOptions
from custom_components.home_llm.errors import ModelError
from tests.integration.model_server import Answer, says, serving, shows
from tests.integration.remote import HELLO, ask, chunks, openai_model

pytestmark = pytest.mark.usefixtures("socket_enabled")

MODELS = {"object": "list", "data": [{"id": "tiny"}, {"id": "large"}]}


class Lamp(llm.Tool):
    """Turns a lamp on."""

    name = "lamp"
    description = "Turns a lamp on"
    parameters = vol.Schema({vol.Required("where"): str, vol.Optional("percent"): int})
    integration = "home_llm"


def call(index: int | None = None, arguments: str = "", **more: Any) -> dict[str, Any]:
    """Return a delta with a piece of a call."""
    name = more.pop("name", None)
    function = {"arguments": arguments, **({"name": name} if name else {})}
    return {"tool_calls": [{"index": index, "function": function, **more}]}


async def test_reply_in_pieces(hass: HomeAssistant) -> None:
    """Text comes as it is written; the numbers of tokens are the server's."""
    usage = {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15}
    answer = chunks({"role": "assistant"}, {"content": "Good "}, {"content": "day."}, usage=usage)
    async with serving(answer) as server:
        reply = await ask(openai_model(hass, server))
        assert reply.deltas == [{"role": "assistant"}, {"content": "Good"}, {"content": " day."}]
        assert (reply.timings["prompt_tokens"], reply.timings["tokens"]) == (12, 3)
        assert 0 < reply.timings["first_token_ms"] <= reply.timings["total_ms"]
        (asked,) = server.asked
        assert asked.path == "/v1/chat/completions"
        assert asked.headers["Authorization"] == "Bearer key"


async def test_what_is_asked(hass: HomeAssistant) -> None:
    options = ReplyOptions(max_tokens=9, temperature=0.5, top_p=0.75, thinking=True)
    async with serving(chunks({"content": "Hi."})) as server:
        await ask(openai_model(hass, server), tools=[Lamp()], options=options)
        assert server.body == {
            "model": "tiny",
            "messages": [
                {"role": "system", "content": "You are a house."},
                {"role": "user", "content": "Hello"},
            ],
            "max_tokens": 9,
            "temperature": 0.5,
            "top_p": 0.75,
            "stream": True,
            "stream_options": {"include_usage": True},
            "chat_template_kwargs": {"enable_thinking": True},
            "tools": [
                {
                    "type": "function",
                    "function": {
                        "name": "lamp",
                        "description": "Turns a lamp on",
                        "parameters": {
                            "type": "object",
                            "properties": {
                                "where": {"type": "string"},
                                "percent": {"type": "integer"},
                            },
                            "required": ["where"],
                            "additionalProperties": False,
                        },
                    },
                }
            ],
        }


async def test_earlier_calls_are_sent_as_text(hass: HomeAssistant) -> None:
    """Thoughts stay here: not every server takes them."""
    turned_on = llm.ToolInput(id="1", tool_name="lamp", tool_args={"where": "Küche"})
    content = [
        *HELLO,
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
    async with serving(chunks({"content": "Done."})) as server:
        await ask(openai_model(hass, server), content, tools=[Lamp()])
        call, result = server.body["messages"][2:]
        assert call == {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {
                    "id": "1",
                    "type": "function",
                    "function": {"name": "lamp", "arguments": '{"where": "Küche"}'},
                }
            ],
        }
        assert result == {
            "role": "tool",
            "tool_call_id": "1",
            "name": "lamp",
            "content": '{"data":{"on":true},"error":false}',
        }


async def test_image(hass: HomeAssistant, tmp_path: Path) -> None:
    path = tmp_path / "door.png"
    path.write_bytes(b"picture")
    attached = conversation.Attachment(media_content_id="media", mime_type="image/png", path=path)
    content = [conversation.UserContent(content="Who is it?", attachments=[attached])]
    async with serving(chunks({"content": "A cat."})) as server:
        model = openai_model(hass, server)
        assert model.takes_images
        assert (await ask(model, content)).said == "A cat."
        (message,) = server.body["messages"]
        assert message["content"] == [
            {"type": "text", "text": "Who is it?"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,cGljdHVyZQ=="}},
        ]


@pytest.mark.parametrize(
    "deltas",
    [
        pytest.param([{"reasoning_content": "Hm"}, {"reasoning_content": "."}], id="llama.cpp"),
        pytest.param([{"reasoning": "Hm"}, {"reasoning": "."}], id="vLLM"),
        pytest.param([{"content": "<thi"}, {"content": "nk>Hm.</think>"}], id="not recognized"),
    ],
)
async def test_thoughts_are_not_said(hass: HomeAssistant, deltas: list[dict[str, Any]]) -> None:
    async with serving(chunks(*deltas, {"content": "Yes."})) as server:
        reply = await ask(openai_model(hass, server))
        assert (reply.thought, reply.said) == ("Hm.", "Yes.")


@pytest.mark.parametrize(
    "deltas",
    [
        pytest.param(
            [
                call(0, id="a", name="lamp"),
                call(0, '{"where": "hall",'),
                call(0, ' "percent": 5}'),
                call(1, id="b", name="lamp"),
                call(1, '{"where": "attic"}'),
            ],
            id="pieces",
        ),
        pytest.param(
            [
                call(0, '{"where": "hall", "percent": 5}', id="a", name="lamp"),
                call(0, '{"where": "attic"}', id="b", name="lamp"),
            ],
            id="one index",
        ),
        pytest.param(
            [
                call(0, '{"where": "hall", "per', id="a", name="lamp"),
                call(0, 'cent": 5}', id="a", name="lamp"),
                call(0, '{"where": "attic"}', id="b", name="lamp"),
            ],
            id="each piece named",
        ),
        pytest.param(
            [
                call(None, '{"where": "hall", "percent": 5}', name="lamp", id=""),
                call(None, '{"where": "attic"}', name="lamp", id=""),
            ],
            id="neither index nor id",
        ),
        pytest.param(
            [
                call(0, '{"where": "hall", "percent": 5}', name="lamp", id="a"),
                call(1, '{"where": "attic"}', name="lamp", id="a"),
            ],
            id="one id",
        ),
        pytest.param(
            [
                {"content": '<tool_call>{"name": "lamp", "arguments": {"where": "ha'},
                {"content": 'll", "percent": 5}}</tool_call>\n<tool_'},
                {"content": 'call>{"name": "lamp", "arguments": {"where": "attic"}}</tool_call>'},
            ],
            id="as text",
        ),
    ],
)
async def test_calls(hass: HomeAssistant, deltas: list[dict[str, Any]]) -> None:
    """They come when they are whole, each with an id of its own."""
    async with serving(chunks({"content": "One moment."}, *deltas)) as server:
        reply = await ask(openai_model(hass, server), tools=[Lamp()])
        assert [(each.tool_name, each.tool_args) for each in reply.calls] == [
            ("lamp", {"where": "hall", "percent": 5}),
            ("lamp", {"where": "attic"}),
        ]
        assert len({each.id for each in reply.calls}) == 2
        assert reply.said == "One moment."


async def test_call_without_arguments(hass: HomeAssistant) -> None:
    async with serving(chunks(call(0, id="a", name="now"))) as server:
        (made,) = (await ask(openai_model(hass, server), tools=[Lamp()])).calls
        assert (made.id, made.tool_name, made.tool_args) == ("a", "now", {})


async def test_structured_reply(hass: HomeAssistant) -> None:
    """Its JSON is what was asked for, and no call."""
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    written = '{"name": "lamp", "arguments": {}}'
    async with serving(chunks({"content": written[:9]}, {"content": written[9:]})) as server:
        reply = await ask(openai_model(hass, server), tools=[Lamp()], schema=schema)
        assert reply.said == written
        assert reply.calls == []
        assert server.body["response_format"] == {
            "type": "json_schema",
            "json_schema": {"name": "reply", "strict": True, "schema": schema},
        }


async def test_parameters_that_a_server_refuses(hass: HomeAssistant) -> None:
    """It is asked without them, and from then on never with them."""

    def refuses(name: str) -> Answer:
        message = f"Unsupported parameter: '{name}' is not supported with this model."
        return says({"error": {"message": message, "code": "unsupported_parameter"}}, 400)

    schema = {"type": "object"}
    async with serving(
        refuses("chat_template_kwargs"),
        refuses("max_tokens"),
        says({"detail": [{"loc": ["body", "response_format", "type"]}]}, 422),
        chunks({"content": "{}"}),
        refuses("stream_options"),
        refuses("stream_options"),
        chunks({"content": "{}"}),
    ) as server:
        model = openai_model(hass, server)
        assert (await ask(model, schema=schema)).said == "{}"
        body = server.body
        assert "chat_template_kwargs" not in body
        assert "max_tokens" not in body
        assert body["max_completion_tokens"] == 1024
        assert body["response_format"] == {"type": "json_object", "schema": schema}
        assert len(server.asked) == 4
        # One that it goes on to refuse is not left out twice.
        with pytest.raises(ModelError, match="server_error"):
            await ask(model, schema=schema)
        assert len(server.asked) == 6
        await ask(model, schema=schema)
        assert server.body == {**body, "stream_options": {"include_usage": True}}


async def test_models(hass: HomeAssistant) -> None:
    async with serving(says(MODELS)) as server:
        model = openai_model(hass, server)
        assert await model.async_models() == ["large", "tiny"]
        assert server.asked[0].path == "/v1/models"
        await model.async_check()
        await model.async_close()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(shows("<h1>Welcome</h1>"), id="page"),
        pytest.param(says({"status": "ok"}), id="other"),
        pytest.param(says(["tiny"]), id="list"),
        pytest.param(shows("{", kind="application/json"), id="cut"),
    ],
)
async def test_no_list_of_models(hass: HomeAssistant, answer: Answer) -> None:
    async with serving(answer, says(MODELS)) as server:
        model = openai_model(hass, server)
        with pytest.raises(ModelError, match="reply_broken"):
            await model.async_models()
        assert await model.async_models() == ["large", "tiny"]


async def test_model_that_is_not_listed(hass: HomeAssistant) -> None:
    """Some servers have one model and answer to any name."""
    completion = {"id": "1", "object": "chat.completion", "choices": []}
    missing = {"error": {"message": "The model `other` does not exist.", "code": 404}}
    async with serving(
        *(says(MODELS), says(completion)),
        *(says(MODELS), says(missing, 404)),
        *(says(MODELS), shows("Hello")),
        *(says(MODELS), says(completion)),
    ) as server:
        model = openai_model(hass, server, model="other")
        await model.async_check()
        assert server.body["model"] == "other"
        for key in ("model_not_found", "reply_broken"):
            with pytest.raises(ModelError, match=key):
                await model.async_check()
        await model.async_check()


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("{url}", "/v1/models"),
        ("{url}/", "/v1/models"),
        ("{address}", "/v1/models"),
        ("{url}/v1/", "/v1/models"),
        ("{url}/v1/chat/completions", "/v1/models"),
        ("{url}/api/openai/v1", "/api/openai/v1/models"),
    ],
)
async def test_addresses(hass: HomeAssistant, written: str, path: str) -> None:
    async with serving(says(MODELS)) as server:
        url = written.format(url=server.url, address=server.url.removeprefix("http://"))
        await openai_model(hass, server, url=url, api_key="").async_models()
        assert server.asked[0].path == path


async def test_no_address(hass: HomeAssistant) -> None:
    async with serving(says(MODELS)) as server:
        with pytest.raises(ModelError, match="cannot_connect"):
            await openai_model(hass, server, url="http://[::1").async_models()
        assert await openai_model(hass, server).async_models()
