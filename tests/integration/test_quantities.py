"""Numbers, durations, days and times in words."""

from datetime import date, datetime

import pytest

from custom_components.home_llm.quantities import (
    calendar_date,
    clock,
    day,
    days_meant,
    duration,
    quantity,
)
from tests.integration.spoken import ENGLISH, spoken

SATURDAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        (21.0, "°C", "21 °C"),
        (21.53, "°C", "21.5 °C"),
        (-0.004, "°C", "0 °C"),
        (0.31, "EUR", "0.31 EUR"),
        (1009.25, "hPa", "1009 hPa"),
        (64, "%", "64 percent"),
        (100, "", "100"),
    ],
)
def test_quantity(number: float, unit: str, said: str) -> None:
    assert quantity(ENGLISH, number, unit) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (200, "3 minutes and 20 seconds"),
        (600, "10 minutes"),
        (5400, "1 hour and 30 minutes"),
        (3661, "1 hour, 1 minute and 1 second"),
    ],
)
def test_duration(seconds: int, said: str) -> None:
    assert duration(ENGLISH, seconds) == said


@pytest.mark.parametrize(
    ("hour", "said"), [(0, "12:05 AM"), (9, "9:05 AM"), (12, "12:05 PM"), (23, "11:05 PM")]
)
def test_clock(hour: int, said: str) -> None:
    assert clock(ENGLISH, datetime(2026, 11, 21, hour, 5)) == said  # noqa: DTZ001


@pytest.mark.parametrize(
    ("then", "said"),
    [
        (21, "today"),
        (22, "tomorrow"),
        (24, "on Tuesday"),
        (28, "on Saturday, November 28"),
        (20, "on Friday, November 20"),
    ],
)
def test_day(then: int, said: str) -> None:
    assert day(ENGLISH, SATURDAY.replace(day=then), SATURDAY) == said


def test_date() -> None:
    assert calendar_date(ENGLISH, SATURDAY) == "Saturday, November 21"


@pytest.mark.parametrize(
    ("word", "days"),
    [
        ("today", [21]),
        ("tonight", [21]),
        ("tomorrow", [22]),
        ("saturday", [21]),
        ("friday", [27]),
        ("weekend", [21, 22]),
        ("week", [21, 22, 23, 24, 25, 26, 27]),
        ("", []),
    ],
)
def test_days_that_are_meant(word: str, days: list[int]) -> None:
    assert [each.day for each in days_meant(word, SATURDAY)] == days


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-Hans", ("下午9:05", "21.5 °C", "3分钟20秒")),
        ("de", ("21:05 Uhr", "21,5 °C", "3 Minuten und 20 Sekunden")),
        ("pl", ("21:05", "21,5 °C", "3 minuty i 20 sekund")),
        ("ru", ("21:05", "21,5 °C", "3 минуты 20 секунд")),
    ],
)
def test_other_languages(language: str, said: tuple[str, str, str]) -> None:
    sentences = spoken(language)
    time = clock(sentences, datetime(2026, 11, 21, 21, 5))  # noqa: DTZ001
    assert (time, quantity(sentences, 21.53, "°C"), duration(sentences, 200)) == said
