"""A schema becomes a grammar of just the JSON that keeps to it, as models like to write it."""

import json
from typing import Any

import pytest

from home_llm_core.errors import SchemaError
from home_llm_core.grammar import GrammarBuilder
from home_llm_core.json_grammar import to_grammar

TREE = {
    "type": "object",
    "properties": {"name": {"enum": ["a"]}, "parts": {"type": "array", "items": {"$ref": "#"}}},
    "required": ["name"],
}
PERSON = {"$defs": {"a/b": {"type": "object", "properties": {"on": {"type": "boolean"}}}}}


def closed(*required: str, **properties: Any) -> dict[str, Any]:
    """Return the schema of an object."""
    return {"type": "object", "properties": properties, "required": list(required)}


@pytest.mark.parametrize(
    ("schema", "written", "refused"),
    [
        (
            {"type": "string"},
            ['""', '"a b"', r'"\"\\\n"', '"ü客"'],
            ["", "a", '"a', '"\n"', r'"\x"'],
        ),
        (
            {"type": "string", "minLength": 2, "maxLength": 3},
            ['"ab"', r'"a\"b"'],
            ['"a"', '"abcd"'],
        ),
        ({"minLength": 1}, ['"a"'], ['""', "1"]),
        ({"type": "boolean"}, ["true", "false"], ["null", "True"]),
        ({"type": "null"}, ["null"], ["0"]),
        (
            {"type": "integer"},
            ["0", "-7", "123456789012345"],
            ["-0", "01", "1.0", "1234567890123456"],
        ),
        ({"type": "integer", "minimum": 3, "maximum": 12}, ["3", "12"], ["2", "13", "-3"]),
        (
            {"type": "integer", "minimum": -1500, "maximum": 99},
            ["-1500", "0", "99"],
            ["-1501", "100"],
        ),
        (
            {"type": "integer", "multipleOf": 5, "minimum": 0, "maximum": 20},
            ["0", "15"],
            ["1", "25"],
        ),
        ({"type": "number", "multipleOf": 2, "minimum": 0, "maximum": 4}, ["0", "4"], ["1", "2.0"]),
        ({"type": "number"}, ["0", "-0.5", "21.25", "1.123456"], ["1.", ".5", "1.1234567", "1e3"]),
        ({"minimum": 0.1, "maximum": 0.5}, ["0.1", "0.25", "0.5"], ["0", "0.09", "0.51", "1"]),
        ({"minimum": 0.5, "maximum": 3.2}, ["0.5", "1", "2.999", "3.2"], ["0.4", "3.21", "4"]),
        ({"minimum": -2.5, "maximum": -1}, ["-2.5", "-1", "-1.0"], ["-2.6", "-0.9", "1"]),
        ({"exclusiveMinimum": 1, "maximum": 2}, ["1.1", "2"], ["1", "1.0", "2.1"]),
        ({"type": "integer", "exclusiveMaximum": 2}, ["1", "-99999"], ["2"]),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, ["2"], ["1"]),
        ({"type": "integer", "minimum": float("-inf"), "maximum": 1}, ["1", "-5"], ["2"]),
        ({"type": "integer", "minimum": 10**20}, [str(10**20)], ["5"]),
        ({"enum": ["on", "off", 3, None]}, ['"on"', "3", "null"], ['"o"', "4", "on"]),
        ({"type": "string", "enum": ["on", 3]}, ['"on"'], ["3"]),
        ({"const": {"a": [1]}}, ['{"a": [1]}'], ["{}"]),
        ({"type": ["integer", "null"], "maximum": 1, "minimum": 1}, ["1", "null"], ["2"]),
        ({"type": "integer", "maximum": 1, "minimum": 1, "nullable": True}, ["1", "null"], ["2"]),
        ({"type": "string", "format": "date"}, ['"2026-02-28"', '"2028-02-29"'], ['"2026-02-29"']),
        ({"type": "string", "format": "time"}, ['"23:59:00"'], ['"24:00:00"', '"7:00:00"']),
        ({"format": "date-time"}, ['"2026-11-22T07:30:00"'], ['"2026-11-22"']),
        ({"type": "array", "format": "RGB"}, ["[0, 255]", "[]"], ["[256]", "[0.5]"]),
        ({"type": "array", "items": {"const": 1}}, ["[]", "[1]", "[1, 1, 1]"], ["[1,1]", "[2]"]),
        ({"items": {"const": 1}, "minItems": 2}, ["[1, 1]", "[1, 1, 1]"], ["[]", "[1]"]),
        (
            {"items": {"const": 1}, "minItems": 1, "maxItems": 2},
            ["[1]", "[1, 1]"],
            ["[]", "[1, 1, 1]"],
        ),
        ({"items": {"const": 1}, "maxItems": 0}, ["[]"], ["[1]"]),
        ({"items": False}, ["[]"], ["[1]"]),
        ({"prefixItems": [{"const": 1}], "items": False}, ["[]", "[1]"], ["[1, 1]", "[2]"]),
        ({"prefixItems": [{"const": 1}], "items": {"const": 2}}, ["[1, 2, 2]"], ["[2]", "[1, 1]"]),
        ({"prefixItems": [{"const": 1}, False, {"const": 3}]}, ["[1]"], ["[1, 2, 3]"]),
        (
            {"items": {"enum": ["a", "b", "c"]}, "uniqueItems": True},
            ["[]", '["a"]', '["a", "c"]', '["a", "b", "c"]'],
            ['["a", "a"]', '["a", "b", "c", "c"]'],
        ),
        (
            {"items": {"enum": ["a", "b", "c"]}, "uniqueItems": True, "minItems": 2, "maxItems": 2},
            ['["a", "c"]', '["b", "c"]'],
            ["[]", '["a"]', '["c"]', '["a", "b", "c"]'],
        ),
        (closed(), ["{}"], ['{"a": 1}']),
        (
            closed("b", a={"const": 1}, b={"const": 2}, c={"const": 3}),
            ['{"b": 2}', '{"a": 1, "b": 2}', '{"a": 1, "b": 2, "c": 3}', '{"b": 2, "c": 3}'],
            ["{}", '{"a": 1}', '{"b": 2, "a": 1}', '{"b": 2,"c": 3}'],
        ),
        ({"required": ["x"], "additionalProperties": {"const": 1}}, ['{"x": 1}'], ["{}"]),
        ({"type": "object", "additionalProperties": False}, ["{}"], ['{"x": 1}']),
        (
            {"type": "object", "additionalProperties": {"type": "boolean"}},
            ["{}", '{"x": true}', '{"x": true, "y": false}'],
            ['{"x": 1}', '{"": true}'],
        ),
        (closed(a={"const": 1}, b=False), ["{}", '{"a": 1}'], ['{"b": 1}']),
        ({}, ["1.5", '"a"', "null", '{"a": [true]}', "[[1], {}]"], ["[[[1]]]", "x"]),
        ({"anyOf": [{"const": 1}, False, {"const": 2}, {"const": 1}]}, ["1", "2"], ["3"]),
        ({"oneOf": [{"const": 1}, {"type": "string"}]}, ["1", '"a"'], ["2"]),
        (
            {"type": "integer", "anyOf": [{"minimum": 9998}], "maximum": 9999},
            ["9998"],
            ["9997", "10000"],
        ),
        (
            {
                "allOf": [
                    {"type": "number", "minimum": 1},
                    {"minimum": 2, "maximum": 8},
                    {"maximum": 9},
                ]
            },
            ["2", "8"],
            ["1", "9"],
        ),
        (
            {"allOf": [{"type": "number"}, {"type": ["integer", "string"], "maximum": 5}]},
            ["5"],
            ["5.5", '"a"'],
        ),
        ({"allOf": [{"enum": [1, 2]}, {"enum": [2, 3]}, True]}, ["2"], ["1", "3"]),
        (
            {"allOf": [{"anyOf": [{"const": 1}, {"const": 2}]}, {"anyOf": [{"enum": [2, 3]}]}]},
            ["2"],
            ["1", "3"],
        ),
        (
            {
                "allOf": [
                    closed("a", a={"enum": [1, 2]}, b={"const": 5}),
                    closed("b", a={"enum": [2, 3]}, b={"const": 5}),
                ]
            },
            ['{"a": 2, "b": 5}'],
            ['{"a": 2}', '{"a": 1, "b": 5}'],
        ),
        ({"allOf": [{"items": {"enum": [1, 2]}}, {"items": {"enum": [2]}}]}, ["[2]"], ["[1]"]),
        ({"$ref": "#/$defs/a~1b", **PERSON}, ['{"on": true}'], ['{"on": 1}']),
        (TREE, ['{"name": "a", "parts": [{"name": "a"}]}'], ['{"parts": []}']),
        ({"type": ["nothing", "boolean"]}, ["true"], ["1"]),
        (closed(**{'a "b"\n': {"const": 1}}), ['{"a \\"b\\"\\n": 1}'], ["{a: 1}"]),
        ({"const": "\ud83d"}, [r'"\ud83d"'], []),
    ],
)
def test_what_keeps_to_a_schema_can_be_written(
    schema: dict[str, Any], written: list[str], refused: list[str]
) -> None:
    grammar = to_grammar(schema)
    for text in written:
        json.loads(text)
        assert grammar.accepts(text), text
    for text in refused:
        assert not grammar.accepts(text), text


