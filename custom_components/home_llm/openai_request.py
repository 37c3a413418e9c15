"""What a server with OpenAI's API is asked, with the parameters that this one takes."""

from collections.abc import Mapping, Sequence
import json
from typing import Any

from homeassistant.core import HomeAssistant

from .chat_messages import Message, async_chat_messages, chat_tools
from .chat_model import ChatRequest

OPTIONAL = (
    "chat_template_kwargs",
    "stream_options",
    "response_format",
    "max_tokens",
    "temperature",
    "top_p",
)
"""What some servers refuse, as OpenAI itself does with models that think."""


async def async_parameters(hass: HomeAssistant, model: str, request: ChatRequest) -> dict[str, Any]:
    """Return all parameters, whether a server takes them or not.

    Raises:
        ModelError: something is attached that no model can be shown.

    """
    messages = await async_chat_messages(hass, request.content)
    options = request.options
    parameters: dict[str, Any] = {
        "model": model,
        "messages": [_written(message) for message in messages],
        "max_tokens": options.max_tokens,
        "temperature": options.temperature,
        "top_p": options.top_p,
        "stream_options": {"include_usage": True},
        # llama.cpp's server and vLLM hand it to the chat template; Qwen, for one, thinks otherwise.
        "chat_template_kwargs": {"enable_thinking": options.thinking},
    }
    if request.tools:
        parameters["tools"] = chat_tools(request.tools, request.serializer)
    if request.schema is not None:
        schema = {"name": "reply", "strict": True, "schema": dict(request.schema)}
        parameters["response_format"] = {"type": "json_schema", "json_schema": schema}
    return parameters


def accepted(parameters: Mapping[str, Any], refused: frozenset[str]) -> dict[str, Any]:
    """Return the arguments for ``openai``, without what the server refuses.

    Args:
        parameters: all of them.
        refused: names that the server has complained about.

    """
    arguments = {key: value for key, value in parameters.items() if key not in refused}
    if "max_tokens" in refused:
        arguments["max_completion_tokens"] = parameters["max_tokens"]
    if "response_format" in refused:
        # llama-cpp-python's server, and llama.cpp's before it knew "json_schema".
        schema = parameters["response_format"]["json_schema"]["schema"]
        arguments["response_format"] = {"type": "json_object", "schema": schema}
    if "chat_template_kwargs" in arguments:
        # The library knows nothing of it.
        thinking = arguments.pop("chat_template_kwargs")
        arguments["extra_body"] = {"chat_template_kwargs": thinking}
    return arguments


def _written(message: Message) -> Message:
    """Return a message with the arguments of its calls as text, and without thoughts."""
    written = {key: value for key, value in message.items() if key != "reasoning_content"}
    if "tool_calls" in message:
        written["tool_calls"] = _calls(message["tool_calls"])
    return written


def _calls(calls: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **call,
            "function": {
                "name": call["function"]["name"],
                "arguments": json.dumps(call["function"]["arguments"], ensure_ascii=False),
            },
        }
        for call in calls
    ]
