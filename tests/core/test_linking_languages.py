"""What a sentence names in languages that join, bend and cut the words of names."""

# ruff: noqa: RUF001 - Russian words can look like Latin ones

import pytest

from home_llm_core.home import Area, Entity, Floor, Home
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
RUSSIAN = Home(
    language="ru",
    areas=(
        Area(area_id="nursery", name="Детская"),
        Area(area_id="bedroom", name="Спальня родителей"),
        Area(area_id="lounge", name="Гостиная"),
    ),
    floors=(Floor(floor_id="first", name="Второй этаж"),),
    entities=(
        Entity(entity_id="light.chandelier", name="Люстра", area_id="lounge"),
        Entity(entity_id="light.floor", name="Торшер у дивана", area_id="lounge"),
        Entity(entity_id="light.tv", name="Подсветка телевизора", area_id="lounge"),
        Entity(entity_id="media_player.tv", name="Телевизор в гостиной", area_id="lounge"),
        Entity(entity_id="fan.hood", name="Вытяжка"),
        Entity(entity_id="light.lamp", name="Лампа", area_id="nursery"),
        Entity(entity_id="climate.floor", name="Тёплый пол"),
        Entity(entity_id="light.mirror", name="Зеркало с подсветкой"),
        Entity(entity_id="light.left", name="Бра слева", area_id="bedroom"),
        Entity(entity_id="light.right", name="Бра справа", area_id="bedroom"),
        Entity(
            entity_id="sensor.t",
            name="Температура в детской",
            device_class="temperature",
            area_id="nursery",
        ),
        Entity(
            entity_id="sensor.h",
            name="Влажность в детской",
            device_class="humidity",
            area_id="nursery",
        ),
        Entity(entity_id="climate.bed", name="Батарея в спальне", area_id="bedroom"),
        Entity(entity_id="light.spot_1", name="Спот 1"),
        Entity(entity_id="light.spot_2", name="Спот 2"),
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


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("включи люстру", [("люстру", "light.chandelier")]),
        ("яркость люстры", [("люстры", "light.chandelier")]),
        ("вытяжку на максимум", [("вытяжку", "fan.hood")]),  # a single word in another case
        ("включи лампу", [("лампу", "light.lamp")]),
        ("выключи лампы", []),  # Many are those of the room.
        ("тёплый пол на 25", [("теплый пол", "climate.floor")]),
        ("теплый пол на 25", [("теплый пол", "climate.floor")]),
        ("подогрев пола на 25", [("подогрев пола", "climate.floor")]),
        ("сделай потеплее и теплее", []),
        ("торшер возле дивана", [("торшер возле дивана", "light.floor")]),
        ("включи зеркало", [("зеркало", "light.mirror")]),
        ("правое бра поярче", [("правое бра", "light.right")]),
        ("включи левое бра", [("левое бра", "light.left")]),
        ("подсветку телика синей", [("подсветку телика", "light.tv")]),
        ("телевизор погромче", []),  # It is a kind, and not what lights it from behind.
        ("свет в детской поярче", [("детской", "nursery")]),  # not what is measured there
        ("влажность в детской", [("влажность в детской", "sensor.h")]),
        ("свет на втором этаже", [("втором этаже", "first")]),
    ],
)
def test_russian_as_it_is_said(sentence: str, expected: list[tuple[str, str]]) -> None:
    assert named(sentence, RUSSIAN) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("погаси торшер", ["light.floor"]),  # the word for the thing, which stands first
        ("погаси бра", ["light.left"]),
        ("сделай теплый свет", []),  # not the floor
        ("закрой жалюзи в спальне", ["bedroom"]),  # and not the radiator there
        ("включи споты", ["light.spot_1"]),
    ],
)
def test_what_is_only_like_a_russian_name(sentence: str, expected: list[str]) -> None:
    spans = [span for span in linker(RUSSIAN).link(sentence) if not span.is_whole]
    assert [span.things[0].id for span in spans] == expected


def test_russian_words_for_many() -> None:
    (many,) = linker(RUSSIAN).link("включи споты")
    (one,) = linker(RUSSIAN).link("включи спот")
    assert many.is_plural
    assert not one.is_plural


@pytest.mark.parametrize(
    ("name", "sentence", "said"),
    [
        ("Strassenlampe", "straßenlampe an", "straßenlampe"),
        ("Straßenlampe", "strassenlampe an", "strassenlampe"),
        ("Fußbad", "mach das fussbad aus", "fussbad"),
        ("Grosse Lampe", "die große lampe aus", "große lampe"),
    ],
)
def test_a_sharp_s_is_two(name: str, sentence: str, said: str) -> None:
    home = Home(entities=(Entity(entity_id="light.own", name=name),), language="de")
    assert named(sentence, home) == [(said, "light.own")]
