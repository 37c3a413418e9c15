"""Text of all languages, without the marks of the templates that it comes from."""

import random
import re

import pytest

from training.corpus import LANGUAGES, invented_words, sentences, wire_format

WORD = {
    "en": "kitchen|light",
    "zh-Hans": "灯",
    "de": "licht",
    "fr": "lumière",
    "es": "luz|luces",
    "pl": "światł",
    "it": "luc[ei]",
    "nl": "lamp|licht",
    "pt": "luz|luzes",
    "ru": "свет",
    "ja": "ライト|電気",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_of_a_language(language: str) -> None:
    texts = list(sentences(language, random.Random(1)))
    assert len(texts) > 500
    assert sum(bool(re.search(WORD[language], text)) for text in texts) > 20
    assert not [text for text in texts if re.search(r"[\[\]<>|]|\{[%{#]", text)]
    assert all(lower == text.lower() for text, lower in zip(texts[::2], texts[1::2], strict=True))


def test_same_seed_same_sentences() -> None:
    first, again, other = (list(sentences("de", random.Random(seed))) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_invented_words_are_many() -> None:
    words = " ".join(invented_words(random.Random(1), 100)).split()
    assert len(words) == 500
    assert len(set(words)) > 400


def test_wire_format_holds_every_kind_of_line() -> None:
    lines = set(wire_format())
    assert "> return vacuum A; B" in lines
    assert "> open cover: A" in lines
    assert "> close blind: all; but A" in lines
    assert {"> off everything: all; but A", "> state lock: A", "> say thanks"} <= lines
    assert {"> same other", "> undo", "A = above", "A = of brightness"} <= lines
