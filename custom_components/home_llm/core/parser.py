"""From the text that streams out of a model to speech and calls."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
import json
import re
from typing import Any, ClassVar, Protocol

from .calls import Call
from .errors import ParseError
from .home import Value
from .states import Test

_FENCE = "```"
_HELD = "` \n\r\t"
_OPENED = re.compile(r"[^\n{`]*(\n|(?={)|```)")


@dataclass(frozen=True, kw_only=True)
class Speech:
    """A piece of what is to be said."""

    text: str


@dataclass(frozen=True, kw_only=True)
class BadCall:
    """A line where a call should be that is none. It is never read out."""

    line: str


@dataclass(frozen=True, kw_only=True)
class Unclear:
    """A wish that could mean several devices, so that somebody has to ask.

    Args:
        entity_ids: what could be meant.
        verb: what is wanted of it, in the words of the model's lines.
        arguments: of the verb.

    """

    entity_ids: tuple[str, ...]
    verb: str = ""
    arguments: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Query:
    """A question, whose answer is read off the home.

    Args:
        verb: ``state``, ``is``, ``any``, ``all``, ``count``, ``which``, ``where``, ``list`` or
            ``forecast``.
        kind: of the devices.
        entity_ids: whose state is asked for.
        test: what they may be found to be, if that is asked.
        of: the reading that is asked for, if it is not the state.
        day: which day, of a forecast or a calendar.

    """

    verb: str
    kind: str
    entity_ids: tuple[str, ...]
    test: Test | None = None
    of: str = ""
    day: str = ""


@dataclass(frozen=True, kw_only=True)
class Unmet:
    """A condition that does not hold, so that nothing is done.

    Args:
        query: what was looked at.

    """

    query: Query


@dataclass(frozen=True, kw_only=True)
class Say:
    """Something to be said in reply to words that ask for nothing that the home can do.

    Args:
        key: one of ``KEYS``.

    """

    KEYS: ClassVar = (
        *("absent", "nothing", "unknown", "what", "later"),
        *("hello", "bye", "thanks", "who", "can", "how", "yes", "no", "time", "date"),
    )

    key: str


Event = Speech | Call | BadCall | Unclear | Query | Unmet | Say


class ReplyParser(Protocol):
    """Takes a reply in pieces, split anywhere; gives speech and calls as soon as they are whole."""

    def feed(self, text: str) -> Iterator[Event]:
        """Take a piece of the reply and yield what it completes."""

    def close(self) -> Iterator[Event]:
        """Say that the reply has ended, perhaps in the middle, and yield what is left."""


class LineParser:
    """Reads calls that stand on lines of their own, each begun by a mark; the rest is speech.

    A line without its end is no call: of "brightness 30" it may have kept "brightness 3". A call
    that stands twice in a reply is made once: nobody asks for the same thing twice in a sentence.
    """

    def __init__(self, mark: str, to_events: Callable[[str], Iterable[Event]]) -> None:
        """Start before the first character; ``to_events`` reads a line that begins by ``mark``."""
        self._mark = mark
        self._to_events = to_events
        self._buffer = ""
        self._is_line_new = True
        self._has_spoken = False
        self._called: set[str] = set()

    def feed(self, text: str) -> Iterator[Event]:
        """Take a piece of the reply and yield what it completes."""
        self._buffer += text
        while True:
            if self._is_line_new:
                self._buffer = self._buffer.lstrip()
            line, newline, rest = self._buffer.partition("\n")
            if self._is_line_new and line.startswith(self._mark):
                if not newline:
                    return
                yield from self._call(line)
            elif line:
                yield from self._say(line.rstrip())
            # Spaces at the end wait for what may follow them.
            self._buffer = rest if newline else line[len(line.rstrip()) :]
            self._is_line_new = bool(newline) or (self._is_line_new and not line)
            if not newline:
                return

    def close(self) -> Iterator[Event]:
        """Say that the reply has ended, perhaps in the middle, and yield what is left."""
        rest, self._buffer = self._buffer, ""
        if self._is_line_new and rest:
            yield BadCall(line=rest)

    def _say(self, text: str) -> Iterator[Event]:
        if text:
            joint = " " if self._is_line_new and self._has_spoken else ""
            self._has_spoken = True
            yield Speech(text=joint + text)

    def _call(self, line: str) -> Iterator[Event]:
        if line in self._called:
            return
        self._called.add(line)
        try:
            yield from self._to_events(line)
        except ParseError:
            yield BadCall(line=line)


class FenceParser:
    """Takes a reply in pieces, split anywhere; gives speech and calls as soon as they are whole.

    Calls stand in a fence, one JSON object a line; speech is all the rest.
    """

    def __init__(self, to_call: Callable[[Mapping[str, Any]], Call]) -> None:
        """Start before the first character; ``to_call`` reads a JSON object as a call."""
        self._to_call = to_call
        self._buffer = ""
        self._inside = False
        self._fresh = True

    def feed(self, text: str) -> Iterator[Event]:
        """Take a piece of the reply and yield what it completes."""
        self._buffer += text
        while True:
            step = self._inside_step() if self._inside else self._outside_step()
            if step is None:
                return
            yield from step

    def close(self) -> Iterator[Event]:
        """Say that the reply has ended, perhaps in the middle, and yield what is left."""
        rest, self._buffer = self._buffer, ""
        if self._inside:
            yield from self._line(rest)
        elif not rest.startswith(_FENCE):
            yield from self._say(rest.rstrip(_HELD))

    def _outside_step(self) -> list[Event] | None:
        """Take speech up to a fence; return what was completed, or none if more text is needed."""
        before, fence, after = self._buffer.partition(_FENCE)
        said = before.rstrip(_HELD)
        opened = _OPENED.match(after) if fence else None
        if opened is None:
            # What may yet belong to a fence waits for more.
            self._buffer = self._buffer[len(said) :].lstrip() if fence else before[len(said) :]
            return self._say(said) or None
        # The language tag is dropped; an object on the fence's own line is kept.
        self._buffer = after[opened.end() :]
        self._inside = opened[1] != _FENCE
        self._fresh = True
        return self._say(said)

    def _inside_step(self) -> list[Event] | None:
        """Take one line of a fence; return the call on it, or none if more text is needed."""
        line, fence, after = self._buffer.partition(_FENCE)
        line, newline, rest = line.partition("\n")
        if newline:
            self._buffer = rest + fence + after
        elif fence:
            self._buffer = after
            self._inside = False
            self._fresh = True
        else:
            return None
        return list(self._line(line))

    def _say(self, text: str) -> list[Event]:
        text = text.lstrip() if self._fresh else text
        self._fresh = self._fresh and not text
        return [Speech(text=text)] if text else []

    def _line(self, line: str) -> Iterator[Event]:
        text = line.strip("` \t\r\n")
        if not text:
            return
        try:
            data = json.loads(text)
            yield self._to_call(data if isinstance(data, dict) else {})
        except (ParseError, ValueError, TypeError, RecursionError):
            yield BadCall(line=text)
