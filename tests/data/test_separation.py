"""Tests of the proof that splits have nothing in common."""

import copy
import random
from typing import Any

import pytest

from data.records import record
from data.requests import requests
from data.separation import Separation, common_words
from data.splits import SPLITS
from tests.data.homes import invented_houses

_Line = dict[str, Any]


@pytest.fixture(scope="module")
def lines() -> list[_Line]:
    rng = random.Random(0)
    return [
        record(house, requests(house, rng, 8), number)
        for split in SPLITS
        for number, house in enumerate(invented_houses(split, 25))
    ]


def added(*lines: _Line) -> str:
    separation = Separation()
    return "\n".join(problem for line in lines for problem in separation.add(line))


def test_generated_splits_have_nothing_in_common(lines: list[_Line]) -> None:
    assert added(*lines) == ""


def test_the_same_home_in_two_splits(lines: list[_Line]) -> None:
    other = copy.deepcopy(lines[0]) | {"split": "test", "id": "test-1"}
    found = added(lines[0], other)

    assert f"it is the home of {lines[0]['id']}" in found
    assert "the device name" in found
    assert "the pattern" in found
    assert "is in the split 'train', too" in found


def test_a_word_of_another_split(lines: list[_Line]) -> None:
    train = copy.deepcopy(lines[0])
    test = copy.deepcopy(next(line for line in lines if line["split"] == "test"))
    train["home"]["entities"][0]["name"] = "Zorvane Lamp"
    test["home"]["entities"][0]["name"] = "Zorvane Light"

    assert "the word of a name 'zorvane' is in the split 'train', too" in added(train, test)


def test_a_line_that_is_there_twice(lines: list[_Line]) -> None:
    assert "its id is there twice" in added(lines[0], lines[0])


def test_kind_words_are_common_and_names_are_not() -> None:
    words = common_words("en")

    assert {"lamp", "kitchen", "desk", "left", "2"} <= words
    assert not {"lena", "spotty"} & words
