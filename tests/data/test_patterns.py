"""Tests of choosing patterns."""

from collections import Counter
import random

import pytest

from data.patterns import patterns_of
from data.splits import SPLITS


@pytest.mark.parametrize("split", SPLITS)
def test_only_patterns_of_the_split_are_used(split: str) -> None:
    rng, patterns = random.Random(0), patterns_of("en", split)
    chosen = [patterns.command(rng)[1] for _ in range(200)]
    chosen += [patterns.question(rng)[1], patterns.everything(rng)[1], *patterns.courtesies]

    assert {pattern.split for pattern in chosen} == {split}


def test_kinds_narrow_the_choice() -> None:
    rng, patterns = random.Random(0), patterns_of("en", "train")
    groups = [patterns.command(rng, ("color", "temperature"))[0] for _ in range(100)]

    assert Counter(group.kind for group in groups).keys() == {"color", "temperature"}
