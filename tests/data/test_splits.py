"""Tests of dividing words among the splits."""

from collections import Counter

import pytest

from data.splits import SPLITS, split_of


@pytest.mark.parametrize(
    ("word", "split"),
    [("lena", "validation"), ("liam", "test"), ("spotty", "train"), ("dresser", "train")],
)
def test_a_word_stays_where_it_was(word: str, split: str) -> None:
    assert split_of(word) == split
    assert split_of(word.upper()) == split


def test_shares() -> None:
    count = Counter(split_of(f"word {number}") for number in range(10_000))

    assert set(count) == set(SPLITS)
    assert 7_700 < count["train"] < 8_300
    assert 1_000 < count["test"] < 1_400
