"""What the floors of a house with two storeys are called."""

import pytest

from home_llm_core.floors import with_floors
from home_llm_core.home import Area, Entity, Floor, Home
from home_llm_core.parser import Say
from tests.core.hearing import done_to, heard


def house(*floors: Floor, language: str = "en") -> Home:
    """Return a house with a room of one lamp on each floor, called after the floor."""
    areas = (
        Area(area_id=f.floor_id, name=f"Room {f.floor_id}", floor_id=f.floor_id) for f in floors
    )
    lamps = (
        Entity(entity_id=f"light.{f.floor_id}", name=f"Lamp {f.floor_id}", area_id=f.floor_id)
        for f in floors
    )
    home = Home(floors=floors, areas=tuple(areas), entities=tuple(lamps), language=language)
    return with_floors(home)


CELLAR = Floor(floor_id="cellar", name="Cellar", level=-1)


@pytest.mark.parametrize(
    ("language", "above", "below"),
    [
        ("en", "lights off upstairs", "lights off downstairs"),
        ("de", "licht oben aus", "licht unten aus"),
        ("fr", "éteins les lumières en haut", "éteins les lumières en bas"),
        ("es", "apaga las luces de la planta de arriba", "apaga las luces de la planta de abajo"),
        ("it", "spegni le luci al piano di sopra", "spegni le luci al piano di sotto"),
        ("nl", "lampen boven uit", "lampen beneden uit"),
        ("pl", "zgaś światła na górze", "zgaś światła na dole"),
        ("pt", "apaga as luzes do andar de cima", "apaga as luzes do andar de baixo"),
        ("ru", "выключи свет наверху", "выключи свет внизу"),
        ("ja", "上の階の電気を消して", "下の階の電気を消して"),
        ("zh-Hans", "关掉楼上的灯", "关掉楼下的灯"),
    ],
)
def test_levels_tell_what_is_upstairs(language: str, above: str, below: str) -> None:
    first = Floor(floor_id="first", name="Alpha", level=1)
    ground = Floor(floor_id="ground", name="Beta", level=0)
    home = house(CELLAR, first, ground, language=language)
    for said, lamp in ((above, "light.first"), (below, "light.ground")):
        (call,) = heard(home, said, "off light: A")
        assert done_to(call, home) == (lamp,)


@pytest.mark.parametrize(
    ("language", "names", "said"),
    [
        ("en", ("First floor", "Ground floor", "Basement"), "lights off upstairs"),
        ("de", ("Obergeschoss", "Erdgeschoss", "Keller"), "licht oben aus"),
        ("nl", ("Bovenverdieping", "Begane grond", "Kelder"), "lampen boven uit"),
        ("pl", ("Piętro", "Parter", "Piwnica"), "zgaś światła na górze"),
    ],
)
def test_a_cellar_is_known_by_its_name(language: str, names: tuple[str, ...], said: str) -> None:
    home = house(*(Floor(floor_id=n[:3].lower(), name=n) for n in names), language=language)
    (call,) = heard(home, said, "off light: A")
    assert done_to(call, home) == (f"light.{names[0][:3].lower()}",)


@pytest.mark.parametrize("said", ["éteins tout en bas", "coupe tout en bas s'il te plaît"])
def test_everything_downstairs_is_not_all_the_way_down(said: str) -> None:
    names = ("Rez-de-chaussée", "Étage")
    home = house(*(Floor(floor_id=n[:3].lower(), name=n) for n in names), language="fr")
    (call,) = heard(home, said, "off everything: A")
    assert done_to(call, home) == ("light.rez",)


def test_upstairs_is_nowhere_in_particular_in_a_house_of_three_storeys() -> None:
    floors = (Floor(floor_id=n.lower(), name=n) for n in ("Erdgeschoss", "Mitte", "Dach"))
    home = house(*floors, language="de")
    assert heard(home, "alle lichter oben aus", "off light: all") == [Say(key="absent")]


@pytest.mark.parametrize("names", [("First floor", "Ground floor"), ("Upper", "Ground")])
def test_beside_a_ground_floor_the_other_is_upstairs(names: tuple[str, str]) -> None:
    home = house(*(Floor(floor_id=name[:1], name=name) for name in names))
    (call,) = heard(home, "lights off upstairs", "off light: A")
    assert done_to(call, home) == (f"light.{names[0][:1]}",)


@pytest.mark.parametrize(
    "floors",
    [
        (Floor(floor_id="a", name="Alpha"), Floor(floor_id="b", name="Beta")),
        (Floor(floor_id="a", name="Alpha", level=1), Floor(floor_id="b", name="Beta", level=1)),
        (CELLAR, Floor(floor_id="a", name="Alpha", level=0)),
        tuple(Floor(floor_id=n, name=n, level=int(n)) for n in "012"),
    ],
)
def test_where_nobody_can_tell_nothing_is_upstairs(floors: tuple[Floor, ...]) -> None:
    assert house(*floors).floors == floors
