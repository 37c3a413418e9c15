"""What a sentence says besides names: kinds, places that are not here, exceptions, the other one.

A model of a few million parameters sometimes takes what it has not understood for nothing: it puts
on the light here where that in the attic was meant. What words alone tell is looked up here, and a
line that does not fit them is not carried out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..calls import EVERYWHERE, Call
from ..kinds import EVERYTHING, kinds_said
from ..linking import Span
from ..name_words import is_slip
from ..parser import Event
from ..vocabulary import Vocabulary, vocabulary
from ..words import is_character, words
from .tiny_lines import ALL, CONDITIONS, HERE, QUESTIONS, Line

_OF_ROOMS = frozenset(
    {"light", "switch", "fan", "climate", "cover", "blind", "curtain", "shade", "shutter"}
)
"""What every room may have. A garage is not in the garage, and the doorbell in the hall does not
tell where the film is to be paused."""

_SAID_KINDS = ("scene", "script")
"""What nobody means without a word for it: an implied wish is a light or a blind."""


_SHORTEST_WORD = 4


@dataclass(frozen=True, kw_only=True)
class Rest:
    """What a sentence says besides names.

    Args:
        text: the sentence, folded.
        spans: what it names, by letter.
        language: in which it is said.

    """

    text: str
    spans: Mapping[str, Span]
    language: str

    @cached_property
    def _parts(self) -> tuple[str, ...]:
        """The parts of the sentence between names."""
        at, parts = 0, list[str]()
        for span in self.spans.values():
            parts.append(self.text[at : span.start if span.is_whole else span.end])
            at = span.end
        return (*parts, self.text[at:])

    @property
    def _known(self) -> Vocabulary:
        return vocabulary(self.language)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds that it has words for."""
        return kinds_said(" ".join(self._parts))

    @property
    def says_other(self) -> bool:
        """Whether it speaks of the other one."""
        return any(map(self._known.says_other, self._parts))

    @property
    def makes_an_exception(self) -> bool:
        """Whether it leaves something alone."""
        return any(map(self._known.makes_an_exception, self._parts))

    @cached_property
    def spared(self) -> frozenset[str]:
        """The kinds of which it leaves all alone: "everything off but the telly"."""
        said = " ".join(filter(None, map(self._known.excepted, self._parts)))
        return kinds_said(said) if said else frozenset()

    @property
    def says_both(self) -> bool:
        """Whether all of what is called so are meant."""
        return any(map(self._known.says_both, self._parts))

    def word_after(self, letter: str) -> str:
        """Return the word after what a letter stands for, unless any sentence may hold it."""
        span = self.spans.get(letter)
        after = words(self.text[span.end :]) if span is not None else ()
        word = after[0] if after else ""
        if word in self._known.vague_words:
            return ""
        if is_character(word):
            return "".join(after[:2])
        return word if len(word) >= _SHORTEST_WORD else ""

    def is_elsewhere(self, line: Line) -> bool:
        """Return whether a line is about anywhere, though a place was said that is not here.

        Whoever wants light in the attic, or the attic light, does not want it where they are;
        upstairs and downstairs is everywhere.
        """
        if line.devices or line.place not in (None, ALL, HERE):
            return False
        if line.kind != EVERYTHING and line.kind not in _OF_ROOMS:
            return False
        said = sum(map(self._known.places_said, self._parts))
        return said == 1 or (
            not said and any(self._known.is_of_a_room(line.kind, part) for part in self._parts)
        )

    def lacks_a_word_for(self, line: Line) -> bool:
        """Return whether a line is about the only scene of the house, say, and nobody said so."""
        if line.devices or line.place is not None or line.verb in (*QUESTIONS, *CONDITIONS):
            return False
        if line.kind not in _SAID_KINDS or line.kind in self.kinds:
            return False
        said = {word for part in self._parts for word in words(part)}
        known = self._known.kind_words.get(line.kind, frozenset())
        return not any(is_slip(word, own) for word in said for own in known)


def is_without_exception(events: Sequence[Event]) -> bool:
    """Return whether a reply does something to all that is in places, and nothing else."""
    calls = [event for event in events if isinstance(event, Call)]
    return bool(calls) and len(calls) == len(events) and all(map(_is_of_a_place, calls))


def _is_of_a_place(call: Call) -> bool:
    """Return whether a call is about all that is in a place."""
    is_somewhere = call.area is not None or call.floor is not None
    return not call.excluding and (is_somewhere or call.devices == (EVERYWHERE,))
