"""The words of a text; of scripts without spaces each character is one."""

from collections.abc import Mapping
from functools import lru_cache
import json
from pathlib import Path
import re
from typing import Any

from .text import fold, label

CHARACTERS = "\u3005\u3040-\u30ff\u3400-\u9fff"
"""Of Chinese and Japanese, which are written without spaces: each is a word."""

_CHARACTER = re.compile(f"[{CHARACTERS}]")

WORD = re.compile(rf"[{CHARACTERS}]|[^\W_{CHARACTERS}]+(?:'[^\W_]+)*")
"""One word of a folded text."""

_POSSESSIVE = re.compile(r"'s$|'$")


def _read() -> dict[str, dict[str, Any]]:
    paths = sorted((Path(__file__).parent / "languages").glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


LANGUAGES: Mapping[str, Mapping[str, Any]] = _read()
"""What belongs to a language, by its code (``vocabulary.py``)."""

_DIGITS = {
    word: str(number)
    for language in LANGUAGES.values()
    for number, word in enumerate(language["numbers"], start=1)
}


def plain(word: str) -> str:
    """Return a word without a possessive ending, and a small number in digits."""
    if "'" in word:
        word = _POSSESSIVE.sub("", word)
    return _DIGITS.get(word, word)


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a name or a sentence, without possessive endings."""
    return tuple(plain(word) for word in WORD.findall(label(fold(text))))


def is_character(word: str) -> bool:
    """Return whether a word is a character of Chinese or Japanese."""
    return len(word) == 1 and _CHARACTER.match(word) is not None
