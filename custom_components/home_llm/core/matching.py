"""Which rows of words say a name, or the most telling part of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .called import Name, Thing
from .compounds import is_cut_short
from .kinds import MEASURED
from .name_words import NameWords
from .runs import Heard, Run
from .words import is_character

MOST = 16
"""Mentions in a sentence; nobody says more names in one breath."""

_LEAST_SHARE = 0.5
_LEAST_SHARE_OF_HEAD = 0.35
_LEAST_WORDS = 2
_SHORTEST_TAIL = 4
_ROOM_NUMBER = 3
_NO_DEVICES = (*MEASURED, "number", "select", "input_boolean", "todo", "calendar", "weather")

_MEASURING = ("sensor", "binary_sensor")
_ENTRANCES = ("cover", "lock")
_CALLED_BY_WISHES = ("scene", "script", "button", "input_button", "input_boolean")
"""Domains whose names are what people say anyway: "good night" is not the scene "storm night"."""


@dataclass(frozen=True)
class Match:
    """Words in a row that belong to one name."""

    first: int
    last: int
    weight: float
    slips: int
    is_whole: bool
    is_part: bool = False
    is_person: bool = False

    @property
    def rank(self) -> "Rank":
        """What makes one match better than another: Sasha's lamp is not Sasha."""
        is_thing = self.is_whole and not self.is_person
        return is_thing, self.last - self.first, -self.slips, self.is_whole, self.weight


Rank = tuple[bool, int, int, bool, float]
Where = tuple[int, int, bool]
"""The first and the last word of a match, and whether it is whole."""


