"""A grammar over the tokens of a model: at each step, which tokens may come next.

The strings of each set become a tree of tokens. As one string may be the beginning of another
("light ceiling", "light ceiling 2"), a place in a reply is a set of positions in such trees, found
when it is first reached and then kept. So a step costs a look-up, however much may be said.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from copy import copy
from typing import Protocol, Self

import numpy as np

from .errors import GrammarError
from .reply import GrammarData
from .vocabulary import TokenIds


class _Tree:
    """Strings by their tokens."""

    __slots__ = ("children", "is_end")

    def __init__(self) -> None:
        self.children: dict[int, _Tree] = {}
        self.is_end = False

    def add(self, tokens: Iterable[int]) -> None:
        """Add a string."""
        tree = self
        for token in tokens:
            tree = tree.children.setdefault(token, _Tree())
        tree.is_end = True


_Position = tuple[_Tree, int]
"""A place in a string, and the node that follows the string."""


class _Places:
    """The positions at which a reply may be at once."""

    def __init__(self) -> None:
        self.positions: set[_Position] = set()
        self.ends = False

    @property
    def key(self) -> tuple[frozenset[_Position], bool]:
        """What tells these places from others."""
        return frozenset(self.positions), self.ends


class State:
    """What a reply has come to.

    Args:
        grammar: the grammar that the reply follows.
        places: where in the grammar it may be.

    """

    __slots__ = ("_following", "_grammar", "_places", "allowed", "forced", "is_final")

    def __init__(self, grammar: "CompiledGrammar", places: _Places) -> None:
        self._grammar = grammar
        self._places = places
        self._following: dict[int, State] = {}
        choices = {token for tree, _ in places.positions for token in tree.children}
        self.is_final = places.ends and not choices
        """Whether nothing can follow."""
        self.forced = next(iter(choices)) if len(choices) == 1 and not places.ends else None
        """The only token that can follow, if there is one only and no end."""
        self.allowed = _ids(choices | grammar.ends if places.ends else choices)
        """Ids of what may follow, among them those that end the reply where it may end."""

    def advance(self, token: int) -> "State":
        """Return the state after ``token``, one of ``allowed`` that does not end the reply."""
        if token not in self._following:
            self._following[token] = self._grammar.state(self._places_after(token))
        return self._following[token]

    def _places_after(self, token: int) -> _Places:
        places = _Places()
        for tree, following in self._places.positions:
            child = tree.children.get(token)
            if child is None:
                continue
            if child.children:
                places.positions.add((child, following))
            if child.is_end:
                self._grammar.enter(following, places)
        return places


def _ids(tokens: Collection[int]) -> TokenIds:
    return np.array(sorted(tokens), dtype=np.intp)


class Unbounded:
    """What a reply without a grammar has come to: the same may follow everywhere.

    Args:
        allowed: ids of what may follow, among them those that end the reply.

    """

    forced = None
    is_final = False

    def __init__(self, allowed: TokenIds) -> None:
        self.allowed = allowed

    def advance(self, _token: int) -> Self:
        """Return the state after a token."""
        return self


class Tokens(Protocol):
    """A vocabulary, as far as a grammar needs it."""

    @property
    def ends(self) -> frozenset[int]:
        """The tokens that end a reply."""

    @property
    def string(self) -> Callable[[str], tuple[int, ...]]:
        """What returns the ids of plain text."""


class CompiledGrammar:
    """A grammar for one model.

    Args:
        data: sets of strings, and nodes: for each the edges that lead on, a set and a node each.
        vocabulary: the tokens of the model.

    Raises:
        GrammarError: the data make no grammar.

    """

    def __init__(self, data: GrammarData, vocabulary: Tokens) -> None:
        try:
            self._sets: dict[str, list[str]] = dict(data["sets"])
            self._nodes = [self._edges(node, len(data["nodes"])) for node in data["nodes"]]
        except (KeyError, TypeError, ValueError) as err:
            raise GrammarError(f"not a grammar: {err!r}") from err
        if not self._nodes:
            raise GrammarError("a grammar needs a node")
        self.ends = vocabulary.ends
        self._string = vocabulary.string
        self._text = data.get("text")
        self._trees: dict[str, _Tree] = {}
        self._begin()

    def _begin(self) -> None:
        self._states: dict[tuple[frozenset[_Position], bool], State] = {}
        start = _Places()
        self.enter(0, start)
        self.start = self.state(start)

    def with_words(self, words: Sequence[str]) -> "CompiledGrammar":
        """Return the grammar for a sentence, whose words may be taken where text begins.

        Args:
            words: of the sentence, in their order.

        """
        if self._text is None or not words:
            return self
        worded = copy(self)
        first = len(self._nodes)
        edges = [(f" {word}", first + at) for at, word in enumerate(words)]
        following = self._nodes[self._text]
        after = [[*following, *edges[at : at + 1]] for at in range(1, len(words) + 1)]
        worded._nodes = [*self._nodes, *after]  # noqa: SLF001 - it is one of us
        worded._nodes[self._text] = edges  # noqa: SLF001
        worded._sets = {**self._sets, **{name: [name] for name, _ in edges}}  # noqa: SLF001
        # What the words lead to is theirs; the trees of other strings are shared.
        worded._begin()  # noqa: SLF001
        return worded

    def state(self, places: _Places) -> State:
        """Return the state for these places; equal places have one state.

        Raises:
            GrammarError: nothing can follow, yet the reply may not end.

        """
        if places.key not in self._states:
            state = State(self, places)
            if not state.allowed.size:
                raise GrammarError("nothing can follow, yet the reply may not end")
            self._states[places.key] = state
        return self._states[places.key]

    def enter(self, number: int, places: _Places) -> None:
        """Add what can come at a node to ``places``."""
        pending, seen = [number], {number}
        while pending:
            edges = self._nodes[pending.pop()]
            places.ends |= not edges
            for name, following in edges:
                tree = self._tree(name)
                if tree.children:
                    places.positions.add((tree, following))
                if tree.is_end and following not in seen:  # The set holds the empty string.
                    seen.add(following)
                    pending.append(following)

    def _edges(self, node: Iterable[tuple[str, int]], nodes: int) -> list[tuple[str, int]]:
        """Return the edges of a node, checked."""
        edges = [(str(name), int(following)) for name, following in node]
        for name, following in edges:
            if name not in self._sets or not 0 <= following < nodes:
                raise ValueError(name, following)
        return edges

    def _tree(self, name: str) -> _Tree:
        if name not in self._trees:
            tree = _Tree()
            for string in self._sets[name]:
                tree.add(self._string(string))
            self._trees[name] = tree
        return self._trees[name]


def forced_run(state: State | Unbounded, limit: int) -> Iterator[tuple[int, State | Unbounded]]:
    """Yield tokens that must follow, and the state after each, up to a choice or an end."""
    for _ in range(limit):
        if state.forced is None:
            return
        token = state.forced
        state = state.advance(token)
        yield token, state
