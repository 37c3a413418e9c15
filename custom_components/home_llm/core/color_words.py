"""Which colour a sentence names, in the words of its language.

A model of a few million parameters knows what the words for a hundred colours have in common, and
after "green go" it may write "forest green". What stands in the sentence can be looked up.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
import json
from pathlib import Path

from .called import is_inflected
from .cues import cues
from .vocabulary import vocabulary
from .words import words

_Words = tuple[str, ...]
_LONGEST_ENDING = 2
_MALE, _OTHER_GENDERS = "o", ("a", "as", "i", "e")
"""How adjectives of Romance languages end: ``roxo``, ``roxas``, ``rossi``."""

_TINTS = ("white", "blue", "yellow", "orange", "gold", "amber")
"""Of what colour a tone of white may be said to be too much."""

_PATH = Path(__file__).with_suffix(".json")

COLOR_WORDS: Mapping[str, Mapping[str, Sequence[str]]] = json.loads(
    _PATH.read_text(encoding="utf-8")
)
"""What people call the CSS colours, by language and colour; the commonest word first."""


def said_color(chosen: str, parts: Sequence[str], language: str) -> str:
    """Return the colour that a sentence names, if the chosen one is a shade of it; else that.

    Args:
        chosen: a CSS colour.
        parts: the parts of the sentence that are no names.
        language: in which it is said.

    """
    known, own = _known(language), tuple(map(words, parts))
    found = _named(own, language)
    if len(found) != 1 or chosen in found:
        return chosen
    (color,) = found
    if color not in chosen and chosen not in color:
        return chosen  # Of "red for him and rosy for her" the second is not known.
    own_words = known.get(chosen, ())
    if any(_is_in(said, each) for said in own_words for each in own):
        # "Dark green" is not green, but in "make the light green" the first is the lamp.
        kinds = vocabulary(language).all_kind_words
        is_shade = all(said[0] not in kinds for said in known[color])
        return color if is_shade else chosen
    return color


def only_color(parts: Sequence[str], language: str) -> str | None:
    """Return the one colour that a sentence names; none if white may be of it, or it is not one.

    Args:
        parts: the parts of the sentence that are no names.
        language: in which it is said.

    """
    found = _named(tuple(map(words, parts)), language)
    is_tint = any(tint in color for color in found for tint in _TINTS)
    return next(iter(found)) if len(found) == 1 and not is_tint else None


def corrected_color(parts: Sequence[str], language: str) -> str | None:
    """Return the colour that is said after a correction of another one: "blue, no, red".

    Args:
        parts: the parts of the sentence that are no names.
        language: in which it is said.

    """
    for part in parts:
        halves = cues(language).parted("correction", part)
        before, after = (_named((words(half),), language) for half in halves or ("", ""))
        if before and len(after) == 1:
            return next(iter(after))
    return None


def _named(own: Sequence[_Words], language: str) -> set[str]:
    """Return the colours that words name, with other endings if none is named without."""
    known = _known(language)
    is_like = is_inflected if vocabulary(language).inflected else _has_an_ending
    for is_same in (str.__eq__, is_like):
        found = {color for each in own for color in _found(each, known, is_same)}
        if found:
            return found
    return set()


def misread_color(chosen: str, parts: Sequence[str], language: str) -> str | None:
    """Return the one colour that a sentence names, if it has no word for the chosen one.

    Args:
        chosen: a CSS colour.
        parts: the parts of the sentence that are no names.
        language: in which it is said.

    """
    own = tuple(map(words, parts))
    is_said = any(_is_in(said, each) for said in _known(language).get(chosen, ()) for each in own)
    found = _named(own, language)
    return next(iter(found)) if len(found) == 1 and not is_said else None


@lru_cache(maxsize=16)
def _known(language: str) -> Mapping[str, frozenset[_Words]]:
    """Return the words for each colour."""
    base = language.partition("-")[0]
    code = next((each for each in COLOR_WORDS if each.partition("-")[0] == base), None)
    if code is None:
        return {}
    return {color: frozenset(map(words, said)) for color, said in COLOR_WORDS[code].items()}


def _found(
    own: _Words, known: Mapping[str, Collection[_Words]], is_same: Callable[[str, str], bool]
) -> Iterator[str]:
    """Yield the colours that words name, of several in one place those of most words."""
    at = 0
    while at < len(own):
        here = [
            (len(said), color)
            for color, ways in known.items()
            for said in ways
            if _stands(said, own[at:], is_same)
        ]
        most = max((count for count, _ in here), default=0)
        yield from (color for count, color in here if count == most)
        at += most or 1


def _has_an_ending(heard: str, own: str) -> bool:
    """Return whether a word is another with other letters at its end: ``rotes``, ``roxas``."""
    if heard.startswith(own):
        return len(heard) - len(own) <= _LONGEST_ENDING
    stem = own.removesuffix(_MALE)
    return stem != own and any(heard == f"{stem}{ending}" for ending in _OTHER_GENDERS)


def _is_in(said: _Words, own: _Words) -> bool:
    """Return whether words hold others in a row, with their endings."""
    return any(_stands(said, own[at:], is_inflected) for at in range(len(own)))


def _stands(said: _Words, own: _Words, is_same: Callable[[str, str], bool]) -> bool:
    """Return whether words begin with others, of which the last may have another ending."""
    *first, last = said
    count = len(first)
    return own[:count] == tuple(first) and any(
        heard == last or is_same(heard, last) for heard in own[count : count + 1]
    )
