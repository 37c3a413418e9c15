"""Which colour a sentence names, whatever a model makes of it."""

import pytest

from home_llm_core.color_words import COLOR_WORDS, said_color
from home_llm_core.colors import COLORS
from home_llm_core.words import LANGUAGES


@pytest.mark.parametrize(
    ("language", "said", "chosen", "meant"),
    [
        ("en", "make it green go team", "forestgreen", "green"),
        ("en", "make it forest green", "forestgreen", "forestgreen"),
        ("en", "make it dark green please", "green", "darkgreen"),
        ("en", "make the light green", "green", "green"),
        ("en", "make it as red as a tomato", "tomato", "tomato"),
        ("en", "red for him and blue for her", "navy", "navy"),
        ("en", "red for him and rosy for her", "pink", "pink"),
        ("en", "make it dusky", "rosybrown", "rosybrown"),
        ("en-GB", "make it green go team", "forestgreen", "green"),
        ("de", "mach rotes licht", "darkred", "red"),
        ("de", "ich hab grad keine hand frei, mach es sonnig", "gold", "gold"),
        ("pl", "ustaw na czerwonym", "darkred", "red"),
        ("ru", "сделай красным", "orangered", "red"),
        ("zh-Hans", "换成绿色吧加油", "limegreen", "green"),
        ("xx", "make it green", "blue", "blue"),
    ],
)
def test_the_color_that_is_said(language: str, said: str, chosen: str, meant: str) -> None:
    assert said_color(chosen, (said,), language) == meant


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_words_for_colors_that_lights_know(language: str) -> None:
    words = COLOR_WORDS[language]
    assert words["red"]
    assert set(words) <= set(COLORS)
