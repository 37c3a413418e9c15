"""A sentence in a home: what a model reads of it, and what its reply comes to there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
import string

from ..actions import DEFAULT_ALLOWED
from ..called import Thing
from ..calls import Call, Wanted
from ..errors import CannotBeSaidError, ParseError
from ..grammar import Grammar
from ..home import Area, Home
from ..kinds import IT, KINDS, kind_of
from ..linking import Span, linker
from ..parser import Event, LineParser, Say
from ..text import fold
from ..turns import Turn
from ..words import words
from .tiny_as_said import as_said, of_what_is_said, outdoors_wished, where_it_was_said
from .tiny_confidence import least_confidence
from .tiny_contradictions import contradicts, does_only_half, moves_what_is_left
from .tiny_corrections import as_corrected, left_alone
from .tiny_delexicalized import SEVERAL, Delexicalized
from .tiny_follow_ups import follow_up, on_it
from .tiny_going_on import going_on
from .tiny_grammar import Letter, grammar_of
from .tiny_grounding import Grounding
from .tiny_lines import AGAIN, CONDITIONS, MARK, QUESTIONS, SAME, UNDO, Line, write_line
from .tiny_moved_back import moved_back
from .tiny_numbers import Numbers
from .tiny_questions import of_what_is_named, time_left
from .tiny_reader import Reader
from .tiny_rest import Rest, is_without_exception
from .tiny_timers import of_the_timer
from .tiny_told import is_told
from .tiny_unsaid import closes_instead, is_of_another_sort, is_unsaid
from .tiny_weather_indoors import against_the_heat, in_dry_air
from .tiny_wording import Wording

_TIME_LEFT = ("status", "timer")
_OF_ALL = ("on", "off", "open", "close")
"""What is done to all but a few."""

_BY = "by"


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
    def _delexicalized(self) -> Delexicalized:
        labels = {
            letter: f"{self._kinds(span)} {letter}{self._ambiguous(letter, span)}"
            for letter, span in self._spans.items()
        }
        language = self.home.language
        return Delexicalized(said=self.text, spans=self._spans, labels=labels, language=language)

    @property
    def message(self) -> str:
        """The sentence, with what it names as a kind and a letter."""
        return self._delexicalized.message

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the message, for what is taken from it as it is."""
        return self._delexicalized.words

    def shown(self, said: str) -> str | None:
        """Return the words of the message for words of the sentence; none if they are not there."""
        return self._delexicalized.of_message(said)

    def _said(self, shown: str) -> str:
        """Return the words of the sentence for words of the message."""
        return self._delexicalized.of_sentence(shown)

    def _ambiguous(self, letter: str, span: Span) -> str:
        """Return the mark of what fits several devices."""
        domains = {thing.id.partition(".")[0] for thing in span.things if thing.kind == "device"}
        fitting = (self._grounding.devices(letter, domain) for domain in domains)
        return SEVERAL if any(len(found) > 1 for found in fitting) else ""

    @cached_property
    def _rest(self) -> Rest:
        return Rest(
            text=self._folded,
            spans=self._spans,
            language=self.home.language,
            numbered=self.home.once(_before_numbers),
        )

    @cached_property
    def _numbers(self) -> Numbers:
        return Numbers(text=self._folded, language=self.home.language)

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

    def parser(self) -> LineParser:
        """Return a parser for one reply."""
        return LineParser(MARK, Reader(self).events)

    def events(self, line: Line | Say) -> Iterable[Event]:
        """Return what a line comes to.

        Raises:
            ParseError: it uses a letter for what it does not stand for.

        """
        if not self._spans:
            line = of_the_timer(line, self.turn, self._folded, self.home.language)
            line = going_on(moved_back(line, self.turn, self._rest), self.turn, self._rest)
        line = in_dry_air(line, self._grounding, self._rest)
        if isinstance(line, Say):
            wished = outdoors_wished(self._rest) if line.key == "absent" else None
            return self._grounding.events(wished or line)
        if (line.verb, line.kind) == _TIME_LEFT and (asked := time_left(self._grounding)):
            return [asked]
        line = of_what_is_named(line, self._grounding, self._rest)
        if (refused := self._refused(line)) is not None:
            return [refused]
        if line.verb in (SAME, UNDO, AGAIN):
            return follow_up(line, self._grounding, self._folded)
        if line.kind == IT and line.verb not in _ASKED:
            return on_it(line, self._grounding, is_other=self._rest.says_other)
        return self._grounding.events(line)

    def _refused(self, line: Line) -> Say | None:
        """Return what is said to a line that does not fit what was said; none if it does."""
        is_of_others = self._rest.wants_only_the_rest(line) or self._rest.excepts_nothing(line)
        if is_of_others or self._numbers.are_missed_by(line) or _empties_a_list(line):
            return Say(key="what")
        if line.verb in (*QUESTIONS, *CONDITIONS) and self._rest.is_of_the_past:
            return Say(key="unknown")
        if self._numbers.are_a_time(line):
            return Say(key="later")
        is_other = closes_instead(line, self._rest) or is_unsaid(line, self._rest)
        if is_other or is_told(line, self._rest):
            return Say(key="what")
        if self._rest.is_elsewhere(line) or self._rest.lacks_a_word_for(line):
            return Say(key="absent")
        return None

    def misses(self, events: Sequence[Event]) -> bool:
        """Return whether a reply leaves out what the sentence says, or says the opposite."""
        if self._rest.forgets_a_place(events):
            return True
        if contradicts(events, self._rest) or does_only_half(events, self._rest):
            return True
        if is_of_another_sort(events, self._rest) or moves_what_is_left(events, self._rest):
            return True
        if not self._rest.makes_an_exception or not is_without_exception(events):
            return False
        spared = self._rest.excepted
        if not spared:
            return not self._rest.spared
        return any(
            isinstance(event, Call) and not self._grounding.leaves_alone(event, spared)
            for event in events
        )

    def least_confidence(self, events: Sequence[Event]) -> float:
        """Return the confidence below which what a whole reply comes to is not done."""
        return least_confidence(events, self._grounding)

    @property
    def excepted(self) -> frozenset[str]:
        """The letters of what is left alone."""
        return self._rest.excepted

    @cached_property
    def place_said(self) -> str | None:
        """The letter of the only place that it names."""
        return self._rest.only_place

    def unmet(self, line: Line) -> Event | None:
        """Return why what follows a condition is not to be done; none if it is."""
        return self._grounding.condition(where_it_was_said(line, self._rest))

    def as_said(self, line: Line) -> Line | None:
        """Return a line without what the sentence itself contradicts; none if nothing is left."""
        if line.kind == IT and not (self.turn and self.turn.entity_ids):
            line = of_what_is_said(line, self._rest)
        corrected = as_corrected(line, self._rest)
        if corrected is None or self._is_of_what_is_spared(line):
            return None
        line = against_the_heat(as_said(corrected, self._rest, self._kinds_at), self._rest)
        line = self._numbers.with_the_share_said(self._numbers.with_the_part_of_an_hour(line))
        return self._with_its_exception(line)

    def _is_of_what_is_spared(self, line: Line) -> bool:
        """Return whether a line does to a place what is done to all but that place."""
        is_plain = line.verb in _OF_ALL and not line.arguments and not line.devices
        return is_plain and line.place in self._rest.excepted

    def _with_its_exception(self, line: Line) -> Line:
        """Return a line with what its sentence leaves alone, if a model lost that."""
        spared = (self._rest.excepted | left_alone(self._rest)) - {line.place}
        is_more = _BY in line.arguments  # "Menos" is "except" and "less".
        if line.verb not in _OF_ALL or is_more or line.devices or line.excluding or not spared:
            return line
        without = replace(line, excluding=tuple(sorted(spared)))
        try:
            events = list(self._grounding.events(without))
        except ParseError:
            return line
        return without if all(isinstance(event, Call) for event in events) else line

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

    def _kinds_at(self, letter: str) -> tuple[str, ...]:
        return self._kinds_of(self._spans[letter].things) if letter in self._spans else ()

    def _kinds(self, span: Span) -> str:
        places = dict.fromkeys(thing.kind for thing in span.things if thing.kind != "device")
        return " ".join((*self._kinds_of(span.things), *places))


_ORDER = {kind: number for number, kind in enumerate(KINDS)}
_ASKED = ("state", "is", "any", "all", "count", "which", "where", *CONDITIONS)


def _empties_a_list(line: Line) -> bool:
    """Return whether a list is to be noted down on itself, or crossed off."""
    item = str(line.arguments.get("item", "")).split()
    return any(letter in item for letter in line.devices)


def _before_numbers(home: Home) -> frozenset[str]:
    """Return the words before the numbers of rooms."""
    names = (words(name) for area in home.areas for name in (area.name, *area.aliases))
    rows = (pair for name in names for pair in pairwise(name))
    return frozenset(before for before, after in rows if after.isdigit())
