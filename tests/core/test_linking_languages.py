"""What a sentence names in languages that join, bend and cut the words of names."""

import pytest

from home_llm_core.home import Area, Entity, Home
from home_llm_core.linking import linker
from home_llm_core.text import fold

GERMAN = Home(
    language="de",
    areas=(Area(area_id="kitchen", name="Küche"), Area(area_id="bath", name="Bad")),
    entities=(
        Entity(entity_id="light.night", name="Nachttischlampe"),
        Entity(entity_id="light.ceiling", name="Deckenlicht", area_id="kitchen"),
    ),
)
FRENCH = Home(
    language="fr",
    areas=(Area(area_id="hall", name="Entrée"), Area(area_id="office", name="Bureau")),
    entities=(Entity(entity_id="switch.screen", name="Écran", area_id="office"),),
)
POLISH = Home(
    language="pl",
    areas=(Area(area_id="bedroom", name="Sypialnia"), Area(area_id="bath", name="Dolna łazienka")),
    entities=(
        Entity(entity_id="switch.bed", name="Gniazdko sypialni", area_id="bedroom"),
        Entity(entity_id="fan.bath", name="Wiatrak w dolnej łazience", area_id="bath"),
    ),
)
ENGLISH = Home(areas=GERMAN.areas, entities=FRENCH.entities)


def named(sentence: str, home: Home) -> list[tuple[str, str]]:
    """Return the words that say all of a name, and what they name."""
    folded = fold(sentence)
    return [
        (folded[span.start : span.end], span.things[0].id)
        for span in linker(home).link(folded)
        if span.is_whole
    ]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("mach das küchenlicht an", [("küchen", "kitchen")]),  # with a joint
        ("badlampe aus", [("bad", "bath")]),  # without
        ("schalte die nachttischlampe ein", [("nachttischlampe", "light.night")]),  # its own name
        ("schalte das deckenlicht aus", [("deckenlicht", "light.ceiling")]),
        ("die kellerlampe bitte", []),  # no such room
        ("es ist ein licht in der küche an", [("küche", "kitchen")]),
    ],
)
def test_a_compound_names_the_room_that_it_begins_with(
    sentence: str, expected: list[tuple[str, str]]
) -> None:
    assert named(sentence, GERMAN) == expected


def test_only_languages_that_have_compounds_are_read_so() -> None:
    assert named("turn the küchenlicht on", ENGLISH) == []


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("allume la lumière de l'entrée", [("l'entrée", "hall")]),
        ("éteins l'écran", [("l'écran", "switch.screen")]),
        ("éteins l\u2019écran", [("l'écran", "switch.screen")]),
        ("allume le bureau", [("bureau", "office")]),
    ],
)
def test_an_article_may_be_a_part_of_the_word(
    sentence: str, expected: list[tuple[str, str]]
) -> None:
    assert named(sentence, FRENCH) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("włącz światło w sypialni", [("sypialni", "bedroom")]),
        ("wyłącz radio w dolnej łazience", [("dolnej łazience", "bath")]),
        ("włącz gniazdko sypialni", [("gniazdko sypialni", "switch.bed")]),
        ("dolna łazienka ciemno", [("dolna łazienka", "bath")]),
    ],
)
def test_a_declined_room_is_the_room_though_a_device_is_called_after_it(
    sentence: str, expected: list[tuple[str, str]]
) -> None:
    assert named(sentence, POLISH) == expected
