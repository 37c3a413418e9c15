"""Messages that call tools, as chat templates take them."""

from collections.abc import Mapping
import json
from typing import Any


def decoded(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message with the arguments of its calls as objects: templates write the JSON."""
    if not message.get("tool_calls"):
        return dict(message)
    calls = [
        {**call, "function": {**call["function"], "arguments": _arguments(call)}}
        for call in message["tool_calls"]
    ]
    return {**message, "tool_calls": calls}


def _arguments(call: Mapping[str, Any]) -> dict[str, Any]:
    arguments = call["function"]["arguments"]
    return dict(json.loads(arguments) if isinstance(arguments, str) else arguments)
