"""What the air in a room asks for."""

import pytest

from home_llm_core.calls import Call
from home_llm_core.home import Area, Home
from home_llm_core.parser import Say
from tests.core.hearing import comes_to, done_to, entity, hearing

DEN = Area(area_id="den", name="Zorvath")
HEATING = entity("climate.a", "Quillon", area_id="den", features=("heat",))
WETTING = entity("humidifier.a", "Pontoon", area_id="den")


def home(language: str) -> Home:
    return Home(areas=(DEN,), entities=(HEATING, WETTING), language=language)


@pytest.mark.parametrize(
    ("language", "said", "step"),
    [
        ("en", "i'm roasting in here", -2),
        ("en", "it's perishing", 2),
        ("de", "mir ist so kalt", 2),
        ("fr", "on crève de chaud", -2),
        ("fr", "je meurs de chaud", -2),
        ("es", "uf, me estoy asando", -2),
        ("it", "qui si gela", 2),
        ("pt", "está muito calor", -2),
        ("nl", "het is snikheet", -2),
        ("pl", "zamarzam", 2),
        ("ru", "ну и жара тут", -2),
        ("ja", "寒すぎる", 2),
        ("zh-Hans", "热死了", -2),
    ],
)
def test_it_is_made_colder_where_it_is_hot(language: str, said: str, step: int) -> None:
    for wrong in (-2, 2):
        line = f"temperature climate = by {wrong}"
        (call,) = comes_to(hearing(home(language), said, "den"), line)
        assert isinstance(call, Call)
        assert call.arguments == {"temperature_step": step}


@pytest.mark.parametrize("said", ["a bit warmer", "it's not too hot", "too hot and so cold"])
def test_what_does_not_tell_how_it_feels_is_done_as_it_was_understood(said: str) -> None:
    for step in (-2, 2):
        (call,) = comes_to(hearing(home("en"), said, "den"), f"temperature climate = by {step}")
        assert isinstance(call, Call)
        assert call.arguments == {"temperature_step": step}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "the air is dry in zorvath"),
        ("de", "die luft in zorvath ist trocken"),
        ("fr", "l'air est trop sec dans zorvath"),
        ("pl", "strasznie suche powietrze w zorvath"),
        ("ru", "воздух в zorvath сухой"),
        ("ja", "zorvathの空気が乾燥してる"),
    ],
)
def test_dry_air_is_wetted(language: str, said: str) -> None:
    for line in ("say what", "open window: A"):
        (call,) = comes_to(hearing(home(language), said), line)
        assert done_to(call, home(language)) == ("humidifier.a",)


@pytest.mark.parametrize("said", ["is the air dry in zorvath", "the air is not dry", "dry it"])
def test_who_does_not_tell_of_dry_air_gets_none(said: str) -> None:
    assert comes_to(hearing(home("en"), said), "say what") == [Say(key="what")]


@pytest.mark.parametrize("line", ["say nothing", "say unknown", "state air_quality"])
def test_what_was_understood_as_talk_or_a_question_never_acts(line: str) -> None:
    events = comes_to(hearing(home("en"), "the air was so dry in rome"), line)
    assert not [event for event in events if isinstance(event, Call)]
