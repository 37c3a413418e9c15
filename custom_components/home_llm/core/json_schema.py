"""Reads JSON schemas: what values they allow, as shapes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
import json
import math
from typing import Any

from .errors import SchemaError
from .json_merging import kinds_of, merged
from .json_shapes import (
    Choice,
    Items,
    Member,
    Members,
    Number,
    Shape,
    Subset,
    Table,
    Text,
    Union,
)
from .json_stamps import STAMPS

LONGEST_TEXT = 2000
"""Characters of a string, where the schema does not say."""

MOST_LISTED = 1000
"""Whole numbers are listed where there are no more of them."""

MOST_ITEMS = 64
"""Items of an array that has a limit: each of them takes nodes of its own."""

_MOST_SHAPES = 2000
_MOST_VISITS = 3
"""How often a part of a schema may be found within itself."""

_OPEN_DEPTH = 2
"""How deep a value may be of which the schema says nothing."""

_DECIMALS, _MOST_DECIMALS = 6, 15
_LARGEST_WHOLE, _LARGEST = 10**15 - 1, 10**12

_BYTE = {"type": "integer", "minimum": 0, "maximum": 255}

_ELSEWHERE = ("$ref", "allOf", "const")
"""What is said by other keywords in the end."""

Refs = tuple[str, ...]


def to_shape(schema: Mapping[str, Any]) -> Shape:
    """Return what values keep to a schema.

    Raises:
        SchemaError: none does, or the schema is too large.

    """
    shape = _Reader(schema).read(schema)
    if shape is None:
        raise SchemaError("no value keeps to the schema")
    return shape


class _Reader:
    """Reads a schema; what nothing keeps to is None."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._shapes = 0
        self._by_kind: dict[str, Callable[[Mapping[str, Any], Refs], Shape | None]] = {
            "string": _text,
            "integer": lambda schema, _: _number(schema, whole=True),
            "number": lambda schema, _: _number(schema, whole=False),
            "boolean": lambda *_: Choice(texts=("true", "false")),
            "null": lambda *_: Choice(texts=("null",)),
            "array": self._array,
            "object": self._object,
        }

    def read(self, schema: object, refs: Refs = ()) -> Shape | None:
        """Return the shape of a schema that was reached through some references."""
        self._shapes += 1
        if self._shapes > _MOST_SHAPES:
            raise SchemaError("the schema is too large")
        flat = self._flat(schema, refs)
        if flat is None:
            return None
        plain, refs = flat
        for keyword in ("anyOf", "oneOf"):
            if keyword in plain:
                rest = {key: value for key, value in plain.items() if key != keyword}
                branches = [{"allOf": [rest, branch]} for branch in plain[keyword]]
                return _union(self.read(branch, refs) for branch in branches)
        if plain.get("nullable") is True:
            rest = {key: value for key, value in plain.items() if key != "nullable"}
            return _union([self.read(rest, refs), Choice(texts=("null",))])
        return self._plain(plain, refs)

    def _plain(self, schema: Mapping[str, Any], refs: Refs) -> Shape | None:
        kinds = kinds_of(schema)
        if "enum" in schema:
            return _choice(value for value in schema["enum"] if _is_any_of(value, kinds))
        if not kinds:
            return _anything(_OPEN_DEPTH)
        read = [self._by_kind[kind](schema, refs) for kind in kinds if kind in self._by_kind]
        return _union(read)

    def _flat(self, schema: object, refs: Refs) -> tuple[Mapping[str, Any], Refs] | None:
        """Return a schema with what it refers to, and all of ``allOf``, in one place."""
        if not isinstance(schema, Mapping):
            return None if schema is False else ({}, refs)
        flat: Mapping[str, Any] = {k: v for k, v in schema.items() if k not in _ELSEWHERE}
        if "const" in schema:
            flat = merged(flat, {"enum": [schema["const"]]})
        parts = list(schema.get("allOf", ()))
        if "$ref" in schema:
            if refs.count(schema["$ref"]) >= _MOST_VISITS:
                return None
            refs = (*refs, schema["$ref"])
            parts.append(self._target(schema["$ref"]))
        for part in parts:
            more = self._flat(part, refs)
            if more is None:
                return None
            flat, refs = merged(flat, more[0]), more[1]
        return flat, refs

    def _target(self, ref: str) -> object:
        """Return the part of the schema that a reference names."""
        target: object = self._root
        for key in ref.removeprefix("#").split("/")[1:]:
            target = (
                target.get(key.replace("~1", "/").replace("~0", "~"))
                if isinstance(target, Mapping)
                else None
            )
        if not ref.startswith("#") or target is None:
            raise SchemaError(f"the schema has no {ref}")
        return target

    def _array(self, schema: Mapping[str, Any], refs: Refs) -> Shape | None:
        items = _BYTE if schema.get("format") == "RGB" else schema.get("items", True)
        first = [self.read(item, refs) for item in schema.get("prefixItems", ())]
        known = first.index(None) if None in first else len(first)
        other = self.read(items, refs) if known == len(first) else None
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        if isinstance(other, Choice) and schema.get("uniqueItems") and not first:
            highest = len(other.texts) if most is None else min(most, len(other.texts))
            subset = Subset(texts=other.texts, least=least, most=highest)
            return subset if least <= highest else None
        possible = tuple(shape for shape in first[:known] if shape is not None)
        if other is None:
            most = known if most is None else min(most, known)
        if most is not None and least > most:
            return None
        if most is not None:
            most = min(most, max(least, MOST_ITEMS))
        if most == 0 or (other is None and not possible):
            return Choice(texts=("[]",))
        last = possible[-1] if other is None else other
        return Items(first=possible, other=last, least=least, most=most)

    def _object(self, schema: Mapping[str, Any], refs: Refs) -> Shape | None:
        properties = schema.get("properties")
        required = schema.get("required", ())
        others = schema.get("additionalProperties", True)
        if (
            not properties
            and not required
            and (properties is None or "additionalProperties" in schema)
        ):
            values = self.read(others, refs)
            return Members(members=()) if values is None else Table(values=values)
        members = []
        for name in dict.fromkeys([*(properties or {}), *required]):
            shape = self.read((properties or {}).get(name, others), refs)
            if shape is not None:
                members.append(Member(name=name, shape=shape, required=name in required))
            elif name in required:
                return None
        return Members(members=tuple(members))


