"""There is a sentence for everything that can be said and for everything that can go wrong."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
from string import Formatter
from typing import Any

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.climate import HVACMode
from homeassistant.core import HomeAssistant
import pytest

from custom_components.home_llm import issues, runtime, speech
from custom_components.home_llm.core.actions import ACTIONS, Action
from custom_components.home_llm.core.colors import COLORS
from custom_components.home_llm.core.errors import CallError
from custom_components.home_llm.core.kinds import EVERYTHING, KINDS
from custom_components.home_llm.core.parser import Say
from custom_components.home_llm.core.states import WORDS
from custom_components.home_llm.engine.errors import KEYS
from custom_components.home_llm.speech import (
    ENDS,
    QUESTION_MARKS,
    SLAVIC,
    Sentences,
    async_sentences,
)

_TRANSLATIONS = Path(speech.__file__).parent / "translations"
_ALL: Mapping[str, Mapping[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(_TRANSLATIONS.glob("*.json"))
}
_ENGLISH = _ALL["en"]
_COUNTED = ("hours", "minutes", "more", "seconds", "so_many", "there_are", "things")
_MANY = re.compile(rf"\.({'|'.join(_COUNTED)})_many\.|\.kinds_")
_WEATHER = (
    *("clear-night", "cloudy", "exceptional", "fog", "hail", "lightning", "lightning-rainy"),
    *("partlycloudy", "pouring", "rainy", "snowy", "snowy-rainy", "sunny", "windy"),
    "windy-variant",
)


@pytest.fixture
async def english(hass: HomeAssistant) -> Sentences:
    """Return the English sentences."""
    return await async_sentences(hass, "en")


def test_every_reason_has_a_sentence() -> None:
    ours = ("failed", "failed_because", "unconfirmed", "misunderstood", "format_unknown")
    for reason in (*CallError.REASONS, *KEYS, *ours):
        assert "message" in _ENGLISH["exceptions"][reason], reason


@pytest.mark.parametrize("language", _ALL)
def test_all_that_is_not_a_clause_ends_like_a_sentence(language: str) -> None:
    for key, said in _ALL[language]["exceptions"].items():
        if key in KEYS or key.startswith(("did_", "say_", "only_o")):
            assert said["message"].endswith(ENDS), key


def _texts(node: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield all texts of a translation, each with its keys."""
    for key, below in node.items():
        if isinstance(below, str):
            yield f"{path}{key}", below
        else:
            yield from _texts(below, f"{path}{key}.")


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _of_few(key: str) -> str:
    """Return the key of a text about a few things for that about many."""
    return _MANY.sub(lambda m: f".{m[1]}_few." if m[1] else ".kinds_few_", key)


@pytest.mark.parametrize("language", _ALL)
def test_every_language_says_all_that_the_english_says(language: str) -> None:
    english, texts = dict(_texts(_ENGLISH)), dict(_texts(_ALL[language]))
    if language in SLAVIC:
        english |= {_of_few(key): text for key, text in english.items() if _MANY.search(key)}
    assert sorted(texts) == sorted(english)
    assert all(text == text.strip() != "" for text in texts.values())
    # Home Assistant drops a text with other placeholders than the English one.
    wrong = [
        key for key, text in texts.items() if _placeholders(text) != _placeholders(english[key])
    ]
    assert not wrong


@pytest.mark.parametrize("language", _ALL)
def test_every_talk_has_a_sentence(language: str) -> None:
    known = _ALL[language]["exceptions"]
    assert {key for key in known if key.startswith("say_")} == {f"say_{key}" for key in Say.KEYS}
    questions = {key for key in Say.KEYS if known[f"say_{key}"]["message"].endswith(QUESTION_MARKS)}
    assert questions == {"what", "hello"}


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.name)
def test_every_action_has_a_sentence(action: Action) -> None:
    known = _ENGLISH["exceptions"]
    domain, _, verb = action.name.partition(".")
    if not action.needs and action.name != "timer.status":
        assert {f"did_{domain}_{verb}", f"did_{verb}"} & known.keys()
    if domain in ("timer", "todo"):
        assert domain == "timer" or f"did_{verb}" in known
        return
    for argument in action.arguments:
        if argument.name == "brightness_step":
            assert {"did_brighter", "did_dimmer"} <= known.keys()
        elif argument.name == "temperature_step":
            assert {"did_warmer", "did_cooler"} <= known.keys()
        elif argument.values and isinstance(argument.values[0], bool):
            assert {f"did_{argument.name}_true", f"did_{argument.name}_false"} <= known.keys()
        elif argument.name not in ("percentage_step", "volume_step"):
            assert f"did_{argument.name}" in known


def test_every_kind_and_word_has_a_name() -> None:
    known = _ENGLISH["exceptions"]
    for kind in (*KINDS, EVERYTHING):
        assert {f"kind_{kind}", f"kinds_{kind}"} <= known.keys()
    assert {f"word_{word}" for word in WORDS} <= known.keys()


