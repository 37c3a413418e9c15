"""Which devices a question is about, and what is found when one looks."""

import pytest

from home_llm_core.answers import (
    asked_about,
    holds,
    measured,
    passing,
    sensed_by,
    sensed_outdoors,
    told_by,
)
from home_llm_core.home import Area, Entity, Home
from home_llm_core.parser import Query
from home_llm_core.states import Test as Asked
from tests.core.hearing import entity

WARM = entity("sensor.warm", state="24", device_class="temperature", area_id="hall")
COLD = entity("sensor.cold", state="15.5", device_class="temperature", area_id="shed")
BROKEN = entity("sensor.broken", state="unavailable", device_class="temperature")
HEATING = entity("climate.hall", state="heat", attributes={"current_temperature": 20.5})
WEATHER = entity("weather.home", state="rainy", attributes={"temperature": 8, "humidity": 90})
LAMP = entity("light.lamp", state="on")
DARK = entity("light.dark", state="off")
PEOPLE = (entity("person.anna", state="home"), entity("person.ben", state="Work"))
FRONT = entity("lock.front", "Front door lock", state="locked", area_id="hall")
CONTACT = entity("binary_sensor.f", "Front door", state="on", device_class="door", area_id="hall")
BACK = entity("lock.back", "Kitchen bolt", state="unlocked", area_id="kitchen")
WINDOW = entity(
    "binary_sensor.w", "Kitchen window", state="on", device_class="window", area_id="kitchen"
)


def home(*entities: Entity) -> Home:
    """Return a home with these devices."""
    areas = tuple(Area(area_id=area, name=area.title()) for area in ("hall", "shed", "kitchen"))
    return Home(entities=entities, areas=areas)


def ids(entities: tuple[Entity, ...]) -> list[str]:
    """Return the ids of devices."""
    return [each.entity_id for each in entities]


@pytest.mark.parametrize(
    ("kind", "there", "expected"),
    [
        ("temperature", (WARM, HEATING, WEATHER, LAMP), ["sensor.warm"]),
        # Indoors first: the weather is what it is outside.
        ("temperature", (HEATING, WEATHER), ["climate.hall"]),
        ("temperature", (WEATHER, LAMP), ["weather.home"]),
        # What a thermostat is set to is no measurement.
        ("temperature", (entity("climate.x", attributes={"temperature": 21}), LAMP), []),
        ("temperature", (LAMP,), []),
        ("humidity", (WEATHER,), ["weather.home"]),
        ("rain", (WEATHER, LAMP), ["weather.home"]),
        ("light", (LAMP, DARK, WARM), ["light.lamp", "light.dark"]),
        ("everything", (LAMP, WARM, FRONT), ["light.lamp"]),
        ("person", PEOPLE, ["person.anna", "person.ben"]),
    ],
)
def test_who_can_tell(kind: str, there: tuple[Entity, ...], expected: list[str]) -> None:
    assert ids(asked_about(kind, there)) == expected


def test_every_device_can_be_reached_or_not() -> None:
    """That somebody is away is no fault; that a sensor is silent is one."""
    there = (LAMP, BROKEN, FRONT, *PEOPLE, WEATHER)
    for word in ("available", "unavailable"):
        found = ids(asked_about("everything", there, word))
        assert found == ["light.lamp", "sensor.broken", "lock.front"]


@pytest.mark.parametrize(
    ("asked", "word", "there", "expected"),
    [
        # Of a lock the contact at the same door knows whether it is open.
        (FRONT, "open", (FRONT, CONTACT), ["binary_sensor.f"]),
        (FRONT, "locked", (FRONT, CONTACT), ["lock.front"]),
        (CONTACT, "locked", (FRONT, CONTACT), ["lock.front"]),
        (CONTACT, "open", (FRONT, CONTACT), ["binary_sensor.f"]),
        (FRONT, "open", (FRONT,), ["lock.front"]),
        # A window in the same room is not the door of a lock.
        (BACK, "open", (BACK, WINDOW), ["lock.back"]),
        (WINDOW, "locked", (BACK, WINDOW), ["binary_sensor.w"]),
        # A name of which nothing is left is nobody's.
        (entity("lock.x", "\U0001f512"), "open", (CONTACT,), ["lock.x"]),
    ],
)
def test_what_else_is_at_the_same_door(
    asked: Entity, word: str, there: tuple[Entity, ...], expected: list[str]
) -> None:
    assert ids(told_by((asked,), Asked(word=word), home(asked, *there))) == expected


