"""The parts that a reply may hold beside speech, each with the mark that it begins with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from ..errors import ParseError
from .events import BadCall, Event, Said, Thought
from .marks import Ending, Mark
from .readers import Reader, read_any


class Reach(Enum):
    """What is known of the text that comes after a piece."""

    MORE = auto()
    """There may be some."""

    CUT = auto()
    """There would have been some, but the reply was cut off."""

    WHOLE = auto()
    """There is none: the model came to its end."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What came of the text in a block.

    Args:
        events: what it says.
        rest: the text that is left.
        goes_on: whether the block does.

    """

    events: Iterable[Event] = ()
    rest: str = ""
    goes_on: bool = False


class Take(Protocol):
    """Takes the text of one block that has begun."""

    def __call__(self, text: str, *, reach: Reach) -> Taken:
        """Take text that follows the mark.

        Args:
            text: all of it that has not been taken yet.
            reach: what is known of the text after it.

        """


class Block(Protocol):
    """A part of a reply."""

    @property
    def mark(self) -> Mark:
        """What it begins with."""

    @property
    def texts(self) -> tuple[str, ...]:
        """The marks that it begins and ends with, if they are always the same."""

    def begun(self) -> Take:
        """Return what takes the text after a mark."""


@dataclass(frozen=True, kw_only=True)
class Calls:
    """Calls, read when the last of them is whole.

    Args:
        mark: what they begin with.
        ending: where they end.
        read: reads them.
        otherwise: what is to become of text that holds no calls.

    """

    mark: Mark
    ending: Ending
    read: Reader = read_any
    otherwise: Callable[[str], Event] = lambda text: BadCall(text=text.strip())

    @property
    def texts(self) -> tuple[str, ...]:
        """The marks around calls."""
        return (*self.mark.texts, *self.ending.texts)

    def begun(self) -> Take:
        """Return what takes text, and reads it at its end."""
        find = self.ending.search()

        def take(text: str, *, reach: Reach) -> Taken:
            end = find(text)
            if end is None and reach is Reach.MORE:
                return Taken(rest=text, goes_on=True)
            inside, rest = (text[: end[0]], text[end[1] :]) if end else (text, "")
            is_whole = end is not None or reach is Reach.WHOLE
            return Taken(events=self._read(inside, is_whole=is_whole), rest=rest)

        return take

    def _read(self, inside: str, *, is_whole: bool) -> list[Event]:
        try:
            return [*self.read(inside, is_whole)]
        except ParseError:
            return [self.otherwise(inside)] if inside.strip() else []


@dataclass(frozen=True, kw_only=True)
class Thoughts:
    """What a model thinks, piece by piece.

    Args:
        mark: what it begins with.
        closing: what ends it.

    """

    mark: Mark
    closing: Mark

    @property
    def texts(self) -> tuple[str, ...]:
        """The marks around thoughts."""
        return (*self.mark.texts, *self.closing.texts)

    def begun(self) -> Take:
        """Return what takes text; it keeps nothing in mind."""
        return self.take

    def take(self, text: str, *, reach: Reach) -> Taken:
        """Take text up to the end, or to what may become it."""
        end = self.closing.whole.search(text)
        held = self.closing.part.search(text) if not end and reach is Reach.MORE else None
        until = end or held
        start = until.start() if until else len(text)
        rest = text[end.end() :] if end else text[start:]
        events = [Thought(text=text[:start])]
        return Taken(events=events, rest=rest, goes_on=not end and reach is Reach.MORE)


@dataclass(frozen=True, kw_only=True)
class Unsaid:
    """A mark that means nothing where it stands."""

    mark: Mark

    @property
    def texts(self) -> tuple[str, ...]:
        """The mark."""
        return self.mark.texts

    def begun(self) -> Take:
        """Return what takes text; it keeps nothing in mind."""
        return self.take

    def take(self, text: str, *, reach: Reach) -> Taken:  # noqa: ARG002 - nothing belongs to it
        """Take nothing."""
        return Taken(rest=text)


@dataclass(frozen=True, kw_only=True)
class End:
    """A mark after which somebody else speaks; the model goes on by itself, and is not heard."""

    mark: Mark

    @property
    def texts(self) -> tuple[str, ...]:
        """The mark."""
        return self.mark.texts

    def begun(self) -> Take:
        """Return what takes text; it keeps nothing in mind."""
        return self.take

    def take(self, text: str, *, reach: Reach) -> Taken:  # noqa: ARG002 - all of it goes
        """Take everything."""
        return Taken(goes_on=True)


def fence_otherwise(text: str) -> Event:
    """Return a fence without calls: what it shows people is said, what is meant for us is not."""
    inside = text.partition("\n")[2] or text
    for_us = inside.lstrip()[:1] in ("{", "[") or text.startswith(("tool", "home", "function"))
    return BadCall(text=text.strip()) if for_us else Said(text=f"```{text}```")