def test_every_state_has_words() -> None:
    known = _ENGLISH["exceptions"]
    for name in BinarySensorDeviceClass:
        for state in ("on", "off"):
            assert f"state_binary_sensor_{name}_{state}" in known
    for condition in _WEATHER:
        assert f"state_weather_{condition.replace('-', '_')}" in known
    for mode in HVACMode:
        assert {f"state_climate_{mode}", f"state_{mode}"} & known.keys()
        assert f"mode_{mode}" in known


@pytest.mark.parametrize("key", [*KEYS, runtime.INSTALL_FAILED, runtime.INSTALL_DISK_FULL])
def test_the_flow_can_show_every_error(key: str) -> None:
    if key != "engine_error":
        assert _ENGLISH["config"]["error"][key]


@pytest.mark.parametrize("language", _ALL)
def test_the_room_that_is_needed_is_said(language: str) -> None:
    said = _ALL[language]["config"]["error"][runtime.INSTALL_DISK_FULL]
    assert re.search(rf"(?<!\d){runtime.INSTALL_ROOM // 10**6} ?(MB|Mo|МБ)", said)
    fixes = [each.get("fix_flow", {}) for each in _ALL[language]["issues"].values()]
    assert {fix["error"][runtime.INSTALL_DISK_FULL] for fix in fixes if "error" in fix} == {said}


def test_every_issue_has_a_text_and_all_that_can_be_mended_a_fix_flow() -> None:
    ours = {*issues.UNTIL_LOADED, *issues.UNTIL_RESTARTED}
    texts = dict(_ENGLISH["issues"])
    assert set(texts.pop(issues.HOUSE_TOO_LARGE_FOR_MODEL)) == {"title", "description"}
    assert set(texts) == {*ours, issues.HOUSE_TOO_LARGE}
    for issue in texts.values():
        assert set(issue["fix_flow"]["step"]) == {"confirm"}
    for issue in (_ENGLISH["issues"][key] for key in ours):
        assert set(issue) == {"title", "fix_flow"}
        assert set(issue["fix_flow"]["progress"]) == {"check", "install"}
        assert set(issue["fix_flow"]["error"]) == {"not_fixed", runtime.INSTALL_DISK_FULL}


@pytest.mark.parametrize("language", ["en", "en-GB", "en_US", "xx", "*"])
async def test_unknown_languages_get_a_sentence(hass: HomeAssistant, language: str) -> None:
    assert (await async_sentences(hass, language)).say("done")


async def test_the_unit_is_that_of_the_home(english: Sentences) -> None:
    assert english.degrees == "°C"


async def test_parts_in_a_row(english: Sentences) -> None:
    assert english.listed(["a"]) == "a"
    assert english.listed(["a", "b", "c"], "or") == "a, b or c"
    assert english.first_few(["a", "b", "c", "d"], 2) == "a, b and two more"
    assert english.first_few(["a", "b"], 2) == "a and b"


async def test_small_numbers_are_words(english: Sentences) -> None:
    assert [english.count(number) for number in (1, 12, 13)] == ["one", "twelve", "13"]


@pytest.mark.parametrize(
    ("clause", "said"), [("it is so", "It is so."), ("Is it?", "Is it?"), ("It is.", "It is.")]
)
async def test_a_clause_as_a_sentence(english: Sentences, clause: str, said: str) -> None:
    assert english.sentence(clause) == said


async def test_sentences_in_a_row(english: Sentences) -> None:
    assert english.joined(["One.", "Two.", "Three."]) == "One. Two. Three."
    assert english.joined([]) == ""


def test_every_color_has_a_name() -> None:
    assert {f"color_{name}" for name in COLORS} <= _ENGLISH["exceptions"].keys()


async def test_colors_are_words(english: Sentences) -> None:
    assert english.color("lightblue") == "light blue"
    assert english.color("octarine") == "octarine"


async def test_chinese_needs_no_spaces(hass: HomeAssistant) -> None:
    chinese = await async_sentences(hass, "zh-CN")
    assert chinese.listed(["客厅灯", "台灯", "吊灯"]) == "客厅灯、台灯和吊灯"
    assert chinese.listed(["台灯开着", "吊灯关着"], "clauses_and") == "台灯开着，吊灯关着"
    told = chinese.joined([chinese.sentence("台灯开着"), chinese.say("which", names="台灯")])
    assert told == "台灯开着。你指的是台灯？"


@pytest.mark.parametrize(
    ("language", "plurals"),
    [
        ("en", {"one": (1,), "many": (0, 2, 5, 21)}),
        ("pl", {"one": (1,), "few": (2, 4, 22, 103), "many": (0, 5, 12, 14, 21, 112)}),
        ("ru", {"one": (1, 21, 101), "few": (2, 4, 22), "many": (0, 5, 11, 12, 111)}),
    ],
)
def test_languages_count_as_people_do(
    language: str, plurals: Mapping[str, tuple[int, ...]]
) -> None:
    sentences = Sentences({}, language=language)
    for plural, numbers in plurals.items():
        assert {sentences.plural(number) for number in numbers} == {plural}
