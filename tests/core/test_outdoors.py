"""What is out of doors: "the outside lights" are those of the garden and of the drive."""

import pytest

from home_llm_core.calls import Call
from home_llm_core.home import Area, Home
from home_llm_core.parser import Query, Say
from tests.core.hearing import comes_to, done_to, entity, hearing

NAMES = {
    "en": ("Kitchen", "Back garden", "Driveway"),
    "de": ("Küche", "Garten", "Einfahrt"),
    "fr": ("Cuisine", "Jardin", "Terrasse"),
    "es": ("Cocina", "Jardín", "Terraza"),
    "it": ("Cucina", "Cortile", "Terrazzo"),
    "pt": ("Cozinha", "Jardim", "Varanda"),
    "nl": ("Keuken", "Tuin", "Oprit"),
    "pl": ("Kuchnia", "Ogród", "Taras"),
    "ru": ("Кухня", "Сад", "Балкон"),
    "ja": ("キッチン", "庭", "ベランダ"),
    "zh-Hans": ("厨房", "院子", "阳台"),
}


def home(language: str) -> Home:
    """Return a house with lamps in the kitchen, in the garden and in the drive."""
    ids = ("kitchen", "garden", "drive")
    names = zip(ids, NAMES[language], strict=True)
    return Home(
        areas=tuple(Area(area_id=area_id, name=name) for area_id, name in names),
        entities=tuple(entity(f"light.{a}", f"Quillon {a}", area_id=a, state="on") for a in ids),
        language=language,
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "turn off the outside lights"),
        ("en", "all the lights outside off"),
        ("en", "outdoor lights off please"),
        ("en", "put the lights off outside"),
        ("de", "mach draußen das licht aus"),
        ("nl", "doe buiten de lampen uit"),
        ("de", "mach die lichter draußen aus"),
        ("de", "außenlicht aus"),
        ("de", "die außenbeleuchtung bitte aus"),
        ("fr", "éteins les lumières de l'extérieur"),
        ("fr", "éteins les lumières de dehors"),
        ("es", "apaga las luces de fuera"),
        ("it", "spegni le luci di fuori"),
        ("pt", "apaga as luzes lá fora"),
        ("nl", "buitenlampen uit"),
        ("nl", "de lampen buiten uit"),
        ("pl", "zgaś światła na zewnątrz"),
        ("ru", "выключи свет на улице"),
        ("ja", "外の電気を消して"),
        ("zh-Hans", "把外面的灯关掉"),
    ],
)
def test_what_is_outside_is_in_the_places_out_of_doors(language: str, said: str) -> None:
    where = home(language)
    sentence = hearing(where, said, "kitchen")

    for line in ("off light", "off light: all"):
        (event,) = comes_to(sentence, line)
        assert done_to(event, where) == ("light.drive", "light.garden")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "it's dark outside, turn off the lights"),
        ("en", "lights off, i'm going outside"),
        ("de", "draußen wird es hell, mach das licht aus"),
        ("ja", "電気を消して、外に行ってくる"),
    ],
)
def test_that_something_else_is_outside_says_nothing_of_the_light(language: str, said: str) -> None:
    where = home(language)
    (event,) = comes_to(hearing(where, said, "kitchen"), "off light")

    assert done_to(event, where) == ("light.kitchen",)


def test_an_exception_is_not_outside() -> None:
    """In Japanese both are written alike."""
    sentence = hearing(home("ja"), "キッチン以外の電気を消して")

    assert not any(isinstance(e, Say) for e in comes_to(sentence, "off light: all; but A"))


def test_a_question_about_the_lights_outside() -> None:
    (event,) = comes_to(
        hearing(home("en"), "are the outside lights on", "kitchen"), "is light = on"
    )

    assert isinstance(event, Query)
    assert set(event.entity_ids) == {"light.drive", "light.garden"}


def test_nothing_is_out_of_doors() -> None:
    inside = Home(entities=(entity("light.hall", "Hall"),), language="en")

    assert comes_to(hearing(inside, "outside lights off"), "off light") == [Say(key="absent")]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "are there lights on outside"), ("de", "brennt draußen noch licht")],
)
def test_what_is_lit_outside_is_asked_of_the_places_out_of_doors(language: str, said: str) -> None:
    (asked,) = comes_to(hearing(home(language), said, "kitchen"), "any light = on")
    assert isinstance(asked, Query)
    assert set(asked.entity_ids) == {"light.drive", "light.garden"}


@pytest.mark.parametrize(
    ("language", "said", "action"),
    [
        ("en", "outside lights off", "turn_off"),
        ("en", "turn the outside lights on", "turn_on"),
        ("de", "außenbeleuchtung aus", "turn_off"),
        ("es", "enciende las luces de fuera", "turn_on"),
        ("zh-Hans", "把外面的灯打开", "turn_on"),
    ],
)
def test_a_model_may_not_know_of_them(language: str, said: str, action: str) -> None:
    where = home(language)
    done = comes_to(hearing(where, said, "kitchen"), "say absent")
    assert {each for call in done for each in done_to(call, where)} == {
        "light.garden",
        "light.drive",
    }
    assert {call.action for call in done if isinstance(call, Call)} == {f"light.{action}"}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "don't turn the outside lights off"),
        ("en", "is there an outside light on"),
        ("en", "turn the outside fountain on"),
        ("de", "wer hat das außenlicht gestern angelassen"),
    ],
)
def test_what_is_no_wish_for_light_is_not_there(language: str, said: str) -> None:
    assert comes_to(hearing(home(language), said, "kitchen"), "say absent") == [Say(key="absent")]
