"""Devices without an area are in the room that they are called after."""

import pytest

from home_llm_core.home import Area, Entity, Home
from home_llm_core.rooms import with_rooms


def home_of(*names: str, language: str = "en", areas: tuple[Area, ...] = ()) -> Home:
    """Return a home of lights without areas, or of other things: ``cover.garage=Garage door``."""
    pairs = (name.rpartition("=") for name in names)
    entities = (
        Entity(entity_id=entity_id or f"light.{number}", name=name)
        for number, (entity_id, _, name) in enumerate(pairs)
    )
    return Home(entities=tuple(entities), language=language, areas=areas)


def rooms(home: Home) -> dict[str, list[str]]:
    """Return the names of what is in each room, by its name."""
    found = with_rooms(home)
    return {
        area.name: [e.name for e in found.entities if e.area_id == area.area_id]
        for area in found.areas
    }


@pytest.mark.parametrize(
    ("language", "names", "room"),
    [
        ("en", ("Kitchen ceiling", "fan.k=Kitchen fan"), "Kitchen"),
        ("en", ("Living room lamp", "Lamp living room"), "Living room"),
        ("de", ("Küchenlicht", "Küche Decke"), "Küche"),
        ("fr", ("Plafonnier salon", "Lampe du salon"), "Salon"),
        ("es", ("Luz cocina", "Foco de la cocina"), "Cocina"),
        ("it", ("Luce bagno", "Specchio del bagno"), "Bagno"),
        ("nl", ("Keukenlamp", "Keuken spots"), "Keuken"),
        ("pl", ("Lampa kuchnia", "Światło w kuchni"), "Kuchnia"),
        ("pt", ("Luz da cozinha", "Cozinha teto"), "Cozinha"),
        ("ru", ("Свет кухня", "Люстра кухни"), "Кухня"),
        ("ja", ("リビングの照明", "リビング電球"), "リビング"),
        ("zh-Hans", ("客厅吊灯", "客厅灯带"), "客厅"),
    ],
)
def test_what_is_called_after_a_room_is_in_it(
    language: str, names: tuple[str, ...], room: str
) -> None:
    plain = [name.rpartition("=")[2] for name in names]
    assert rooms(home_of(*names, "Other", language=language)) == {room: plain}


def test_one_thing_alone_makes_no_room() -> None:
    home = home_of("Kitchen ceiling", "Bedroom lamp", "Kitchen")
    assert with_rooms(home) is home
    # What leads to a garage is not in it.
    doors = (
        Entity(entity_id="cover.a", name="Garage door", device_class="garage"),
        Entity(entity_id="lock.a", name="Garage lock"),
        Entity(entity_id="light.a", name="Garage light"),
    )
    assert with_rooms(Home(entities=doors)).areas == ()


def test_an_area_that_is_there_takes_what_is_called_after_it() -> None:
    kitchen = Area(area_id="k", name="Kitchen")
    assert rooms(home_of("Kitchen ceiling", "Bedroom lamp", areas=(kitchen,))) == {
        "Kitchen": ["Kitchen ceiling"]
    }


def test_what_somebody_put_into_an_area_stays_there() -> None:
    hall = Area(area_id="h", name="Hall")
    lamps = tuple(
        Entity(entity_id=f"light.{n}", name=f"Kitchen lamp {n}", area_id="h") for n in range(3)
    )
    home = Home(entities=lamps, areas=(hall,))
    assert with_rooms(home) is home
