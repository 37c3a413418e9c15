"""Which words of a sentence name something of the home: entity linking, before a model reads it.

A model of a few million parameters cannot know what people call their lamps, and need not: whatever
a sentence names is found here, by words with slips, endings, joined and parted words, and is shown
to the model as a letter. What the sentence wants of it is for the model to understand; where a name
fits several things, or none was said, ``tiny_grounding.py`` decides. Words of scripts with
combining vowels (Devanagari, Thai) are not told apart properly yet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from .called import Name, Thing, Words, names_of
from .cues import cues
from .home import Home
from .matching import MOST, Match, Matcher, best
from .name_words import NameWords
from .runs import Heard, Run, joined, runs
from .vocabulary import Vocabulary, vocabulary
from .words import WORD, plain

__all__ = ["IS", "MOST", "Linker", "Span", "following", "linker"]

_SHORTEST_PART = 3
_PERSON, _LIST = "person.", "todo."
_PAIR = 2
_HYPHEN = "-"
IS = "'s"
"""Of "the gate's open", and of "the kitchen's lamp": nobody can tell which before it is read."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """Words of a sentence that name something.

    Args:
        start: where they begin, in characters of the folded sentence.
        end: where they end.
        things: what they may name.
        is_whole: whether they say all of a name that needs to be said; else it is only like it.
        parts: sensors that are called after these, which a question may be about.
        is_plural: whether a word of the name was said as of many: the "spots" of "Spot 1".
        count: how many words they are.

    """

    start: int
    end: int
    things: tuple[Thing, ...]
    is_whole: bool = True
    parts: tuple[Thing, ...] = ()
    is_plural: bool = False
    count: int = 1


def following(sentence: str, span: Span, end: int | None = None) -> str:
    """Return what stands after a name, up to an end, but for a possessive: "the kitchen's lamp"."""
    return sentence[span.end : end].removeprefix(IS)


def _without_is(sentence: str, end: int) -> int:
    """Return where a name ends before "'s": of "the gate's open" that is a word of its own."""
    return end - len(IS) if sentence.endswith(IS, 0, end) else end


def _between(sentence: str, one: Span, other: Span) -> str:
    """Return what stands between two names."""
    first, second = sorted((one, other), key=_start)
    return following(sentence, first, second.start).strip()


def _start(span: Span) -> int:
    return span.start


def linker(home: Home) -> "Linker":
    """Return what finds the names of a home; it is kept until a name changes."""
    return home.once(_linker_of)


def _linker_of(home: Home) -> "Linker":
    known = vocabulary(home.language)
    return _linker(names_of(home, known), known, home.language)


@lru_cache(maxsize=16)
def _linker(names: tuple[Name, ...], known: Vocabulary, language: str) -> "Linker":
    return Linker(names, known, language)


class Linker:
    """The names of a home, ready to be looked for in sentences."""

    def __init__(self, names: tuple[Name, ...], known: Vocabulary, language: str) -> None:
        """Count the words; ``known`` is what the language calls things."""
        self._known = known
        self._cues = cues(language)
        self._index = NameWords(names, known)
        self._matcher = Matcher(self._index)
        self._order = {name.thing: number for number, name in enumerate(names)}

    def link(self, sentence: str) -> tuple[Span, ...]:
        """Return what a folded sentence names, in its order; no two overlap."""
        heard = [
            part
            for m in WORD.finditer(sentence)
            for part in self._parts(self._known.whole(plain(m[0])), m.start(), m.end())
        ]
        found = self._heard([word for word, _, _ in heard])
        spans = []
        for (first, last, is_whole), least, after in best(self._matches_in(found)):
            things = tuple(sorted(least, key=self._order.__getitem__))
            parts = tuple(sorted(after, key=self._order.__getitem__)) if is_whole else ()
            start, end = heard[first][1], _without_is(sentence, heard[last][2])
            is_plural = any(self._index.is_plural(word) for word, _, _ in heard[first : last + 1])
            spans.append(
                Span(
                    start=start,
                    end=end,
                    things=things,
                    is_whole=is_whole,
                    parts=parts,
                    is_plural=is_plural,
                    count=last - first + 1,
                )
            )
        spans = [span for span in spans if not self._is_another_compound(span, sentence)]
        spans = [self._list_of(self._hosted(span, sentence), sentence) for span in spans]
        spans = sorted(spans, key=_start)
        spans = [self._theirs(spans, at, sentence) for at in range(len(spans))]
        return tuple(
            span for at, span in enumerate(spans) if not self._is_only_a_kind(spans, at, sentence)
        )

    def _is_another_compound(self, span: Span, sentence: str) -> bool:
        """Return whether half a compound is named: a "sèche-linge" is no "lave-linge"."""
        if not sentence.endswith(_HYPHEN, 0, span.start):
            return False
        said = self._known.words(sentence[span.start : span.end])
        own = {own for word in said for own, _ in self._index.alike(word)}
        names = [name for name in self._index.names if name.thing in span.things]
        return all(name.words[0] not in own for name in names)

    def _hosted(self, span: Span, sentence: str) -> Span:
        """Return a name, or the room of the person who is called so: "the lamp at Mia's"."""
        before = self._known.words(sentence[: span.start])[-1:]
        if not self._known.before_hosts.intersection(before):
            return span
        if not all(thing.id.startswith(_PERSON) for thing in span.things):
            return span
        said = self._known.words(sentence[span.start : span.end])
        own = {own for word in said for own, _ in self._index.alike(word)}
        rooms = {
            name.thing: None
            for name in self._index.names
            if name.thing.kind == "area" and not own.isdisjoint(name.words)
        }
        return replace(span, things=tuple(rooms), parts=()) if len(rooms) == 1 else span

    def _theirs(self, spans: Sequence[Span], at: int, sentence: str) -> Span:
        """Return a person, or what is theirs of that which was named: "celle de Gwen"."""
        span, named = spans[at], spans[at - 1] if at else None
        if named is None or not all(thing.id.startswith(_PERSON) for thing in span.things):
            return span
        before = list(WORD.finditer(sentence, named.end, span.start))[-_PAIR:]
        if len(before) < _PAIR:
            return span
        if not self._cues.say("that_of", (sentence[before[0].start() : span.start],)):
            return span
        said = self._known.words(sentence[span.start : span.end])
        own = {own for word in said for own, _ in self._index.alike(word)}
        heads = [set(name.words) for name in self._index.names if name.thing in named.things]
        alike = {
            name.thing: None
            for name in self._index.names
            if name.thing.domain in {thing.domain for thing in named.things}
            and not own.isdisjoint(name.words)
            and any(head & set(name.words) for head in heads)
        }
        if len(alike) != 1:
            return span
        return replace(span, things=tuple(alike), parts=(), start=before[0].start())

    def _list_of(self, span: Span, sentence: str) -> Span:
        """Return a person, or the list that is called after them: "Ken's list", "Ken's jobs"."""
        if not all(thing.id.startswith((_PERSON, _LIST)) for thing in span.things):
            return span
        said = self._known.words(sentence[span.start : span.end])
        own = {own for word in said for own, _ in self._index.alike(word)}
        lists = {
            name.thing: None
            for name in self._index.names
            if name.thing.id.startswith(_LIST) and not own.isdisjoint(name.words)
        }
        of_lists = self._known.kind_words["todo"]
        after = WORD.search(following(sentence, span))
        at = len(sentence) - len(following(sentence, span))
        if len(lists) != 1:
            return span
        if after is not None and plain(after[0]) in of_lists:
            return replace(span, things=tuple(lists), parts=(), end=at + after.end())
        small = self._known.articles | self._known.prepositions
        for before in reversed(list(WORD.finditer(sentence, 0, span.start))):
            if plain(before[0]) in of_lists:
                return replace(span, things=tuple(lists), parts=(), start=before.start())
            if plain(before[0]) not in small:
                break
        return span

    def _is_only_a_kind(self, spans: Sequence[Span], at: int, sentence: str) -> bool:
        """Return whether what names a device says which sort of thing is meant, and no more.

        In a home where one lamp is called "light", the light over the table is another, and so is
        that in another room.
        """
        span = spans[at]
        said = self._known.words(sentence[span.start : span.end])
        if not all(word in self._known.all_kind_words for word in said):
            return False
        if any(thing.kind != "device" for thing in span.things):
            return False
        domains = {thing.id.partition(".")[0] for thing in span.things}
        next_to = (spans[near] for near in (at - 1, at + 1) if 0 <= near < len(spans))
        return any(
            {thing.id.partition(".")[0] for thing in other.things} == domains
            and not _between(sentence, span, other)
            for other in next_to
        ) or any(
            thing.kind == "area" and not self._is_of(span.things, thing)
            for other in spans
            for thing in other.things
        )

    def _is_of(self, devices: Sequence[Thing], place: Thing) -> bool:
        """Return whether devices are called after a place that they are in."""
        names = [name for name in self._index.names if name.thing == place]
        implied = [name.implied for name in self._index.names if name.thing in devices]
        return any(own.issuperset(name.words) for name in names for own in implied)

    def _parts(self, word: str, start: int, end: int) -> list[tuple[str, int, int]]:
        """Return a word with its place, or what a compound is made of: "küche" and "licht"."""
        if self._known.compounds and not self._index.alike(word):
            for tail in self._known.longest_kind_words:
                head = word.removesuffix(tail)
                name = self._first_part(head) if head != word else None
                if name is not None and len(tail) >= _SHORTEST_PART:
                    middle = end - len(tail)
                    return [(name, start, middle), (tail, middle, end)]
        return [(word, start, end)]

    def _first_part(self, head: str) -> str | None:
        """Return the word of a name that a compound begins with."""
        shorter = (head.removesuffix(joint) for joint in self._known.compounds)
        for text in (head, *shorter):
            if len(text) >= _SHORTEST_PART and self._index.alike(text):
                return text
        return None

    def _matches_in(self, found: Sequence[Heard]) -> Iterable[tuple[Thing, Match]]:
        """Yield the words that belong to names, with what is called so."""
        own = dict.fromkeys(word for those in found for word in those.own)
        found_in: dict[Words, list[Run]] = {}
        small = (self._known.articles | self._known.prepositions) - self._known.joints
        idle = frozenset(each.word for each in found) & small
        for number in dict.fromkeys(each for word in own for each in self._index.names_with[word]):
            name = self._index.names[number]
            if name.words not in found_in:
                found_in[name.words] = list(runs(name.words, found))
                if idle and not any(not run.missing for run in found_in[name.words]):
                    rows = tuple(found_in[name.words])
                    found_in[name.words] += joined(name.words, rows, found, idle)
            for match in self._matcher.matches(name, found_in[name.words], found):
                yield name.thing, match

    def _heard(self, words_heard: Sequence[str]) -> list[Heard]:
        """Return the words, each with the words of names that it can stand for."""
        idle = self._known.in_idioms(words_heard, self._index.names_with)
        found = [
            Heard(word, {} if number in idle else dict(self._index.alike(word)))
            for number, word in enumerate(words_heard)
        ]
        for at, (first, second) in enumerate(pairwise(words_heard)):
            if first + second in self._index.weights:  # "bed room" for "bedroom"
                found[at].own.setdefault(first + second, 1)
                found[at + 1].own.setdefault(first + second, 1)
        return found
