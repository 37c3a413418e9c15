"""Two JSON schemas that both hold, as one; and what types a schema is about."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

_KINDS = {
    "properties": "object",
    "required": "object",
    "additionalProperties": "object",
    "items": "array",
    "prefixItems": "array",
    "minItems": "array",
    "maxItems": "array",
    "minLength": "string",
    "maxLength": "string",
    "pattern": "string",
    "format": "string",
    "minimum": "number",
    "maximum": "number",
    "exclusiveMinimum": "number",
    "exclusiveMaximum": "number",
    "multipleOf": "number",
}
"""What a schema without a type is about, by what it says."""


def kinds_of(schema: Mapping[str, Any]) -> Sequence[str]:
    """Return the types that a schema names, or is about by what it says."""
    kinds = schema.get("type", ())
    if isinstance(kinds, str):
        return (kinds,)
    return tuple(kinds) or tuple(dict.fromkeys(_KINDS[key] for key in schema if key in _KINDS))[:1]


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema that asks for what both ask for."""
    both = {key: _BOTH[key](one[key], other[key]) for key in one if key in other and key in _BOTH}
    return {**one, **other, **both}


def _common_kinds(one: str | Sequence[str], other: str | Sequence[str]) -> list[str]:
    """Return the types that both name; where none is left, one that nothing has."""
    kinds = [[kind] if isinstance(kind, str) else kind for kind in (one, other)]
    # Whole numbers are numbers.
    wide = [{*named, *(["integer"] if "number" in named else [])} for named in kinds]
    common = [kind for kind in (*kinds[0], *kinds[1]) if kind in wide[0] and kind in wide[1]]
    return [*dict.fromkeys(common)] or ["nothing"]


def _common_properties(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    shared = {name: _all_of(one[name], other[name]) for name in one if name in other}
    return {**one, **other, **shared}


def _all_of(one: object, other: object) -> dict[str, Any]:
    return {"allOf": [one, other]}


def _pairs(one: Sequence[object], other: Sequence[object]) -> list[dict[str, Any]]:
    return [_all_of(mine, its) for mine in one for its in other]


_BOTH: Mapping[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems"), min),
    **dict.fromkeys(("items", "additionalProperties"), _all_of),
    **dict.fromkeys(("anyOf", "oneOf"), _pairs),
    "type": _common_kinds,
    "properties": _common_properties,
    "required": lambda one, other: [*dict.fromkeys([*one, *other])],
    "enum": lambda one, other: [value for value in one if value in other],
}
"""What becomes of a keyword that both schemas have; of others, the last one holds."""
