"""Conversations and tools, as servers and chat templates take them: OpenAI's JSON objects."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
import json
import logging
from typing import Any

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.helpers.json import json_dumps
from probatio import to_openapi

from .errors import ModelError

_LOGGER = logging.getLogger(__name__)

Message = dict[str, Any]
"""A message with its role; the arguments of calls are objects, not yet text."""


async def async_chat_messages(
    hass: HomeAssistant, content: Sequence[conversation.Content]
) -> list[Message]:
    """Return the messages of a conversation, those with images as a list of parts.

    Raises:
        ModelError: something is attached that is no image, or that cannot be read.

    """
    messages = chat_messages(content)
    for item, message in zip(content, messages, strict=True):
        if item.role == "user" and item.attachments:
            images = await hass.async_add_executor_job(_image_parts, item.attachments)
            message["content"] = [{"type": "text", "text": item.content}, *images]
    return messages


def chat_messages(content: Sequence[conversation.Content]) -> list[Message]:
    """Return the messages of a conversation, one for each content, without what is attached.

    What the model thought before its calls is kept until people speak again: templates that know
    ``reasoning_content`` show it to the model while it goes on.
    """
    asked = max((at for at, item in enumerate(content) if item.role == "user"), default=-1)
    return [_message(item, thoughts=at > asked) for at, item in enumerate(content)]


def _message(content: conversation.Content, *, thoughts: bool) -> Message:
    if isinstance(content, conversation.ToolResultContent):
        result = {"data": content.result.data, "error": content.result.error}
        return {
            "role": "tool",
            "tool_call_id": content.tool_call_id,
            "name": content.tool_name,
            "content": json_dumps(result),
        }
    message: Message = {"role": content.role, "content": content.content or ""}
    if isinstance(content, conversation.AssistantContent):
        if thoughts and content.thinking_content:
            message["reasoning_content"] = content.thinking_content
        if content.tool_calls:
            message["tool_calls"] = [_call(call) for call in content.tool_calls]
    return message


def _call(call: llm.ToolInput) -> dict[str, Any]:
    function = {"name": call.tool_name, "arguments": call.tool_args}
    return {"id": call.id, "type": "function", "function": function}


def _image_parts(attachments: Sequence[conversation.Attachment]) -> list[dict[str, Any]]:
    return [{"type": "image_url", "image_url": {"url": _data_url(each)}} for each in attachments]


def _data_url(attachment: conversation.Attachment) -> str:
    if not attachment.mime_type.startswith("image/"):
        _LOGGER.warning("A model cannot be shown files of the kind %s", attachment.mime_type)
        raise ModelError("attachment_no_image")
    try:
        data = attachment.path.read_bytes()
    except OSError as err:
        _LOGGER.warning("What is attached cannot be read: %s", err)
        raise ModelError("attachment_unreadable") from err
    return f"data:{attachment.mime_type};base64,{b64encode(data).decode()}"


def chat_tools(
    tools: Sequence[llm.Tool], serializer: Callable[[Any], Any] | None
) -> list[dict[str, Any]]:
    """Return tools with their parameters as JSON schema.

    Args:
        tools: what the model may call.
        serializer: writes the selectors of their LLM API as JSON schema.

    """
    return [_tool(tool, serializer) for tool in tools]


def _tool(tool: llm.Tool, serializer: Callable[[Any], Any] | None) -> dict[str, Any]:
    parameters = to_openapi(tool.parameters, custom_serializer=serializer, openapi_version="3.1.0")
    function = {
        "name": tool.name,
        **({"description": tool.description} if tool.description else {}),
        "parameters": parameters,
    }
    return {"type": "function", "function": function}


def read_arguments(written: object) -> dict[str, Any]:
    """Return the arguments of a call, with what small models get wrong put right.

    They write the whole object, or lists and objects in it, as text once more, and fill in nothing
    where they should leave an argument out.

    Args:
        written: the arguments as they came: text that holds JSON, or an object.

    Raises:
        ValueError: it holds no JSON object.

    """
    read = written
    # Text in text: the object was written as JSON twice.
    for _ in range(2):
        if isinstance(read, str):
            read = json.loads(read) if read.strip() else {}
    if read is None:
        return {}
    if not isinstance(read, Mapping):
        raise ValueError("The arguments of a call are no JSON object")  # noqa: TRY004 - not our mistake
    return {key: _repaired(value) for key, value in read.items() if value not in (None, "")}


def _repaired(value: object) -> object:
    if not isinstance(value, str) or (value[:1], value[-1:]) not in (("[", "]"), ("{", "}")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
