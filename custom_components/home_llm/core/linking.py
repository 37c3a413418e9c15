"""Which words of a sentence name something of the home: entity linking, before a model reads it.

A model of a few million parameters cannot know what people call their lamps, and need not: whatever
a sentence names is found here, by words with slips, endings, joined and parted words, and is shown
to the model as a letter. What the sentence wants of it is for the model to understand; where a name
fits several things, or none was said, ``tiny_grounding.py`` decides. Words of scripts with
combining vowels (Devanagari, Thai) are not told apart properly yet.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
import math

from .called import Name, Thing, Words, common, is_inflected, names_of
from .home import Home
from .kinds import MEASURED
from .vocabulary import Vocabulary, vocabulary
from .words import WORD, is_character, plain

MOST = 16
"""Mentions in a sentence; nobody says more names in one breath."""

_SHORTEST_INEXACT = 5
_LEAST_ENDING = 0.7
_LEAST_SHARE = 0.5
_LEAST_SHARE_OF_HEAD = 0.35
_LEAST_WORDS = 2

_SHORTEST_PART = 3
_SHORTEST_TAIL = 4
_MOST_BETWEEN = 2

_NO_DEVICES = (*MEASURED, "number", "select", "input_boolean", "todo", "calendar", "weather")

_CALLED_BY_WISHES = ("scene", "script", "button", "input_button", "input_boolean")
"""Domains whose names are what people say anyway: "good night" is not the scene "storm night"."""


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


@dataclass(frozen=True)
class _Match:
    """Words in a row that belong to one name."""

    first: int
    last: int
    weight: float
    slips: int
    is_whole: bool
    is_part: bool = False

    @property
    def rank(self) -> tuple[bool, int, int, float]:
        """What makes one match better than another."""
        return self.is_whole, self.last - self.first, -self.slips, self.weight


_Where = tuple[int, int, bool]
"""The first and the last word of a match, and whether it is whole."""


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
    missing: frozenset[str]

    @property
    def slips(self) -> int:
        """How many words were not said exactly so."""
        return len(self.slipped)


def linker(home: Home) -> "Linker":
    """Return what finds the names of a home; it is kept until a name changes."""
    return home.once(_linker_of)


def _linker_of(home: Home) -> "Linker":
    known = vocabulary(home.language)
    return _linker(names_of(home, known), known)


@lru_cache(maxsize=16)
def _linker(names: tuple[Name, ...], known: Vocabulary) -> "Linker":
    return Linker(names, known)


class Linker:
    """The names of a home, ready to be looked for in sentences."""

    def __init__(self, names: tuple[Name, ...], known: Vocabulary) -> None:
        """Count the words; ``known`` is what the language calls things."""
        self._known = known
        # Words after which something else is meant: "desk lamp" is not the fan called "desk".
        self._other_devices = frozenset[tuple[str, ...]]().union(
            *(said for kind, said in known.kind_names.items() if kind not in _NO_DEVICES)
        )
        self._longest_kind = max(map(len, self._other_devices))
        self._places = {name.words for name in names if name.thing.kind != "device"}
        self._order = {name.thing: number for number, name in enumerate(names)}
        self._names = tuple(dict.fromkeys(names))
        self._names_with: dict[str, list[int]] = {}
        things_of: dict[str, set[Thing]] = {}
        for number, name in enumerate(self._names):
            for word in dict.fromkeys(name.words):
                things_of.setdefault(word, set()).add(name.thing)
                self._names_with.setdefault(word, []).append(number)
        self._things_of = {word: frozenset(those) for word, those in things_of.items()}
        count = len(self._order)
        self._weights = {w: math.log(1 + count / len(those)) for w, those in things_of.items()}
        self._by_letter: dict[str, list[str]] = {}
        for word in self._weights:
            self._by_letter.setdefault(word[:1], []).append(word)
        self._alike = lru_cache(maxsize=1024)(self._words_like)

    def link(self, sentence: str) -> tuple[Span, ...]:
        """Return what a folded sentence names, in its order; no two overlap."""
        heard = [
            part
            for m in WORD.finditer(sentence)
            for part in self._parts(self._known.whole(plain(m[0])), m.start(), m.end())
        ]
        found = self._heard([word for word, _, _ in heard])
        spans = []
        for (first, last, is_whole), least, after in _best(self._matches_in(found)):
            things = tuple(sorted(least, key=self._order.__getitem__))
            parts = tuple(sorted(after, key=self._order.__getitem__)) if is_whole else ()
            start, end = heard[first][1], heard[last][2]
            is_plural = any(self._is_plural(word) for word, _, _ in heard[first : last + 1])
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
        return tuple(sorted(spans, key=lambda span: span.start))

    def _is_plural(self, word: str) -> bool:
        """Return whether a word is one of the names' with an ending for many."""
        endings = tuple(e for e in self._known.plural_endings if word.endswith(e))
        if not endings or word in self._weights:
            return False
        if any(word.removesuffix(ending) in self._weights for ending in endings):
            return True
        return any(not own.endswith(endings) for own in self._inflected(word))

    def _parts(self, word: str, start: int, end: int) -> list[tuple[str, int, int]]:
        """Return a word with its place, or what a compound is made of: "küche" and "licht"."""
        if self._known.compounds and not self._alike(word):
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
            if len(text) >= _SHORTEST_PART and self._alike(text):
                return text
        return None

    def _matches_in(self, found: Sequence[_Heard]) -> Iterable[tuple[Thing, _Match]]:
        """Yield the words that belong to names, with what is called so."""
        own = dict.fromkeys(word for those in found for word in those.own)
        runs: dict[Words, list[_Run]] = {}
        idle = frozenset(each.word for each in found) & self._known.vague
        for number in dict.fromkeys(each for word in own for each in self._names_with[word]):
            name = self._names[number]
            if name.words not in runs:
                runs[name.words] = list(_runs(name.words, found))
                if idle and not any(not run.missing for run in runs[name.words]):
                    runs[name.words] += _joined(name.words, runs[name.words], found, idle)
            for match in self._matches(name, runs[name.words], found):
                yield name.thing, match

    def _heard(self, words_heard: Sequence[str]) -> list[_Heard]:
        """Return the words, each with the words of names that it can stand for."""
        idle = self._known.in_idioms(words_heard, self._names_with)
        found = [
            _Heard(word, {} if number in idle else dict(self._alike(word)))
            for number, word in enumerate(words_heard)
        ]
        for at, (first, second) in enumerate(pairwise(words_heard)):
            if first + second in self._weights:  # "bed room" for "bedroom"
                found[at].own.setdefault(first + second, 1)
                found[at + 1].own.setdefault(first + second, 1)
        return found

    def _matches(
        self, name: Name, runs: Sequence[_Run], found: Sequence[_Heard]
    ) -> Iterable[_Match]:
        """Yield the rows of words that say this name, or the most telling part of it."""
        strange = 0 if name.is_own else 1
        best: _Match | None = None
        said = frozenset[str]().union(*(run.covered for run in runs))
        total = self._weight(name.words)
        for run in runs:
            weight = sum(self._weights[word] for word in run.covered)
            if not run.missing:
                if not self._is_place(name, run, found) and self._is_together(name, run):
                    slips, part = run.slips + strange, name.is_part
                    yield _Match(run.first, run.last, weight, slips, is_whole=True, is_part=part)
            elif not _is_a_character(run.covered) and not self._contradicts(name, run, found):
                whole = self._is_enough(name, run.covered, run.missing, said)
                if (
                    whole
                    or self._is_like(name, run.covered, weight / total)
                    or self._are_like(name, run, found)
                ):
                    slips = run.slips + strange
                    match = _Match(run.first, run.last, weight, slips, whole, name.is_part)
                    best = match if best is None else max(best, match, key=lambda m: m.rank)
        if best is not None:
            yield best

    def _is_together(self, name: Name, run: _Run) -> bool:
        """Return whether words that make a name are one: "lights in the kitchen" are any there."""
        is_parted = run.last - run.first + 1 > len(name.words)
        return not is_parted or not (name.implied | name.kinds).issuperset(name.words)

    def _is_enough(
        self, name: Name, covered: frozenset[str], missing: frozenset[str], said: frozenset[str]
    ) -> bool:
        """Return whether a part of a name is all of it that needs to be said."""
        if name.thing.kind != "device" or self._is_vague(name, covered):
            return False
        telling = covered - name.implied - name.kinds - self._known.vague
        if self._known.heads_first:  # Of "lampa przy sofie" nobody has to say "przy".
            missing -= self._known.vague
        if telling and missing <= name.implied | name.kinds:
            return self._is_only(name.thing, covered)
        if not telling and self._known.inflected:
            return False  # Of a room that bends it is only the room.
        if not telling and missing <= covered and all(map(is_character, missing)):
            return False  # The lights of 主卧 are not the one that is called 主卧主灯.
        if covered <= name.implied and all(map(is_character, covered)):
            return False  # Of a room of two characters it is only the room.
        return len(covered) >= _LEAST_WORDS and missing <= said | name.implied

    def _is_like(self, name: Name, covered: frozenset[str], share: float) -> bool:
        """Return whether a part of a name may stand for it."""
        if self._is_vague(name, covered):
            return False
        if name.thing.id.partition(".")[0] in _CALLED_BY_WISHES:
            return share > _LEAST_SHARE
        by_head = self._is_like_by_its_head(name, covered, share)
        if by_head is not None:
            return by_head
        if share >= _LEAST_SHARE or self._is_one_of_several(name, covered):
            return True
        if name.thing.kind != "device":
            return self._is_only_place(name, covered)
        return self._is_what_it_is(name, covered)

    def _is_what_it_is(self, name: Name, covered: frozenset[str]) -> bool:
        """Return whether a part of a name says what it is: the "nachttischlampe" of Papa."""
        if any(_is_compound_of(word, name.kinds) for word in covered):
            return True
        is_head = name.words[-1] in covered and bool(covered - name.implied - name.kinds)
        return is_head and self._is_only(name.thing, covered)

    def _is_like_by_its_head(
        self, name: Name, covered: frozenset[str], share: float
    ) -> bool | None:
        """Return whether a part of a name that begins with what it is may stand for it."""
        if not self._known.heads_first or name.thing.kind != "device":
            return None
        telling = covered - name.implied - self._known.vague
        if not telling:
            return False  # "W kuchni" is only the room.
        if name.words[0] not in telling - self._known.all_kind_words:
            return None
        # "Торшер", of "торшер за диваном" and of "торшер Пети".
        return name.words[1] in self._known.vague or share >= _LEAST_SHARE_OF_HEAD

    def _is_only_place(self, name: Name, covered: frozenset[str]) -> bool:
        """Return whether words are what a place is, and no other place is one.

        "The bedroom" is the master bedroom, though there are bedroom curtains, and the
        "kinderzimmer" that of Lena.
        """
        first, last = name.words[0], name.words[-1]
        is_room_first = self._known.heads_first or (first,) in self._known.rooms
        things = frozenset.intersection(*(self._things_of[word] for word in covered))
        is_head = (first if is_room_first else last) in covered
        return is_head and {t for t in things if t.kind != "device"} == {name.thing}

    def _are_like(self, name: Name, run: _Run, found: Sequence[_Heard]) -> bool:
        """Return whether words are said as of many, and tell what these are: two "chevets"."""
        telling = run.covered - name.implied - name.kinds - self._known.vague_words
        said = found[run.first : run.last + 1]
        return bool(telling) and any(self._is_plural(each.word) for each in said)

    def _is_one_of_several(self, name: Name, covered: frozenset[str]) -> bool:
        """Return whether these words stand as much for a name as for others that they do stand for.

        Of two reading lamps, "Ben's" may be known of other things, too, which says nothing of it.
        """
        holding = frozenset.intersection(*(frozenset(self._names_with[word]) for word in covered))
        weight = sum(self._weights[word] for word in covered)
        alike = (self._names[number].words for number in holding)
        totals = [self._weight(words) for words in alike if len(words) == len(name.words)]
        return weight / min(totals) >= _LEAST_SHARE if totals else False

    def _weight(self, words: Words) -> float:
        """Return how much the words of a name tell; a number tells which, not what."""
        telling = [word for word in set(words) if not word.isdigit()]
        return sum(self._weights[word] for word in telling or words)

    def _is_only(self, thing: Thing, covered: frozenset[str]) -> bool:
        """Return whether no other name holds these words."""
        return frozenset.intersection(*(self._things_of[word] for word in covered)) == {thing}

    def _is_only_in_any_form(self, thing: Thing, covered: frozenset[str]) -> bool:
        """Return whether no other name holds these words, whatever their endings."""
        forms = ([own for own, _ in self._alike(word)] for word in covered)
        things = (frozenset[Thing]().union(*map(self._things_of.__getitem__, w)) for w in forms)
        return frozenset.intersection(*things) == {thing}

    def _contradicts(self, name: Name, run: _Run, found: Sequence[_Heard]) -> bool:
        """Return whether the next word says that it is something else: "desk lamp" is no fan."""
        if name.thing.kind != "device":
            return False
        following = found[run.last + 1 : run.last + 1 + self._longest_kind]
        if following and following[0].word.isdigit() and any(map(str.isdigit, run.missing)):
            return True  # Spot 3 is neither spot 1 nor spot 2.
        after = tuple(each.word for each in following)
        rows = (after[:count] for count in range(1, len(after) + 1))
        return any(row in self._other_devices and not name.kinds.issuperset(row) for row in rows)

    def _is_vague(self, name: Name, covered: frozenset[str]) -> bool:
        """Return whether words are just a kind, a number or the like, which any name may hold.

        A word for another kind is not, where nothing else is called so: the heater that is a plug.
        """
        telling = {
            word for word in covered if word not in self._known.vague_words and not word.isdigit()
        }
        if telling:
            return False
        others = covered & self._known.all_kind_words - name.kinds
        if all(map(is_character, covered)):  # A character of a kind is not yet a word for it.
            rows = (row for row in self._other_devices if covered.issuperset(row))
            others = frozenset(word for row in rows for word in row) - name.kinds
        return not others or not self._is_only_in_any_form(name.thing, others)

    def _is_place(self, name: Name, run: _Run, found: Sequence[_Heard]) -> bool:
        """Return whether a name but for its last word, which was said otherwise, is a place.

        Who says "kitchen lights" means all of them, though one is called "kitchen light"; and who
        says "lights" does not mean the one that is called "light".
        """
        if run.slipped != {name.words[-1]} or name.thing.kind != "device":
            return False
        if self._known.inflected and self._known.plural_endings:
            said = found[run.first : run.last + 1]
            if not any(self._is_plural(each.word) for each in said):
                return False  # "Вытяжку" is the one that is called "вытяжка".
        is_kind = len(name.words) == 1 and name.words[0] in self._known.all_kind_words
        return is_kind or name.words[:-1] in self._places

    def _words_like(self, word: str) -> tuple[tuple[str, int], ...]:
        """Return the words of names that a word of the sentence can stand for, with its slips."""
        if word in self._weights:
            return ((word, 0), *((own, 1) for own in self._inflected(word) if own != word))
        if word in self._known.vague:
            # "Turn it up" is not about the UPS, but "этаже" is "этаж".
            return tuple((own, 1) for own in self._inflected(word) if own in self._known.vague)
        # The first letter is seldom wrong.
        those = self._by_letter.get(word[:1], ())
        near = [own for own in those if _is_slip(word, own)]
        # "bedlamp" for "bed lamp".
        return tuple((own, 1) for own in near or self._inflected(word) or self._parted(word))

    def _inflected(self, word: str) -> list[str]:
        """Return the words of names that are the same with other endings."""
        those = self._by_letter.get(word[:1], ()) if self._known.inflected else ()
        return [own for own in those if is_inflected(word, own)]

    def _parted(self, word: str) -> tuple[str, ...]:
        for at in range(2, len(word) - 1):
            if word[:at] in self._weights and word[at:] in self._weights:
                return word[:at], word[at:]
        return ()


