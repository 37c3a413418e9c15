"""Out of doors: "the outside lights" are those of the garden, of the drive and of the balcony."""

from collections.abc import Iterable
import re

from .cues import Cues, cues
from .home import Area, Home
from .text import fold
from .vocabulary import vocabulary
from .words import is_character

_CUE = "outdoors"


def is_outdoors(name: str, language: str) -> bool:
    """Return whether a word of a name begins with what is out of doors: "Außentemperatur"."""
    said = fold(name)
    return any(
        each in said if is_character(each[0]) else any(w.startswith(each) for w in said.split())
        for each in vocabulary(language).outdoors
    )


def outdoor_areas(home: Home) -> tuple[Area, ...]:
    """Return the areas of a home that are out of doors, by their names."""
    return tuple(
        area
        for area in home.areas
        if any(is_outdoors(name, home.language) for name in (area.name, *area.aliases))
    )


def says_outdoors(kind: str, parts: Iterable[str], language: str) -> bool:
    """Return whether things of a kind are spoken of that are out of doors: "the lights outside".

    That it is dark outside says nothing about the light that is wanted.

    Args:
        kind: the kind.
        parts: what the sentence says besides names, folded.
        language: in which it is said.

    """
    known, names = cues(language), vocabulary(language).kind_names.get(kind, ())
    said = {("" if is_character(name[0][0]) else " ").join(name) for name in names}
    if not said:
        return False
    pattern = re.compile("|".join(map(re.escape, sorted(said, key=len, reverse=True))))
    return any(
        any(known.end(_CUE, before) for before in _before(part[: match.start()], language))
        or any(known.begin(_CUE, after) for after in _after(part[match.end() :], known))
        for part in parts
        for match in pattern.finditer(part)
    )


def _before(text: str, language: str) -> tuple[str, ...]:
    """Return what stands before a kind, and before its article: "draußen das Licht"."""
    first, _, last = text.rstrip().rpartition(" ")
    return (text, first if last in vocabulary(language).articles else text)


def _after(text: str, known: Cues) -> tuple[str, ...]:
    """Return what stands after a kind, and after its verb's other half: "the lights on outside"."""
    own = text.lstrip()
    return (own, known.without_first("particle", own))
