"""Names as they stand in the houses of strangers: brands, twins, bare kinds, rooms with numbers."""

import pytest

from home_llm_core.home import Area, Entity, Home
from home_llm_core.linking import linker
from home_llm_core.text import fold
from tests.core.hearing import entity

Things = tuple[tuple[str, str, str | None], ...]


def house(things: Things, *areas: str, language: str = "en") -> Home:
    """Return a home of things with ids, names and areas."""
    return Home(
        areas=tuple(Area(area_id=name, name=name) for name in areas),
        entities=tuple(entity(i, name, area_id=area) for i, name, area in things),
        language=language,
    )


def named(said: str, home: Home) -> set[str]:
    """Return what a sentence names."""
    return {thing.id for span in linker(home).link(fold(said)) for thing in span.things}


TECH = house(
    (
        ("vacuum.r", "Roborock S8 MaxV", None),
        ("media_player.e", "Sonos Era 300", None),
        ("media_player.r", "Sonos Roam", None),
        ("light.p", "Hue Play", None),
        ("script.car", "Warm up the car", None),
        ("script.done", "Washing done", None),
        ("sensor.w", "Washing energy", None),
        ("number.w", "Wake up volume", None),
        ("todo.s", "Shopping list", None),
        ("lock.b", "Back door", None),
    ),
    "Yard",
    "Room 1",
    "Room 2",
)


@pytest.mark.parametrize(
    ("said", "those"),
    [
        ("put the roborock on turbo", {"vacuum.r"}),
        ("set the sonos to a quarter", {"media_player.e", "media_player.r"}),
        ("play it again", set()),
        ("turn the hue play off", {"light.p"}),
        # One word of its name runs no script.
        ("let the car in", set()),
        ("no more of that, i'm done", set()),
        ("warm up the car please", {"script.car"}),
        ("volume at 11 %", set()),
        ("go back a track", set()),
        ("we're back from our holidays", set()),
        ("lock the back door", {"lock.b"}),
        ("the one in room two", {"Room 2"}),
        ("lights off in room one", {"Room 1"}),
    ],
)
def test_english(said: str, those: set[str]) -> None:
    assert named(said, TECH) == those


def test_a_name_that_is_only_a_kind_is_one_of_that_kind() -> None:
    home = house(
        (
            ("light.k", "Light", "Kitchen"),
            ("light.d", "Desk lamp", "Bedroom"),
            ("fan.b", "Fan", "Bedroom"),
        ),
        "Kitchen",
        "Bedroom",
    )
    for said, those in (
        ("turn on the light", {"light.k"}),
        ("turn on the light in the kitchen", {"light.k", "Kitchen"}),
        ("turn on the light in the bedroom", {"Bedroom"}),
        ("desk lamp light on", {"light.d"}),
        ("turn on the light and the fan", {"light.k", "fan.b"}),
    ):
        assert named(said, home) == those, said


@pytest.mark.parametrize(
    ("said", "those"),
    [
        ("台灯打开", {"light.l", "light.h"}),
        ("小李台灯打开", {"light.l"}),
        ("101的窗帘都拉开", {"101房"}),
        ("把洗衣服的时间告诉我", set()),
    ],
)
def test_chinese(said: str, those: set[str]) -> None:
    things = (
        ("light.l", "小李台灯", None),
        ("light.h", "护眼台灯", None),
        ("switch.w", "洗衣机", None),
    )
    assert named(said, house(things, "101房", "102房", language="zh-Hans")) == those


def test_the_lamp_of_somebody_is_not_somebody() -> None:
    home = house(
        (
            ("light.s", "Прикроватная лампа Саши", None),
            ("light.l", "Прикроватная лампа Лены", None),
            ("person.s", "Саша", None),
        ),
        language="ru",
    )
    assert named("лампу саши погаси", home) == {"light.s"}
    assert named("где саша", home) == {"person.s"}


def test_a_word_for_stopping_is_no_table() -> None:
    home = house((("light.t", "Лампа над столом", None),), language="ru")
    assert named("стоп", home) == set()
    assert named("лампа над столом", home) == {"light.t"}


def test_the_lamp_of_another_room_is_another_lamp() -> None:
    things = (("light.a", "Lámpara del abuelo", None), ("light.b", "Foco cocina", "Cocina"))
    home = house(things, "Cocina", language="es")
    assert named("prende la lámpara del abuelo", home) == {"light.a"}
    assert named("prende la lámpara del ático", home) == set()


@pytest.mark.parametrize(
    ("said", "those"),
    [
        ("the barn light's been left on", set()),
        ("has anyone left a window open", set()),
        ("turn the left lamp on", {"light.l"}),
        ("bedside left off", {"light.l"}),
    ],
)
def test_what_somebody_left_is_not_on_the_left(said: str, those: set[str]) -> None:
    lamps = (("light.l", "Bedside lamp left", None), ("light.r", "Bedside lamp right", None))
    assert named(said, house(lamps)) == those


