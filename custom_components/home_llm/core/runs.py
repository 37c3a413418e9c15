"""Rows of words in a sentence that all belong to one name."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .called import Words
from .words import is_character

_MOST_BETWEEN = 2
"""Idle words between two parts of a name: "lamp of the hall"."""


@dataclass(frozen=True)
class Heard:
    """A word of the sentence, and the words of names it can stand for, each with its slips."""

    word: str
    own: dict[str, int]


@dataclass(frozen=True)
class Run:
    """Words in a row that all belong to a name, and which of its words they cover."""

    first: int
    last: int
    covered: frozenset[str]
    slipped: frozenset[str]
    missing: frozenset[str]
    is_in_order: bool = True

    @property
    def slips(self) -> int:
        """How many words were not said exactly so."""
        return len(self.slipped)


def runs(name: tuple[str, ...], found: Sequence[Heard]) -> Iterable[Run]:
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
            yield Run(at, last - 1, frozenset(covered), frozenset(slipped), missing)
        at = max(last, at + 1)


def joined(
    name: Words, rows: Sequence[Run], found: Sequence[Heard], idle: frozenset[str]
) -> Iterator[Run]:
    """Yield rows with idle words between them that are all of a name: "lamp of Papa"."""
    if any(map(is_character, name)):
        return
    for at, first in enumerate(rows):
        chain = [first]
        for row in rows[at + 1 : at + len(name)]:
            between = found[chain[-1].last + 1 : row.first]
            if len(between) > _MOST_BETWEEN or not all(each.word in idle for each in between):
                break
            chain.append(row)
            covered = frozenset[str]().union(*(each.covered for each in chain))
            if covered.issuperset(name):
                slipped = frozenset[str]().union(*(each.slipped for each in chain))
                is_in_order = _is_in_order(name, chain)
                # "The one in room two" is not room 1.
                if is_in_order or not any(map(str.isdigit, name)):
                    yield Run(first.first, row.last, covered, slipped, frozenset(), is_in_order)
                break


def _is_in_order(name: Words, chain: Sequence[Run]) -> bool:
    """Return whether rows say the words of a name in its order."""
    places = [[name.index(word) for word in row.covered] for row in chain]
    return all(max(before) < min(after) for before, after in pairwise(places))


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
