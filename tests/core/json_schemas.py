"""Random JSON schemas, and whether a value keeps to one: written apart from what reads them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from hypothesis import strategies as st

NAMES = st.sampled_from(
    [
        "name",
        "age",
        "is on",
        'a "quoted" one',
        "größe",
        "客厅",
        "a\\b",
        "line\nbreak",
        "\ud83d",
        "<|im_end|>",
    ]
)
VALUES = st.none() | st.booleans() | st.integers(-99, 99) | NAMES | st.just(0.5) | st.just([1, "a"])
BOUNDS = st.integers(-2000, 2000) | st.sampled_from(
    [0.1, -0.5, 21.5, -20.25, 100.125, 1e-7, 99999.5]
)


@st.composite
def ordered(
    draw: st.DrawFn, least: str, most: str, values: st.SearchStrategy[Any]
) -> dict[str, Any]:
    """Draw none, one or both of two bounds, the lower one first."""
    bounds = dict(zip((least, most), sorted([draw(values), draw(values)]), strict=True))
    return {key: bounds[key] for key in draw(st.sets(st.sampled_from([least, most])))}


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> dict[str, Any]:
    """Draw an object with listed names."""
    properties = draw(st.dictionaries(NAMES, inner, max_size=4))
    required = [name for name in properties if draw(st.booleans())]
    schema = {"type": "object", "properties": properties, "required": required}
    return {**schema, "additionalProperties": False} if draw(st.booleans()) else schema


def arrays(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    sized = ordered("minItems", "maxItems", st.integers(0, 5))
    return st.builds(lambda items, sizes: {"type": "array", "items": items, **sizes}, inner, sized)


LEAVES: st.SearchStrategy[Any] = st.one_of(
    ordered("minLength", "maxLength", st.integers(0, 12)).map(
        lambda sizes: {"type": "string", **sizes}
    ),
    st.sampled_from(["date", "time", "date-time", "entity_id"]).map(
        lambda form: {"type": "string", "format": form}
    ),
    ordered("minimum", "maximum", BOUNDS).map(lambda bounds: {"type": "number", **bounds}),
    ordered("exclusiveMinimum", "maximum", BOUNDS).map(lambda bounds: {"type": "number", **bounds}),
    ordered("minimum", "exclusiveMaximum", st.integers(-5000, 5000)).map(
        lambda bounds: {"type": "integer", **bounds}
    ),
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": ["integer", "null"]}]),
    st.lists(VALUES, min_size=1, max_size=5).map(lambda values: {"enum": values}),
    VALUES.map(lambda value: {"const": value}),
    st.builds(
        lambda values, sizes: {
            "type": "array",
            "items": {"enum": values},
            "uniqueItems": True,
            **sizes,
        },
        st.lists(NAMES, min_size=1, max_size=5, unique=True),
        ordered("minItems", "maxItems", st.integers(0, 4)),
    ),
    st.sampled_from([{}, {"type": "object", "additionalProperties": True}, {"type": "array"}]),
    st.just({"type": "object", "additionalProperties": {"type": "boolean"}}),
)

SCHEMAS: st.SearchStrategy[dict[str, Any]] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        objects(inner),
        arrays(inner),
        st.lists(inner, min_size=1, max_size=3).map(lambda branches: {"anyOf": branches}),
        inner.map(lambda schema: {"allOf": [schema, {"description": "all the same"}]}),
        st.builds(
            lambda first, other: {"type": "array", "prefixItems": first, "items": other},
            st.lists(inner, min_size=1, max_size=2),
            inner | st.just(False),
        ),
    ),
    max_leaves=6,
)


def keeps_to(value: object, schema: Mapping[str, Any] | bool) -> bool:
    """Return whether a value keeps to a schema."""
    if isinstance(schema, bool):
        return schema
    return (
        all(keeps_to(value, part) for part in schema.get("allOf", ()))
        and any(keeps_to(value, part) for part in schema.get("anyOf", [True]))
        and ("enum" not in schema or any(_same(value, one) for one in schema["enum"]))
        and ("const" not in schema or _same(value, schema["const"]))
        and _is_of_type(value, schema.get("type"))
        and (not isinstance(value, str) or _text_keeps_to(value, schema))
        and (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or _number_keeps_to(value, schema)
        )
        and (not isinstance(value, list) or _items_keep_to(value, schema))
        and (not isinstance(value, dict) or _members_keep_to(value, schema))
    )


def _same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other


def _is_of_type(value: object, kinds: str | list[str] | None) -> bool:
    types: Mapping[str, Any] = {
        "string": str,
        "boolean": bool,
        "null": type(None),
        "integer": int,
        "number": (int, float),
        "array": list,
        "object": dict,
    }
    if kinds is None:
        return True
    return any(
        isinstance(value, types[kind]) and (kind == "boolean" or not isinstance(value, bool))
        for kind in ([kinds] if isinstance(kinds, str) else kinds)
    )


def _text_keeps_to(text: str, schema: Mapping[str, Any]) -> bool:
    reads: Mapping[str, Callable[[str], object]] = {
        "date": date.fromisoformat,
        "time": time.fromisoformat,
        "date-time": datetime.fromisoformat,
    }
    if read := reads.get(schema.get("format", "")):
        read(text)
    return bool(schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", 2000))


def _number_keeps_to(number: float, schema: Mapping[str, Any]) -> bool:
    return bool(
        number >= schema.get("minimum", number)
        and number <= schema.get("maximum", number)
        and number > schema.get("exclusiveMinimum", number - 1)
        and number < schema.get("exclusiveMaximum", number + 1)
    )


def _items_keep_to(items: list[Any], schema: Mapping[str, Any]) -> bool:
    first = schema.get("prefixItems", ())
    rest = schema.get("items", True)
    return (
        schema.get("minItems", 0) <= len(items) <= schema.get("maxItems", len(items))
        and all(keeps_to(*pair) for pair in zip(items, first, strict=False))
        and all(keeps_to(item, rest) for item in items[len(first) :])
        and (not schema.get("uniqueItems") or all(items.count(item) == 1 for item in items))
    )


def _members_keep_to(value: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    properties = schema.get("properties", {})
    others = schema.get("additionalProperties", True)
    return set(schema.get("required", ())) <= set(value) and all(
        keeps_to(one, properties.get(name, others)) for name, one in value.items()
    )
