"""All that a model may write about one sentence, as an automaton."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby

from ..actions import Argument, NumberArgument, TextArgument
from ..grammar import Edge, Grammar, GrammarBuilder
from ..kinds import EVERYTHING, IT, KINDS
from ..parser import Say
from ..states import WORDS
from .tiny_lines import (
    ABOVE,
    AGAIN,
    ALL,
    BELOW,
    BETWEEN,
    BUT,
    CONDITIONS,
    DAY,
    DAYS,
    EQUALS,
    GROUP,
    HERE,
    MARK,
    OF,
    PICKED,
    READINGS,
    SAME,
    SAY,
    UNDO,
    arguments_of,
    commands,
    short_word,
)

_TESTED = ("is", "any", "all", "count", "which", *CONDITIONS)
_KINDS = (*KINDS, EVERYTHING, IT)
_DIGITS = tuple("0123456789")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a letter of a sentence can be used for.

    Args:
        letter: the letter.
        kinds: of the devices that it may name.
        is_place: whether it may say where.

    """

    letter: str
    kinds: tuple[str, ...] = ()
    is_place: bool = False


@lru_cache(maxsize=1024)
def grammar_of(letters: tuple[Letter, ...], allowed: frozenset[str]) -> Grammar:
    """Return all that can be written about a sentence with these letters.

    Args:
        letters: of what the sentence names.
        allowed: the actions that may be asked for.

    """
    return _Writer(letters, allowed).write()


