"""How tests speak with models on servers, whichever library does it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
import json
from typing import Any

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm

from custom_components.home_llm.chat_model import ChatModel, ChatRequest, Delta
from custom_components.home_llm.ollama_model import OllamaModel
from custom_components.home_llm.openai_model import OpenAIModel
from custom_components.home_llm.options import ModelOptions
from custom_components.home_llm.server_stream import Limits
from tests.integration.model_server import Answer, ModelServer, streams

QUICK = Limits(connect=0.5, first=0.5, following=0.5)
"""For servers that never answer."""

HELLO = (
    conversation.SystemContent(content="You are a house."),
    conversation.UserContent(content="Hello"),
)


def openai_model(hass: HomeAssistant, server: ModelServer, **options: Any) -> OpenAIModel:
    """Return a model on a server with OpenAI's API."""
    limits = options.pop("limits", None)
    options = {"url": f"{server.url}/v1", "model": "tiny", "api_key": "key", **options}
    return OpenAIModel(hass, ModelOptions(backend="openai", **options), limits)


def ollama_model(hass: HomeAssistant, server: ModelServer, **options: Any) -> OllamaModel:
    """Return a model on an Ollama server."""
    limits = options.pop("limits", None)
    options = {"url": server.url, "model": "tiny", "api_key": "key", **options}
    return OllamaModel(hass, ModelOptions(backend="ollama", **options), limits)


def chunks(*deltas: dict[str, Any], usage: dict[str, int] | None = None, end: str = "") -> Answer:
    """Return a reply as servers with OpenAI's API stream it."""
    lines = [chunk(delta) for delta in deltas]
    if end:
        return streams(*lines, end=end)
    last = {"choices": [], "usage": usage} if usage else {"choices": []}
    return streams(*lines, chunk({}, "stop"), sse(last), "data: [DONE]\n\n")


def chunk(delta: dict[str, Any], finish_reason: str | None = None) -> str:
    """Return a piece of such a reply."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return sse({"id": "1", "object": "chat.completion.chunk", "choices": [choice]})


def sse(value: object) -> str:
    """Return an event as servers send it."""
    return f"data: {json.dumps(value)}\n\n"


def parts(*messages: dict[str, Any], end: str = "", **figures: int) -> Answer:
    """Return a reply as Ollama streams it."""
    lines = [part({"role": "assistant", "content": "", **message}) for message in messages]
    if not end:
        lines.append(part({"role": "assistant", "content": ""}, done=True, **figures))
    return streams(*lines, kind="application/x-ndjson", end=end)


def part(message: dict[str, Any], **more: Any) -> str:
    """Return a piece of such a reply."""
    return json.dumps({"model": "tiny", "message": message, "done": False, **more}) + "\n"


@dataclass(kw_only=True)
class Reply:
    """What a model has answered."""

    deltas: list[Delta] = field(default_factory=list)
    timings: dict[str, Any] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """What is to be said."""
        return "".join(delta.get("content") or "" for delta in self.deltas)

    @property
    def thought(self) -> str:
        """What was thought."""
        return "".join(delta.get("thinking_content") or "" for delta in self.deltas)

    @property
    def calls(self) -> list[llm.ToolInput]:
        """What is called."""
        return [call for delta in self.deltas for call in delta.get("tool_calls") or ()]


async def ask(
    model: ChatModel,
    content: Sequence[conversation.Content] = HELLO,
    *,
    into: Reply | None = None,
    **request: Any,
) -> Reply:
    """Return what a model answers."""
    reply = into or Reply()
    asked = replace(ChatRequest(content=content), **request)
    async for delta in model.chat(asked, reply.timings):
        reply.deltas.append(delta)
    return reply
