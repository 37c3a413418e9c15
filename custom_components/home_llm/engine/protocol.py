"""What the two processes say to each other: frames of four bytes of length and JSON.

Requests go to the worker, events come back; every event names the request that it belongs to.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
import json
import struct
from typing import BinaryIO

from .reply import KEPT_GRAMMARS, GrammarData, ModelInfo, PromptStats, Sampling, Segments, Stats

END_OF_PREFERRED = "--"
"""Among the worker's arguments: the folders before it are searched before the interpreter's own."""

HEADER = struct.Struct(">I")
_LONGEST_FRAME = 64 * 2**20


class ProtocolError(Exception):
    """Bytes that are no message."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """Load a file. ``n_threads`` is chosen by the size of the file if it is not given."""

    id: int
    path: str
    n_ctx: int
    n_threads: int | None
    prefix_folder: str = ""


@dataclass(frozen=True, kw_only=True)
class Prepare:
    """Evaluate the beginning of a prompt and compile a grammar, if nobody speaks."""

    id: int
    segments: Segments
    grammar: GrammarData | None = None
    grammar_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Generate:
    """Write a reply. A grammar that was sent lately is named by its id alone.

    Special tokens that the reply may hold are ``spoken``.
    """

    id: int
    segments: Segments
    max_tokens: int
    grammar: GrammarData | None = None
    grammar_id: str | None = None
    words: list[str] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    sampling: Sampling = field(default_factory=Sampling)


@dataclass(frozen=True, kw_only=True)
class Count:
    """Count the tokens of some prompts, at once: a reply that is being written goes on."""

    id: int
    prompts: Sequence[Segments]


@dataclass(frozen=True, kw_only=True)
class Cancel:
    """Give a request up."""

    id: int


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """The file is loaded."""

    id: int
    info: ModelInfo


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """The beginning of the prompt is evaluated."""

    id: int
    stats: PromptStats


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How many tokens each of the prompts has."""

    id: int
    tokens: list[int]


@dataclass(frozen=True, kw_only=True)
class Text:
    """A piece of the reply."""

    id: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Finished:
    """The reply is complete."""

    id: int
    stats: Stats


@dataclass(frozen=True, kw_only=True)
class Failed:
    """The request came to nothing.

    Args:
        id: of the request.
        key: of the error, as in ``errors``.
        detail: for logs.

    """

    id: int
    key: str
    detail: str


Job = Load | Prepare | Generate
"""What waits for its turn."""

Question = Job | Count
"""What is answered by an event."""

Request = Question | Cancel
Event = Loaded | Prepared | Counted | Text | Finished | Failed

_REQUESTS: dict[str, type[Request]] = {
    kind.__name__: kind for kind in (Load, Prepare, Generate, Count, Cancel)
}
_EVENTS: dict[str, type[Event]] = {
    kind.__name__: kind for kind in (Loaded, Prepared, Counted, Text, Finished, Failed)
}
_PARTS: dict[type[Event], tuple[str, type[ModelInfo | PromptStats]]] = {
    Loaded: ("info", ModelInfo),
    Prepared: ("stats", PromptStats),
    Finished: ("stats", Stats),
}


def encode(message: Request | Event) -> bytes:
    """Return a message as a frame."""
    body = json.dumps([type(message).__name__, vars(message)], default=vars).encode()
    return HEADER.pack(len(body)) + body


def frame_length(header: bytes) -> int:
    """Return how many bytes follow a frame's header.

    Raises:
        ProtocolError: more than any message has.

    """
    (length,) = HEADER.unpack(header)
    if length > _LONGEST_FRAME:
        raise ProtocolError(f"a frame of {length} bytes")
    return int(length)


def decode_request(body: bytes) -> Request:
    """Return the request in a frame.

    Raises:
        ProtocolError: there is none.

    """
    try:
        name, fields = json.loads(body)
        if "segments" in fields:
            fields["segments"] = _segments(fields["segments"])
        if "prompts" in fields:
            fields["prompts"] = [_segments(prompt) for prompt in fields["prompts"]]
        if "sampling" in fields:
            fields["sampling"] = Sampling(**fields["sampling"])
        return _REQUESTS[name](**fields)
    except (ValueError, TypeError, KeyError, RecursionError) as err:
        raise ProtocolError(f"not a request: {err!r}") from err


def _segments(listed: Iterable[Sequence[object]]) -> Segments:
    return [(str(text), bool(markup)) for text, markup in listed]


def decode_event(body: bytes) -> Event:
    """Return the event in a frame.

    Raises:
        ProtocolError: there is none.

    """
    try:
        name, fields = json.loads(body)
        kind = _EVENTS[name]
        if kind in _PARTS:
            field, part = _PARTS[kind]
            fields[field] = part(**fields[field])
        return kind(**fields)
    except (ValueError, TypeError, KeyError, RecursionError) as err:
        raise ProtocolError(f"not an event: {err!r}") from err


def read_request(stream: BinaryIO) -> Request | None:
    """Return the next request, or nothing at the end of the stream.

    Raises:
        ProtocolError: the bytes are no request, or end within one.

    """
    header = stream.read(HEADER.size)
    if not header:
        return None
    if len(header) < HEADER.size:
        raise ProtocolError("a header is cut off")
    length = frame_length(header)
    body = stream.read(length)
    if len(body) < length:
        raise ProtocolError("a frame is cut off")
    return decode_request(body)


class RecentGrammars:
    """The grammars that were sent lately: both ends remember the same, so each is sent once."""

    def __init__(self) -> None:
        self._grammars: OrderedDict[str, GrammarData] = OrderedDict()

    def shorten(self, grammar_id: str | None, grammar: GrammarData | None) -> GrammarData | None:
        """Return what must be sent of a grammar: nothing, if the other end remembers it."""
        known = grammar_id in self._grammars
        self.restore(grammar_id, grammar)
        return None if known else grammar

    def restore(self, grammar_id: str | None, sent: GrammarData | None) -> GrammarData | None:
        """Return the grammar of which ``sent`` came over the pipe."""
        if grammar_id is None:
            return sent
        if sent is not None:
            self._grammars.setdefault(grammar_id, sent)
        if grammar_id in self._grammars:
            self._grammars.move_to_end(grammar_id)
        if len(self._grammars) > KEPT_GRAMMARS:
            self._grammars.popitem(last=False)
        return self._grammars.get(grammar_id)