def test_the_only_door_of_a_room_has_its_lock() -> None:
    bolt = entity("lock.bolt", "Bolt", area_id="hall")
    back = entity("lock.back", "Achterdeur", area_id="hall")
    fridge = entity("binary_sensor.k", "Koelkastdeur", device_class="door", area_id="hall")
    assert ids(told_by((back,), Asked(word="closed"), home(back, fridge))) == ["lock.back"]
    assert ids(told_by((bolt,), Asked(word="open"), home(bolt, CONTACT))) == ["binary_sensor.f"]
    second = entity("binary_sensor.g", "Side door", device_class="door", area_id="hall")
    there = home(bolt, CONTACT, second)
    assert ids(told_by((bolt,), Asked(word="open"), there)) == ["lock.bolt"]


POWER = entity("sensor.washer_power", "Washer power", device_class="power")
ENERGY = entity("sensor.washer_energy", "Washer energy", device_class="energy")
CHARGE = entity("sensor.lock", "门锁电量", device_class="battery")
FRIDGE_DOOR = entity("binary_sensor.f", "Fridge door", device_class="door")
CHILLED = entity("sensor.fridge", "Fridge temperature", device_class="temperature")


@pytest.mark.parametrize(
    ("asked", "of", "expected"),
    [
        (entity("switch.w", "Washer"), "power", ["sensor.washer_power"]),
        (entity("switch.w", "Washer plug"), "energy", ["sensor.washer_energy"]),
        (
            entity("binary_sensor.f", "Fridge door", device_class="door"),
            "current_temperature",
            ["sensor.fridge"],
        ),
        (
            entity("lock.l", "智能门锁", aliases=("门锁",)),
            "battery",
            ["sensor.lock"],
        ),
        # What shows it itself, and what nothing is called after.
        (entity("switch.w", "Washer", attributes={"power": 5}), "power", ["switch.w"]),
        (entity("switch.d", "Dryer"), "power", ["switch.d"]),
        (entity("switch.p", "Plug"), "power", ["switch.p"]),
    ],
)
def test_sensors_called_after_a_device_tell_its_readings(
    asked: Entity, of: str, expected: list[str]
) -> None:
    assert ids(sensed_by((asked,), of, home(asked, POWER, ENERGY, CHILLED, CHARGE))) == expected


@pytest.mark.parametrize(
    ("language", "name", "area"),
    [
        ("en", "Yard temperature", "Shed"),
        ("en", "Thermometer", "Back garden"),
        ("de", "Außentemperatur", "Haus"),
        ("ru", "Температура на улице", "Дом"),
        ("zh-Hans", "室外温度", "家"),
    ],
)
def test_the_sensor_in_the_garden_knows_how_cold_it_is(language: str, name: str, area: str) -> None:
    areas = (Area(area_id="a", name=area), Area(area_id="h", name="Office"))
    outside = entity("sensor.o", name, area_id="a", device_class="temperature", state="6")
    inside = entity("sensor.i", "Office", area_id="h", device_class="temperature", state="20")
    both = Home(areas=areas, entities=(inside, outside), language=language)
    assert ids(sensed_outdoors("temperature", both)) == ["sensor.o"]
    assert not sensed_outdoors("humidity", both)


def test_a_ceiling_is_no_deck_and_paint_no_yard() -> None:
    for language, name in (("de", "Decke"), ("nl", "Verfkast")):
        sensor = entity("sensor.x", name, device_class="temperature")
        assert not sensed_outdoors("temperature", Home(entities=(sensor,), language=language))


