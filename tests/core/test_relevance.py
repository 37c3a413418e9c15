"""What a sentence is about, for models that cannot be shown the whole house."""

from dataclasses import replace

import pytest

from home_llm_core.home import Area, Entity, Home
from home_llm_core.relevance import named, ranking
from tests.core.villa import VILLA

STUDY = VILLA.area_by_id["study"]


def first(sentence: str, count: int, home: Home = VILLA, **more: object) -> set[str]:
    """Return what a sentence is about most."""
    area = more.get("area")
    assert area is None or isinstance(area, Area)
    return set(ranking(home, sentence, area).wanted[:count])


@pytest.mark.parametrize(
    ("sentence", "those"),
    [
        ("turn on the sofa lamp", {"light.sofa"}),
        ("turn on the sofa lamp and open the big door", {"light.sofa", "cover.garage"}),
        ("is the front door locked", {"lock.front"}),
        ("the lights in the kitchen", {"light.worktop", "light.k_ceiling"}),
        ("switch off the fan", {"fan.bedroom"}),
    ],
)
def test_what_is_named_comes_first(sentence: str, those: set[str]) -> None:
    assert first(sentence, len(those)) == those


def test_who_names_one_lamp_does_not_mean_all() -> None:
    assert ranking(VILLA, "turn on the sofa lamp").wanted == ("light.sofa",)


def test_an_area_stands_for_all_that_is_in_it() -> None:
    inside = {e.entity_id for e in VILLA.entities if e.area_id == "kitchen"}
    assert inside <= set(ranking(VILLA, "what is going on in the kitchen").wanted)


def test_a_floor_stands_for_its_rooms() -> None:
    found = ranking(VILLA, "is anything on upstairs").wanted
    assert {"light.b_ceiling", "light.desk", "fan.bedroom"} <= set(found)
    assert "light.sofa" not in found


def test_a_kind_is_looked_for_here_first() -> None:
    found = ranking(VILLA, "turn on the light", VILLA.area_by_id["living"]).wanted
    assert set(found[:2]) == {"light.sofa", "light.corner"}
    assert ranking(VILLA, "turn on the light").wanted[0] == "light.desk"


def test_what_is_here_comes_before_what_was_spoken_of() -> None:
    found = ranking(VILLA, "hello", STUDY, ("cover.garage", "light.desk", "light.gone")).wanted
    assert set(found[:-1]) == {e.entity_id for e in VILLA.entities if e.area_id == "study"}
    assert found[-1] == "cover.garage"


def test_nothing_is_wanted_before_anybody_speaks() -> None:
    assert ranking(VILLA).wanted == ()
    assert set(ranking(VILLA).usual) == {entity.entity_id for entity in VILLA.entities}


def test_what_changed_last_is_usual_and_sensors_are_not() -> None:
    changed = replace(VILLA, last_changed=("switch.printer", "light.desk", "sensor.t"))
    thermometer = Entity(entity_id="sensor.t", name="Thermometer", state="20.1")
    home = replace(changed, entities=(thermometer, *changed.entities))
    usual = ranking(home).usual
    assert usual[:2] == ("light.desk", "switch.printer")
    controlled = {"light", "fan", "switch", "cover", "lock"}
    last = max(at for at, each in enumerate(usual) if each.partition(".")[0] in controlled)
    assert usual.index("sensor.t") > last


def test_what_the_linker_does_not_know_is_named_in_full() -> None:
    siren = Entity(entity_id="siren.roof", name="Roof siren", state="off")
    home = replace(VILLA, entities=(*VILLA.entities, siren))
    assert first("sound the roof siren", 1, home) == {"siren.roof"}
    assert "siren.roof" not in ranking(home, "sound the siren").wanted


def test_other_languages() -> None:
    lamp = Entity(entity_id="light.a", name="Stehlampe", area_id="k", state="off")
    blind = Entity(entity_id="cover.a", name="Rollo", device_class="blind", state="open")
    home = Home(entities=(blind, lamp), areas=(Area(area_id="k", name="Küche"),), language="de")
    assert ranking(home, "mach das Licht in der Küche an").wanted == ("light.a",)
    assert named(home, "die Stehlampe bitte") == {"light.a"}