class _Writer:
    """Writes the automaton of all replies to one kind of sentence."""

    def __init__(self, letters: Sequence[Letter], allowed: frozenset[str]) -> None:
        self._letters = letters
        self._allowed = allowed
        self._places = tuple(f" {letter.letter}" for letter in letters if letter.is_place)
        self._all_letters = tuple(f" {letter.letter}" for letter in letters)
        self._builder = GrammarBuilder()
        self._start, self._after_line, self._text, self._end = (
            self._builder.reserve() for _ in range(4)
        )
        # What leads on alike is written once.
        self._arguments_after: dict[tuple[str, ...], list[Edge]] = {}
        self._targets_before: dict[tuple[tuple[str, ...], tuple[Edge, ...]], int] = {}
        self._places_before: dict[tuple[Edge, ...], Edge] = {}

    def write(self) -> Grammar:
        """Return one line or more."""
        builder = self._builder
        lines = [*self._commands(), *self._questions(), *self._follow_ups()]
        # What is said is all that is written: nobody thanks and switches a light in one sentence.
        say = builder.literal(f" {SAY}", self._keys())
        builder.fill(self._start, [builder.literal(MARK, builder.node([say, *lines]))])
        more = builder.literal(MARK, builder.node(lines))
        builder.fill(self._after_line, [more, builder.literal("", self._end)])
        builder.fill(self._text, [self._newline])
        builder.fill(self._end, [])
        return builder.build(self._text)

    def _keys(self) -> int:
        builder = self._builder
        line_end = builder.node([builder.literal("\n", self._end)])
        return builder.node([builder.choice("keys", tuple(f" {k}" for k in Say.KEYS), line_end)])

    @property
    def _newline(self) -> Edge:
        return self._builder.literal("\n", self._after_line)

    def _commands(self) -> Iterator[Edge]:
        """Yield what can be wished of devices."""
        builder = self._builder
        for verb, those in groupby(commands(self._allowed), key=lambda each: each[0]):
            nodes: dict[int, list[str]] = {}
            for _, kind, bare in those:
                node = self._targets(kind, self._values(verb, kind, bare))
                nodes.setdefault(node, []).append(f" {kind}")
            yield builder.literal(f" {verb}", self._kinds(nodes))

    def _values(self, verb: str, kind: str, can_be_bare: object) -> list[Edge]:
        """Return what may follow targets: the end, or arguments in their fixed order."""
        arguments = arguments_of(kind, verb) if kind != EVERYTHING else ()
        edges = self._arguments(arguments)
        return [self._newline, *edges] if can_be_bare else edges

    def _arguments(self, arguments: tuple[Argument, ...]) -> list[Edge]:
        names = tuple(argument.name for argument in arguments)
        if names not in self._arguments_after:
            builder, edges = self._builder, []
            for at, argument in enumerate(arguments, start=1):
                rest = builder.node([self._newline, *self._arguments(arguments[at:])])
                value = self._value(argument, rest)
                edges.append(builder.literal(f"{EQUALS} {short_word(argument.name)}", value))
            self._arguments_after[names] = edges
        return self._arguments_after[names]

    def _value(self, argument: Argument, rest: int) -> int:
        if isinstance(argument, TextArgument):
            return self._text
        if isinstance(argument, NumberArgument):
            return self._number(rest)
        builder = self._builder
        values = tuple(f" {value}" for value in argument.texts)
        name = f"{short_word(argument.name)} {len(values)} from {values[0]}"
        return builder.node([builder.choice(name, values, rest)])

    def _number(self, rest: int) -> int:
        """Return the node at which a number begins: digits, perhaps with some after a point."""
        builder = self._builder
        end = builder.literal("", rest)
        after_tenth = builder.node([builder.choice("digits", _DIGITS, rest), end])
        after_point = builder.node([builder.choice("digits", _DIGITS, after_tenth)])
        more = builder.reserve()
        digit, point = builder.choice("digits", _DIGITS, more), builder.literal(".", after_point)
        builder.fill(more, [digit, point, end])
        first = builder.node([digit])
        return builder.node([builder.choice("signs", (" ", " -"), first)])

    def _targets(self, kind: str, rest: list[Edge]) -> int:
        """Return the node after a kind: devices, a place, or neither, and then ``rest``."""
        if kind in (IT, "timer"):
            return self._builder.node(rest)
        letters = self._named(kind) if kind != EVERYTHING else ()
        key = letters, tuple(rest)
        if key not in self._targets_before:
            edges = [*rest, *self._devices(letters, rest), self._place(rest)]
            self._targets_before[key] = self._builder.node(edges)
        return self._targets_before[key]

    def _named(self, kind: str) -> tuple[str, ...]:
        return tuple(f" {letter.letter}" for letter in self._letters if kind in letter.kinds)

    def _devices(self, letters: tuple[str, ...], rest: list[Edge]) -> list[Edge]:
        """Return devices by their letters; after one of them, the place in which it is."""
        builder = self._builder
        if not letters:
            return []
        name = f"letters{''.join(letters)}"
        after = builder.reserve()
        device = builder.node([builder.choice(name, letters, after)])
        following = [builder.literal(BETWEEN, device), *rest]
        if self._places:
            place = builder.node([builder.choice("places", self._places, builder.node(rest))])
            following.append(builder.literal(GROUP, place))
        builder.fill(after, following)
        return [builder.choice(name, letters, after)]

    def _place(self, rest: list[Edge]) -> Edge:
        """Return a place, perhaps without some devices or places."""
        if tuple(rest) not in self._places_before:
            self._places_before[tuple(rest)] = self._any_place(rest)
        return self._places_before[tuple(rest)]

    def _any_place(self, rest: list[Edge]) -> Edge:
        builder = self._builder
        following = list(rest)
        if self._all_letters:
            after = builder.reserve()
            left_alone = builder.node([builder.choice("letters", self._all_letters, after)])
            builder.fill(after, [builder.literal(BETWEEN, left_alone), *rest])
            but = builder.node([builder.literal(f" {BUT}", left_alone)])
            following.append(builder.literal(BETWEEN, but))
        places = (f" {ALL}", f" {HERE}", *self._places)
        place = builder.node([builder.choice("all places", places, builder.node(following))])
        return builder.literal(GROUP, place)

    def _questions(self) -> Iterator[Edge]:
        """Yield what can be asked, and on what a wish can depend."""
        builder = self._builder
        tests = self._tests([self._newline])
        tested = self._asked_of(_KINDS, tests)
        free = self._asked_of(_KINDS, [*tests, self._newline])
        of = [self._newline, builder.literal(f"{EQUALS} {OF}", self._readings([self._newline]))]
        for verb in _TESTED:
            yield builder.literal(f" {verb}", free if verb in ("count", "which") else tested)
        yield builder.literal(" state", self._asked_of((*_KINDS, "timer"), of))
        yield builder.literal(" where", self._asked_of(_KINDS, [self._newline]))
        days = builder.node([builder.choice("days", tuple(f" {d}" for d in DAYS), self._line_end)])
        when = [self._newline, builder.literal(f"{EQUALS} {DAY}", days)]
        yield builder.literal(" list", self._asked_of(("todo", "calendar"), when))
        forecast = [
            *when,
            *self._tests(when),
            builder.literal(f"{EQUALS} {OF}", self._readings(when)),
        ]
        yield builder.literal(" forecast", self._asked_of(("weather",), forecast))

    @cached_property
    def _line_end(self) -> int:
        return self._builder.node([self._newline])

    def _kinds(self, nodes: Mapping[int, Sequence[str]]) -> int:
        """Return a node with the kinds that lead to others."""
        builder = self._builder
        return builder.node(
            [builder.choice("|".join(kinds), tuple(kinds), node) for node, kinds in nodes.items()]
        )

    def _asked_of(self, kinds: Sequence[str], rest: list[Edge]) -> int:
        """Return the node after a question's verb: a kind and what is meant of it."""
        # Kinds that lead on alike share an edge.
        nodes: dict[int, list[str]] = {}
        for kind in kinds:
            nodes.setdefault(self._targets(kind, rest), []).append(f" {kind}")
        return self._kinds(nodes)

    def _readings(self, rest: list[Edge]) -> int:
        builder, readings = self._builder, tuple(f" {reading}" for reading in READINGS)
        return builder.node([builder.choice("readings", readings, builder.node(rest))])

    def _tests(self, rest: list[Edge]) -> list[Edge]:
        """Return what devices may be found to be, perhaps of one of their readings."""
        builder = self._builder
        end = builder.node(rest)
        words = builder.choice("found", tuple(f" {word}" for word in WORDS), end)
        limit = self._number(end)
        limits = [builder.literal(f" {word}", limit) for word in (ABOVE, BELOW)]
        test = builder.literal(EQUALS, builder.node([words, *limits]))
        number = builder.literal(EQUALS, builder.node(limits))
        return [test, builder.literal(f"{EQUALS} {OF}", self._readings([number]))]

    def _follow_ups(self) -> Iterator[Edge]:
        """Yield what goes back to the turn before."""
        builder = self._builder
        kinds = [
            builder.literal(
                f" {kind}", builder.node(self._devices(self._named(kind), [self._newline]))
            )
            for kind in KINDS
            if self._named(kind)
        ]
        picked = builder.choice("picked", tuple(f" {word}" for word in PICKED), self._line_end)
        places = builder.choice("places or all", (f" {ALL}", *self._places), self._line_end)
        following = [self._newline, picked, *kinds, builder.literal(GROUP, builder.node([places]))]
        yield builder.literal(f" {SAME}", builder.node(following))
        for verb in (UNDO, AGAIN):
            yield builder.literal(f" {verb}", self._line_end)
