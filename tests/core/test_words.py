"""The words of a text, and what the languages of our models call things."""

import json
from pathlib import Path
from typing import Any

import pytest

from home_llm_core import words as module
from home_llm_core.kinds import KINDS
from home_llm_core.text import fold
from home_llm_core.vocabulary import vocabulary
from home_llm_core.words import plain, words

ENGLISH = vocabulary("en")

LANGUAGES = sorted(Path(module.__file__).parent.glob("languages/*.json"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("…", ()),
        ("\U0001f4a1", ()),
        ("Anna's Lamp-7, \u201coben\u201d", ("anna", "lamp", "7", "oben")),
        ("the boys' room", ("the", "boys", "room")),
        ("lamp two", ("lamp", "2")),
        ("Twenty One", ("twenty", "1")),
        ("TV_2", ("tv", "2")),
        ("客厅 light", ("客", "厅", "light")),
        ("\u202eLAMP\u200b left", ("lamp", "left")),
        ("21.5", ("21", "5")),
    ],
)
def test_words(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


def test_a_word_without_its_ending() -> None:
    assert (plain("lena's"), plain("boys'"), plain("three"), plain("it's")) == (
        "lena",
        "boys",
        "3",
        "it",
    )


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("a watermelon", "watermelon"),
        ("An egg", "egg"),
        ("some of the cheese", "of the cheese"),
        ("the  rest", "rest"),
        ("our my the key", "key"),
        ("milk", "milk"),
        ("a", "a"),
        ("the", "the"),
        ("", ""),
        ("another egg", "another egg"),
        ("a " * 5000 + "pie", "pie"),
    ],
)
def test_articles_are_not_written_on_a_list(said: str, written: str) -> None:
    """What is nothing but articles stays something."""
    assert ENGLISH.without_articles(said) == written


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_a_language_is_folded_and_knows_its_kinds(path: Path) -> None:
    """A word with a capital letter would never be heard."""
    language: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    said = [word for those in language["kinds"].values() for word in those]
    said += [*language["vague"], *language["numbers"], *language.get("articles", ())]
    said += [*language.get("here", ()), *language["places"], *language["other"]]
    said += [*language["except"], *language["both"], *language["rooms"]]
    said += [name for names in language["same"] for name in names]
    assert [word for word in said if fold(word) != word or not words(word)] == []
    assert set(language["kinds"]) <= set(KINDS)


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_nothing_stands_twice_in_a_language(path: Path) -> None:
    language: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    lists = [*language["kinds"].values(), *language["same"], language["vague"]]
    assert [each for each in lists if len(set(each)) < len(each)] == []


def test_words_for_kinds_tell_nothing_of_a_name() -> None:
    assert "lamp" in ENGLISH.kind_words["light"]
    assert ENGLISH.all_kind_words < ENGLISH.vague_words
    assert {"the", "room", "on"} <= ENGLISH.vague_words
    assert "desk" not in ENGLISH.vague_words


def test_other_words_for_the_same() -> None:
    lounge = next(names for names in ENGLISH.same if ("lounge",) in names)
    assert ("living", "room") in lounge


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_what_people_agree_with(path: Path) -> None:
    """Each of them is heard, alone and one after the other, also in capitals."""
    said = json.loads(path.read_text(encoding="utf-8"))["yes"]
    known = vocabulary(path.stem)
    assert [each for each in said if fold(each) != each or len(set(said)) < len(said)] == []
    assert [each for each in said if not known.is_yes(each)] == []
    assert known.is_yes(f"{said[0]}, {said[1]}!".upper())


@pytest.mark.parametrize(
    "text",
    ["", "…", "no", "yes but the lamp", "yes, not that one", "the door", "yesterday", "no yes"],
)
def test_what_is_no_agreement(text: str) -> None:
    assert not ENGLISH.is_yes(text)


def test_no_language_agrees_with_a_no() -> None:
    """Not even Polish, where "no" may mean it."""
    refused = {"en": "no", "de": "nein", "fr": "non", "es": "no", "it": "no", "nl": "nee"}
    refused |= {"pl": "nie", "pt": "não", "ru": "нет", "ja": "いいえ", "zh-Hans": "不"}
    said = [(code, text) for code in refused for text in {refused[code], "no"}]
    assert [each for each in said if vocabulary(each[0]).is_yes(each[1])] == []
