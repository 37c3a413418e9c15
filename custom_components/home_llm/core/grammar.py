"""What a model may write, as a small automaton over strings that is built for each sentence.

A grammar is plain data: the engine compiles its strings to the tokens of the loaded model.
Strings are cut so that no token of a byte-level BPE with GPT-2's word boundaries spans two of
them: a string ends at a letter or digit, or the next one begins with one. So what the grammar
forces is the very tokenization that the model saw in training.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
import hashlib
import json


@dataclass(frozen=True, kw_only=True)
class Edge:
    """One way on: any string of a named set, then the node ``next``."""

    choices: str
    next: int


Node = tuple[Edge, ...]
"""A place in a reply: what may come next. Where nothing may, the reply is whole."""


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """Nodes, the first of which is the start, and the sets of strings that lead between them."""

    sets: Mapping[str, tuple[str, ...]]
    nodes: tuple[Node, ...]

    def to_dict(self) -> dict[str, object]:
        """Return a JSON-ready form, as the engine takes it."""
        return {
            "sets": {name: list(strings) for name, strings in self.sets.items()},
            "nodes": [[[edge.choices, edge.next] for edge in node] for node in self.nodes],
        }

    @cached_property
    def digest(self) -> str:
        """A name for this grammar: equal grammars have equal digests."""
        text = json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def accepts(self, text: str) -> bool:
        """Return whether ``text`` is a whole reply of this grammar."""
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
            for string in self.sets[edge.choices]:
                if text.startswith(string, start):
                    yield edge.next, start + len(string)


class GrammarBuilder:
    """Collects nodes and sets; equal sets are kept once."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._sets: dict[str, tuple[str, ...]] = {}
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

    def build(self) -> Grammar:
        """Return the grammar; node 0 is where a reply starts."""
        return Grammar(sets=dict(self._sets), nodes=tuple(self._nodes))
