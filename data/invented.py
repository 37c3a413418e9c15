"""Words that nobody has heard: what they stand for can only be copied, never known."""

from collections.abc import Container
from dataclasses import dataclass
import random

from .splits import split_of
from .writing import is_character

_LENGTHS = range(3, 12)


@dataclass(frozen=True, kw_only=True)
class Phonology:
    """How words of one style sound.

    Args:
        onsets: how a syllable may begin.
        nuclei: its vowels.
        codas: how it may end.
        syllables: how many a word may have.

    """

    onsets: tuple[str, ...]
    nuclei: tuple[str, ...]
    codas: tuple[str, ...]
    syllables: tuple[int, ...]

    def word(self, rng: random.Random) -> str:
        """Return a word of this style."""
        count = rng.choice(self.syllables)
        parts = [
            rng.choice(self.onsets) + rng.choice(self.nuclei) + rng.choice(self.codas)
            for _ in range(count)
        ]
        return "".join(parts)


def invent(rng: random.Random, style: Phonology, split: str, known: Container[str]) -> str:
    """Return a word of a style that belongs to a split and is not a known word."""
    while True:
        word = style.word(rng)
        if _length(word) in _LENGTHS and word not in known and split_of(word) == split:
            return word


def _length(word: str) -> int:
    """Return the length of a word in letters; a character is as long as two."""
    return sum(2 if is_character(letter) else 1 for letter in word)
