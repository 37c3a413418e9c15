"""Files of chats: Alpaca records, houses of ``data.generate``, ``messages`` with ``tools``."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
from typing import Any

from training.chats import Chat
from training.errors import TrainingError

_ROLES = ("system", "user", "assistant", "tool")


def read_chats(path: Path) -> list[Chat]:
    """Return the chats of a file.

    A file is a JSON list of Alpaca records, or has one JSON object in each line: an Alpaca record,
    a chat (``messages``, perhaps ``tools``), or a house of a training set with its requests.

    Args:
        path: the file.

    Raises:
        TrainingError: it cannot be read, or holds something else.

    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as err:
        raise TrainingError(f"{path}: {getattr(err, 'strerror', None) or 'no text'}") from err
    found = [chat for place, record in _records(path, text) for chat in _chats(record, place)]
    if not found:
        raise TrainingError(f"{path}: the file holds no chats")
    return found


def _records(path: Path, text: str) -> Iterator[tuple[str, Any]]:
    """Yield records, each with its place for messages."""
    if text.lstrip().startswith("["):
        try:
            records = json.loads(text)
        except ValueError as err:
            raise TrainingError(f"{path}: this is not JSON") from err
        for number, record in enumerate(records, start=1):
            yield f"{path}, record {number}", record
        return
    # Not splitlines: within strings, JSON may hold other characters that end lines.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield f"{path}:{number}", json.loads(line)
            except ValueError as err:
                raise TrainingError(f"{path}:{number}: this is not JSON") from err


def _chats(record: Any, place: str) -> Iterator[Chat]:  # noqa: ANN401 - whatever JSON holds
    try:
        if "requests" in record:
            for request in record["requests"]:
                if request["messages"][-1]["content"]:
                    yield _checked(Chat(messages=request["messages"]))
        elif "messages" in record:
            yield _checked(Chat(messages=record["messages"], tools=record.get("tools") or ()))
        else:
            yield _checked(Chat(messages=_alpaca(record)))
    except (KeyError, TypeError, ValueError, AttributeError) as err:
        raise TrainingError(f"{place}: no Alpaca record, chat or house is here") from err


def _alpaca(record: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return a record as messages; without an input, the instruction is what the user says."""
    instruction, request = record["instruction"], record.get("input") or ""
    said = [("system", instruction)] if request else []
    for asked, answered in record.get("history") or ():
        said += [("user", asked), ("assistant", answered)]
    said += [("user", request or instruction), ("assistant", record["output"])]
    return [{"role": role, "content": content} for role, content in said]


def _checked(chat: Chat) -> Chat:
    for message in chat.messages:
        if message["role"] not in _ROLES or not isinstance(message.get("content") or "", str):
            raise ValueError(message["role"])
    if not chat.learned:
        msg = "there is no reply"
        raise ValueError(msg)
    return chat