def test_a_room_is_not_what_a_sensor_is_called_after() -> None:
    room = Area(area_id="bedroom", name="Bedroom")
    light = entity("light.b", "Bedroom Light", area_id="bedroom")
    there = (light, entity("sensor.tv", "Bedroom TV power", device_class="power"))
    house = Home(areas=(room,), entities=there)
    assert ids(sensed_by((light,), "power", house)) == ["light.b"]


def test_a_sensor_belongs_to_the_longer_name() -> None:
    washer, dishes = entity("switch.w", "Washer"), entity("switch.d", "Dish washer")
    theirs = entity("sensor.d", "Dish washer power", device_class="power")
    there = home(washer, dishes, POWER, theirs)
    assert ids(sensed_by((washer,), "power", there)) == ["sensor.washer_power"]
    assert ids(sensed_by((dishes,), "power", there)) == ["sensor.d"]


def query(verb: str, kind: str, entities: tuple[Entity, ...], **test: object) -> Query:
    """Return a question with what is to be found."""
    of = str(test.pop("of", ""))
    found = Asked(**test) if test else None  # type: ignore[arg-type]
    return Query(verb=verb, kind=kind, entity_ids=tuple(ids(entities)), test=found, of=of)


def test_which_of_them_are_so() -> None:
    there = home(LAMP, DARK, BROKEN)
    asked = query("which", "light", (LAMP, DARK, BROKEN), word="on")
    assert passing(asked, there) == {
        "light.lamp": True,
        "light.dark": False,
        "sensor.broken": None,
    }
    # Who does not say what they should be asks which are on.
    assert passing(query("count", "light", (LAMP, DARK)), there) == {
        "light.lamp": True,
        "light.dark": False,
    }


def test_what_left_the_home_meanwhile_is_not_looked_at() -> None:
    assert passing(query("which", "light", (LAMP, DARK), word="on"), home(DARK)) == {
        "light.dark": False
    }


@pytest.mark.parametrize(
    ("verb", "there", "test", "expected"),
    [
        ("is", (LAMP,), {"word": "on"}, True),
        ("is", (LAMP, DARK), {"word": "on"}, True),
        ("any", (LAMP, DARK), {"word": "on"}, True),
        ("all", (LAMP, DARK), {"word": "on"}, False),
        ("all", (LAMP, BROKEN), {"word": "on"}, True),
        ("is", (BROKEN,), {"word": "on"}, None),
        ("any", (), {"word": "on"}, None),
        ("is", (WARM,), {"above": 23}, True),
        ("is", (WARM,), {"above": 24}, False),
        ("is", (WARM,), {"below": 24}, False),
        ("is", (COLD,), {"above": 15, "below": 16}, True),
        ("is", (WARM, BROKEN), {"above": 23}, True),
        ("is", (LAMP,), {"above": 23}, None),
        ("is", (HEATING,), {"above": 20}, True),
        ("any", PEOPLE, {"word": "home"}, True),
        ("all", PEOPLE, {"word": "away"}, False),
    ],
)
def test_whether_it_is_so(
    verb: str, there: tuple[Entity, ...], test: dict[str, object], expected: bool | None
) -> None:
    assert holds(query(verb, "temperature", there, **test), home(*there)) is expected


def test_the_number_that_is_asked_for() -> None:
    """The weather shows many; of a thermostat, a question about warmth is not about its target."""
    heating = entity(
        "climate.x", state="heat", attributes={"temperature": 22, "current_temperature": 19}
    )
    assert measured(heating, query("is", "temperature", (heating,))) == 19
    assert measured(heating, query("is", "climate", (heating,), of="temperature")) == 22
    assert measured(WEATHER, query("is", "humidity", (WEATHER,))) == 90
    assert measured(WARM, query("is", "temperature", (WARM,))) == 24


def test_carbon_dioxide_tells_how_the_air_is_where_nothing_else_does() -> None:
    carbon = entity("sensor.c", "Quillon", device_class="carbon_dioxide", state="800")
    dust = entity("sensor.d", "Zubrin", device_class="pm25", state="9")
    assert asked_about("air_quality", (carbon,)) == (carbon,)
    assert asked_about("air_quality", (carbon, dust)) == (dust,)
