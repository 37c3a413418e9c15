"""What of the home a sentence names: retrieval by words, so that a model need not search a list.

The words of a sentence are compared with the names of devices, areas and floors:
small slips, endings, joined and parted words count as the same, and a rare word tells more than a
common one (inverse document frequency; Spärck Jones 1972). It finds candidates and decides nothing:
which of them is meant, if any, is for the model to understand. Words of scripts with combining
vowels (Devanagari, Thai) are not told apart properly yet.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
import math
import re

from .text import fold, label

_MOST_SAID = 8
_MOST_ALIKE = 4
_LEAST_SHARE = 0.3
_SHORTEST_INEXACT = 4
_LEAST_ENDING = 0.7

# Chinese and Japanese are written without spaces: each character is a word.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+(?:'[^\W_]+)*")
_POSSESSIVE = re.compile(r"'s$|'$")


@dataclass(frozen=True, kw_only=True)
class Found:
    """Names that a sentence holds, in the order in which it holds them.

    Args:
        said: keys of the names all of whose words are there.
        alike: keys of names that share telling words with it, words that no name in ``said`` has.

    """

    said: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()


class Index:
    """The names of a home, ready to be looked for.

    Args:
        names: for each key, everything it is called.
        places: keys that are found although another name says the same and more: "kitchen" in
            "kitchen light".

    """

    def __init__(self, names: Mapping[str, Iterable[str]], places: Collection[str] = ()) -> None:
        """Count the words."""
        self._places_too = frozenset(places)
        self._names = [(key, words(name)) for key, called in names.items() for name in called]
        self._names = [(key, name) for key, name in self._names if name]
        keys_of: dict[str, set[str]] = {}
        for key, name in self._names:
            for word in name:
                keys_of.setdefault(word, set()).add(key)
        count = len(names)
        self._weights = {word: math.log(1 + count / len(keys)) for word, keys in keys_of.items()}
        self._alike = lru_cache(maxsize=1024)(self._words_like)

    def find(self, sentence: str) -> Found:
        """Return what a sentence names."""
        heard = words(sentence)
        places = self._places(heard)
        said: dict[str, frozenset[int]] = {}
        parts: dict[str, tuple[float, frozenset[int]]] = {}
        for key, name in self._names:
            matched = [places[word] for word in name if word in places]
            if not matched:
                continue
            where = frozenset().union(*matched)
            if len(matched) == len(name):
                said[key] = max(said.get(key, where), where, key=len)
                continue
            total = sum(self._weights[word] for word in name)
            share = sum(self._weights[word] for word in name if word in places) / total
            if share >= _LEAST_SHARE and share > parts.get(key, (0.0,))[0]:
                parts[key] = share, where
        longest = self._longest(said)
        covered = frozenset[int]().union(*(said[key] for key in longest))
        rest = {k: (s, w) for k, (s, w) in parts.items() if k not in said and w - covered}
        return Found(
            said=_in_order({key: said[key] for key in longest}),
            alike=_in_order({key: rest[key][1] for key in _best(rest, _MOST_ALIKE)}),
        )

    def _longest(self, said: Mapping[str, frozenset[int]]) -> list[str]:
        """Return places, and the names of devices that no other one contains."""
        devices = [where for key, where in said.items() if key not in self._places_too]
        kept = [
            key
            for key, where in said.items()
            if key in self._places_too or not any(where < other for other in devices)
        ]
        places = [key for key in kept if key in self._places_too]
        named = {key: (len(said[key]), said[key]) for key in kept if key not in self._places_too}
        return places + _best(named, _MOST_SAID)

    def _places(self, heard: Sequence[str]) -> dict[str, frozenset[int]]:
        """Return which words of the sentence each word of the names is found in, by number."""
        places: dict[str, set[int]] = {}
        for at, word in enumerate(heard):
            for own in self._alike(word):
                places.setdefault(own, set()).add(at)
        for at, (first, second) in enumerate(pairwise(heard)):
            if first + second in self._weights:  # "bed room" for "bedroom"
                places.setdefault(first + second, set()).update((at, at + 1))
        return {word: frozenset(where) for word, where in places.items()}

    def _words_like(self, word: str) -> tuple[str, ...]:
        """Return the words of names that a word of the sentence can stand for."""
        if word in self._weights:
            near = [word]
        else:
            near = [own for own in self._weights if _is_slip(word, own)]
        # "bedlamp" for "bed lamp".
        return tuple(near) or self._parted(word)

    def _parted(self, word: str) -> tuple[str, ...]:
        for at in range(2, len(word) - 1):
            if word[:at] in self._weights and word[at:] in self._weights:
                return word[:at], word[at:]
        return ()


def words(text: str) -> tuple[str, ...]:
    """Return the words of a name or a sentence, without possessive endings."""
    return tuple(_POSSESSIVE.sub("", word) for word in _WORD.findall(label(fold(text))))


def _best(found: Mapping[str, tuple[float, frozenset[int]]], most: int) -> list[str]:
    """Return the few that come closest; of equals, all or none."""
    order = sorted(found, key=lambda key: -found[key][0])
    if len(order) <= most:
        return order
    limit = found[order[most]][0]
    return [key for key in order[:most] if found[key][0] > limit]


def _in_order(where: Mapping[str, frozenset[int]]) -> tuple[str, ...]:
    return tuple(sorted(where, key=lambda key: (min(where[key]), -len(where[key]))))


def _is_slip(heard: str, own: str) -> bool:
    """Return whether a word is another one with a slip or another ending."""
    if heard in (f"{own}s", own.removesuffix("s")):
        return True
    longer, shorter = max(len(heard), len(own)), min(len(heard), len(own))
    if shorter < _SHORTEST_INEXACT or longer - shorter > 3:  # noqa: PLR2004 - endings are short
        return False
    head = _common(heard, own)
    if head >= _LEAST_ENDING * longer:
        return True
    tail = _common(heard[::-1], own[::-1])
    # One letter wrong, missing, too many, or two in the other order.
    wrong = longer - head - tail
    swapped = wrong == 2 and sorted(heard) == sorted(own)  # noqa: PLR2004
    return head > 0 and (wrong <= 1 or swapped) and longer - shorter <= 1


def _common(first: str, second: str) -> int:
    """Return the length of the common beginning."""
    return next(
        (at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b),
        min(len(first), len(second)),
    )
