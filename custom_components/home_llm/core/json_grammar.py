"""JSON schema to grammar: whatever a model writes by it is JSON that keeps to the schema.

Objects hold their names in the order of the schema, those that are not required may be left out.
Arrays and objects without a limit are loops, and strings are long: the grammar asks for whole
replies, so that they end in time.
"""

from collections.abc import Mapping
from typing import Any

from .grammar import Edge, Grammar
from .json_schema import to_json, to_shape
from .json_shapes import (
    Choice,
    Items,
    Members,
    Number,
    Parts,
    Shape,
    Subset,
    Table,
    Text,
    Union,
)
from .json_values import Exits, ValueBuilder

_LONGEST_NAME = 60
"""Characters of a name that the model may choose."""


def to_grammar(schema: Mapping[str, Any]) -> Grammar:
    """Return the grammar of the JSON values that keep to a schema.

    Args:
        schema: a JSON schema, or an OpenAPI schema as Home Assistant writes it.

    Raises:
        SchemaError: nothing keeps to it, or it is too large.

    """
    shape = to_shape(schema)
    builder = _Builder()
    start, end = builder.reserve(), builder.reserve()
    builder.fill(start, builder.value(shape, "", (("", end),)))
    return builder.build(whole=True)


class _Builder(ValueBuilder):
    """Collects nodes for values of all shapes."""

    def value(self, shape: Shape, before: str, exits: Exits) -> list[Edge]:
        """Return the edges to a value."""
        match shape:
            case Text():
                edges = self.text(shape, before, exits)
            case Parts():
                edges = self.parts(shape, before, exits)
            case Choice():
                edges = self.listed(shape, before, exits)
            case Number():
                edges = self.number(shape, before, exits)
            case Items():
                edges = self._items(shape, before, exits)
            case Subset():
                edges = self._subset(shape, before, exits)
            case Members():
                edges = self._members(shape, before, exits)
            case Table():
                edges = self._table(shape, before, exits)
            case Union():
                edges = [edge for one in shape.shapes for edge in self.value(one, before, exits)]
        return edges

    def _after(self, shape: Shape, exits: Exits) -> int:
        """Return the node at which a value begins that stands after a name or another item."""
        return self.shared((shape, exits), lambda: self.value(shape, " ", exits))

    def _items(self, shape: Items, before: str, exits: Exits) -> list[Edge]:
        closing: Exits = tuple((f"]{text}", node) for text, node in exits)
        edges = self.value(shape.at(0), f"{before}[", self._after_item(shape, closing))
        return edges if shape.least else [*edges, *self.ways(exits, f"{before}[]")]

    def _after_item(self, shape: Items, closing: Exits) -> Exits:
        """Return what may follow the first item."""
        count, more = shape.most, closing
        if count is None:
            count = max(len(shape.first), shape.least, 1)
            more = ((",", self._loop(shape.other, closing)), *closing)
        for number in range(count - 1, 0, -1):
            item = self._after(shape.at(number), more)
            more = ((",", item), *(closing if number >= shape.least else ()))
        return more

    def _loop(self, item: Shape, closing: Exits) -> int:
        """Return the node at which an item begins that others may follow without end."""
        key = ("loop", item, closing)
        if key not in self._known:
            again = self._known[key] = self.reserve()
            self.fill(again, self.value(item, " ", ((",", again), *closing)))
        return self._known[key]

    def _subset(self, shape: Subset, before: str, exits: Exits) -> list[Edge]:
        closing: Exits = tuple((f"]{text}", node) for text, node in exits)
        texts = shape.texts
        counts = shape.least > 1 or shape.most < len(texts)
        # What may follow when so many are written and the texts from one on are left.
        ahead: dict[tuple[int, int], Exits] = {}
        for written in range(shape.most if counts else 1, 0, -1):
            ends = closing if written >= shape.least else ()
            ahead[written, len(texts)] = ends
            for at in range(len(texts) - 1, 0, -1):
                after = ahead.get((written + counts, at + 1))
                item = [self._after(Choice(texts=texts[at : at + 1]), after)] if after else []
                ahead[written, at] = (*((",", node) for node in item), *ahead[written, at + 1])
        edges = self.ways(exits, f"{before}[]") if not shape.least else []
        for at, text in enumerate(texts):
            if after := ahead.get((1, at + 1)):
                edges += self.listed(Choice(texts=(text,)), f"{before}[", after)
        return edges

    def _members(self, shape: Members, before: str, exits: Exits) -> list[Edge]:
        ahead: Exits = tuple((f"}}{text}", node) for text, node in exits)
        first: list[Edge] = self.ways(exits, f"{before}{{}}")
        for member in reversed(shape.members):
            name, value = to_json(member.name), self._after(member.shape, ahead)
            ahead = ((f", {name}:", value), *(() if member.required else ahead))
            start = self.one_of((f"{before}{{{name}:",), value)
            first = [start, *(() if member.required else first)]
        return first

    def _table(self, shape: Table, before: str, exits: Exits) -> list[Edge]:
        name = self._table_name(shape, exits)
        return [self.one_of((f'{before}{{"',), name), *self.ways(exits, f"{before}{{}}")]

    def _table_name(self, shape: Table, exits: Exits) -> int:
        """Return the node in the quotes of a name that is free."""
        key = ("name", shape, exits)
        if key not in self._known:
            name = self._known[key] = self.reserve()
            again = self.node([self.one_of((' "',), name)])
            closing = tuple((f"}}{text}", node) for text, node in exits)
            value = self._after(shape.values, ((",", again), *closing))
            end = self.node([self.one_of(('":',), value)])
            self.fill(name, [self.quoted(1, _LONGEST_NAME, end)])
        return self._known[key]
