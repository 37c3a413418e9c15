"""Tests of invented words."""

import random

from data.invented import invent
from data.splits import SPLITS, split_of
from tests.data.homes import ENGLISH


def test_a_word_belongs_to_its_split_and_is_not_known() -> None:
    rng = random.Random(0)
    for split in SPLITS:
        for style in ENGLISH.sounds:
            word = invent(rng, style, split, ENGLISH.known_words)
            assert split_of(word) == split
            assert word not in ENGLISH.known_words
            assert 3 <= len(word) <= 11


def test_known_words_are_avoided() -> None:
    rng, style = random.Random(0), ENGLISH.sounds[0]
    first = [invent(random.Random(seed), style, "train", ()) for seed in range(20)]
    again = [invent(rng, style, "train", frozenset(first)) for _ in range(200)]

    assert not set(first) & set(again)


def test_words_are_varied() -> None:
    rng = random.Random(0)
    words = [invent(rng, rng.choice(ENGLISH.sounds), "train", ()) for _ in range(2000)]

    assert len(set(words)) > 1900
