"""Words made of words: of "Esstischlampe" people say "esstisch", "esstischlicht" and "lampe"."""

from collections.abc import Collection, Iterable

from .called import Name
from .vocabulary import Vocabulary

_SHORTEST_BEGINNING = 5
_SHORTEST_END = 4
_SHORTEST_REST = 3


class Compounds:
    """The words of names that are made of several, as a language writes them together."""

    def __init__(self, names: Iterable[Name], known: Vocabulary) -> None:
        """Take the words apart that are said of devices."""
        self._known = known
        self._kinds: dict[str, frozenset[str]] = {}
        self._beginnings: dict[str, set[str]] = {}
        self._words: dict[str, None] = {}
        own = (n for n in names if n.is_own and n.thing.kind == "device" and known.compounds)
        for name in own:
            self._words |= dict.fromkeys(name.words)
            for word in name.words:
                for tail in (kind for kind in name.kinds if len(kind) >= _SHORTEST_END):
                    if word.endswith(tail) and word != tail:
                        self._take_apart(word, word.removesuffix(tail), name.kinds)

    def _take_apart(self, word: str, head: str, kinds: frozenset[str]) -> None:
        self._kinds[word] = self._kinds.get(word, frozenset()) | kinds
        for own in (head, *(head.removesuffix(joint) for joint in self._known.compounds)):
            is_room = (own,) in self._known.rooms
            if len(own) >= _SHORTEST_BEGINNING - 1 and not is_room:
                self._beginnings.setdefault(own, set()).add(word)

    def in_other_words(self, heard: str) -> tuple[str, ...]:
        """Return the words that say the same with another word for the kind: "spiegellicht"."""
        return tuple(
            sorted(
                own
                for at in range(_SHORTEST_BEGINNING - 1, len(heard))
                for own in self._beginnings.get(heard[:at], ())
                if heard[at:] in self._kinds[own]
            )
        )

    def cut_short(self, heard: str) -> tuple[str, ...]:
        """Return the words that begin or end with a word of no name: "esstisch", "pumpe"."""
        if heard in self._known.vague_words or (heard,) in self._known.rooms:
            return ()
        return tuple(own for own in self._words if _is_cut_short(heard, own))


def _is_cut_short(heard: str, own: str) -> bool:
    if len(own) - len(heard) < _SHORTEST_REST:
        return False
    begins = len(heard) >= _SHORTEST_BEGINNING and own.startswith(heard)
    ends = len(heard) >= _SHORTEST_END and own.endswith(heard)
    # Of "Koffiezetapparaat", too, nobody has to say the middle.
    return (
        begins
        or ends
        or any(
            own.startswith(heard[:at]) and own.endswith(heard[at:])
            for at in range(_SHORTEST_END, len(heard) - _SHORTEST_END + 1)
        )
    )


def is_cut_short(heard: str, covered: Collection[str]) -> bool:
    """Return whether what was heard is only a part of each of the words that it may stand for."""
    return bool(covered) and all(_is_cut_short(heard, own) for own in covered)