@pytest.mark.parametrize(
    ("language", "name", "apart", "together"),
    [
        (
            "en",
            "Bedside right",
            "bedside off please right one can stay",
            "the right of the bedside",
        ),
        ("ru", "Светильник в комнате", "в комнате зажги светильник", "в комнате светильник зажги"),
    ],
)
def test_no_command_stands_within_a_name(
    language: str, name: str, apart: str, together: str
) -> None:
    (span,) = linker(house((("light.b", name, None),), language=language)).link(fold(together))
    assert span.is_whole
    found = linker(house((("light.b", name, None),), language=language)).link(fold(apart))
    assert not any(
        "off" in apart[s.start : s.end] or "зажги" in apart[s.start : s.end] for s in found
    )


def test_a_verb_is_no_list() -> None:
    home = Home(entities=(Entity(entity_id="todo.c", name="Lista de la compra"),), language="es")
    assert named("qué hay que comprar", home) == set()
    assert named("pon leche en la lista de la compra", home) == {"todo.c"}


@pytest.mark.parametrize(
    ("language", "room", "said", "those"),
    [
        ("de", "Zimmer Mia", "lampe bei mia aus", {"Zimmer Mia"}),
        ("de", "Zimmer Mia", "wo ist mia", {"person.mia"}),
        ("de", "Bad", "lampe bei mia aus", {"person.mia"}),
        ("nl", "Mia's kamer", "doe de lamp bij mia uit", {"Mia's kamer"}),
        ("fr", "Chambre Mia", "éteins la lumière chez mia", {"Chambre Mia"}),
    ],
)
def test_with_somebody_is_in_their_room(
    language: str, room: str, said: str, those: set[str]
) -> None:
    assert named(said, house((("person.mia", "Mia", None),), room, language=language)) == those


GREENHOUSES = {
    "ru": ("Дверь в теплицу", "Форточка в теплице", "Розетка в теплице"),
    "pl": ("Drzwi w szklarni", "Okno w szklarni", "Gniazdko w szklarni"),
    "es": ("Puerta en invernadero", "Ventana en invernadero", "Enchufe en invernadero"),
}


@pytest.mark.parametrize(
    ("language", "said", "those"),
    [
        ("ru", "в теплице жарко", set()),
        ("ru", "полей теплицу", set()),
        ("ru", "открой форточку в теплице", {"cover.window"}),
        ("ru", "включи розетку в теплице", {"switch.plug"}),
        ("pl", "w szklarni jest gorąco", set()),
        ("pl", "otwórz okno w szklarni", {"cover.window"}),
        ("es", "hace calor en invernadero", set()),
        ("es", "abre la ventana en invernadero", {"cover.window"}),
    ],
)
def test_where_several_things_are_is_none_of_them(
    language: str, said: str, those: set[str]
) -> None:
    ids = ("cover.door", "cover.window", "switch.plug")
    things = zip(ids, GREENHOUSES[language], (None,) * len(ids), strict=True)
    assert named(said, house(tuple(things), language=language)) == those


def test_a_short_stem_has_short_endings() -> None:
    """The greenhouse is not warm."""
    home = house((("climate.floor", "Теплый пол", None),), language="ru")
    assert named("полей теплицу", home) == set()
    assert named("выключи теплые полы", home) == {"climate.floor"}


@pytest.mark.parametrize(
    ("language", "name", "said", "is_meant"),
    [
        ("fr", "Lave-linge", "lance le sèche-linge", False),
        ("fr", "Lave-linge", "lance le lave-linge", True),
        ("fr", "Lave-linge Bosch", "éteins le lave-linge", True),
        ("de", "Teich-Pumpe", "garten-pumpe an", False),
        ("de", "Teich-Pumpe", "teich-pumpe an", True),
        ("en", "Dish washer", "turn the dish-washer on", True),
    ],
)
def test_half_a_compound_is_another_thing(
    language: str, name: str, said: str, *, is_meant: bool
) -> None:
    home = house((("switch.a", name, None),), language=language)
    assert named(said, home) == ({"switch.a"} if is_meant else set())


@pytest.mark.parametrize(
    ("language", "place", "said"),
    [
        ("en", "Garage", "is the garage open"),
        ("de", "Garage", "mach die garage zu"),
        ("fr", "Garage", "ferme le garage"),
        ("es", "Cochera", "abre la cochera"),
        ("pt", "Garagem", "fecha a garagem"),
        ("ru", "Гараж", "закрой гараж"),
        ("ja", "車庫", "車庫閉めて"),
        ("zh-Hans", "车库", "把车库关上"),
    ],
)
def test_the_only_door_of_the_garage_is_the_garage(language: str, place: str, said: str) -> None:
    def there(*doors: str) -> Home:
        return Home(
            areas=(Area(area_id="area", name=place),),
            entities=tuple(
                entity(f"cover.{name}", name, area_id="area", device_class="garage")
                for name in doors
            ),
            language=language,
        )

    assert named(said, there("quillon")) == {"area", "cover.quillon"}
    assert named(said, there("quillon", "zorvath")) == {"area"}
    assert named(said, there()) == {"area"}
