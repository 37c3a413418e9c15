"""Takes a reply in pieces, split anywhere; gives speech, thoughts and calls as they are whole."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
import re
import string

from .blocks import Block, End, Reach, Take
from .events import Event, Said, Thought

_BETWEEN = f"{string.whitespace},;}}]"
"""What stands between calls, or is left of one that had a bracket too many."""


_GROUP = "block"


@lru_cache(maxsize=32)
def _marks(blocks: tuple[Block, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds the mark of any block, and what finds the beginning of one at the end."""
    whole = (f"(?P<{_GROUP}{at}>{block.mark.whole.pattern})" for at, block in enumerate(blocks))
    part = (block.mark.part.pattern for block in blocks)
    return re.compile("|".join(whole)), re.compile("|".join(part))


class _Text:
    """Text of one kind without the space around its parts, which are joined by one."""

    def __init__(self, kind: type[Said] | type[Thought]) -> None:
        self._kind = kind
        self._space = ""
        self._joint = ""
        self._is_new = True

    def add(self, text: str) -> Iterator[Event]:
        """Take a piece; space at its end waits for what may follow."""
        if self._is_new:
            text = text.lstrip(_BETWEEN)
        text = self._space + text
        told = text.rstrip()
        self._space = text[len(told) :]
        if told:
            yield self._kind(text=(self._joint if self._is_new else "") + told)
            self._is_new, self._joint = False, " "

    def cut(self) -> None:
        """End a part."""
        self._space, self._is_new = "", True


class DialectParser:
    """Reads a reply.

    Args:
        blocks: what a reply may hold beside speech.
        opening: the end of the prompt: some templates begin the model's reply with a mark.

    """

    def __init__(self, blocks: Sequence[Block], opening: str = "") -> None:
        """Start before the first character."""
        self._blocks = blocks
        self._marks = _marks(tuple(blocks))
        self._buffer = ""
        self._texts = {kind: _Text(kind) for kind in (Said, Thought)}
        begun = opening.rstrip()
        self._inside: Block | None = None
        self._take: Take | None = None
        if block := next((b for b in blocks if begun.endswith(b.mark.texts)), None):
            self._begin(block)

    def feed(self, text: str) -> Iterator[Event]:
        """Take a piece of the reply and yield what it completes."""
        self._buffer += text
        yield from self._read(Reach.MORE)

    def close(self, *, is_whole: bool = False) -> Iterator[Event]:
        """Say that the reply has ended, and yield what is left.

        Args:
            is_whole: whether the model ended it, so that brackets that are missing were forgotten.
                A reply that was cut off may have lost the half of a number with them.

        """
        yield from self._read(Reach.WHOLE if is_whole else Reach.CUT)
        rest, self._buffer = self._buffer, ""
        # A mark that was cut off is nothing that people should hear.
        if rest[:1].isalnum():
            yield from self._texts[Said].add(rest)

    @property
    def has_ended(self) -> bool:
        """Whether the model has begun to speak for somebody else: nothing more will be read."""
        return isinstance(self._inside, End)

    def _read(self, reach: Reach) -> Iterator[Event]:
        goes_on = False
        while not goes_on:
            if self._take is None:
                yield from self._enter()
                goes_on = self._take is None
            else:
                taken = self._take(self._buffer, reach=reach)
                self._buffer, goes_on = taken.rest, taken.goes_on
                for event in taken.events:
                    yield from self._tell(event)
                if not goes_on:
                    self._leave()

    def _enter(self) -> Iterator[Event]:
        """Take speech up to the next block, or up to what may become the mark of one."""
        whole, part = self._marks
        entered = whole.search(self._buffer)
        until = entered or part.search(self._buffer)
        start = until.start() if until else len(self._buffer)
        said = self._buffer[:start]
        self._buffer = self._buffer[entered.end() if entered else start :]
        yield from self._texts[Said].add(said)
        if entered:
            self._texts[Said].cut()
            self._begin(self._blocks[int(str(entered.lastgroup).removeprefix(_GROUP))])

    def _begin(self, block: Block) -> None:
        self._inside, self._take = block, block.begun()

    def _leave(self) -> None:
        self._inside = self._take = None
        for text in self._texts.values():
            text.cut()

    def _tell(self, event: Event) -> Iterator[Event]:
        if isinstance(event, Said | Thought):
            yield from self._texts[type(event)].add(event.text)
        else:
            yield event
