"""What a model may write, as a small automaton over strings that is built for each sentence.

A grammar is plain data: the engine compiles its strings to the tokens of the loaded model.
Strings are cut so that no token of a byte-level BPE with GPT-2's word boundaries spans two of
them: a string ends at a letter or digit, or the next one begins with one. So what the grammar
forces is the very tokenization that the model saw in training.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
import hashlib
import json
import re

_CHARACTER = re.compile(r'[^"\\\x00-\x1f]|\\["\\/bfnrt]')
"""A character of a JSON string, as it is written between the quotes."""


@dataclass(frozen=True, kw_only=True)
class Edge:
    """One way on: any string of a named set, then the node ``next``."""

    choices: str
    next: int


Node = tuple[Edge, ...]
"""A place in a reply: what may come next. Where nothing may, the reply is whole."""


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """What may be written.

    Args:
        sets: the strings that lead between nodes, by name.
        nodes: the first is the start.
        text: the node at which words begin that are taken from the sentence, if there is one. Its
            edges are what may follow them. The words are not part of the grammar, so that one
            grammar serves all sentences of a kind.
        quoted: sets that no list can hold, by name: whatever can stand between the quotes of a
            JSON string, with the least and the most characters that it has.
        whole: whether a reply is brought to an end before its limit cuts it off.

    """

    sets: Mapping[str, tuple[str, ...]]
    nodes: tuple[Node, ...]
    text: int | None = None
    quoted: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    whole: bool = False

    def to_dict(self) -> dict[str, object]:
        """Return a JSON-ready form, as the engine takes it."""
        data: dict[str, object] = {
            "text": self.text,
            "sets": {name: list(strings) for name, strings in self.sets.items()},
            "nodes": [[[edge.choices, edge.next] for edge in node] for node in self.nodes],
        }
        # Most grammars have neither: their form, and so their digest, is as it always was.
        if self.quoted:
            data["quoted"] = {name: list(bounds) for name, bounds in self.quoted.items()}
        if self.whole:
            data["whole"] = True
        return data

    @cached_property
    def digest(self) -> str:
        """A name for this grammar: equal grammars have equal digests."""
        text = json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def with_words(self, words: Sequence[str]) -> "Grammar":
        """Return the grammar for a sentence of these words."""
        if self.text is None or not words:
            return self
        first = len(self.nodes)
        edges = [Edge(choices=f" {word}", next=first + at) for at, word in enumerate(words)]
        following = self.nodes[self.text]
        after = [(*following, *edges[at : at + 1]) for at in range(1, len(words) + 1)]
        nodes = [*self.nodes, *after]
        nodes[self.text] = tuple(edges)
        sets = {**self.sets, **{edge.choices: (edge.choices,) for edge in edges}}
        return replace(self, sets=sets, nodes=tuple(nodes), text=None)

    def accepts(self, text: str, words: Sequence[str] = ()) -> bool:
        """Return whether ``text`` is a whole reply of this grammar to a sentence of some words."""
        if self.text is not None and words:
            return self.with_words(words).accepts(text)
        pending = [(0, 0)]
        seen = set(pending)
        while pending:
            node_id, start = pending.pop()
            node = self.nodes[node_id]
            if not node and start == len(text):
                return True
            for state in self._steps(node, text, start):
                if state not in seen:
                    seen.add(state)
                    pending.append(state)
        return False

    def _steps(self, node: Node, text: str, start: int) -> Iterator[tuple[int, int]]:
        for edge in node:
            if edge.choices in self.quoted:
                ends = _quoted_ends(text, start, *self.quoted[edge.choices])
                yield from ((edge.next, end) for end in ends)
                continue
            for string in self.sets[edge.choices]:
                if text.startswith(string, start):
                    yield edge.next, start + len(string)


def _quoted_ends(text: str, start: int, least: int, most: int) -> Iterator[int]:
    """Yield where what stands between quotes may end."""
    for length in range(most + 1):
        if length >= least:
            yield start
        character = _CHARACTER.match(text, start)
        if character is None:
            return
        start = character.end()


class GrammarBuilder:
    """Collects nodes and sets; equal sets are kept once."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._sets: dict[str, tuple[str, ...]] = {}
        self._quoted: dict[str, tuple[int, int]] = {}
        self._nodes: list[Node] = []

    def reserve(self) -> int:
        """Return the number of a node that is filled in later."""
        self._nodes.append(())
        return len(self._nodes) - 1

    def fill(self, number: int, edges: list[Edge]) -> None:
        """Say what may come at a reserved node."""
        self._nodes[number] = tuple(edges)

    def node(self, edges: list[Edge]) -> int:
        """Add a node and return its number."""
        number = self.reserve()
        self.fill(number, edges)
        return number

    def literal(self, text: str, following: int) -> Edge:
        """Return an edge that is exactly ``text``."""
        return self.choice(text, (text,), following)

    def choice(self, name: str, strings: tuple[str, ...], following: int) -> Edge:
        """Return an edge that is any of ``strings``."""
        self._sets[name] = strings
        return Edge(choices=name, next=following)

    def quoted(self, least: int, most: int, following: int) -> Edge:
        """Return an edge that is whatever can stand between the quotes of a JSON string.

        Args:
            least: so many characters at least.
            most: so many at most.
            following: the node after it; the quote that closes the string begins there.

        """
        name = f"quoted {least}-{most}"
        self._quoted[name] = (least, most)
        return Edge(choices=name, next=following)

    def build(self, text: int | None = None, *, whole: bool = False) -> Grammar:
        """Return the grammar.

        Args:
            text: the node at which words of the sentence begin; a reply starts at node 0.
            whole: whether a reply is brought to an end before its limit cuts it off.

        """
        return Grammar(
            sets=dict(self._sets),
            nodes=tuple(self._nodes),
            text=text,
            quoted=dict(self._quoted),
            whole=whole,
        )
