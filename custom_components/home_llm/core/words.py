"""The words of a text, and what the languages of our models call kinds of device.

What belongs to a language stands in ``languages/<code>.json``: ``kinds`` (words for each kind),
``vague`` (words that any name or sentence may hold), ``articles`` (words before a noun that are not
written on a list), ``here`` (the room that one is in), ``numbers`` (from one, in words) and
``same`` (lists of names that mean the same place or thing). All are folded.
Of scripts without spaces each character is a word: a kind's words stand for their characters.
"""

from collections.abc import Mapping
from functools import lru_cache
import json
from pathlib import Path
import re
from typing import Any

from .text import fold, label

CHARACTERS = "\u3040-\u30ff\u3400-\u9fff"
"""Of Chinese and Japanese, which are written without spaces: each is a word."""

_CHARACTER = re.compile(f"[{CHARACTERS}]")

WORD = re.compile(rf"[{CHARACTERS}]|[^\W_{CHARACTERS}]+(?:'[^\W_]+)*")
"""One word of a folded text."""

_POSSESSIVE = re.compile(r"'s$|'$")


def _read() -> list[dict[str, Any]]:
    folder = Path(__file__).parent / "languages"
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


_LANGUAGES = _read()
_DIGITS = {
    word: str(number)
    for language in _LANGUAGES
    for number, word in enumerate(language["numbers"], start=1)
}


def plain(word: str) -> str:
    """Return a word without a possessive ending, and a small number in digits."""
    word = _POSSESSIVE.sub("", word)
    return _DIGITS.get(word, word)


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a name or a sentence, without possessive endings."""
    return tuple(plain(word) for word in WORD.findall(label(fold(text))))


def without_articles(text: str) -> str:
    """Return a noun without the articles before it; one that is nothing else stays as it is."""
    own = text.split()
    while len(own) > 1 and own[0].lower() in ARTICLES:
        own.pop(0)
    return " ".join(own)


def is_character(word: str) -> bool:
    """Return whether a word is a character of Chinese or Japanese."""
    return _CHARACTER.fullmatch(word) is not None


def _kind_names() -> dict[str, frozenset[tuple[str, ...]]]:
    found: dict[str, set[tuple[str, ...]]] = {}
    for language in _LANGUAGES:
        for kind, said in language["kinds"].items():
            found.setdefault(kind, set()).update(map(words, said))
    return {kind: frozenset(said) for kind, said in found.items()}


KIND_NAMES: Mapping[str, frozenset[tuple[str, ...]]] = _kind_names()
"""What people call devices by their kind, as words in a row."""

KIND_WORDS: Mapping[str, frozenset[str]] = {
    kind: frozenset(word for name in names for word in name) for kind, names in KIND_NAMES.items()
}
"""What people call devices by their kind. A name need not be said with them ("the bedside" is the
bedside lamp), and they alone name nothing."""

ALL_KIND_WORDS = frozenset[str]().union(*KIND_WORDS.values())
"""Of all kinds."""

VAGUE_WORDS = ALL_KIND_WORDS.union(*(language["vague"] for language in _LANGUAGES))
"""What any device, any place or any sentence may be said with: it is not enough of a name."""

ARTICLES = frozenset[str]().union(*(language.get("articles", ()) for language in _LANGUAGES))
"""What stands before a noun: who adds "a watermelon" to a list wants to read "watermelon" there."""

SAME: tuple[tuple[tuple[str, ...], ...], ...] = tuple(
    tuple(words(name) for name in names) for language in _LANGUAGES for names in language["same"]
)
"""Names that mean the same, as words."""

HERE: tuple[str, ...] = tuple(
    " ".join(words(said)) for language in _LANGUAGES for said in language.get("here", ())
)
"""What people call the room that they are in, as words."""
