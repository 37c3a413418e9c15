"""Where a reply may be: positions in trees of tokens, and in text between quotes."""

from collections.abc import Sequence

from .distances import UNREACHABLE
from .quoted import Quoted


class Tree:
    """Strings by their tokens.

    Attributes:
        children: what may come next.
        is_end: whether a string ends here.
        rest: tokens that the shortest string still takes from here.

    """

    __slots__ = ("children", "is_end", "rest")

    def __init__(self) -> None:
        self.children: dict[int, Tree] = {}
        self.is_end = False
        self.rest = UNREACHABLE

    def add(self, tokens: Sequence[int]) -> None:
        """Add a string."""
        tree = self
        for at, token in enumerate(tokens):
            tree.rest = min(tree.rest, len(tokens) - at)
            tree = tree.children.setdefault(token, Tree())
        tree.rest = 0
        tree.is_end = True


Position = tuple[Tree, int]
"""A place in a string, and the node that follows the string."""

QuotedPosition = tuple[Quoted, int]
"""A place in what stands between quotes, and the node that follows."""

Key = tuple[frozenset[Position], frozenset[QuotedPosition], bool]


class Places:
    """The positions at which a reply may be at once."""

    def __init__(self) -> None:
        self.positions: set[Position] = set()
        self.quoted: set[QuotedPosition] = set()
        self.ends = False

    @property
    def key(self) -> Key:
        """What tells these places from others."""
        return frozenset(self.positions), frozenset(self.quoted), self.ends
