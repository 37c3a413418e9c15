"""Tests of what sentences refer to, on small houses, against the page of semantics."""

from dataclasses import replace
import random

import pytest

from data.houses import House
from data.mentions import Mentions
from data.targets import Mention, Target
from home_llm_core.home import Home
from home_llm_core.text import label
from tests.data.homes import device, home, house

KITCHEN = Target(sort="light", area="area kitchen")
DESK = Target(sort="light", devices=("light desk lamp",))


@pytest.fixture
def two_rooms() -> House:
    return house(
        home(
            device("light.a", "Ceiling", "kitchen"),
            device("light.b", "Counter Lamp", "kitchen"),
            device("light.c", "Ceiling", "study"),
            device("light.d", "Desk Lamp", "study"),
            device("fan.e", "Zephyr", "study"),
            areas=("kitchen", "study", "hall"),
            floors={"kitchen": "downstairs", "study": "upstairs"},
        )
    )


def mentions(where: House, seed: int = 0, speaker: str | None = None) -> Mentions:
    return Mentions(where, random.Random(seed), speaker)


def test_the_lights_are_those_of_the_room_one_stands_in(two_rooms: House) -> None:
    mention = mentions(two_rooms, speaker="kitchen").kind("light")

    assert mention is not None
    assert mention.targets == (KITCHEN,)
    assert mention.scope == "satellite"


def test_the_only_one_is_meant_wherever_it_is(two_rooms: House) -> None:
    for speaker in (None, "kitchen", "hall"):
        mention = mentions(two_rooms, speaker=speaker).kind("fan")
        assert mention is not None
        assert mention.targets == (Target(sort="fan", devices=("fan zephyr",)),)
        assert mention.scope == "only_one"


@pytest.mark.parametrize("speaker", [None, "hall"])
def test_several_without_a_room_are_not_clear(two_rooms: House, speaker: str | None) -> None:
    assert mentions(two_rooms, speaker=speaker).kind("light") is None
    assert mentions(two_rooms, speaker=speaker).implied("light") is None


def test_here_needs_a_room_that_is_known(two_rooms: House) -> None:
    assert mentions(two_rooms).kind("light", here=True) is None
    assert mentions(two_rooms, speaker="kitchen").kind("fan", here=True) is None
    mention = mentions(two_rooms, speaker="kitchen").kind("light", here=True)
    assert mention is not None
    assert mention.targets == (KITCHEN,)


def test_a_room_a_floor_and_the_house(two_rooms: House) -> None:
    some = mentions(two_rooms)
    found = [
        some.area("kitchen", "light"),
        some.floor("upstairs", "light"),
        some.everywhere("light"),
    ]

    assert [mention.targets for mention in found if mention is not None] == [
        (KITCHEN,),
        (Target(sort="light", floor="floor upstairs"),),
        (Target(sort="light", devices=("all",)),),
    ]


def said(mention: Mention | None) -> set[str]:
    return set(mention.forms.values()) if mention is not None else set()


def test_a_device_called_like_a_room_and_a_kind_beats_the_room() -> None:
    where = house(
        home(
            device("light.a", "Kitchen Lights", "kitchen"),
            device("light.b", "Counter Lamp", "kitchen"),
            areas=("kitchen",),
        )
    )
    for seed in range(200):
        for text in said(mentions(where, seed).area("kitchen", "light")):
            assert text.removeprefix("the ") != "kitchen lights"


def test_a_kind_that_is_a_name_means_the_device() -> None:
    where = house(home(device("light.a", "Light", "hall"), areas=("hall",)))
    for seed in range(50):
        mention = mentions(where, seed, "hall").kind("light")
        assert not {text.removeprefix("the ") for text in said(mention)} & {"light"}


def test_the_same_name_twice_needs_its_room(two_rooms: House) -> None:
    ceiling = two_rooms.home.entities[0]
    for seed in range(100):
        for text in said(mentions(two_rooms, seed).device(ceiling)):
            assert "kitchen" in text
    at_home = {
        text
        for seed in range(100)
        for text in said(mentions(two_rooms, seed, "kitchen").device(ceiling))
    }
    assert "the ceiling" in at_home


def test_two_devices_of_a_kind_are_one_list(two_rooms: House) -> None:
    some = mentions(two_rooms)
    lamp, desk = (some.device(two_rooms.home.entities[n]) for n in (1, 3))
    assert lamp is not None
    assert desk is not None

    both = some.both(lamp, desk)

    assert both.targets == (
        Target(sort="light", devices=("light counter lamp", "light desk lamp")),
    )
    assert both.many


def test_a_device_and_a_fan_are_two_targets(two_rooms: House) -> None:
    some = mentions(two_rooms)
    desk, fan = (some.device(two_rooms.home.entities[n]) for n in (3, 4))
    assert desk is not None
    assert fan is not None

    assert some.both(desk, fan).targets == (DESK, Target(sort="fan", devices=("fan zephyr",)))


def test_all_but_one_leaves_that_one_alone(two_rooms: House) -> None:
    some = mentions(two_rooms)
    whole, but = some.everywhere("light"), some.device(two_rooms.home.entities[3])
    assert whole is not None
    assert but is not None

    rest = some.all_but(whole, two_rooms.home.of_domain("light")[:3], but)

    assert rest.targets == (replace(whole.targets[0], excluding=("light desk lamp",)),)
    assert "desk lamp" in rest.form("full")
    assert "desk lamp" in rest.subject


@pytest.fixture
def alike() -> Home:
    return home(
        device("light.a", "Kitchen Counter Spot", "kitchen"),
        device("light.b", "Counter Spot Left", "kitchen"),
        device("light.c", "Spotty", "kitchen"),
        device("light.d", "Spotty Lamp", "hall"),
        device("light.e", "Reading Lamp", "hall"),
        device("switch.f", "Reading Lamps", "kitchen"),
        areas=("kitchen", "hall"),
    )


def test_a_name_never_fits_another_device(alike: Home) -> None:
    where = house(alike)
    for entity in alike.entities:
        for seed in range(150):
            for text in said(mentions(where, seed).device(entity)):
                for part in (text, text.removeprefix("the ")):
                    assert where.called.get(part, (entity,)) == (entity,)


def test_a_number_is_mixed_up_only_where_it_does_not_matter() -> None:
    clear = house(
        home(device("light.a", "Attic Lights"), device("light.b", "Lamp"), areas=("hall",))
    )
    texts = {
        t for seed in range(200) for t in said(mentions(clear, seed).device(clear.home.entities[0]))
    }
    assert "the attic light" in texts

    room = house(
        home(
            device("light.a", "Attic Lights"), device("light.b", "Lamp", "attic"), areas=("attic",)
        )
    )
    texts = {
        t for seed in range(200) for t in said(mentions(room, seed).device(room.home.entities[0]))
    }
    assert not any(label(text).endswith("attic light") for text in texts)


def test_aliases_are_said_too() -> None:
    where = house(
        home(device("light.a", "Lamp 1", aliases=("Sunny",)), device("light.b", "Lamp 2"))
    )
    texts = {
        t for seed in range(60) for t in said(mentions(where, seed).device(where.home.entities[0]))
    }

    assert any("sunny" in text for text in texts)
    assert any("lamp 1" in text for text in texts)
