"""Text from the home and from people, made safe and uniform for a prompt.

Names are found in sentences by their words, and a tiny model has seen one spelling of each: both
are folded to it.
"""

from functools import lru_cache
import re
import unicodedata

_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\u20e3\ud800-\udfff"
    r"\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]+"
)
# Characters that would open or close something in a prompt: a fence, a turn, a field, a string.
_MARKUP = str.maketrans(dict.fromkeys('`"<>|{}[]()\\=;:/', " "))
_ONE_SPELLING = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u0401": "\u0435", "\u0451": "\u0435"}
)
"""Apostrophes, and the Russian letter yo, which most people write as ye."""


def one_line(text: str) -> str:
    """Return ``text`` in NFKC on one line, without control and direction characters.

    Nor are there halves of surrogate pairs in it, which nobody can write down.
    """
    if not (text.isascii() and text.isprintable()):
        text = _CONTROL.sub(" ", unicodedata.normalize("NFKC", text))
    return " ".join(text.split())


def fold(text: str) -> str:
    """Return ``text`` as our own models read it: one line, lower case, in one spelling."""
    return one_line(text).translate(_ONE_SPELLING).lower()


@lru_cache(maxsize=4096)
def label(text: str) -> str:
    """Return a name as calls may hold it: folded, and free of markup.

    It begins and ends with a letter, digit or mark, so that a token never spans its end; of a name
    without any of these nothing is left.
    """
    words = one_line(fold(text).translate(_MARKUP))
    first, end = 0, len(words)
    while first < end and not _is_inner(words[first]):
        first += 1
    while end > first and not _is_inner(words[end - 1]):
        end -= 1
    return words[first:end]


def _is_inner(char: str) -> bool:
    """Return whether a character is a letter, a digit or a mark."""
    return unicodedata.category(char)[0] in "LNM"
