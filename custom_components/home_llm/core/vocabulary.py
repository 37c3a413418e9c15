"""What people call things in a language: kinds of device, rooms, words that any sentence holds.

It stands in ``languages/<code>.json``: ``kinds`` (words for each kind), ``vague`` (words that any
name or sentence may hold), ``articles`` (words before a noun that are not written on a list),
``here`` (the room that one is in), ``rooms`` (what rooms are called), ``places`` (where something
is in one home or another), ``other`` (what is like that which was spoken of), ``both`` (all of what
is called so), ``above``, ``below`` and ``underground`` (what floors are called), ``prepositions``
(what may stand between the parts of a name), ``with`` (what stands before somebody's name and means
their room: "bei Mia"), ``within`` (those of them that say where something is), ``outdoors``
(letters of words for what is out of doors), ``except`` (what stands before that which is left
alone), ``joints`` (words between one thing and another), ``drying`` (dehumidifiers), ``being``
(what stands before where somebody is), ``everything`` (what says that all is meant), ``conditions``
("if"), ``numbers`` (from one, in words), ``same`` (lists of names that mean the same place or
thing), ``cardinals`` (numbers in words: ``cardinals.py``), ``modes`` (what modes are called:
``mode_words.py``) and ``yes`` (what people agree with). Where a language needs it, also
``inflected`` (names have endings: ``kuchnia``, ``w kuchni``), ``compounds`` (letters between the
parts of a word: the ``küchenlicht`` is the ``licht`` in the ``küche``) and ``elided`` (articles
that are written as a part of the next word: ``l'entrée``), ``idioms`` (words in a row that name
nothing: "right now"), ``before_all`` (after which they do name something), ``generic`` (words for
kinds that tell no sort of it), ``plural_endings`` (what words for many end with), ``except_before``
(what stands after that which is left alone) and ``heads_first`` (names begin with the word for the
thing). All are folded. Of scripts without spaces each character is a word: a kind's words stand for
their characters.
"""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import takewhile
from typing import Any

from .words import LANGUAGES, words

_Words = tuple[str, ...]
_MOST_BETWEEN = 2
"""So many small words stand between a kind and its room: ``luz de la cocina``."""

