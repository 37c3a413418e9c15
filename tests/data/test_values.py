"""Tests of how values are said."""

import random

import pytest

from data.domains import facts
from data.values import said, value
from tests.data.homes import ENGLISH


def test_numbers_are_said_in_digits_and_in_words() -> None:
    rng = random.Random(0)
    ways = {said(47, "percent", ENGLISH, rng) for _ in range(50)}

    plain = {"47 percent", "47%", "forty seven percent"}
    assert ways == plain | {"47 per cent", "forty seven per cent"}


def test_less_is_negative() -> None:
    rng = random.Random(0)
    for _ in range(50):
        step, text = value("dimmer_by", ENGLISH, rng)
        assert isinstance(step, int)
        assert step < 0
        assert "-" not in text


@pytest.mark.parametrize(
    ("slot", "text", "meaning"),
    [
        ("brightness", "half", 50),
        ("brightness", "a quarter", 25),
        ("brightness", "full", 100),
        ("brightness", "minimum", 1),
        ("color", "dark blue", "darkblue"),
        ("color", "purple", "purple"),
        ("temperature", "warm white", 2700),
        ("temperature", "candlelight", 2200),
        ("temperature", "neutral white", 4000),
        ("temperature", "cool white", 5000),
        ("temperature", "daylight", 6500),
        ("speed", "low", 33),
        ("speed", "medium", 66),
        ("speed", "high", 100),
    ],
)
def test_words_have_the_value_of_the_semantics_page(
    slot: str, text: str, meaning: int | str
) -> None:
    meanings = {t.source: p.value for p in ENGLISH.values[slot] for t in p.say}

    assert meanings[text] == meaning


def test_no_words_have_two_values() -> None:
    for slot in facts().slots.keys() & ENGLISH.values.keys():
        meanings: dict[str, set[object]] = {}
        for phrase in ENGLISH.values[slot]:
            for template in phrase.say:
                meanings.setdefault(template.source, set()).add(phrase.value)
        assert [text for text, values in meanings.items() if len(values) > 1] == [], slot
