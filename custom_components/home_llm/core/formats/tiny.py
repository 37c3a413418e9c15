"""The format of the model that ships: a sentence with letters for what it names, and short lines.

It differs from the Home-LLM format (``home_llm.py``) in what serves a model of a few million
parameters on a small computer:

- The model does not read the home. What a sentence names of it (``linking.py``) is shown in the
  sentence, as a kind and a letter: "now turn the light A over in the area B down a lot". So a house
  of two hundred devices is no harder than one of five and takes no longer, a word that nobody has
  heard before is no obstacle, and nothing is to be read anew when a light is switched on.
- ``~`` stands before what is only like a name; the words stay. ``*`` follows what fits several
  devices. Numbers stand in digits (``cardinals.py``).
- The model writes what is wanted (``tiny_lines.py``): no names, no list of devices, no sentence.
  Which devices are meant where that is left open, and whether they can do it, is for code to know
  (``tiny_grounding.py``, ``calls.py``), as is what was spoken of before (``tiny_follow_ups.py``).
  What is said is said from the results.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import pairwise
import re
import string

from ..actions import ACTIONS, DEFAULT_ALLOWED
from ..called import Thing
from ..calls import Call, Names, Wanted
from ..cardinals import cardinals
from ..chat import Message, Segment
from ..color_words import said_color
from ..errors import CannotBeSaidError, ParseError
from ..grammar import Grammar
from ..home import Area, Home
from ..kinds import EVERYTHING, IT, KINDS, kind_of
from ..linking import IS, Span, linker
from ..parser import Event, LineParser, Say
from ..text import fold, one_line
from ..turns import Turn
from ..vocabulary import vocabulary
from ..words import CHARACTERS, is_character, words
from .tiny_confidence import least_confidence
from .tiny_follow_ups import follow_up, on_it
from .tiny_grammar import Letter, grammar_of
from .tiny_grounding import Grounding
from .tiny_lines import AGAIN, ALL, CONDITIONS, HERE, MARK, SAME, UNDO, Line, write_line
from .tiny_names import Printed
from .tiny_questions import time_left
from .tiny_reader import Reader
from .tiny_rest import Rest, is_without_exception
from .tiny_wording import Wording

_LIKE = "~"
_SEVERAL = "*"
_COLOR = "color"
_TIME_LEFT = ("status", "timer")
_LIGHT = "light"
_PUNCTUATION = ".,!?;:\"'()[]«»„“”‘’…-。、"  # noqa: RUF001
_PART = re.compile(rf"[{CHARACTERS}]|[^\s{CHARACTERS}]+")
_WITHIN = re.compile(rf"[^\s{CHARACTERS}]")


@dataclass(frozen=True, kw_only=True)
class TinyFormat:
    """The format ``tiny-6``.

    Args:
        name: the name by which a model file asks for it.
        actions: what its models are taught.
        tokens: those of its replies: none, they are plain text.

    """

    name: str = "tiny-6"
    actions: Collection[str] = frozenset(ACTIONS)
    tokens: tuple[str, ...] = ()

    def system(
        self,
        home: Home,  # noqa: ARG002 - the model does not read the home
        allowed: Collection[str] = DEFAULT_ALLOWED,  # noqa: ARG002
        *,
        now: datetime | None = None,  # noqa: ARG002
    ) -> str:
        """Return nothing: there is nothing to be known in advance."""
        return ""

    def lines(self, home: Home) -> Mapping[str, str]:  # noqa: ARG002
        """Return nothing: however large a house is, it needs no room."""
        return {}

    def hear(
        self,
        text: str,
        home: Home,
        area: Area | None = None,
        allowed: Collection[str] = DEFAULT_ALLOWED,
        turn: Turn | None = None,
    ) -> "Hearing":
        """Return a sentence as it is understood in a home."""
        return Hearing(text=text, home=home, area=area, allowed=frozenset(allowed), turn=turn)

    def prompt(self, messages: Sequence[Message]) -> tuple[Segment, ...]:
        """Return the turns between markers, each with its reply below it."""
        segments: list[Segment] = []
        for message in messages:
            if message.role == "user":
                segments.append(Segment(text="<|im_start|>", markup=True))
                segments.append(Segment(text=f"{message.content}\n"))
            elif message.role == "assistant":
                segments.append(Segment(text=message.content))
                segments.append(Segment(text="<|im_end|>", markup=True))
        return tuple(segments)

    def names(self, home: Home) -> Names:
        """Return what calls name devices, areas and floors by."""
        printed = home.once(Printed)
        return Names(
            devices={line: entity_id for entity_id, line in printed.devices.items()},
            areas={line: area_id for area_id, line in printed.areas.items()},
            floors={line: floor_id for floor_id, line in printed.floors.items()},
        )


@dataclass(frozen=True)
class _Word:
    """A word of the message, and where what it stands for is in the sentence."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """A sentence in a home.

    Args:
        text: what was said.
        home: the home.
        area: where the speaker stands, if that is known.
        allowed: the actions that may be asked for.
        turn: what came of the turn before.

    """

    text: str
    home: Home
    area: Area | None = None
    allowed: frozenset[str] = DEFAULT_ALLOWED
    turn: Turn | None = None

    @cached_property
    def _folded(self) -> str:
        return fold(self.text)

    @cached_property
    def _spans(self) -> Mapping[str, Span]:
        found = linker(self.home).link(self._folded)
        return dict(zip(string.ascii_uppercase, found, strict=False))

    @cached_property
    def _grounding(self) -> Grounding:
        return Grounding(
            home=self.home,
            spans=self._spans,
            area=self.area,
            allowed=self.allowed,
            turn=self.turn,
            said=self._said,
            rest=self._rest,
        )

    @cached_property
    def _words(self) -> tuple[_Word, ...]:
        """The words of the message in their order."""
        shown, at = list[_Word](), 0
        for letter, span in self._spans.items():
            shown += self._plain(at, span.start, span.start if span.is_whole else span.end)
            several = _SEVERAL if self._is_ambiguous(letter, span) else ""
            name = f"{'' if span.is_whole else _LIKE}{self._kinds(span)} {letter}{several}"
            shown += [_Word(word, span.start, span.end) for word in name.split()]
            at = span.end
        length = len(self._folded)
        return (*shown, *self._plain(at, length, length))

    def _plain(self, start: int, numbers_end: int, end: int) -> Iterator[_Word]:
        """Yield the words of a part of the sentence, with the numbers in it in digits."""
        for each in cardinals(self.home.language).find(self._folded, start, numbers_end):
            yield from _cut(self._folded, start, each.start)
            yield _Word(each.digits, each.start, each.end)
            start = each.end
        yield from _cut(self._folded, start, end)

    def _in_digits(self, start: int, end: int) -> str:
        """Return a part of the sentence with the numbers in it in digits."""
        return cardinals(self.home.language).in_digits(self._folded, start, end)

    @cached_property
    def message(self) -> str:
        """The sentence, with what it names as a kind and a letter."""
        text, shown, at = self._folded, "", 0
        for letter, span in self._spans.items():
            shown += self._in_digits(at, span.start)
            if not span.is_whole:
                shown += f"{text[span.start : span.end]} {_LIKE}"
            elif shown[-1:] not in ("", " ") and (is_character(shown[-1]) or at == span.start):
                shown += " "
            several = _SEVERAL if self._is_ambiguous(letter, span) else ""
            shown += f"{self._kinds(span)} {letter}{several}"
            at = span.end
            is_joined = text[at : at + 1].isalnum() and not is_character(text[at])
            if is_joined or text.startswith(IS, at):
                shown += " "  # The rest of a compound word, or "is".
        return shown + self._in_digits(at, len(text))

    def _is_ambiguous(self, letter: str, span: Span) -> bool:
        domains = {thing.id.partition(".")[0] for thing in span.things if thing.kind == "device"}
        return any(len(self._grounding.devices(letter, domain)) > 1 for domain in domains)

    @cached_property
    def _rest(self) -> Rest:
        return Rest(
            text=self._folded,
            spans=self._spans,
            language=self.home.language,
            numbered=self.home.once(_before_numbers),
        )

    def _said(self, shown: str) -> str:
        """Return the words of the sentence for words of the message."""
        wanted = shown.split()
        own = [word for word in self._words if _stripped(word.text)]
        for at in range(len(own) - len(wanted) + 1 if wanted else 0):
            those = own[at : at + len(wanted)]
            if [_stripped(word.text) for word in those] == wanted:
                # Folding seldom changes the length; then the capitals are kept.
                plain, folded = one_line(self.text), self._folded
                said = plain if len(plain) == len(folded) else folded
                return said[those[0].start : those[-1].end].strip(_PUNCTUATION + " ")
        return shown

    def shown(self, said: str) -> str | None:
        """Return the words of the message for words of the sentence; none if they are not there."""
        own = fold(said)
        start = _found(own, self._folded) if own else -1
        if start < 0:
            return None
        end = start + len(own)
        those = [word for word in self._words if word.start < end and word.end > start]
        text = " ".join(filter(None, (_stripped(word.text) for word in those)))
        return text if fold(self._said(text)) == own else None

    @cached_property
    def grammar(self) -> Grammar:
        """What a model may write about this sentence."""
        letters = tuple(
            Letter(
                letter=letter,
                kinds=self._kinds_of((*span.things, *span.parts)),
                is_place=self._grounding.is_place(letter),
            )
            for letter, span in self._spans.items()
        )
        return grammar_of(letters, self.allowed)

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the message, for what is taken from it as it is."""
        said = (_stripped(word.text) for word in self._words)
        return tuple(filter(None, said))

    def parser(self) -> LineParser:
        """Return a parser for one reply."""
        return LineParser(MARK, Reader(self).events)

    def events(self, line: Line | Say) -> Iterable[Event]:
        """Return what a line comes to.

        Raises:
            ParseError: it uses a letter for what it does not stand for.

        """
        if isinstance(line, Say):
            return self._grounding.events(line)
        if (line.verb, line.kind) == _TIME_LEFT and (asked := time_left(self._grounding)):
            return [asked]
        if (refused := self._refused(line)) is not None:
            return [refused]
        if line.verb in (SAME, UNDO, AGAIN):
            return follow_up(line, self._grounding, self._folded)
        if line.kind == IT and line.verb not in _ASKED:
            return on_it(line, self._grounding, is_other=self._rest.says_other)
        return self._grounding.events(line)

    def _refused(self, line: Line) -> Say | None:
        """Return what is said to a line that does not fit what was said; none if it does."""
        if self._rest.wants_only_the_rest(line):
            return Say(key="what")
        if self._rest.is_elsewhere(line) or self._rest.lacks_a_word_for(line):
            return Say(key="absent")
        return None

    def misses(self, events: Sequence[Event]) -> bool:
        """Return whether a reply leaves out that the sentence makes an exception, or says where."""
        if self._rest.forgets_a_place(events):
            return True
        if not self._rest.makes_an_exception or not is_without_exception(events):
            return False
        left_alone = self._rest.excepted
        if not left_alone:
            return not self._rest.spared
        return any(
            isinstance(event, Call) and not self._grounding.leaves_alone(event, left_alone)
            for event in events
        )

    def least_confidence(self, events: Sequence[Event]) -> float:
        """Return the confidence below which what a whole reply comes to is not done."""
        return least_confidence(events, self._grounding)

    @property
    def excepted(self) -> frozenset[str]:
        """The letters of what is left alone."""
        return self._rest.excepted

    def unmet(self, line: Line) -> Event | None:
        """Return why what follows a condition is not to be done; none if it is."""
        return self._grounding.condition(self._where_it_was_said(line))

    def as_said(self, line: Line) -> Line:
        """Return a line without what the sentence itself contradicts."""
        line = self._only_its_like(self._where_it_was_said(line))
        return self._in_the_color_said(self._without_its_place(line))

    def _without_its_place(self, line: Line) -> Line:
        """Return a line: "all off in A except the fan", or "except B", is not all but A."""
        others = self._rest.excepted - {line.place}
        if set(line.excluding) == {line.place} and (others or self._rest.spared):
            return replace(line, excluding=tuple(sorted(others)))
        return line

    def _only_its_like(self, line: Line) -> Line:
        """Return a line: "leave only the lamp on" is about lights, and not about the fridge."""
        is_of_all = line.kind == EVERYTHING and line.verb == "off"
        if not is_of_all or not line.excluding or self._rest.says_everything:
            return line
        left = [self._spans[each].things for each in line.excluding if each in self._spans]
        kinds = {kind for things in left for kind in self._kinds_of(things)}
        return replace(line, kind=_LIGHT) if kinds == {_LIGHT} else line

    def _in_the_color_said(self, line: Line) -> Line:
        chosen = line.arguments.get(_COLOR)
        if chosen is None:
            return line
        said = said_color(str(chosen), self._rest.outside, self.home.language)
        return replace(line, arguments={**line.arguments, _COLOR: said})

    def _where_it_was_said(self, line: Line) -> Line:
        """Return a line: who speaks of this room does not mean the whole house."""
        said = f" {' '.join(words(self.text))} "
        here = vocabulary(self.home.language).here
        is_about_here = line.place == ALL and any(f" {each} " in said for each in here)
        return replace(line, place=HERE) if is_about_here else line

    def reply(self, wanted: Sequence[Call | Wanted | Say], speech: str = "") -> str:  # noqa: ARG002
        """Return what a model should write.

        Args:
            wanted: what the sentence says: calls, with the devices named that were meant, where one
                without a target is about a kind alone; questions, conditions and the like.
            speech: is not written: it is said from the results.

        Raises:
            CannotBeSaidError: the sentence does not name what is wanted.

        """
        wording = Wording(grounding=self._grounding, shown=self.shown, kinds=self._rest.kinds)
        try:
            lines = [each if isinstance(each, Say) else wording.line(each) for each in wanted]
        except ParseError as err:
            raise CannotBeSaidError(str(err)) from err
        return "".join(map(write_line, lines))

    def _kinds_of(self, things: Iterable[Thing]) -> tuple[str, ...]:
        entities = (self.home.entity_by_id[t.id] for t in things if t.kind == "device")
        present = {kind_of(e.domain, e.device_class) for e in entities}
        return tuple(sorted(present, key=_ORDER.__getitem__))

    def _kinds(self, span: Span) -> str:
        places = dict.fromkeys(thing.kind for thing in span.things if thing.kind != "device")
        return " ".join((*self._kinds_of(span.things), *places))


_ORDER = {kind: number for number, kind in enumerate(KINDS)}
_ASKED = ("state", "is", "any", "all", "count", "which", "where", *CONDITIONS)


def _cut(text: str, start: int, end: int) -> list[_Word]:
    """Return the words of a part of the sentence."""
    parts = _PART.finditer(text, start, end)
    return [_Word(part[0], part.start(), part.end()) for part in parts]


def _before_numbers(home: Home) -> frozenset[str]:
    """Return the words before the numbers of rooms."""
    names = (words(name) for area in home.areas for name in (area.name, *area.aliases))
    rows = (pair for name in names for pair in pairwise(name))
    return frozenset(before for before, after in rows if after.isdigit())


def _found(said: str, text: str) -> int:
    """Return where words stand in a text, not in the middle of another word; -1 if nowhere."""
    at = text.find(said)
    if not is_character(said[0]):
        while at > 0 and _WITHIN.match(text[at - 1]):
            at = text.find(said, at + 1)
    return at


def _stripped(word: str) -> str:
    return word if word == IS else word.strip(_PUNCTUATION + _SEVERAL + _LIKE)


TINY = TinyFormat()
