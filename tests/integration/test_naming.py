"""What devices and rooms are called in a sentence."""

import pytest

from custom_components.home_llm.core.home import Area, Entity, Home
from custom_components.home_llm.naming import Naming
from tests.integration.spoken import ENGLISH

HOME = Home(
    areas=(Area(area_id="den", name="Den"), Area(area_id="emma", name="Emma's room")),
    entities=(
        Entity(entity_id="light.a", name="Lamp", area_id="den"),
        Entity(entity_id="light.b", name="Lamp", area_id="emma"),
        Entity(entity_id="light.c", name="Ceiling light", area_id="den"),
        Entity(entity_id="vacuum.r", name="Rosie", area_id="den"),
    ),
)
NAMING = Naming(ENGLISH, HOME)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Front door", "the front door"),
        ("Front Door", "the Front Door"),
        ("AC", "the AC"),
        ("the telly", "the telly"),
        ("Rosie", "Rosie"),
        ("Sarah's bedside lamp", "Sarah's bedside lamp"),
        ("Lamp 2", "Lamp 2"),
    ],
)
def test_articles(name: str, said: str) -> None:
    assert NAMING.with_article(name) == said


def test_rooms_tell_devices_of_one_name_apart() -> None:
    names = [NAMING.one(entity) for entity in HOME.entities]
    assert names == ["the lamp in the den", "the lamp in Emma's room", "the ceiling light", "Rosie"]


def test_many_devices_are_counted() -> None:
    lights = HOME.of_domain("light")
    assert NAMING.some(lights[:2]) == "the lamp in the den and the lamp in Emma's room"
    assert NAMING.some(lights * 2) == NAMING.some(lights)
    many = tuple(Entity(entity_id=f"light.{name}", name=name) for name in "abcde")
    assert NAMING.some(many) == "five lights"
    assert NAMING.named(many) == "a, b, c, d and one more"
    switches = (*many, Entity(entity_id="switch.f", name="f"))
    assert NAMING.some(switches) == "six devices"


@pytest.mark.parametrize(
    ("name", "plural"),
    [("Kitchen lights", True), ("Curtains", True), ("Kitchen light", False), ("Spots", False)],
)
def test_plural(name: str, plural: bool) -> None:
    assert NAMING.is_many([Entity(entity_id="light.a", name=name)]) is plural