_COMMAS = (",", ".", ";", "!", "?")
_ALWAYS = "en"
"""Products have English names everywhere."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Vocabulary:
    """The words of some languages.

    Args:
        kind_names: what people call devices by their kind, as words in a row.
        vague: words that any name or sentence may hold, but for those of kinds.
        articles: what stands before a noun: who adds "a watermelon" to a list wants to read
            "watermelon" there.
        same: names that mean the same, as words.
        here: what people call the room that they are in, as words.
        inflected: whether names have endings.
        compounds: letters that stand between the parts of a word.
        elided: articles that are written as a part of the next word.
        agreement: what people agree with, as words in a row.
        idioms: words in a row that name nothing, whatever is called like one of them.
        before_all: words after which an idiom is none: "éteins" before "tout en bas".
        generic: words for kinds that tell no sort of it: a radiator is a heating, "heating" is any.
        plural_endings: what words for many end with that those for one do not.
        rooms: what rooms are called, as words in a row, the longest first.
        places: where something is, in words in a row, in one home or another.
        other: what people call what is like that which was spoken of, in words in a row.
        exceptions: what stands before what is left alone, in words in a row.
        both: what says that all of what is called so is meant, in words in a row.
        heads_first: whether names begin with the word for the thing: ``lampa przy sofie``.
        joints: words between one thing and another.
        excepted_before: what stands after what is left alone, in words in a row.
        drying: words for humidifiers that dry the air, in words in a row.
        being: what stands before the place where somebody is, in words in a row.
        everything: what says that all there is is meant, in words in a row.
        conditions: words that a condition begins with.
        prepositions: words that may stand between the parts of a name.
        within: those of them that say where something is.
        before_hosts: words before somebody's name that mean their room.
        outdoors: letters of words for what is out of doors.
        above: what the upper of two floors is called.
        below: what the lower is called.
        underground: what a floor below ground is called.

    """

    kind_names: Mapping[str, frozenset[tuple[str, ...]]]
    vague: frozenset[str]
    articles: frozenset[str]
    same: tuple[tuple[tuple[str, ...], ...], ...]
    here: tuple[str, ...]
    inflected: bool
    compounds: tuple[str, ...]
    elided: tuple[str, ...]
    agreement: frozenset[tuple[str, ...]]
    idioms: frozenset[tuple[str, ...]]
    before_all: frozenset[str]
    generic: frozenset[str]
    plural_endings: tuple[str, ...]
    rooms: tuple[tuple[str, ...], ...]
    places: frozenset[tuple[str, ...]]
    other: frozenset[tuple[str, ...]]
    exceptions: frozenset[tuple[str, ...]]
    both: frozenset[tuple[str, ...]]
    heads_first: bool
    joints: frozenset[str]
    excepted_before: frozenset[tuple[str, ...]]
    drying: frozenset[tuple[str, ...]]
    being: frozenset[tuple[str, ...]]
    everything: frozenset[tuple[str, ...]]
    conditions: frozenset[str]
    prepositions: frozenset[str]
    within: frozenset[str]
    before_hosts: frozenset[str]
    outdoors: tuple[str, ...]
    above: tuple[str, ...]
    below: tuple[str, ...]
    underground: tuple[str, ...]

    @cached_property
    def kind_words(self) -> Mapping[str, frozenset[str]]:
        """What people call devices by their kind.

        A name need not be said with them ("the bedside" is the bedside lamp), and they alone name
        nothing.
        """
        return {
            kind: frozenset(word for name in names for word in name)
            for kind, names in self.kind_names.items()
        }

    @cached_property
    def all_kind_words(self) -> frozenset[str]:
        """The words for all kinds."""
        return frozenset[str]().union(*self.kind_words.values())

    @cached_property
    def longest_kind_words(self) -> tuple[str, ...]:
        """The words for all kinds, the longest first."""
        return tuple(sorted(self.all_kind_words, key=len, reverse=True))

    @cached_property
    def vague_words(self) -> frozenset[str]:
        """What any device, place or sentence may be said with: it is not enough of a name."""
        return self.all_kind_words | self.vague

    @cached_property
    def said_otherwise(self) -> Mapping[_Words, list[tuple[int, tuple[_Words, ...]]]]:
        """What means the same as some words, each list with its rank among all."""
        found: dict[_Words, list[tuple[int, tuple[_Words, ...]]]] = {}
        rows = ((said, names) for names in self.same for said in names)
        for rank, (said, names) in enumerate(rows):
            found.setdefault(said, []).append((rank, names))
        return found

    def is_yes(self, text: str) -> bool:
        """Return whether a sentence agrees, and says nothing else besides."""
        own = words(text)
        # The places in the sentence up to which it is nothing but agreement.
        reached = {0}
        for start in range(len(own)):
            if start in reached:
                reached |= {start + len(a) for a in self.agreement if own[start:][: len(a)] == a}
        return bool(own) and len(own) in reached

    def without_articles(self, text: str) -> str:
        """Return a noun without the articles before it; one that is nothing else stays as it is."""
        own = text.split()
        while len(own) > 1 and own[0].lower() in self.articles:
            own.pop(0)
        return " ".join(own)

    def words(self, text: str) -> tuple[str, ...]:
        """Return the words of a name or a sentence, without what is elided before them."""
        own = words(text)
        return tuple(map(self.whole, own)) if self.elided else own

    def in_idioms(self, said: Sequence[str], called: Container[str]) -> frozenset[int]:
        """Return the numbers of the words of a sentence that belong to idioms.

        Args:
            said: the words.
            called: words of names; an idiom that is all of such words may be a name.

        """
        found = (
            range(at, at + len(idiom))
            for idiom in self.idioms
            if not all(word in called for word in idiom)
            for at in range(len(said) - len(idiom) + 1)
            if tuple(said[at : at + len(idiom)]) == idiom
            and (at == 0 or said[at - 1] not in self.before_all)
        )
        return frozenset(number for place in found for number in place)

    def places_said(self, text: str) -> int:
        """Return how many places a text speaks of: "in the attic", "upstairs and downstairs"."""
        said = self._beside_idioms(words(text))
        # "I'm in the bath" tells where somebody is, and not where something is to be done.
        for end in range(1, len(said)):
            if any(said[:end][-len(each) :] == each for each in self.being):
                length = _longest_at(said, end, self.places)
                said = (*said[:end], *("" for _ in range(length)), *said[end + length :])
        return _count(said, self.places)

    def _beside_idioms(self, own: _Words) -> _Words:
        """Return the words of a text, where those of idioms are nothing."""
        idle = self.in_idioms(own, ())
        return tuple("" if n in idle else word for n, word in enumerate(own))

    def says_other(self, text: str) -> bool:
        """Return whether a text speaks of the other one."""
        return _count(words(text), self.other) > 0

    def makes_an_exception(self, text: str) -> bool:
        """Return whether a text leaves something alone: "all lights except …"."""
        return _count(words(text), self.exceptions) > 0

    def says_everything(self, text: str) -> bool:
        """Return whether a text means all that there is."""
        return _count(words(text), self.everything) > 0

    def says_drying(self, text: str) -> bool:
        """Return whether a text speaks of a dehumidifier."""
        return _count(words(text), self.drying) > 0

    def excepted(self, text: str) -> str:
        """Return the words for kinds after "except", with small words; "" if there are none."""
        own = self.words(text)
        for end in range(1, len(own)):
            if any(own[:end][-len(each) :] == each for each in self.exceptions):
                kinds = takewhile(self.is_small, own[end:])
                return " ".join(kinds)
        return ""

    def ends_with_exception(self, text: str) -> bool:
        """Return whether what follows a text is left alone: "everything off except for the"."""
        return self._ends_with(text, self.exceptions - self.excepted_before)

    def ends_with_being(self, text: str) -> bool:
        """Return whether what follows a text is where somebody is: "everything off, I'm in the"."""
        return self._ends_with(text, self.being)

    def _ends_with(self, text: str, rows: Collection[_Words]) -> bool:
        """Return whether a text ends with some words, or with small ones after them."""
        own = self.words(text)
        for end in range(len(own), max(-1, len(own) - _MOST_BETWEEN - 1), -1):
            if any(own[:end][-len(each) :] == each for each in rows):
                return True
            if end == 0 or not self.is_small(own[end - 1]):
                break
        return False

    def is_small(self, word: str) -> bool:
        """Return whether a word may stand between "except" and a name: "except for the lamp"."""
        return word in self.vague_words | self.articles and word not in self.conditions

    def begins_with_exception(self, text: str) -> bool:
        """Return whether what stands before a text is left alone: "以外の電気"."""
        own = self.words(text)
        if text.lstrip()[:1] in _COMMAS:
            return False  # "关A,别关B" leaves B alone.
        for start in range(min(len(own), _MOST_BETWEEN + 1)):
            if any(own[start:][: len(each)] == each for each in self.excepted_before):
                return True
            if not self.is_small(own[start]):
                break
        return False

    def only_joins(self, text: str, after: str = "") -> bool:
        """Return whether a text says no more than that there is another: "and the".

        Args:
            text: the text.
            after: the next one: a comma makes a list only where that goes on.

        """
        own = self.words(text)
        if own:
            small = self.joints | self.articles
            return own[0] in self.joints and all(word in small for word in own)
        return text.strip() == "、" or (text.strip() == "," and self.only_joins(after))

    def is_of_a_room(self, kind: str, text: str) -> bool:
        """Return whether a text calls a kind after a room: "attic light", "luz del pasillo"."""
        own = self._beside_idioms(self.words(text))
        called = self.kind_words.get(kind, frozenset())
        for at, word in enumerate(own):
            if word in called:
                before = any(own[:at][-len(room) :] == room for room in self._telling_rooms)
                if before or (self.heads_first and self._room_after(own[at + 1 :])):
                    return True
            elif self.compounds and any(self._is_compound(word, name) for name in called):
                return True
        return False

    @cached_property
    def _telling_rooms(self) -> tuple[_Words, ...]:
        """What rooms are called; English ones are known everywhere, but "den" is German for the."""
        return tuple(room for room in self.rooms if not self.vague.issuperset(room))

    def _room_after(self, own: _Words) -> bool:
        """Return whether words begin with a room, after at most two small words."""
        # With endings, as after a word for in: ``w piwnicy``.
        rooms = {
            *self._telling_rooms,
            *(place[1:] for place in self.places if place[0] in self.vague),
        }
        for start in range(min(len(own), _MOST_BETWEEN + 1)):
            if any(own[start:][: len(room)] == room for room in rooms if room):
                return True
            if own[start] not in self.vague:
                return False
        return False

    def _is_compound(self, word: str, name: str) -> bool:
        """Return whether a word is that for a room and a name of a kind: ``kellerlicht``."""
        if not word.endswith(name):
            return False
        first = word.removesuffix(name)
        rooms = {room[0] for room in self.rooms if len(room) == 1}
        return first in rooms or any(first == r + joint for r in rooms for joint in self.compounds)

    def says_both(self, text: str) -> bool:
        """Return whether a text means all of what is called so."""
        return _count(words(text), self.both) > 0

    def whole(self, word: str) -> str:
        """Return a word without an elided article."""
        if not self.elided:
            return word
        before = next((each for each in self.elided if word.startswith(each)), "")
        return word[len(before) :] or word


def _length(said: _Words) -> tuple[int, int, _Words]:
    return -len(said), -len("".join(said)), said


def _count(own: _Words, said: frozenset[_Words]) -> int:
    """Return how often words hold some in a row, the longest that stand in one place."""
    at = count = 0
    while at < len(own):
        length = _longest_at(own, at, said)
        count += length > 0
        at += length or 1
    return count


def _longest_at(own: _Words, at: int, said: frozenset[_Words]) -> int:
    """Return how many words from a place on are one of some rows, the longest."""
    lengths = {len(each) for each in said}
    return max((n for n in lengths if own[at : at + n] in said), default=0)


@lru_cache(maxsize=32)
def vocabulary(language: str) -> Vocabulary:
    """Return the words of a language, and the English ones."""
    known = [code for code in LANGUAGES if _is(code, language)]
    return _vocabulary([LANGUAGES[code] for code in dict.fromkeys((_ALWAYS, *known[:1]))])


def _is(code: str, language: str) -> bool:
    return language == code or language.partition("-")[0] == code.partition("-")[0]


def _vocabulary(languages: Sequence[Mapping[str, Any]]) -> Vocabulary:
    kinds: dict[str, set[tuple[str, ...]]] = {}
    texts: dict[str, dict[str, None]] = {key: {} for key in ("vague", "articles", "here")}
    more: dict[str, dict[str, None]] = {key: {} for key in ("compounds", "elided")}
    same: list[tuple[tuple[str, ...], ...]] = []
    for language in languages:
        for kind, said in language["kinds"].items():
            kinds.setdefault(kind, set()).update(map(words, said))
        for key, found in (texts | more).items():
            found.update(dict.fromkeys(language.get(key, ())))
        same += [tuple(words(name) for name in names) for names in language["same"]]
    return Vocabulary(
        kind_names={kind: frozenset(said) for kind, said in kinds.items()},
        vague=frozenset(texts["vague"]),
        articles=frozenset(texts["articles"]),
        same=tuple(same),
        here=tuple(" ".join(words(said)) for said in texts["here"]),
        heads_first=any(language.get("heads_first") for language in languages),
        inflected=any(language.get("inflected") for language in languages),
        # The longest first: of "nachttischlampe" it is "nachttisch" and nothing less.
        compounds=tuple(sorted(more["compounds"], key=len, reverse=True)),
        elided=tuple(sorted(more["elided"], key=len, reverse=True)),
        agreement=frozenset(words(said) for language in languages for said in language["yes"]),
        idioms=frozenset(
            words(said) for language in languages for said in language.get("idioms", ())
        ),
        before_all=frozenset(
            word for language in languages for word in language.get("before_all", ())
        ),
        generic=frozenset(word for each in languages for word in each.get("generic", ())),
        rooms=tuple(sorted({words(r) for each in languages for r in each["rooms"]}, key=_length)),
        places=frozenset(words(said) for each in languages for said in each["places"]),
        other=frozenset(words(said) for each in languages for said in each["other"]),
        exceptions=frozenset(words(said) for each in languages for said in each["except"]),
        joints=frozenset(word for language in languages for word in language["joints"]),
        excepted_before=frozenset(
            words(said) for each in languages for said in each.get("except_before", ())
        ),
        drying=frozenset(words(said) for each in languages for said in each["drying"]),
        being=frozenset(words(said) for each in languages for said in each["being"]),
        everything=frozenset(words(said) for each in languages for said in each["everything"]),
        conditions=frozenset(
            word for each in languages for said in each["conditions"] for word in words(said)
        ),
        prepositions=frozenset(word for each in languages for word in each["prepositions"]),
        within=frozenset(word for each in languages for word in each.get("within", ())),
        before_hosts=frozenset(word for each in languages for word in each.get("with", ())),
        outdoors=tuple(each for language in languages for each in language["outdoors"]),
        above=tuple(each for language in languages for each in language["above"]),
        below=tuple(each for language in languages for each in language["below"]),
        underground=tuple(each for language in languages for each in language["underground"]),
        both=frozenset(words(said) for each in languages for said in each["both"]),
        plural_endings=tuple(
            dict.fromkeys(e for each in languages for e in each.get("plural_endings", ()))
        ),
    )


EVERY_LANGUAGE = _vocabulary(list(LANGUAGES.values()))
"""Where nobody knows in which language a device was named."""
