"""Modes by the words of a language, whatever a device calls its settings."""

import pytest

from home_llm_core.calls import Call
from home_llm_core.home import Home
from home_llm_core.mode_words import modes_meant
from home_llm_core.words import LANGUAGES
from tests.core.hearing import entity, heard, refusal

SPLIT = entity(
    "climate.split",
    "Daikin",
    state="cool",
    features=("target", "off", "cool", "heat", "dry", "auto"),
    options={"fan_mode": ("auto", "low", "high", "quiet"), "preset_mode": ("eco", "away")},
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_words_for_modes(language: str) -> None:
    modes = LANGUAGES[language]["modes"]
    assert modes.keys() == LANGUAGES["en"]["modes"].keys()
    for mode, said in modes.items():
        assert all(mode in modes_meant(each, language) for each in said)


@pytest.mark.parametrize(
    ("language", "said", "modes"),
    [
        ("en", "economy mode", {"eco"}),
        ("de", "automatik", {"auto"}),
        ("de", "modus abwesend", {"away"}),
        ("ru", "ночной режим", {"sleep", "night"}),
        ("ja", "除湿モード", {"dry"}),
        ("zh-Hans", "睡眠模式", {"sleep", "night"}),
        ("zh-Hans", "冷暖自动", {"heat_cool"}),
        ("pl", "smok", set()),
        ("xx", "eco", set()),
    ],
)
def test_what_modes_are_called(language: str, said: str, modes: set[str]) -> None:
    assert modes_meant(said, language) == modes


@pytest.mark.parametrize(
    ("language", "said", "line", "action", "value"),
    [
        ("ru", "Daikin на авто", "preset climate A = name авто", "set_hvac_mode", "auto"),
        ("pl", "Daikin na osuszanie", "preset climate A = name osuszanie", "set_hvac_mode", "dry"),
        ("de", "Daikin auf öko", "preset climate A = name öko", "set_preset_mode", "eco"),
        ("fr", "Daikin en éco", "blow climate A = name éco", "set_preset_mode", "eco"),
        (
            "es",
            "Daikin en silencioso",
            "preset climate A = name silencioso",
            "set_fan_mode",
            "quiet",
        ),
        ("en", "Daikin to low", "preset climate A = name low", "set_fan_mode", "low"),
        ("it", "Daikin su assente", "preset climate A = name assente", "set_preset_mode", "away"),
        ("zh-Hans", "Daikin调到节能", "preset climate A = name 节 能", "set_preset_mode", "eco"),
        # What was understood goes first.
        ("en", "Daikin to auto", "blow climate A = name auto", "set_fan_mode", "auto"),
        ("en", "Daikin to cool", "mode climate A = mode cool", "set_hvac_mode", "cool"),
    ],
)
def test_the_setting_that_the_device_has(
    language: str, said: str, line: str, action: str, value: str
) -> None:
    home = Home(entities=(SPLIT,), language=language)
    (call,) = heard(home, said, line)
    assert isinstance(call, Call)
    assert call.action == f"climate.{action}"
    assert list(call.arguments.values()) == [value]


def test_a_setting_that_it_does_not_have() -> None:
    """It is told that there is none."""
    home = Home(entities=(SPLIT,))
    (call,) = heard(home, "Daikin to boost", "preset climate A = name boost")
    assert refusal(call, home) == ("unknown_option", "boost")
    (call,) = heard(home, "Daikin to dragon", "preset climate A = name dragon")
    assert refusal(call, home) == ("unknown_option", "dragon")


def test_a_fan_with_english_presets() -> None:
    fan = entity("fan.x", "Dyson", options={"preset_mode": ("auto", "sleep", "normal")})
    home = Home(entities=(fan,), language="nl")
    (call,) = heard(home, "zet Dyson op slapen", "preset fan A = name slapen")
    assert isinstance(call, Call)
    assert call.arguments == {"preset_mode": "sleep"}