def _best(
    matches: Iterable[tuple[Thing, _Match]],
) -> Iterator[tuple[_Where, list[Thing], list[Thing]]]:
    """Yield where names are, the best first and none on words of another.

    With each comes what is called so most exactly, and what is called after that.
    """
    ranks: dict[tuple[tuple[bool, int, int, float], int], _Where] = {}
    at: dict[_Where, list[tuple[_Match, Thing]]] = {}
    for thing, match in matches:
        where = match.first, match.last, match.is_whole
        ranks[match.rank, -match.first] = where
        at.setdefault(where, []).append((match, thing))
    taken: set[int] = set()
    most = MOST
    for _, where in sorted(ranks.items(), reverse=True):
        place = range(where[0], where[1] + 1)
        if most and taken.isdisjoint(place):
            taken.update(place)
            most -= 1
            least = min(match.slips for match, _ in at[where])
            exact = dict.fromkeys(thing for match, thing in at[where] if match.slips == least)
            parts = dict.fromkeys(thing for match, thing in at[where] if match.is_part)
            yield where, [*exact], [thing for thing in parts if thing not in exact]


def _runs(name: tuple[str, ...], found: Sequence[_Heard]) -> Iterable[_Run]:
    """Yield the longest rows of words that all belong to a name."""
    own, at = frozenset(name), 0
    while at < len(found):
        if own.isdisjoint(found[at].own):
            at += 1
            continue
        covered: set[str] = set()
        slipped: set[str] = set()
        places: list[int] = []
        last = at
        while last < len(found) and not own.isdisjoint(found[last].own):
            options = {w: s for w, s in found[last].own.items() if w in own}
            new = {w: s for w, s in options.items() if w not in covered}
            if options and is_character(found[last].word):
                # Characters are said in the order of the name, and one may stand there twice.
                place = _place_of(found[last].word, name, places)
                new = options if place is not None else {}
                places += [] if place is None else [place]
            if new:
                parted = len(new) > 1 and all(new.values())
                chosen = new if parted else dict([min(new.items(), key=lambda pair: pair[1])])
                covered |= set(chosen)
                slipped |= {word for word, slip in chosen.items() if slip}
            elif last == at or not any(w in found[last - 1].own and s for w, s in options.items()):
                # A word that was joined with the one before it stands here a second time.
                break
            last += 1
        if covered:
            missing = _missing(name, covered, places)
            yield _Run(at, last - 1, frozenset(covered), frozenset(slipped), missing)
        at = max(last, at + 1)