@pytest.mark.parametrize(
    "schema",
    [
        {"enum": []},
        {"type": "nothing"},
        {"anyOf": [False]},
        {"allOf": [True, False]},
        {"allOf": [{"type": "string"}, {"type": "boolean"}]},
        {"minimum": 2, "maximum": 1},
        {"minLength": 2, "maxLength": 1},
        {"minItems": 2, "maxItems": 1},
        {"items": {"const": 1}, "uniqueItems": True, "minItems": 2},
        {"items": False, "minItems": 1},
        closed("a", a=False),
        {"allOf": [{"const": 1}, {"const": 2}]},
        {"$ref": "#"},
        closed("me", me={"$ref": "#"}),
        {"$ref": "#/$defs/gone"},
        {"$ref": "https://example.com/schema"},
    ],
)
def test_what_nothing_keeps_to_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(SchemaError):
        to_grammar(schema)


def test_what_is_too_large_is_refused() -> None:
    many: dict[str, Any] = {f"part {n}": {"$ref": "#"} for n in range(30)}
    for schema in (
        closed(**many),
        {"items": closed(a={"const": 1}, b={"const": 2}), "minItems": 100_000},
    ):
        with pytest.raises(SchemaError):
            to_grammar(schema)


def test_long_strings_and_arrays_have_an_end() -> None:
    assert not to_grammar({"type": "string"}).accepts(f'"{"a" * 2001}"')
    limited = to_grammar({"items": {"const": 1}, "maxItems": 500})
    assert limited.accepts(json.dumps([1] * 64))
    assert not limited.accepts(json.dumps([1] * 65))


def test_the_same_schema_gives_the_same_grammar_and_is_kept_whole() -> None:
    grammar = to_grammar(TREE)
    assert grammar.whole
    assert grammar.to_dict()["whole"] is True
    assert grammar.digest == to_grammar(dict(TREE)).digest


def test_other_grammars_are_as_they_always_were() -> None:
    builder = GrammarBuilder()
    start, end = builder.reserve(), builder.reserve()
    builder.fill(start, [builder.literal("a", end)])
    assert set(builder.build().to_dict()) == {"text", "sets", "nodes"}


def test_names_and_values_have_the_tokens_that_models_know() -> None:
    grammar = to_grammar(closed("a", "b", a={"type": "string"}, b={"type": "integer"}))
    strings = {string for strings in grammar.sets.values() for string in strings}
    assert {'{"a":', ' "', '", "b":', "}"} <= strings
