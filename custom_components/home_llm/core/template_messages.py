"""Other ways to put a conversation, for chat templates that do not take it as it is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
import json
from typing import Any

ChatMessage = dict[str, Any]
"""A message as chat templates take it: OpenAI's, with the arguments of calls as objects."""

Change = Callable[[list[ChatMessage]], list[ChatMessage]]

_TOOLS = """# Tools

You may call these functions to help with what the user wants:
{tools}

To call one, write a JSON object with its name and its arguments between tags:
<tool_call>
{{"name": "the function", "arguments": {{"an argument": "its value"}}}}
</tool_call>
What it returns comes between <tool_response> and </tool_response>. If none is needed, answer."""


def without_gaps(messages: Sequence[Mapping[str, Any]]) -> list[ChatMessage]:
    """Return messages of text alone, with those of one speaker in a row as one."""
    found: list[ChatMessage] = []
    for message in messages:
        text = _text_of(message.get("content"))
        last = found[-1] if found else {}
        if message["role"] == "user" == last.get("role"):
            last["content"] = f"{last['content']}\n{text}"
        else:
            found.append({**message, "content": text})
    return found


def _text_of(content: object) -> str:
    if isinstance(content, str):
        return content.strip()
    parts = content if isinstance(content, list) else []
    return "\n".join(str(part["text"]).strip() for part in parts if part.get("type") == "text")


def system_joined(messages: list[ChatMessage]) -> list[ChatMessage]:
    """Put the system's message at the beginning of the first one of the user."""
    at = next((at for at, message in enumerate(messages) if message["role"] == "user"), None)
    if at is None or messages[0]["role"] != "system":
        return messages
    content = f"{messages[0]['content']}\n\n{messages[at]['content']}"
    return [*messages[1:at], {**messages[at], "content": content}, *messages[at + 1 :]]


def one_call_each(messages: list[ChatMessage]) -> list[ChatMessage]:
    """Give each call, with its result, a message of its own."""
    results = {m["tool_call_id"]: m for m in messages if m["role"] == "tool"}
    found: list[ChatMessage] = []
    for message in messages:
        if message["role"] == "tool":
            continue
        calls = message.get("tool_calls") or []
        if not calls:
            found.append(message)
        for at, call in enumerate(calls):
            content = "" if at else message["content"]
            found.append({**message, "content": content, "tool_calls": [call]})
            found += [results[call["id"]]] if call["id"] in results else []
    return found


def arguments_as_text(messages: list[ChatMessage]) -> list[ChatMessage]:
    """Write the arguments of calls as JSON."""
    return [_with_calls(message, _as_text) for message in messages]


def _as_text(call: Mapping[str, Any]) -> dict[str, Any]:
    function = call["function"]
    arguments = json.dumps(function["arguments"], ensure_ascii=False)
    return {**call, "function": {**function, "arguments": arguments}}


def content_as_parts(messages: list[ChatMessage]) -> list[ChatMessage]:
    """Write each content as a list of parts."""
    return [{**m, "content": [{"type": "text", "text": m["content"]}]} for m in messages]


def tools_as_text(
    messages: list[ChatMessage], tools: Sequence[Mapping[str, Any]]
) -> list[ChatMessage]:
    """Tell of tools in the system's message, and write calls and results into what is said.

    It is for templates that know none.
    """
    lines = "\n".join(json.dumps(tool["function"], ensure_ascii=False) for tool in tools)
    told = _TOOLS.format(tools=lines) if tools else ""
    system, others = ("", messages)
    if messages and messages[0]["role"] == "system":
        system, others = messages[0]["content"], messages[1:]
    told = "\n\n".join(filter(None, (system, told)))
    head = [{"role": "system", "content": told}] if told else []
    return without_gaps([*head, *map(_spelled_out, others)])


def _spelled_out(message: ChatMessage) -> ChatMessage:
    if message["role"] == "tool":
        content = f"<tool_response>\n{message['content']}\n</tool_response>"
        return {"role": "user", "content": content}
    calls = [_call_text(call) for call in message.get("tool_calls") or ()]
    content = "\n".join(filter(None, (message["content"], *calls)))
    return {"role": message["role"], "content": content}


def _call_text(call: Mapping[str, Any]) -> str:
    return f"<tool_call>\n{json.dumps(call['function'], ensure_ascii=False)}\n</tool_call>"


def _with_calls(
    message: ChatMessage, change: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> ChatMessage:
    if not message.get("tool_calls"):
        return message
    return {**message, "tool_calls": [change(call) for call in message["tool_calls"]]}


def variants(messages: list[ChatMessage]) -> Iterator[list[ChatMessage]]:
    """Yield ways to put the same conversation, those that change least first."""
    tried: list[list[ChatMessage]] = []
    for number in range(len(_CHANGES) + 1):
        for changes in combinations(_CHANGES, number):
            changed = messages
            for change in changes:
                changed = change(changed)
            if changed not in tried:
                tried.append(changed)
                yield changed


_CHANGES: tuple[Change, ...] = (
    one_call_each,
    system_joined,
    arguments_as_text,
    content_as_parts,
)