def _joined(
    name: Words, runs: Sequence[_Run], found: Sequence[_Heard], idle: frozenset[str]
) -> Iterator[_Run]:
    """Yield two rows with idle words between them that are all of a name: "lamp of Papa"."""
    for first, second in pairwise(runs):
        between = found[first.last + 1 : second.first]
        if 0 < len(between) <= _MOST_BETWEEN and all(each.word in idle for each in between):
            covered = first.covered | second.covered
            if covered.issuperset(name) and not any(map(is_character, name)):
                slipped = first.slipped | second.slipped
                yield _Run(first.first, second.last, covered, slipped, frozenset())


def _place_of(character: str, name: Sequence[str], places: Sequence[int]) -> int | None:
    """Return where a character stands in a name, after those that were said."""
    start = places[-1] + 1 if places else 0
    return next((at for at in range(start, len(name)) if name[at] == character), None)


def _missing(name: Sequence[str], covered: set[str], places: Sequence[int]) -> frozenset[str]:
    """Return the words of a name that are not said."""
    return frozenset(
        [
            word
            for at, word in enumerate(name)
            if word not in covered or (is_character(word) and at not in places)
        ]
    )


def _is_compound_of(word: str, kinds: frozenset[str]) -> bool:
    """Return whether a word says what it is: a "nachttischlampe" is a "lampe"."""
    tails = (kind for kind in kinds if len(kind) >= _SHORTEST_TAIL)
    return any(word.endswith(tail) and word != tail for tail in tails)


def _is_a_character(covered: frozenset[str]) -> bool:
    """Return whether it is just one character, which any sentence may hold."""
    return len(covered) == 1 and is_character(next(iter(covered)))


def _is_slip(heard: str, own: str) -> bool:
    """Return whether a word is another one with a slip or another ending."""
    if heard in (f"{own}s", own.removesuffix("s")):
        return True
    longer, shorter = max(len(heard), len(own)), min(len(heard), len(own))
    if shorter < _SHORTEST_INEXACT or longer - shorter > 3:  # noqa: PLR2004 - endings are short
        return False
    head = common(heard, own)
    if head >= _LEAST_ENDING * longer:
        return True
    tail = common(heard[::-1], own[::-1])
    # One letter wrong, missing, too many, or two in the other order.
    wrong = longer - head - tail
    swapped = wrong == 2 and sorted(heard) == sorted(own)  # noqa: PLR2004
    return head > 0 and (wrong <= 1 or swapped) and longer - shorter <= 1