class Matcher:
    """Knows which part of a name is enough of it."""

    def __init__(self, index: NameWords) -> None:
        """Match the names of an index."""
        self._index = index
        self._known = index.known
        # Words after which something else is meant: "desk lamp" is not the fan called "desk".
        self._other_devices = frozenset[tuple[str, ...]]().union(
            *(said for kind, said in self._known.kind_names.items() if kind not in _NO_DEVICES)
        )
        self._longest_kind = max(map(len, self._other_devices))
        self._places = {name.words for name in index.names if name.thing.kind != "device"}

    def matches(self, name: Name, runs: Sequence[Run], found: Sequence[Heard]) -> Iterable[Match]:
        """Yield the rows of words that say this name, or the most telling part of it."""
        strange = 0 if name.is_own else 1
        best: Match | None = None
        said = frozenset[str]().union(*(run.covered for run in runs))
        total = self._index.weight(name.words)
        for run in runs:
            if run.slips == len(run.covered) and name.thing.domain == "todo":
                continue  # "Compré" is not the list called "compra".
            weight = self._index.weight(run.covered)
            is_cut_short = _is_cut_short(run, found)
            if not run.missing and not is_cut_short:
                if not self._is_place(name, run, found) and self._is_together(name, run):
                    slips, part = run.slips + strange, name.is_part
                    yield Match(
                        run.first,
                        run.last,
                        weight,
                        slips,
                        is_whole=True,
                        is_part=part,
                        is_person=name.thing.domain == "person",
                    )
            elif not (
                _is_a_character(run.covered)
                or self._contradicts(name, run, found)
                or self._is_only_where(name, run.covered)
            ):
                whole = not is_cut_short and (
                    self._is_enough(name, run.covered, run.missing, said)
                    or self._is_only_of_its_sort(name, run, found)
                )
                if (
                    whole
                    or not run.missing
                    or self._is_like(name, run.covered, weight / total)
                    or self._are_like(name, run, found)
                ):
                    slips = run.slips + strange
                    match = Match(run.first, run.last, weight, slips, whole, name.is_part)
                    best = match if best is None else max(best, match, key=lambda m: m.rank)
        if best is not None:
            yield best

    def _is_together(self, name: Name, run: Run) -> bool:
        """Return whether words that make a name are one: "lights in the kitchen" are any there."""
        return run.is_in_order or not (name.implied | name.kinds).issuperset(name.words)

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
            return self._index.is_only(name.thing, telling)
        if not telling and self._known.inflected:
            return False  # Of a room that bends it is only the room.
        if not telling and missing <= covered and all(map(is_character, missing)):
            return False  # The lights of 主卧 are not the one that is called 主卧主灯.
        if covered <= name.implied and all(map(is_character, covered)):
            return False  # Of a room of two characters it is only the room.
        return len(covered) >= _LEAST_WORDS and missing <= said | name.implied

    def _is_only_of_its_sort(self, name: Name, run: Run, found: Sequence[Heard]) -> bool:
        """Return whether a sort is said, and what no other of it is called: "Mum's lamp"."""
        telling = run.covered - name.implied - name.kinds - self._known.vague
        if name.thing.kind != "device" or not telling or any(map(is_character, telling)):
            return False
        after = {each.word for each in found[run.last + 1 : run.last + 2]}
        if name.kinds.isdisjoint(run.covered | after):
            return False
        things = frozenset.intersection(*(self._index.things_of[word] for word in telling))
        others = (thing for thing in things if thing != name.thing)
        return all(e.kind == "device" and e.domain != name.thing.domain for e in others)

    def _is_like(self, name: Name, covered: frozenset[str], share: float) -> bool:
        """Return whether a part of a name may stand for it."""
        if self._is_vague(name, covered):
            return False
        if name.thing.domain in _CALLED_BY_WISHES:
            return share > _LEAST_SHARE
        by_head = self._is_like_by_its_head(name, covered, share)
        if by_head is not None:
            return by_head
        if share >= _LEAST_SHARE or self._is_one_of_several(name, covered):
            return True
        if name.thing.kind != "device":
            return self._is_only_place(name, covered)
        return self._is_what_it_is(name, covered) or self._is_brand(name, covered)

    def _is_what_it_is(self, name: Name, covered: frozenset[str]) -> bool:
        """Return whether a part of a name says what it is: the "nachttischlampe" of Papa."""
        if any(_is_compound_of(word, name.kinds) for word in covered):
            return True
        if name.words[-1] not in covered or not covered - name.implied - name.kinds:
            return False
        return self._index.is_only(name.thing, covered) or self._is_tail_of_several(name, covered)

    def _is_tail_of_several(self, name: Name, covered: frozenset[str]) -> bool:
        """Return whether words are what several devices of a sort are: 台灯, "the nightstand"."""
        tail = name.words[-len(covered) :]
        least = _LEAST_WORDS if is_character(tail[-1]) else 1
        if covered != frozenset(tail) or len(tail) < least or len(tail[-1]) < self._least(tail):
            return False
        holding = self._index.holding(covered)
        return all(each.words[-len(tail) :] == tail for each in holding if each.is_own) and (
            {each.thing.domain for each in holding} == {name.thing.domain}
        )

    def _least(self, tail: tuple[str, ...]) -> int:
        """Return how many letters the last of some words has at least, if it tells what is meant.

        A room tells where it is, and what is in it may be anything.
        """
        if is_character(tail[-1]):
            return 1
        if self._known.before_hosts and len(tail) < _LEAST_WORDS:
            return len(tail[-1]) + 1  # "Bei Emil" is his room, though lamps are called so.
        known = self._known.vague_words | {room[-1] for room in self._known.rooms}
        return _SHORTEST_TAIL if known.isdisjoint(tail[-1:]) else len(tail[-1]) + 1

    def _is_brand(self, name: Name, covered: frozenset[str]) -> bool:
        """Return whether words are what several devices of a sort begin with: the "Sonos"."""
        first = name.words[0]
        if first not in covered - name.implied - name.kinds - self._known.vague_words:
            return False
        holding = [self._index.names[number] for number in self._index.names_with[first]]
        if any(each.is_own and each.words[0] != first for each in holding):
            return False
        domains = {each.thing.id.partition(".")[0] for each in holding} - set(_MEASURING)
        return len({each.thing for each in holding}) > 1 and domains == {name.thing.domain}

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
        things = frozenset.intersection(*(self._index.things_of[word] for word in covered))
        is_head = (first if is_room_first else last) in covered
        return is_head and {t for t in things if t.kind != "device"} == {name.thing}

    def _are_like(self, name: Name, run: Run, found: Sequence[Heard]) -> bool:
        """Return whether words are said as of many, and tell what these are: two "chevets"."""
        telling = run.covered - name.implied - name.kinds - self._known.vague_words
        said = found[run.first : run.last + 1]
        return bool(telling) and any(self._index.is_plural(each.word) for each in said)

    def _is_one_of_several(self, name: Name, covered: frozenset[str]) -> bool:
        """Return whether these words stand as much for a name as for others that they do stand for.

        Of two reading lamps, "Ben's" may be known of other things, too, which says nothing of it.
        """
        weight = sum(self._index.weights[word] for word in covered)
        alike = (each.words for each in self._index.holding(covered))
        totals = [self._index.weight(words) for words in alike if len(words) == len(name.words)]
        return weight / min(totals) >= _LEAST_SHARE if totals else False

    def _contradicts(self, name: Name, run: Run, found: Sequence[Heard]) -> bool:
        """Return whether the next word says that it is something else: "desk lamp" is no fan."""
        if name.thing.kind != "device":
            return False
        if self._known.heads_first and self._is_of_another_room(name, run, found):
            return True
        following = found[run.last + 1 : run.last + 1 + self._longest_kind]
        if following and following[0].word.isdigit() and any(map(str.isdigit, run.missing)):
            return True  # Spot 3 is neither spot 1 nor spot 2.
        after = tuple(each.word for each in following)
        rows = (after[:count] for count in range(1, len(after) + 1))
        return any(row in self._other_devices and not name.kinds.issuperset(row) for row in rows)

    def _is_only_where(self, name: Name, covered: frozenset[str]) -> bool:
        """Return whether words say no more than where a device is, and others are there, too.

        "In the greenhouse" is not the window in the greenhouse, nor the door that leads there.
        """
        telling = covered - self._known.vague - self._known.within
        at = [place for place, word in enumerate(name.words) if word in telling]
        if name.thing.kind != "device" or name.thing.domain in _MEASURING or not at or at[0] == 0:
            return False
        if name.words[at[0] - 1] not in self._known.within:
            return False
        leads_there = name.thing.domain in _ENTRANCES
        return leads_there or not self._index.is_only_in_any_form(name.thing, frozenset(telling))

    def _is_of_another_room(self, name: Name, run: Run, found: Sequence[Heard]) -> bool:
        """Return whether a room is said that it is not of: no other is the "lámpara del ático"."""
        after = tuple(each.word for each in found[run.last + 1 :])
        while after and after[0] in self._known.vague:
            after = after[1:]
        room = next((r for r in self._known.rooms if after[: len(r)] == r), ())
        return bool(room) and not name.implied.issuperset(room)

    def _is_vague(self, name: Name, covered: frozenset[str]) -> bool:
        """Return whether words are just a kind, a number or the like, which any name may hold.

        A word for another kind is not, where nothing else is called so: the heater that is a plug.
        """
        telling = {
            word for word in covered if word not in self._known.vague_words and not word.isdigit()
        }
        if name.thing.kind != "device":  # Of guest rooms it is the number that is said: 101.
            telling |= {word for word in covered if word.isdigit() and len(word) >= _ROOM_NUMBER}
        if telling:
            return False
        others = covered & self._known.all_kind_words - name.kinds
        if all(map(is_character, covered)):  # A character of a kind is not yet a word for it.
            rows = (row for row in self._other_devices if covered.issuperset(row))
            others = frozenset(word for row in rows for word in row) - name.kinds
        return not others or not self._index.is_only_in_any_form(name.thing, others)

    def _is_place(self, name: Name, run: Run, found: Sequence[Heard]) -> bool:
        """Return whether a name but for its last word, which was said otherwise, is a place.

        Who says "kitchen lights" means all of them, though one is called "kitchen light"; and who
        says "lights" does not mean the one that is called "light".
        """
        if run.slipped != {name.words[-1]} or name.thing.kind != "device":
            return False
        if self._known.inflected and self._known.plural_endings:
            said = found[run.first : run.last + 1]
            if not any(self._index.is_plural(each.word) for each in said):
                return False  # "Вытяжку" is the one that is called "вытяжка".
        is_kind = len(name.words) == 1 and name.words[0] in self._known.all_kind_words
        return is_kind or name.words[:-1] in self._places


def best(
    matches: Iterable[tuple[Thing, Match]],
) -> Iterator[tuple[Where, list[Thing], list[Thing]]]:
    """Yield where names are, the best first and none on words of another.

    With each comes what is called so most exactly, and what is called after that.
    """
    ranks: dict[tuple[Rank, int], Where] = {}
    at: dict[Where, list[tuple[Match, Thing]]] = {}
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


def _is_cut_short(run: Run, found: Sequence[Heard]) -> bool:
    """Return whether no word of a row is said whole: "esstisch" of "Esstischlampe"."""
    said = found[run.first : run.last + 1]
    return all(is_cut_short(e.word, [own for own in e.own if own in run.covered]) for e in said)


def _is_compound_of(word: str, kinds: frozenset[str]) -> bool:
    """Return whether a word says what it is: a "nachttischlampe" is a "lampe"."""
    tails = (kind for kind in kinds if len(kind) >= _SHORTEST_TAIL)
    return any(word.endswith(tail) and word != tail for tail in tails)


def _is_a_character(covered: frozenset[str]) -> bool:
    """Return whether it is just one character, which any sentence may hold."""
    return len(covered) == 1 and is_character(next(iter(covered)))
