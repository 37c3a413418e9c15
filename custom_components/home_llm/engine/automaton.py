"""A grammar over the tokens of a model: at each step, which tokens may come next.

The strings of each set become a tree of tokens. As one string may be the beginning of another
("light ceiling", "light ceiling 2"), a place in a reply is a set of positions in such trees, found
when it is first reached and then kept. So a step costs a look-up, however many devices there are.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import numpy as np

from .errors import GrammarError
from .reply import GrammarData
from .vocabulary import TokenIds

_SPEECH: GrammarData = {"sets": {}, "nodes": [{"edges": [], "free": True}], "fence": ""}


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
        self.speaks = False
        self.ends = False

    @property
    def key(self) -> tuple[frozenset[_Position], bool, bool]:
        """What tells these places from others."""
        return frozenset(self.positions), self.speaks, self.ends


class State:
    """What a reply has come to.

    Args:
        grammar: the grammar that the reply follows.
        places: where in the grammar it may be.

    """

    __slots__ = (
        "_following",
        "_grammar",
        "_places",
        "allowed",
        "forced",
        "is_final",
        "is_fork",
        "is_speech",
    )

    def __init__(self, grammar: "CompiledGrammar", places: _Places) -> None:
        self._grammar = grammar
        self._places = places
        self._following: dict[int, State] = {}
        choices = {token for tree, _ in places.positions for token in tree.children}
        self.is_speech = places.speaks and not choices
        """Whether all that can follow is plain speech."""
        self.is_fork = places.speaks and bool(choices)
        """Whether both plain speech and something else can follow."""
        self.is_final = places.ends and not choices and not places.speaks
        """Whether nothing can follow."""
        self.forced = next(iter(choices)) if self._leaves_no_choice(choices) else None
        """The only token that can follow, if there is one only and no end."""
        self.allowed = self._allowed(choices)
        """Ids of what may follow, among them those that end the reply where it may end."""

    def advance(self, token: int) -> "State":
        """Return the state after ``token``, one of ``allowed`` that does not end the reply."""
        if token not in self._following:
            self._following[token] = self._grammar.state(self._places_after(token))
        return self._following[token]

    def _leaves_no_choice(self, choices: set[int]) -> bool:
        return len(choices) == 1 and not self._places.speaks and not self._places.ends

    def _allowed(self, choices: set[int]) -> TokenIds:
        if self._places.ends:
            choices = choices | self._grammar.ends
        allowed = np.fromiter(sorted(choices), dtype=np.intp, count=len(choices))
        speech = self._grammar.speech
        if self.is_speech:
            return speech
        return np.union1d(allowed, speech) if self._places.speaks else allowed

    def _places_after(self, token: int) -> _Places:
        places = _Places()
        places.speaks = self._places.speaks and token in self._grammar.speech_tokens
        for tree, following in self._places.positions:
            child = tree.children.get(token)
            if child is None:
                continue
            if child.children:
                places.positions.add((child, following))
            if child.is_end:
                self._grammar.enter(following, places)
        return places


class Tokens(Protocol):
    """A vocabulary, as far as a grammar needs it."""

    @property
    def ends(self) -> frozenset[int]:
        """The tokens that end a reply."""

    @property
    def string(self) -> Callable[[str], tuple[int, ...]]:
        """What returns the ids of plain text."""

    @property
    def speech(self) -> Callable[[str], TokenIds]:
        """What returns the ids that speech is made of, without those that hold a fence."""


class CompiledGrammar:
    """A grammar for one model.

    Args:
        data: sets of strings, nodes with edges, and a fence; nothing for speech without bounds.
        vocabulary: the tokens of the model.

    Raises:
        GrammarError: the data make no grammar.

    """

    def __init__(self, data: GrammarData | None, vocabulary: Tokens) -> None:
        data = _SPEECH if data is None else data
        try:
            self._sets: dict[str, list[str]] = dict(data["sets"])
            self._nodes = [_Node(node, len(data["nodes"]), self._sets) for node in data["nodes"]]
            fence = str(data["fence"])
        except (KeyError, TypeError, ValueError) as err:
            raise GrammarError(f"not a grammar: {err!r}") from err
        if len(fence.encode()) > 1 or not self._nodes:
            # A longer fence could be put together from several tokens.
            raise GrammarError("a grammar needs a node and a fence of one ASCII character")
        self.ends = vocabulary.ends
        self.is_bounded = data is not _SPEECH
        self.speech = vocabulary.speech(fence)
        self.speech_tokens = frozenset(self.speech.tolist()) - self.ends
        self._string = vocabulary.string
        self._trees: dict[str, _Tree] = {}
        self._states: dict[tuple[frozenset[_Position], bool, bool], State] = {}
        start = _Places()
        self.enter(0, start)
        self.start = self.state(start)

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
            node = self._nodes[pending.pop()]
            places.speaks |= node.free
            places.ends |= not node.free and not node.edges
            for name, following in node.edges:
                tree = self._tree(name)
                if tree.children:
                    places.positions.add((tree, following))
                if tree.is_end and following not in seen:  # The set holds the empty string.
                    seen.add(following)
                    pending.append(following)

    def _tree(self, name: str) -> _Tree:
        if name not in self._trees:
            tree = _Tree()
            for string in self._sets[name]:
                tree.add(self._string(string))
            self._trees[name] = tree
        return self._trees[name]


class _Node:
    """A node of the grammar's data, checked."""

    __slots__ = ("edges", "free")

    def __init__(self, data: GrammarData, nodes: int, sets: dict[str, list[str]]) -> None:
        self.edges = [(str(name), int(following)) for name, following in data["edges"]]
        self.free = bool(data["free"])
        for name, following in self.edges:
            if name not in sets or not 0 <= following < nodes:
                raise ValueError(name, following)


def forced_run(state: State, limit: int) -> Iterator[tuple[int, State]]:
    """Yield tokens that must follow, and the state after each, up to a choice or an end."""
    for _ in range(limit):
        if state.forced is None:
            return
        token = state.forced
        state = state.advance(token)
        yield token, state
