"""What an Ollama server is asked, and whether that fits."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
import json
from typing import Any

from homeassistant.core import HomeAssistant
import ollama

from .chat_messages import Message, async_chat_messages, chat_tools
from .chat_model import ChatRequest
from .errors import PROMPT_TOO_LONG, ModelError
from .options import ModelOptions

_BYTES_PER_TOKEN = 3
"""Fewer than in any language or in JSON, so that what seems to fit does."""

_TOKENS_PER_IMAGE = 800
"""Of models that people run at home; Gemma 3 has 256, LLaVA 576, Qwen up to some more."""


async def async_parameters(
    hass: HomeAssistant, options: ModelOptions, request: ChatRequest
) -> dict[str, Any]:
    """Return the parameters of a chat.

    Raises:
        ModelError: it does not fit, of which Ollama would cut off the beginning without a word, or
            something is attached that no model can be shown.

    """
    messages = await async_chat_messages(hass, request.content)
    tools = chat_tools(request.tools, request.serializer)
    reply = request.options
    # What is kept free for the reply; it is not all of it, as few replies are that long.
    room = min(reply.max_tokens, options.context // 4)
    if _tokens([*messages, *tools]) + room > options.context:
        raise ModelError(PROMPT_TOO_LONG)
    return {
        "model": options.model,
        "messages": [_written(message) for message in messages],
        "tools": tools,
        "format": dict(request.schema) if request.schema is not None else None,
        "think": reply.thinking,
        # Minutes; a negative number is for ever.
        "keep_alive": f"{options.idle_minutes}m" if options.idle_minutes else -1,
        "options": {
            "num_ctx": options.context,
            "num_predict": reply.max_tokens,
            "temperature": reply.temperature,
            "top_p": reply.top_p,
        },
    }


def _tokens(parts: Sequence[Mapping[str, Any]]) -> int:
    """Return how many tokens messages and tools have at most."""
    count = 0
    for part in parts:
        if isinstance(content := part.get("content"), list):
            images = [each for each in content if each["type"] == "image_url"]
            count += len(images) * _TOKENS_PER_IMAGE
            part = {**part, "content": content[0]}  # noqa: PLW2901 - without the images
        written = json.dumps(part, ensure_ascii=False)
        count += len(written.encode()) // _BYTES_PER_TOKEN
    return count


def _written(message: Message) -> Message:
    """Return a message as Ollama has it: images beside the text, calls without numbers."""
    written: Message = {"role": message["role"], "content": message["content"]}
    if isinstance(parts := message["content"], list):
        urls = [part["image_url"]["url"] for part in parts[1:]]
        written["content"] = parts[0]["text"]
        written["images"] = [ollama.Image(value=_data(url)) for url in urls]
    if "reasoning_content" in message:
        written["thinking"] = message["reasoning_content"]
    if "tool_calls" in message:
        written["tool_calls"] = [{"function": call["function"]} for call in message["tool_calls"]]
    if message["role"] == "tool":
        written["tool_name"] = message["name"]
    return written


def _data(url: str) -> bytes:
    # The library takes text for the name of a file, and looks for it.
    return b64decode(url.partition(",")[2])
