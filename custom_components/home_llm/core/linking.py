"""Which words of a sentence name something of the home: entity linking, before a model reads it.

A model of a few million parameters cannot know what people call their lamps, and need not: whatever
a sentence names is found here, by words with slips, endings, joined and parted words, and is shown
to the model as a letter. What the sentence wants of it is for the model to understand; where a name
fits several things, or none was said, ``tiny_grounding.py`` decides. Words of scripts with
combining vowels (Devanagari, Thai) are not told apart properly yet.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
import math
import re
from typing import Literal

from .home import Home
from .kinds import ALL_KIND_WORDS, KIND_WORDS, VAGUE_WORDS
from .text import fold, label

Kind = Literal["device", "area", "floor"]

MOST = 16
"""Mentions in a sentence; nobody says more names in one breath."""

_SHORTEST_INEXACT = 5
_LEAST_ENDING = 0.7
_LEAST_SHARE = 0.5
_LEAST_WORDS = 2

# Chinese and Japanese are written without spaces: each character is a word.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+(?:'[^\W_]+)*")
_POSSESSIVE = re.compile(r"'s$|'$")

_DIGITS = {
    word: str(number)
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
}


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Something that can be named: a device, an area or a floor, by its id."""

    kind: Kind
    id: str


@dataclass(frozen=True, kw_only=True)
class Span:
    """Words of a sentence that name something.

    Args:
        start: where they begin, in characters of the folded sentence.
        end: where they end.
        things: what they may name.
        is_whole: whether they say all of a name that needs to be said; else it is only like it.

    """

    start: int
    end: int
    things: tuple[Thing, ...]
    is_whole: bool = True


@dataclass(frozen=True)
class _Match:
    """Words in a row that belong to one name."""

    first: int
    last: int
    weight: float
    slips: int
    is_whole: bool

    @property
    def rank(self) -> tuple[bool, int, int, float]:
        """What makes one match better than another."""
        return self.is_whole, self.last - self.first, -self.slips, self.weight


@dataclass(frozen=True)
class _Name:
    """A name as words, and those that its place and its kind say anyway."""

    thing: Thing
    words: tuple[str, ...]
    implied: frozenset[str]
    kinds: frozenset[str]


@dataclass(frozen=True)
class _Heard:
    """A word of the sentence, and the words of names it can stand for, each with its slips."""

    word: str
    own: dict[str, int]


@dataclass(frozen=True)
class _Run:
    """Words in a row that all belong to a name, and which of its words they cover."""

    first: int
    last: int
    covered: frozenset[str]
    slipped: frozenset[str]

    @property
    def slips(self) -> int:
        """How many words were not said exactly so."""
        return len(self.slipped)


def linker(home: Home, domains: Collection[str]) -> "Linker":
    """Return what finds the names of a home; it is kept until a name changes.

    Args:
        home: the home.
        domains: the domains of the devices that are looked for.

    """
    return _linker(tuple(_names(home, frozenset(domains))))


@lru_cache(maxsize=16)
def _linker(names: tuple[_Name, ...]) -> "Linker":
    return Linker(names)


