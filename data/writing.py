"""How words are written: parted by spaces, or, as in Chinese and Japanese, not at all."""

from collections.abc import Container
from functools import lru_cache
import re

from home_llm_core.words import CHARACTERS

_UNIT = re.compile(f"[{CHARACTERS}]|[^{CHARACTERS}]+")
_STRETCH = re.compile(f"[{CHARACTERS}]+|[^{CHARACTERS}]+")
_CHARACTER = re.compile(f"[{CHARACTERS}]")
_LONGEST = 8
_UNKNOWN = 4
"""How many known words are better than an unknown character."""


def has_characters(text: str) -> bool:
    """Return whether a text holds characters of a script without spaces."""
    return not text.isascii() and _CHARACTER.search(text) is not None


def is_character(word: str) -> bool:
    """Return whether a word is one character of a script without spaces."""
    return len(word) == 1 and _CHARACTER.match(word) is not None


def units(word: str) -> list[str]:
    """Return the characters of a word, each of which is a word in a sentence; else the word."""
    return _UNIT.findall(word) if has_characters(word) else [word]


def split_words(text: str) -> list[str]:
    """Return the words of a text as they are looked for in sentences."""
    own = text.split()
    return own if text.isascii() else [unit for word in own for unit in units(word)]


@lru_cache(maxsize=1024)
def standing(word: str) -> re.Pattern[str]:
    """Return an expression for a word that stands alone, as far as its script can tell."""
    before = "" if is_character(word[:1]) else r"(?<!\S)"
    after = "" if is_character(word[-1:]) else r"(?!\S)"
    return re.compile(before + re.escape(word) + after)


def cut(name: str, known: Container[str], endings: Container[str]) -> list[str]:
    """Return the words that a name is made of.

    Args:
        name: the name; where it has no spaces it is cut into the fewest known words.
        known: words that a name may be made of.
        endings: what belongs to the word before it.

    """
    words: list[str] = []
    for part in name.split():
        own: list[str] = []
        for stretch in _STRETCH.findall(part):
            for word in _cut(stretch, known) if has_characters(stretch) else [stretch]:
                if own and word in endings:
                    own[-1] += word
                else:
                    own.append(word)
        words += own
    return words


def _cut(stretch: str, known: Container[str]) -> list[str]:
    """Return the fewest known words of some characters; those that are unknown stay together."""
    best: list[tuple[int, list[str]]] = [(0, [])]
    for end in range(1, len(stretch) + 1):
        ways = []
        for start in range(max(0, end - _LONGEST), end):
            cost, before = best[start]
            word = stretch[start:end]
            if word in known:
                ways.append((cost + 1, [*before, word]))
            elif len(word) == 1:
                ways.append((cost + _UNKNOWN, [*before, word]))
        best.append(min(ways, key=lambda way: way[0]))
    words: list[str] = []
    is_open = False
    for word in best[-1][1]:
        if word not in known and is_open:
            words[-1] += word
        else:
            words.append(word)
        is_open = word not in known
    return words