def _union(shapes: Iterable[Shape | None]) -> Shape | None:
    """Return one of several shapes; those that are impossible are left out."""
    found: dict[Shape, None] = {}
    for shape in shapes:
        if shape is not None:
            inner = shape.shapes if isinstance(shape, Union) else (shape,)
            found.update(dict.fromkeys(inner))
    if len(found) < 2:  # noqa: PLR2004 - one is no choice
        return next(iter(found), None)
    return Union(shapes=tuple(found))


def _choice(values: Iterable[object]) -> Shape | None:
    texts = tuple(dict.fromkeys(to_json(value) for value in values))
    return Choice(texts=texts) if texts else None


def to_json(value: object) -> str:
    """Return a value as JSON that any tokenizer can write."""
    text = json.dumps(value, ensure_ascii=False)
    # Half a character of two has no bytes of its own.
    return text if text.isprintable() else json.dumps(value)


def _is_any_of(value: object, kinds: Sequence[str]) -> bool:
    tests: dict[str, bool] = {
        "string": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "null": value is None,
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "array": isinstance(value, list | tuple),
        "object": isinstance(value, Mapping),
    }
    return not kinds or any(tests.get(kind, False) for kind in kinds)


def _anything(depth: int) -> Shape:
    scalars: tuple[Shape, ...] = (
        Text(least=0, most=LONGEST_TEXT),
        Number(
            lowest=-_LARGEST * 10**_DECIMALS, highest=_LARGEST * 10**_DECIMALS, decimals=_DECIMALS
        ),
        Choice(texts=("true", "false", "null")),
    )
    if not depth:
        return Union(shapes=scalars)
    inner = _anything(depth - 1)
    return Union(shapes=(*scalars, Items(other=inner), Table(values=inner)))


def _text(schema: Mapping[str, Any], _: Refs) -> Shape | None:
    if (stamp := STAMPS.get(schema.get("format", ""))) is not None:
        return stamp
    least = schema.get("minLength", 0)
    most = schema.get("maxLength", max(LONGEST_TEXT, least))
    return Text(least=least, most=most) if least <= most else None


def _number(schema: Mapping[str, Any], *, whole: bool) -> Shape | None:
    """Return the shape of numbers, as a choice where there are few."""
    step = schema.get("multipleOf", 1)
    stepped = isinstance(step, int) and "multipleOf" in schema
    bounds = [
        _bound(schema, "minimum", "exclusiveMinimum"),
        _bound(schema, "maximum", "exclusiveMaximum"),
    ]
    decimals = 0
    if not (whole or stepped):
        decimals = min(_MOST_DECIMALS, max(_DECIMALS, *(_decimals(value) for value, _ in bounds)))
    lowest, highest = _counted(bounds, decimals, _LARGEST_WHOLE if whole else _LARGEST)
    if lowest > highest:
        return None
    if not decimals and highest - lowest < MOST_LISTED * (step if stepped else 1):
        return _choice(
            number for number in range(lowest, highest + 1) if not (stepped and number % step)
        )
    return Number(lowest=lowest, highest=highest, decimals=decimals)


def _bound(schema: Mapping[str, Any], name: str, exclusive: str) -> tuple[float | None, bool]:
    """Return a bound, if there is one, and whether it lies outside."""
    value, other = schema.get(name), schema.get(exclusive)
    if other is not None and not isinstance(other, bool):
        # OpenAPI 3.1 gives a number, 3.0 says it of the other keyword.
        value, other = other, True
    if value is None or math.isinf(value):
        return None, False
    return value, bool(other)


def _decimals(value: float | None) -> int:
    exponent = Decimal(str(value or 0)).as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _counted(
    bounds: Sequence[tuple[float | None, bool]], decimals: int, largest: int
) -> tuple[int, int]:
    """Return the lowest and the highest number that are allowed, counted in the last decimal."""
    scale, largest = 10**decimals, largest * 10**decimals
    low, high = (None if value is None else Fraction(str(value)) * scale for value, _ in bounds)
    lowest = None if low is None else math.ceil(low) + (bounds[0][1] and low.denominator == 1)
    highest = None if high is None else math.floor(high) - (bounds[1][1] and high.denominator == 1)
    if lowest is None:
        lowest = -largest if highest is None else min(-largest, highest - largest)
    if highest is None:
        highest = max(largest, lowest + largest)
    return lowest, highest