class Linker:
    """The names of a home, ready to be looked for in sentences."""

    def __init__(self, names: tuple[_Name, ...]) -> None:
        """Count the words."""
        self._places = {name.words for name in names if name.thing.kind != "device"}
        self._order = {name.thing: number for number, name in enumerate(names)}
        self._names_with: dict[str, list[_Name]] = {}
        things_of: dict[str, set[Thing]] = {}
        for name in names:
            for word in dict.fromkeys(name.words):
                things_of.setdefault(word, set()).add(name.thing)
                self._names_with.setdefault(word, []).append(name)
        self._things_of = things_of
        count = len(self._order)
        self._weights = {w: math.log(1 + count / len(those)) for w, those in things_of.items()}
        self._alike = lru_cache(maxsize=1024)(self._words_like)

    def link(self, sentence: str) -> tuple[Span, ...]:
        """Return what a folded sentence names, in its order; no two overlap."""
        heard = [(_plain(m[0]), m.start(), m.end()) for m in _WORD.finditer(sentence)]
        found = self._heard([word for word, _, _ in heard])
        if not any(word.own for word in found):
            return ()
        matches: dict[Thing, list[_Match]] = {}
        own = dict.fromkeys(word for those in found for word in those.own)
        for name in dict.fromkeys(name for word in own for name in self._names_with[word]):
            for match in self._matches(name, found):
                matches.setdefault(name.thing, []).append(match)
        taken: list[tuple[_Match, tuple[Thing, ...]]] = []
        free = set(range(len(heard)))
        best = sorted(
            {(m.rank, m.first, m.last) for those in matches.values() for m in those},
            key=lambda ranked: (ranked[0], -ranked[1]),
            reverse=True,
        )
        for rank, first, last in best:
            if len(taken) < MOST and free.issuperset(range(first, last + 1)):
                free.difference_update(range(first, last + 1))
                those: dict[Thing, _Match] = {}
                for thing, all_of_it in matches.items():
                    where = (first, last, rank[0])
                    fits = [m for m in all_of_it if (m.first, m.last, m.is_whole) == where]
                    if fits:
                        those[thing] = min(fits, key=lambda match: match.slips)
                least = min(match.slips for match in those.values())
                named = (thing for thing, match in those.items() if match.slips == least)
                things = tuple(sorted(named, key=self._order.__getitem__))
                taken.append((those[things[0]], things))
        return tuple(
            Span(
                start=heard[match.first][1],
                end=heard[match.last][2],
                things=things,
                is_whole=match.is_whole,
            )
            for match, things in sorted(taken, key=lambda pair: pair[0].first)
        )

    def _heard(self, words_heard: Sequence[str]) -> list[_Heard]:
        """Return the words, each with the words of names that it can stand for."""
        found = [_Heard(word, dict(self._alike(word))) for word in words_heard]
        for at, (first, second) in enumerate(pairwise(words_heard)):
            if first + second in self._weights:  # "bed room" for "bedroom"
                found[at].own.setdefault(first + second, 1)
                found[at + 1].own.setdefault(first + second, 1)
        return found

    def _matches(self, name: _Name, found: Sequence[_Heard]) -> Iterable[_Match]:
        """Yield the rows of words that say this name, or the most telling part of it."""
        runs = list(_runs(name, found))
        said = frozenset[str]().union(*(run.covered for run in runs))
        total = sum(self._weights[word] for word in set(name.words))
        best: _Match | None = None
        for run in runs:
            weight = sum(self._weights[word] for word in run.covered)
            missing = frozenset(name.words) - run.covered
            if not missing:
                if not self._is_place(name, run):
                    yield _Match(run.first, run.last, weight, run.slips, is_whole=True)
            elif not self._contradicts(name, run, found):
                whole = self._is_enough(name, run.covered, missing, said)
                if whole or self._is_like(name, run.covered, weight / total):
                    match = _Match(run.first, run.last, weight, run.slips, whole)
                    best = match if best is None else max(best, match, key=lambda m: m.rank)
        if best is not None:
            yield best

    def _is_enough(
        self, name: _Name, covered: frozenset[str], missing: frozenset[str], said: frozenset[str]
    ) -> bool:
        """Return whether a part of a name is all of it that needs to be said."""
        if name.thing.kind != "device" or _is_vague(covered):
            return False
        if covered - name.implied - name.kinds and missing <= name.implied | name.kinds:
            return self._is_only(name.thing, covered)
        return len(covered) >= _LEAST_WORDS and missing <= said | name.implied

    def _is_like(self, name: _Name, covered: frozenset[str], share: float) -> bool:
        """Return whether a part of a name may stand for it."""
        if _is_vague(covered):
            return False
        if share >= _LEAST_SHARE:
            return True
        is_head = name.words[-1] in covered and bool(covered - name.implied - name.kinds)
        return name.thing.kind == "device" and is_head and self._is_only(name.thing, covered)

    def _is_only(self, thing: Thing, covered: frozenset[str]) -> bool:
        """Return whether no other name holds these words."""
        holders = (self._things_of[word] for word in covered)
        return frozenset[Thing].intersection(*map(frozenset, holders)) == {thing}

    def _contradicts(self, name: _Name, run: _Run, found: Sequence[_Heard]) -> bool:
        """Return whether the next word says that it is something else: "desk lamp" is no fan."""
        following = found[run.last + 1].word if run.last + 1 < len(found) else ""
        return following in ALL_KIND_WORDS - name.kinds and name.thing.kind == "device"

    def _is_place(self, name: _Name, run: _Run) -> bool:
        """Return whether a name but for its last word, which was said otherwise, is a place.

        Who says "kitchen lights" means all of them, though one is called "kitchen light"; and who
        says "lights" does not mean the one that is called "light".
        """
        is_last = run.slipped == {name.words[-1]} and name.thing.kind == "device"
        is_kind = len(name.words) == 1 and name.words[0] in ALL_KIND_WORDS
        return is_last and (is_kind or name.words[:-1] in self._places)

    def _words_like(self, word: str) -> tuple[tuple[str, int], ...]:
        """Return the words of names that a word of the sentence can stand for, with its slips."""
        if word in self._weights:
            return ((word, 0),)
        near = [own for own in self._weights if _is_slip(word, own)]
        # "bedlamp" for "bed lamp".
        return tuple((own, 1) for own in near or self._parted(word))

    def _parted(self, word: str) -> tuple[str, ...]:
        for at in range(2, len(word) - 1):
            if word[:at] in self._weights and word[at:] in self._weights:
                return word[:at], word[at:]
        return ()


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a name or a sentence, without possessive endings."""
    return tuple(_plain(word) for word in _WORD.findall(label(fold(text))))


def _plain(word: str) -> str:
    word = _POSSESSIVE.sub("", word)
    return _DIGITS.get(word, word)


def _names(home: Home, domains: frozenset[str]) -> Iterable[_Name]:
    places = {area.area_id: words(area.name) for area in home.areas}
    for entity in home.entities:
        if entity.domain in domains:
            place = places.get(entity.area_id or "", ())
            for name in (entity.name, *entity.aliases):
                yield from _name(Thing(kind="device", id=entity.entity_id), name, place)
    for area in home.areas:
        for name in (area.name, *area.aliases):
            yield from _name(Thing(kind="area", id=area.area_id), name)
    for floor in home.floors:
        for name in (floor.name, *floor.aliases):
            yield from _name(Thing(kind="floor", id=floor.floor_id), name)


def _name(thing: Thing, name: str, place: tuple[str, ...] = ()) -> Iterable[_Name]:
    if own := words(name):
        kinds = KIND_WORDS.get(thing.id.partition(".")[0], frozenset())
        yield _Name(thing, own, frozenset(place), kinds if thing.kind == "device" else frozenset())


def _is_vague(covered: frozenset[str]) -> bool:
    """Return whether words are just a kind, a number or the like, which any name may hold."""
    return all(word in VAGUE_WORDS or word.isdigit() for word in covered)


def _runs(name: _Name, found: Sequence[_Heard]) -> Iterable[_Run]:
    """Yield the longest rows of words that all belong to a name."""
    own, at = frozenset(name.words), 0
    while at < len(found):
        covered: set[str] = set()
        slipped: set[str] = set()
        last = at
        while last < len(found):
            options = {w: s for w, s in found[last].own.items() if w in own}
            new = {w: s for w, s in options.items() if w not in covered}
            # A word that was joined with the one before it stands here a second time.
            joined = last > at and any(w in found[last - 1].own and s for w, s in options.items())
            if not new and not joined:
                break
            if new:
                parted = len(new) > 1 and all(new.values())
                chosen = new if parted else dict([min(new.items(), key=lambda pair: pair[1])])
                covered |= set(chosen)
                slipped |= {word for word, slip in chosen.items() if slip}
            last += 1
        if covered:
            yield _Run(at, last - 1, frozenset(covered), frozenset(slipped))
        at = max(last, at + 1)


def _is_slip(heard: str, own: str) -> bool:
    """Return whether a word is another one with a slip or another ending."""
    if heard in (f"{own}s", own.removesuffix("s")):
        return True
    longer, shorter = max(len(heard), len(own)), min(len(heard), len(own))
    if shorter < _SHORTEST_INEXACT or longer - shorter > 3:  # noqa: PLR2004 - endings are short
        return False
    head = _common(heard, own)
    if head >= _LEAST_ENDING * longer:
        return True
    tail = _common(heard[::-1], own[::-1])
    # One letter wrong, missing, too many, or two in the other order.
    wrong = longer - head - tail
    swapped = wrong == 2 and sorted(heard) == sorted(own)  # noqa: PLR2004
    return head > 0 and (wrong <= 1 or swapped) and longer - shorter <= 1


def _common(first: str, second: str) -> int:
    """Return the length of the common beginning."""
    return next(
        (at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b),
        min(len(first), len(second)),
    )
