"""Tests of words that are parted by spaces, and of those that are not."""

import pytest

from data.writing import cut, has_characters, is_character, split_words, standing, units

WORDS = frozenset({"卧室", "床头", "床头灯", "头灯", "灯", "门锁", "desk", "lamp"})
ENDINGS = frozenset({"的"})


@pytest.mark.parametrize(
    ("text", "has", "is_one"),
    [
        ("灯", True, True),
        ("卧室", True, False),
        ("ランプ", True, False),
        ("aqara门锁", True, False),
        ("lamp", False, False),
        ("l", False, False),
        ("2", False, False),
        ("", False, False),
        ("。", False, False),
    ],
)
def test_characters_are_told_from_letters(text: str, has: bool, is_one: bool) -> None:
    assert has_characters(text) is has
    assert is_character(text) is is_one


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("lamp", ["lamp"]),
        ("lena's", ["lena's"]),
        ("卧室灯", ["卧", "室", "灯"]),
        ("aqara门锁2", ["aqara", "门", "锁", "2"]),
        ("50%", ["50%"]),
    ],
)
def test_each_character_is_a_word_of_a_sentence(word: str, parts: list[str]) -> None:
    assert units(word) == parts


def test_a_text_is_parted_at_spaces_and_between_characters() -> None:
    assert split_words("打开 desk lamp 的灯") == ["打", "开", "desk", "lamp", "的", "灯"]
    assert split_words("") == []


@pytest.mark.parametrize(
    ("word", "text", "stands"),
    [
        ("lamp", "the lamp is on", True),
        ("lamp", "lamp", True),
        ("lamp", "the lamps", False),
        ("lamp", "headlamp on", False),
        ("turn on", "turn on it", True),
        ("关掉", "把灯关掉吧", True),
        ("k灯", "那个k灯亮", False),
        ("k灯", "那个 k灯亮", True),
        ("a.c", "abc", False),
    ],
)
def test_only_letters_keep_a_word_from_standing_alone(word: str, text: str, stands: bool) -> None:
    assert (standing(word).search(text) is not None) is stands


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("desk lamp", ["desk", "lamp"]),
        ("Lena's Reading Lamp", ["Lena's", "Reading", "Lamp"]),
        ("卧室床头灯", ["卧室", "床头灯"]),
        ("卧室 床头灯", ["卧室", "床头灯"]),
        ("梅达卧室灯", ["梅达", "卧室", "灯"]),
        ("梅达的灯", ["梅达的", "灯"]),
        ("的灯", ["的", "灯"]),
        ("Aqara门锁2", ["Aqara", "门锁", "2"]),
        ("desk的灯", ["desk的", "灯"]),
        ("", []),
    ],
)
def test_a_name_is_cut_into_the_fewest_words(name: str, parts: list[str]) -> None:
    assert cut(name, WORDS, ENDINGS) == parts


def test_what_nobody_knows_stays_together() -> None:
    assert cut("梅达厅", frozenset(), frozenset()) == ["梅达厅"]


def test_a_word_is_at_most_eight_characters_long() -> None:
    word = "一二三四五六七八"

    assert cut(word, {word, "一"}, ()) == [word]
    assert cut(f"{word}九", {f"{word}九", "一"}, ()) == ["一", "二三四五六七八九"]
