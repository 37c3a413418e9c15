"""Tests of choosing patterns."""

from collections import Counter
import random

import pytest

from data.domains import facts
from data.patterns import patterns_of
from data.splits import SPLITS
from tests.data.homes import only


@pytest.mark.parametrize("split", SPLITS)
def test_only_patterns_of_the_split_are_used(split: str) -> None:
    rng, patterns = random.Random(0), patterns_of("en", split)
    chosen = [patterns.command(rng)[1] for _ in range(200)]
    chosen += [patterns.question(rng)[1], patterns.everything(rng)[1]]
    chosen += [*patterns.courtesies, *patterns.asides]

    assert {pattern.split for pattern in chosen} == {split}


def test_kinds_narrow_the_choice() -> None:
    rng, patterns = random.Random(0), patterns_of("en", "train")
    groups = [patterns.command(rng, ("color", "temperature"))[0] for _ in range(100)]

    assert Counter(group.kind for group in groups).keys() == {"color", "temperature"}


def test_each_role_has_patterns_of_its_own() -> None:
    rng, patterns = random.Random(0), patterns_of("en", "train")
    for _ in range(30):
        assert patterns.command(rng)[0].role == "action"
        assert patterns.question(rng)[0].query
        assert patterns.condition(rng)[0].condition
        assert patterns.follow_up(rng)[0].follow
        assert patterns.everything(rng)[0].everything
        assert patterns.talk(rng, "small_talk")[0].talk
        assert patterns.worded(rng, "timer")[0].domain == "timer"


@pytest.mark.parametrize("sort", ["light", "cover_garage", "input_number", "media_player_tv"])
def test_a_command_for_a_sort_can_be_said_of_it(sort: str) -> None:
    rng, patterns = random.Random(0), patterns_of("en", "train")
    for _ in range(100):
        found = patterns.command_for(sort, rng)
        assert found is not None
        assert found[0].fits(sort)


def test_nothing_can_be_done_to_a_sensor() -> None:
    rng, patterns = random.Random(0), patterns_of("en", "train")
    for sort in ("sensor_temperature", "binary_sensor_door", "weather", "person"):
        assert sort in facts().sorts
        assert patterns.command_for(sort, rng) is None


def test_a_command_for_a_sort_is_of_the_kinds_that_are_asked_for() -> None:
    rng, patterns = random.Random(0), patterns_of("en", "train")

    assert patterns.command_for("lock", rng, ("color",)) is None
    for _ in range(30):
        found = patterns.command_for("light", rng, ("color",))
        assert found is not None
        assert found[0].kind == "color"


def test_words_that_serve_every_kind_of_thing_are_said_of_any() -> None:
    rng, patterns = random.Random(0), only("turn on {target}")
    found = patterns.command_for("fan", rng)

    assert found is not None
    assert found[0].action == "*.turn_on"
    assert patterns.command_for("lock", rng) is None
