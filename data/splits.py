"""How patterns and words are divided among the splits: by a stable hash of their text."""

from functools import lru_cache
import zlib

SPLITS = ("train", "validation", "test")
_VALIDATION, _TEST = 80, 88  # of 100 buckets: 80 train, 8 validation, 12 test


@lru_cache(maxsize=1 << 16)
def split_of(text: str) -> str:
    """Return the split that a pattern, a word or a name belongs to."""
    bucket = zlib.crc32(text.lower().encode()) * 2654435761 % (1 << 32) * 100 >> 32
    if bucket < _VALIDATION:
        return "train"
    return "validation" if bucket < _TEST else "test"
