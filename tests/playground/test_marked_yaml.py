"""YAML with lines."""

import pytest

from playground.marked_yaml import MarkedDict, MarkedYamlError, load_marked_yaml


def test_states_and_times_are_words() -> None:
    text = "{a: on, b: off, c: yes, d: 07:30, e: 0:05:00, f: 2026-11-21, g: 010, h: 1e3}"
    assert load_marked_yaml(text) == {
        "a": "on",
        "b": "off",
        "c": "yes",
        "d": "07:30",
        "e": "0:05:00",
        "f": "2026-11-21",
        "g": "010",
        "h": "1e3",
    }


def test_plain_values_have_types() -> None:
    content = load_marked_yaml(
        '{a: 5, b: -2, c: 1.5, d: true, e: false, f: null, g: ~, h: , i: "5"}'
    )
    assert list(content.values()) == [5, -2, 1.5, True, False, None, None, None, "5"]
    assert isinstance(content["d"], bool)


def test_every_key_and_item_knows_its_line() -> None:
    content = load_marked_yaml("a: 1\n\nb:\n  - x\n  - c: 2\n    d: 3\n")
    assert content.lines == {"a": 1, "b": 3}
    assert content["b"].lines == [4, 5]
    inner = content["b"][1]
    assert isinstance(inner, MarkedDict)
    assert (inner.line, inner.lines) == (5, {"c": 5, "d": 6})


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\na: 2\n", 2),
        ("a: 1\n  b: 2\n", 2),
        ("a: [1, 2\n", 2),
        ("a: 1\n? [1]\n: 2\n", 2),
        ("1: a\n", 1),
        ("a: !!python/object:os.system x\n", 1),
        ("a: !!timestamp x\n", 1),
        ("a: !!int x\n", 1),
        ("a: !!map x\n", 1),
        ("a: &x [*x]\n", 1),
        ("a: *x\n", 1),
        ("a: 1\n--- \nb: 2\n", 2),
        ("a: \x00\n", None),
        ("[" * 100_000, None),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, line: int | None) -> None:
    with pytest.raises(MarkedYamlError) as caught:
        load_marked_yaml(text)
    assert caught.value.line == line
    assert caught.value.problem
    assert "\n" not in caught.value.problem


def test_digits_without_end_stay_a_word() -> None:
    assert load_marked_yaml("9" * 10_000) == "9" * 10_000
