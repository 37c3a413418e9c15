"""A grammar over the tokens of a model: at each step, which tokens may come next.

The strings of each set become a tree of tokens. As one string may be the beginning of another
("light ceiling", "light ceiling 2"), a place in a reply is a set of positions in such trees, found
when it is first reached and then kept. So a step costs a look-up, however much may be said.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from typing import Protocol, Self

import numpy as np

from .distances import distances
from .errors import GrammarError
from .places import Key, Places, Tree
from .quoted import LONGEST_WAY_BACK, Quoted, QuotedTokens
from .reply import GrammarData
from .vocabulary import TokenIds


class State:
    """What a reply has come to.

    Args:
        grammar: the grammar that the reply follows.
        places: where in the grammar it may be.

    """

    __slots__ = ("_farthest", "_following", "_grammar", "_places", "allowed", "forced", "is_final")

    def __init__(self, grammar: "CompiledGrammar", places: Places) -> None:
        self._grammar = grammar
        self._places = places
        self._following: dict[int, State] = {}
        self._farthest = -1
        choices = {token for tree, _ in places.positions for token in tree.children}
        texts = [grammar.texts.allowed(at) for at, _ in places.quoted]
        self.is_final = places.ends and not choices and not texts
        """Whether nothing can follow."""
        alone = len(choices) == 1 and not places.ends and not texts
        self.forced = next(iter(choices)) if alone else None
        """The only token that can follow, if there is one only and no end."""
        self.allowed = grammar.ids(choices | grammar.ends if places.ends else choices, texts)
        """Ids of what may follow, among them those that end the reply where it may end."""

    def within(self, room: int) -> TokenIds:
        """Return ids of what may follow so that the reply comes to its end in time.

        Args:
            room: the most tokens that it may still have.

        """
        if not self._grammar.whole:
            return self.allowed
        if self._farthest < 0:
            self._farthest = max(self._ways(), default=0)
        if room > self._farthest:
            return self.allowed
        # Where there never was enough room, the reply is cut off.
        near = self._near(room - 1)
        return near if near.size else self.allowed

    def _ways(self) -> Iterator[int]:
        """Yield how many tokens it may take to an end, whatever comes next."""
        distance = self._grammar.distance
        for tree, following in self._places.positions:
            beyond = distance(following)
            yield from (child.rest + beyond for child in tree.children.values())
        for at, following in self._places.quoted:
            yield LONGEST_WAY_BACK + at.least + distance(following)

    def _near(self, left: int) -> TokenIds:
        """Return ids of that after which it takes at most ``left`` tokens to an end."""
        grammar, places = self._grammar, self._places
        choices = set(grammar.ends) if places.ends else set()
        for tree, following in places.positions:
            beyond = grammar.distance(following)
            choices.update(t for t, child in tree.children.items() if child.rest + beyond <= left)
        texts = []
        for at, following in places.quoted:
            beyond = grammar.distance(following)
            closing = LONGEST_WAY_BACK + at.least + beyond > left
            if not closing or max(at.rest - 1, 0) + beyond <= left:
                texts.append(grammar.texts.allowed(at, closing=closing))
        return grammar.ids(choices, texts)

    def advance(self, token: int) -> "State":
        """Return the state after ``token``, one of ``allowed`` that does not end the reply."""
        if token not in self._following:
            self._following[token] = self._grammar.state(self._places_after(token))
        return self._following[token]

    def _places_after(self, token: int) -> Places:
        places = Places()
        for tree, following in self._places.positions:
            child = tree.children.get(token)
            if child is None:
                continue
            if child.children:
                places.positions.add((child, following))
            if child.is_end:
                self._grammar.enter(following, places)
        for at, following in self._places.quoted:
            after = self._grammar.texts.after(at, token)
            if after is None:
                continue
            if after.goes_on:
                places.quoted.add((after, following))
            if after.is_end:
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

    def within(self, _room: int) -> TokenIds:
        """Return ids of what may follow: such a reply ends wherever it is cut off."""
        return self.allowed

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
        quoted: those that text between quotes is made of, for grammars that have such text.

    Raises:
        GrammarError: the data make no grammar.

    """

    def __init__(
        self, data: GrammarData, vocabulary: Tokens, quoted: QuotedTokens | None = None
    ) -> None:
        try:
            self._sets: dict[str, list[str]] = dict(data["sets"])
            self._quoted = _texts(dict(data.get("quoted", {})))
            self._nodes = [self._edges(node, len(data["nodes"])) for node in data["nodes"]]
        except (KeyError, TypeError, ValueError) as err:
            raise GrammarError(f"not a grammar: {err!r}") from err
        if not self._nodes:
            raise GrammarError("a grammar needs a node")
        if self._quoted and quoted is None:
            raise GrammarError("nothing is known of the tokens of its texts")
        self.whole = bool(data.get("whole"))
        self.texts = quoted or QuotedTokens((), ())
        self._arrays: dict[tuple[frozenset[int], frozenset[int]], TokenIds] = {}
        self.ends = vocabulary.ends
        self._string = vocabulary.string
        self._text = data.get("text")
        self._trees: dict[str, Tree] = {}
        self._begin()

    def _begin(self) -> None:
        self._states: dict[Key, State] = {}
        self._distances: list[int] = []
        start = Places()
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

    def state(self, places: Places) -> State:
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

    def enter(self, number: int, places: Places) -> None:
        """Add what can come at a node to ``places``."""
        pending, seen = [number], {number}
        while pending:
            edges = self._nodes[pending.pop()]
            places.ends |= not edges
            for name, following in edges:
                # The set may hold the empty string.
                if self._enter_set(name, following, places) and following not in seen:
                    seen.add(following)
                    pending.append(following)

    def _enter_set(self, name: str, following: int, places: Places) -> bool:
        """Add what can come of a set, and return whether that may be nothing at all."""
        text = self._quoted.get(name)
        if text is not None:
            if text.goes_on:
                places.quoted.add((text, following))
            return text.is_end
        tree = self._tree(name)
        if tree.children:
            places.positions.add((tree, following))
        return tree.is_end

    def ids(self, choices: Collection[int], texts: Sequence[TokenIds]) -> TokenIds:
        """Return choices, and what texts may go on with, as sorted ids.

        With texts they are most of the vocabulary: equal ones are one array.
        """
        if not texts:
            return _ids(choices)
        key = (frozenset(choices), frozenset(map(id, texts)))
        if key not in self._arrays:
            self._arrays[key] = np.unique(np.concatenate([_ids(choices), *texts]))
        return self._arrays[key]

    def distance(self, number: int) -> int:
        """Return how many tokens lead from a node to an end, at least."""
        if not self._distances:
            nodes = [[(self._length(name), to) for name, to in node] for node in self._nodes]
            self._distances = distances(nodes)
        return self._distances[number]

    def _length(self, name: str) -> int:
        text = self._quoted.get(name)
        return text.rest if text is not None else self._tree(name).rest

    def _edges(self, node: Iterable[tuple[str, int]], nodes: int) -> list[tuple[str, int]]:
        """Return the edges of a node, checked."""
        edges = [(str(name), int(following)) for name, following in node]
        for name, following in edges:
            if (name not in self._sets and name not in self._quoted) or not 0 <= following < nodes:
                raise ValueError(name, following)
        return edges

    def _tree(self, name: str) -> Tree:
        if name not in self._trees:
            tree = Tree()
            for string in self._sets[name]:
                tree.add(self._string(string))
            self._trees[name] = tree
        return self._trees[name]


def _texts(data: Mapping[str, Sequence[int]]) -> dict[str, Quoted]:
    """Return where texts between quotes begin, checked."""
    texts = {str(name): Quoted(0, int(least), int(most)) for name, (least, most) in data.items()}
    for text in texts.values():
        if not 0 <= text.least <= text.most:
            raise ValueError(text)
    return texts


def forced_run(state: State | Unbounded, limit: int) -> Iterator[tuple[int, State | Unbounded]]:
    """Yield tokens that must follow, and the state after each, up to a choice or an end."""
    for _ in range(limit):
        if state.forced is None:
            return
        token = state.forced
        state = state.advance(token)
        yield token, state
