"""Puts the pieces together in which a server with OpenAI's API sends a reply."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .chat_model import Delta
from .reply_text import ReplyText


@dataclass(kw_only=True)
class _Call:
    """A call of which not everything has come yet."""

    index: object
    id: object
    name: str
    arguments: str = ""


class ReplyReader:
    """Makes deltas out of chunks; whatever a chunk may lack in practice, it may lack here.

    Attributes:
        usage: the numbers of tokens, if the server counts them.
        finished: whether the server has said that the reply is complete.

    """

    def __init__(self, text: ReplyText) -> None:
        """Expect the first chunk; ``text`` reads what is said."""
        self._text = text
        self._call: _Call | None = None
        self.usage: Mapping[str, Any] = {}
        self.finished = False

    def feed(self, chunk: object) -> Iterator[Delta]:
        """Yield what a chunk adds to the reply.

        Raises:
            ValueError: it is no chunk, or a call in it cannot be understood.

        """
        if not isinstance(chunk, Mapping):
            raise ValueError("A piece of the reply is no object")  # noqa: TRY004 - not our mistake
        self.usage = _object(chunk.get("usage")) or self.usage
        for choice in _objects(chunk.get("choices")):
            yield from self._delta(_object(choice.get("delta")))
            if choice.get("finish_reason") and not self.finished:
                self.finished = True
                yield from self._close_call()
                yield from self._text.close(is_whole=choice["finish_reason"] != "length")

    def _delta(self, delta: Mapping[str, Any]) -> Iterator[Delta]:
        if isinstance(thought := delta.get("reasoning_content") or delta.get("reasoning"), str):
            yield from self._text.think(thought)
        if isinstance(text := delta.get("content"), str) and text:
            yield from self._text.feed(text)
        for piece in _objects(delta.get("tool_calls")):
            yield from self._call_piece(piece)

    def _call_piece(self, piece: Mapping[str, Any]) -> Iterator[Delta]:
        function = _object(piece.get("function"))
        name, arguments = function.get("name"), function.get("arguments") or ""
        if self._call is None or _is_another(self._call, piece, name):
            yield from self._close_call()
            self._call = _Call(index=piece.get("index"), id=piece.get("id"), name=str(name or ""))
        if not isinstance(arguments, str):
            raise ValueError("The arguments of a call are no text")  # noqa: TRY004 - not our mistake
        self._call.arguments += arguments

    def _close_call(self) -> Iterator[Delta]:
        call, self._call = self._call, None
        if call is not None:
            yield from self._text.call(call.name, call.arguments, call.id)


def _is_another(call: _Call, piece: Mapping[str, Any], name: object) -> bool:
    """Return whether a piece begins another call; some servers give all of them the same number."""
    if piece.get("index") != call.index:
        return True
    if piece.get("id"):
        return bool(piece["id"] != call.id)
    return bool(name and call.arguments)


def _object(value: object) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError("A part of the reply is no object")  # noqa: TRY004 - not our mistake
    return value


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    if not isinstance(value, list | None):
        raise ValueError("A part of the reply is no list")  # noqa: TRY004 - not our mistake
    yield from map(_object, value or ())
