"""Tests of how values are said."""

import random

import pytest

from data.domains import facts
from data.values import duration, said, value
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


def test_durations_are_of_one_or_two_parts() -> None:
    rng = random.Random(0)
    found = [duration(ENGLISH, rng) for _ in range(400)]
    kinds = {tuple(parts) for parts, _ in found}

    assert {("hours",), ("minutes",), ("seconds",), ("hours", "minutes")} <= kinds
    assert all(int(str(n)) > 0 for parts, _ in found for n in parts.values())
    assert all(not text.startswith("{") for _, text in found)


def test_round_minutes_are_more_common() -> None:
    rng = random.Random(0)
    found = [parts for parts, _ in (duration(ENGLISH, rng) for _ in range(600))]
    minutes = [int(str(parts["minutes"])) for parts in found if parts.keys() == {"minutes"}]

    assert sum(number % 5 == 0 for number in minutes) > 0.5 * len(minutes)
    assert any(number % 5 for number in minutes)


@pytest.mark.parametrize(
    ("number", "unit", "ways"),
    [
        (8, "minutes_a", {"an eight minute", "an 8 minute", "an 8 min"}),
        (10, "minutes_a", {"a ten minute", "a 10 minute", "a 10 min"}),
        (81, "seconds_a", {"an eighty one second", "an 81 second", "an 81 sec"}),
        (1, "hour_a", {"an hour", "a one hour", "a 1 hour"}),
        (1, "minute_a", {"a one minute", "a 1 minute"}),
    ],
)
def test_before_a_noun_there_is_an_article(number: int, unit: str, ways: set[str]) -> None:
    rng = random.Random(0)

    assert {said(number, unit, ENGLISH, rng) for _ in range(80)} == ways


def test_only_the_first_part_has_an_article() -> None:
    rng = random.Random(0)
    found = [duration(ENGLISH, rng, "a") for _ in range(2000)]
    own = {text.source for span in ENGLISH.durations for text in span.say["a"]}
    two = [
        (parts, text)
        for parts, text in found
        if len(parts) > 1 and text not in own and "half" not in text
    ]

    for _, text in found:
        assert text.split()[0] in ("a", "an")
        assert not text.endswith(("minutes", "hours", "seconds"))
    assert any(parts.get("minutes") == 1 and "hours" in parts for parts, _ in two)
    assert [text for _, text in two if {"a", "an"} & {*text.split()[1:]}] == []


def test_every_duration_with_words_of_its_own_has_every_form() -> None:
    for span in ENGLISH.durations:
        assert set(span.say) == {"", "a"}
        assert all(text.source.split()[0] in ("a", "an") for text in span.say["a"])


def test_a_number_and_a_half() -> None:
    rng = random.Random(0)
    found = [value("degrees", ENGLISH, rng) for _ in range(400)]
    halves = {text for number, text in found if float(str(number)) % 1}

    for words in (" and a half degrees", " point five", ".5"):
        assert any(text.endswith(words) for text in halves)
    assert all("half" in text or "point five" in text or ".5" in text for text in halves)
    assert len(halves) < 0.2 * len(found)
    assert all(isinstance(value("brightness", ENGLISH, rng)[0], int) for _ in range(100))


def test_half_an_hour_more() -> None:
    rng = random.Random(0)
    found = {text: parts for parts, text in (duration(ENGLISH, rng) for _ in range(2000))}

    assert found["seven and a half hours"] == {"hours": 7, "minutes": 30}
    assert found["four minutes and a half"] == {"minutes": 4, "seconds": 30}
