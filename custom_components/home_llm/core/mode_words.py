"""What people call the modes of devices that Home Assistant's integrations have English names for.

They stand in ``languages/<code>.json`` under ``modes``: who says "эко" means the preset ``eco``.
"""

from collections.abc import Mapping
from functools import lru_cache

from .vocabulary import vocabulary
from .words import LANGUAGES, is_character, words

_Words = tuple[str, ...]
_SAID_ANYWAY = ("select", "input_boolean")
"""The kinds whose words are said with any mode: "eco mode", "im Modus Eco"."""


def modes_meant(said: str, language: str) -> frozenset[str]:
    """Return the English names of modes that some words may stand for.

    Args:
        said: what a mode is called in a sentence.
        language: in which it is said.

    """
    heard = words(said)
    if any(map(is_character, heard)):
        return _modes_within("".join(heard), language)
    known = vocabulary(language)
    idle = known.vague.union(*(known.kind_words.get(kind, ()) for kind in _SAID_ANYWAY))
    telling = tuple(word for word in heard if word not in idle) or heard
    return frozenset(
        mode for mode, ways in _modes(language).items() if not ways.isdisjoint({heard, telling})
    )


def mode_led_to(said: str, language: str, kind: str) -> str | None:
    """Return the only mode that a sentence wishes with something else: "to cool, 24 degrees".

    Args:
        said: what it says besides names.
        language: in which it is said.
        kind: of what is set, if it has no name; words for that are none for a mode ("heating").

    """
    heard, known = words(said), vocabulary(language)
    taken = known.kind_names.get(kind, frozenset())
    leading = known.prepositions
    found = {
        mode
        for mode, ways in _modes(language).items()
        for way in ways - taken
        for at in range(len(heard))
        if heard[at : at + len(way)] == way
        and (is_character(way[0]) or heard[max(at - 1, 0)] in leading)
    }
    return found.pop() if len(found) == 1 else None


def _modes_within(said: str, language: str) -> frozenset[str]:
    """Return the modes with the longest name that a text without spaces holds."""
    found = {
        mode: max(len(way) for way in ways if "".join(way) in said)
        for mode, ways in _modes(language).items()
        if any("".join(way) in said for way in ways)
    }
    longest = max(found.values(), default=0)
    return frozenset(mode for mode, length in found.items() if length == longest)


@lru_cache(maxsize=16)
def _modes(language: str) -> Mapping[str, frozenset[_Words]]:
    """Return the words for each mode."""
    base = language.partition("-")[0]
    code = next((c for c in LANGUAGES if language == c or base == c.partition("-")[0]), None)
    known = LANGUAGES[code]["modes"] if code else {}
    return {mode: frozenset(map(words, ways)) for mode, ways in known.items()}
