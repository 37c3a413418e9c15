"""The words of all names of a home: what is called with them, and how much they tell."""

from collections.abc import Collection, Iterable
from functools import lru_cache
import math

from .called import Name, Thing, common, is_inflected
from .compounds import Compounds
from .vocabulary import Vocabulary
from .words import is_character

_SHORTEST_INEXACT = 5
_LEAST_ENDING = 0.7


class NameWords:
    """The words of names.

    Args:
        names: what everything in a home is called.
        known: what the language calls things.

    Attributes:
        names: the same, each once.
        known: the same.
        weights: how much each word tells: the fewer things are called with it, the more.
        names_with: the numbers of the names that hold a word.
        things_of: what is called with a word.

    """

    def __init__(self, names: tuple[Name, ...], known: Vocabulary) -> None:
        """Count the words."""
        self.known = known
        self.names = tuple(dict.fromkeys(names))
        self.names_with: dict[str, list[int]] = {}
        things_of: dict[str, set[Thing]] = {}
        for number, name in enumerate(self.names):
            for word in dict.fromkeys(name.words):
                things_of.setdefault(word, set()).add(name.thing)
                self.names_with.setdefault(word, []).append(number)
        self.things_of = {word: frozenset(those) for word, those in things_of.items()}
        count = len({name.thing for name in names})
        self.weights = {w: math.log(1 + count / len(those)) for w, those in things_of.items()}
        self._by_letter: dict[str, list[str]] = {}
        for word in self.weights:
            self._by_letter.setdefault(word[:1], []).append(word)
        self._compounds = Compounds(self.names, known)
        self.alike = lru_cache(maxsize=1024)(self._words_like)

    def is_plural(self, word: str) -> bool:
        """Return whether a word is one of the names' with an ending for many."""
        endings = tuple(e for e in self.known.plural_endings if word.endswith(e))
        if not endings or word in self.weights:
            return False
        stems = {word.removesuffix(ending) for ending in endings}
        if not stems.isdisjoint(self.weights):
            return True
        # "Tapparelle" are more than one "tapparella".
        alike = (own for own in self._by_letter.get(word[:1], ()) if own[:-1] in stems)
        return any(not own.endswith(endings) for own in (*self._inflected(word), *alike))

    def weight(self, words: Iterable[str]) -> float:
        """Return how much words of a name tell; "the" and "s8" tell which, not what."""
        own = set(words)
        plain = {w for w in own if w not in self.known.vague or is_character(w)} or own
        telling = {word for word in plain if not any(map(str.isdigit, word))}
        return sum(self.weights[word] for word in telling or plain)

    def holding(self, covered: Collection[str]) -> tuple[Name, ...]:
        """Return the names that hold all of some words."""
        rows = (frozenset(self.names_with[word]) for word in covered)
        return tuple(self.names[number] for number in sorted(frozenset.intersection(*rows)))

    def is_only(self, thing: Thing, covered: frozenset[str]) -> bool:
        """Return whether no other name holds these words."""
        return frozenset.intersection(*(self.things_of[word] for word in covered)) == {thing}

    def is_only_in_any_form(self, thing: Thing, covered: frozenset[str]) -> bool:
        """Return whether no other name holds these words, whatever their endings."""
        forms = ([own for own, _ in self.alike(word)] for word in covered)
        things = (frozenset[Thing]().union(*map(self.things_of.__getitem__, w)) for w in forms)
        return frozenset.intersection(*things) == {thing}

    def _words_like(self, word: str) -> tuple[tuple[str, int], ...]:
        """Return the words of names that a word of the sentence can stand for, with its slips."""
        if word in self.weights:
            return ((word, 0), *((own, 1) for own in self._inflected(word) if own != word))
        if word in self.known.vague:
            # "Turn it up" is not about the UPS, but "этаже" is "этаж".
            return tuple((own, 1) for own in self._inflected(word) if own in self.known.vague)
        # The first letter is seldom wrong.
        those = self._by_letter.get(word[:1], ())
        near = [own for own in those if is_slip(word, own)]
        # "bedlamp" for "bed lamp".
        said = near or self._inflected(word) or self._compounds.in_other_words(word)
        return tuple((o, 1) for o in said or self._parted(word) or self._compounds.cut_short(word))

    def _inflected(self, word: str) -> list[str]:
        """Return the words of names that are the same with other endings."""
        those = self._by_letter.get(word[:1], ()) if self.known.inflected else ()
        return [own for own in those if is_inflected(word, own)]

    def _parted(self, word: str) -> tuple[str, ...]:
        for at in range(2, len(word) - 1):
            if word[:at] in self.weights and word[at:] in self.weights:
                return word[:at], word[at:]
        return ()


def is_slip(heard: str, own: str) -> bool:
    """Return whether a word is another one with a slip or another ending."""
    if heard.isdigit() or own.isdigit():
        return False  # "One" is no part of a "1S".
    if heard in (f"{own}s", own.removesuffix("s")):
        return True
    if heard.replace("ß", "ss") == own.replace("ß", "ss"):
        return True  # Switzerland has no "ß", and some keyboards neither.
    longer, shorter = max(len(heard), len(own)), min(len(heard), len(own))
    if shorter < _SHORTEST_INEXACT or longer - shorter > 3:  # noqa: PLR2004 - endings are short
        return False
    head = common(heard, own)
    if head >= _LEAST_ENDING * longer:
        return True
    tail = common(heard[::-1], own[::-1])
    # One letter wrong, missing, too many, or two in the other order.
    wrong = longer - head - tail
    swapped = wrong == 2 and sorted(heard) == sorted(own)  # noqa: PLR2004
    return head > 0 and (wrong <= 1 or swapped) and longer - shorter <= 1
