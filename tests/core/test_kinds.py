"""What people have one word for, and which devices that is."""

import pytest

from home_llm_core.actions import DOMAINS as CONTROLLED
from home_llm_core.home import Entity
from home_llm_core.kinds import (
    DOMAINS,
    EVERYTHING,
    IT,
    KINDS,
    MEASURED,
    all_called,
    kind_of,
    kinds_in,
    members,
    of_kind,
)
from home_llm_core.vocabulary import EVERY_LANGUAGE
from tests.core.hearing import entity


def found(kind: str, *entities: Entity) -> list[str]:
    """Return the ids of what a kind is, of some devices."""
    return [each.entity_id for each in of_kind(kind, entities, DOMAINS)]


@pytest.mark.parametrize(
    ("domain", "device_class", "kind"),
    [
        ("light", None, "light"),
        ("cover", None, "cover"),
        ("cover", "", "cover"),
        ("cover", "blind", "blind"),
        ("cover", "garage", "garage"),
        ("cover", "damper", "cover"),
        ("binary_sensor", "garage_door", "garage"),
        ("binary_sensor", "opening", "door"),
        ("binary_sensor", "occupancy", "motion"),
        ("binary_sensor", "cold", "temperature"),
        ("binary_sensor", None, "binary_sensor"),
        ("sensor", "temperature", "temperature"),
        ("sensor", "enum", "sensor"),
        ("media_player", "tv", "tv"),
        ("media_player", "receiver", "media_player"),
        ("input_button", None, "button"),
        ("input_number", None, "number"),
        ("input_select", None, "select"),
    ],
)
def test_the_kind_that_tells_most(domain: str, device_class: str | None, kind: str) -> None:
    assert kind_of(domain, device_class) == kind


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_domain_has_a_kind(domain: str) -> None:
    """Also with a class that nobody has heard of."""
    assert kind_of(domain, None) in KINDS
    assert kind_of(domain, "dragon") == kind_of(domain, None)


def test_all_that_can_be_controlled_can_be_spoken_of() -> None:
    """A timer is no device."""
    assert set(CONTROLLED) - set(DOMAINS) == {"timer"}
    assert not {EVERYTHING, IT, "timer"} & set(KINDS)


def test_every_kind_has_words() -> None:
    """What has no words of its own could not be told by a name."""
    assert set(EVERY_LANGUAGE.kind_words) <= set(KINDS)
    assert set(MEASURED) <= set(EVERY_LANGUAGE.kind_words)


def test_kinds_of_some_domains() -> None:
    assert kinds_in({"light"}) == ("light",)
    assert kinds_in({"valve", "vacuum"}) == ("valve", "vacuum")
    assert {"door", "window", "garage", "blind"} <= set(kinds_in({"cover"}))
    assert kinds_in(()) == ()


BLIND = entity("cover.blind", device_class="blind")
CURTAIN = entity("cover.curtain", device_class="curtain")
GARAGE = entity("cover.garage", "Big gate", device_class="garage")
FRONT_DOOR = entity("cover.front", "Front door", device_class="door")
CONTACT = entity("binary_sensor.back", "Back door contact", device_class="door")
LOCK = entity("lock.back", "Back door lock")


def test_what_really_is_of_a_kind_goes_first() -> None:
    assert found("blind", BLIND, CURTAIN) == ["cover.blind"]
    assert found("cover", BLIND, CURTAIN) == ["cover.blind", "cover.curtain"]
    assert found("door", FRONT_DOOR, CONTACT, LOCK) == ["cover.front", "binary_sensor.back"]


def test_what_may_be_meant_where_there_is_none() -> None:
    """Whoever says "blinds" where there are only curtains means those; a garage is no blind."""
    assert found("blind", CURTAIN, GARAGE) == ["cover.curtain"]
    assert found("door", LOCK) == ["lock.back"]
    assert found("garage", CURTAIN) == []
    assert found("awning", BLIND) == []
    assert members("blind", (CURTAIN,), DOMAINS) == ()


@pytest.mark.parametrize(
    ("kind", "name", "device_class"),
    [
        ("garage", "Garage door", "door"),
        ("garage", "Ворота гаража", "gate"),
        ("garage", "Brama garażowa", "gate"),
        ("gate", "Yard gate", "garage"),
        ("gate", "Hoftor", "door"),
        ("gate", "Portail", None),
        ("blind", "Rollo Garage", None),
        ("blind", "Balkontür", None),
    ],
)
def test_what_is_called_so_is_meant_where_there_is_none(
    kind: str, name: str, device_class: str | None
) -> None:
    assert found(kind, entity("cover.x", name, device_class=device_class)) == ["cover.x"]


@pytest.mark.parametrize(
    ("kind", "name", "device_class"),
    [
        ("garage", "Hen house", "door"),
        ("garage", "Заслонка курятника", "door"),
        ("garage", "Front door", None),
        ("garage", "Rideau du salon", None),
        ("gate", "Rollo Küche", None),
        ("gate", "Shed", "garage"),
        ("blind", "Garage", None),
        ("curtain", "Brama garażowa", None),
        ("shutter", "Yard gate", None),
    ],
)
def test_nothing_else_is_a_garage_or_a_gate(kind: str, name: str, device_class: str | None) -> None:
    assert found(kind, entity("cover.x", name, device_class=device_class)) == []


def test_all_that_are_called_so() -> None:
    there = (GARAGE, entity("cover.yard", "Yard", device_class="gate"), FRONT_DOOR)
    assert of_kind("gate", there, DOMAINS) == there[1:2]
    assert all_called("gate", there, DOMAINS) == (there[1], there[0])
    assert all_called("blind", (BLIND, CURTAIN), DOMAINS) == (BLIND,)


def test_only_those_that_can_do_it() -> None:
    """A door is opened by a cover, and asked about at its contact."""
    there = (FRONT_DOOR, CONTACT)
    assert of_kind("door", there, ("cover",)) == (FRONT_DOOR,)
    assert of_kind("door", (CONTACT,), ("cover",)) == ()


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("Kitchen blind", {"blind"}),
        ("Garage door", {"garage", "door"}),
        ("Front door", {"door"}),
        ("Stairs", set()),
    ],
)
def test_the_name_tells_what_has_no_class(name: str, kinds: set[str]) -> None:
    """A door is no garage."""
    cover = entity("cover.x", name)
    named = {kind for kind in KINDS if kind != "cover" and members(kind, (cover,), DOMAINS)}
    assert named == kinds


def test_a_sensor_without_a_class_measures_what_it_is_called() -> None:
    """It is not everything that sensors can be."""
    washer, tank = entity("sensor.w", "Washer sensor"), entity("sensor.t", "Water tank level")
    measured = {kind: members(kind, (washer, tank), DOMAINS) for kind in MEASURED}
    assert {kind for kind, those in measured.items() if those} == {"water"}
    assert members("sensor", (washer, tank), DOMAINS) == (washer, tank)


def test_a_class_tells_more_than_a_name() -> None:
    """What is called a door and is a window is a window."""
    assert found("door", entity("binary_sensor.x", "Balcony door", device_class="window")) == []
