"""Grammars of JSON values that hold no others: strings, numbers, and what is listed.

A value begins after some text (``before``), and something must follow it (an ``Exit``). Both are
written together with the value's own first and last characters, so that tokens such as ``{"`` and
``",`` are the ones that models know. Values are cut off from names before the space.
"""

from collections.abc import Callable, Hashable, Iterable

from .errors import SchemaError
from .grammar import Edge, GrammarBuilder
from .json_shapes import Choice, Number, Parts, Text

Exit = tuple[str, int]
"""What may follow a value, and the node after that."""

Exits = tuple[Exit, ...]

MOST_LISTED = 1000
"""Numbers are listed one by one where there are no more: so each has the tokens of its text."""

_MOST_NODES = 20_000
_DIGITS = "0123456789"


class ValueBuilder(GrammarBuilder):
    """Collects nodes for values; where equal things may follow, they have one node."""

    def __init__(self) -> None:
        """Start with nothing."""
        super().__init__()
        self._names: dict[tuple[str, ...], str] = {}
        self._known: dict[Hashable, int] = {}

    def reserve(self) -> int:
        """Return the number of a node that is filled in later.

        Raises:
            SchemaError: there are too many.

        """
        if len(self._nodes) >= _MOST_NODES:
            raise SchemaError("the schema takes too large a grammar")
        return super().reserve()

    def one_of(self, strings: Iterable[str], following: int) -> Edge:
        """Return an edge that is any of some strings."""
        listed = tuple(strings)
        name = self._names.setdefault(listed, f"set {len(self._names)}")
        return self.choice(name, listed, following)

    def shared(self, key: Hashable, edges: Callable[[], list[Edge]]) -> int:
        """Return the node for a key; its edges are made when it is first asked for."""
        if key not in self._known:
            self._known[key] = self.node(edges())
        return self._known[key]

    def ways(self, exits: Exits, closing: str = "") -> list[Edge]:
        """Return the edges at the end of a value, which some text may close."""
        return [self.one_of((closing + text,), node) for text, node in exits]

    def end(self, exits: Exits, closing: str = "") -> int:
        """Return the node at the end of a value, which some text may close."""
        return self.shared(("end", exits, closing), lambda: self.ways(exits, closing))

    def listed(self, shape: Choice, before: str, exits: Exits) -> list[Edge]:
        """Return the edges to one of some values."""
        strings = [before + text[:-1] for text in shape.texts if text.startswith('"')]
        others = [before + text for text in shape.texts if not text.startswith('"')]
        edges = []
        if strings:
            edges.append(self.one_of(strings, self.end(exits, '"')))
        if others:
            edges.append(self.one_of(others, self.end(exits)))
        return edges

    def text(self, shape: Text, before: str, exits: Exits) -> list[Edge]:
        """Return the edges to a string."""
        end = self.end(exits, '"')
        inside = self.shared(
            ("text", shape, end), lambda: [self.quoted(shape.least, shape.most, end)]
        )
        return [self.one_of((f'{before}"',), inside)]

    def parts(self, shape: Parts, before: str, exits: Exits) -> list[Edge]:
        """Return the edges to a string of listed pieces."""
        node = self.end(exits, '"')
        for kind in reversed(shape.kinds[1:]):
            node = self._only(self.one_of(kind, node))
        return [self.one_of((f'{before}"{piece}' for piece in shape.kinds[0]), node)]

    def _only(self, edge: Edge) -> int:
        """Return the node with one edge."""
        return self.shared(edge, lambda: [edge])

    def number(self, shape: Number, before: str, exits: Exits) -> list[Edge]:
        """Return the edges to a number."""
        edges = []
        if shape.highest >= 0:
            lowest = max(0, shape.lowest)
            edges += self._unsigned(before, lowest, shape.highest, shape.decimals, exits)
        if shape.lowest < 0:
            lowest, highest = max(1, -shape.highest), -shape.lowest
            edges += self._unsigned(f"{before}-", lowest, highest, shape.decimals, exits)
        return edges

    def _unsigned(
        self, before: str, lowest: int, highest: int, decimals: int, exits: Exits
    ) -> list[Edge]:
        """Return the edges to a number without a sign; its bounds count the last decimal."""
        scale = 10**decimals
        (first, low), (last, high) = divmod(lowest, scale), divmod(highest, scale)
        edges = self._wholes(before, first + (low > 0), last, self.end(exits))
        if not decimals:
            return edges
        none, nines = 0, scale - 1
        if first == last:
            spans = [(first, last, low, high)]
        else:
            inner = (first + (low > none), last - (high < nines), none, nines)
            spans = [inner, *([(first, first, low, nines)] if low > none else [])]
            spans += [(last, last, none, high)] if none < high < nines else []
        for from_, to, below, above in spans:
            point = self._point(f"{below:0{decimals}}", f"{above:0{decimals}}", exits)
            edges += self._wholes(before, from_, to, point)
        return edges

    def _point(self, low: str, high: str, exits: Exits) -> int:
        """Return the node after the whole part of a number, where its decimals come."""
        end = self.end(exits)

        def decimals() -> list[Edge]:
            first = self.node(self._digits("", low, high, end, stops=True))
            return [self.one_of((".",), first)]

        return self.shared(("point", low, high, end), decimals)

    def _wholes(self, before: str, first: int, last: int, end: int) -> list[Edge]:
        """Return the edges to a whole number; there may be none."""
        if first > last:
            return []
        if last - first < MOST_LISTED:
            return [self.one_of((f"{before}{number}" for number in range(first, last + 1)), end)]
        edges = []
        for length in range(len(str(first)), len(str(last)) + 1):
            low = max(first, 10 ** (length - 1) if length > 1 else 0)
            high = min(last, 10**length - 1)
            edges += self._digits(before, str(low), str(high), end, stops=False)
        return edges

    def _digits(self, before: str, low: str, high: str, end: int, *, stops: bool) -> list[Edge]:
        """Return the edges to as many digits as the bounds have.

        Args:
            before: what stands before the first digit.
            low: the lowest number.
            high: the highest.
            end: the node after them.
            stops: whether zeros at the end may be left out.

        """
        spans: dict[tuple[str, str], list[str]] = {}
        for digit in _DIGITS[int(low[0]) : int(high[0]) + 1]:
            below = low[1:] if digit == low[0] else "0" * len(low[1:])
            above = high[1:] if digit == high[0] else "9" * len(high[1:])
            spans.setdefault((below, above), []).append(before + digit)
        return [
            self.one_of(digits, self._more_digits(*bounds, end, stops=stops))
            for bounds, digits in spans.items()
        ]

    def _more_digits(self, low: str, high: str, end: int, *, stops: bool) -> int:
        """Return the node where more digits come."""
        if not low:
            return end

        def edges() -> list[Edge]:
            may_stop = stops and not low.strip("0")
            more = self._digits("", low, high, end, stops=stops)
            return [*more, self.one_of(("",), end)] if may_stop else more

        return self.shared(("digits", low, high, end, stops), edges)
