"""Words made of words, and what is called by its sort alone."""

import pytest

from home_llm_core.home import Home
from home_llm_core.linking import Span, linker
from home_llm_core.text import fold
from tests.core.hearing import entity

GERMAN = Home(
    entities=(
        entity("light.table", "Esstischlampe"),
        entity("light.cabinet", "Vitrinenbeleuchtung"),
        entity("light.mirror", "Spiegelleuchte"),
        entity("light.papa", "Nachttischlampe Papa"),
        entity("light.mama", "Nachttischlampe Mama"),
        entity("switch.pump", "Gartenpumpe"),
        entity("lock.door", "Kellertür"),
    ),
    language="de",
)
DUTCH = Home(
    entities=(
        entity("light.table", "Eettafellamp"),
        entity("switch.pump", "Vijverpomp"),
        entity("switch.coffee", "Koffiezetapparaat"),
    ),
    language="nl",
)
ENGLISH = Home(
    entities=(
        entity("light.geoff", "Reading light Geoff"),
        entity("light.pat", "Reading light Pat"),
        entity("todo.geoff", "Geoff's jobs"),
        entity("person.geoff", "Geoff"),
    ),
)


def spans(said: str, home: Home) -> tuple[Span, ...]:
    """Return what a sentence names."""
    return linker(home).link(fold(said))


@pytest.mark.parametrize(
    ("home", "said", "thing", "is_whole"),
    [
        (GERMAN, "spiegellampe an", "light.mirror", True),
        (GERMAN, "vitrinenlicht an", "light.cabinet", True),
        (GERMAN, "nachttisch papa an", "light.papa", True),
        (GERMAN, "mamas lampe an", "light.mama", True),
        (GERMAN, "esstisch an", "light.table", False),
        (GERMAN, "mach die vitrine blau", "light.cabinet", False),
        (GERMAN, "die pumpe aus", "switch.pump", False),
        (DUTCH, "eettafellicht aan", "light.table", True),
        (DUTCH, "eettafel aan", "light.table", False),
        (DUTCH, "koffieapparaat aan", "switch.coffee", False),
        (DUTCH, "pomp uit", "switch.pump", False),
        (ENGLISH, "turn geoff's light down", "light.geoff", True),
        (ENGLISH, "pat's light on", "light.pat", True),
    ],
)
def test_a_part_of_a_name_and_its_sort(home: Home, said: str, thing: str, is_whole: bool) -> None:
    (span,) = spans(said, home)

    assert [each.id for each in span.things] == [thing]
    assert span.is_whole is is_whole


@pytest.mark.parametrize(
    "said", ["lampe an", "tür zu", "die garten", "im keller ist es dunkel", "mach das licht aus"]
)
def test_rooms_and_kinds_are_no_parts_of_names(said: str) -> None:
    assert spans(said, GERMAN) == ()


def test_a_character_of_a_kind_is_no_sort() -> None:
    """Who sends a robot to charge does not mean the charging post."""
    home = Home(entities=(entity("switch.post", "充电桩"),), language="zh-Hans")

    assert not any(span.is_whole for span in spans("回去充电", home))
