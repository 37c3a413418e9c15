"""Tests of commands, on small houses, against the page of semantics."""

from itertools import permutations

import pytest

from data.commands import command
from data.houses import House
from data.scenes import Draft
from home_llm_core.calls import Call
from tests.data.homes import calls_of, device, home, house, only, scene

LAMP = frozenset({"dim", "color", "white"})


def drafts(
    where: House, *patterns: str, speaker: str | None = None, count: int = 60
) -> list[Draft]:
    """Return what many people say with some patterns."""
    known = only(*patterns)
    made = (command(scene(where, seed, speaker, known)) for seed in range(count))
    return [draft for draft in made if draft is not None]


def calls(found: list[Draft]) -> set[tuple[str, tuple[str, ...], str | None]]:
    return {(call.action, call.devices, call.area) for draft in found for call in calls_of(draft)}


@pytest.fixture
def study() -> House:
    return house(
        home(
            device("light.a", "Desk Lamp", "study", features=LAMP),
            device("light.b", "Ceiling", "study"),
            device("light.c", "Spotty", "hall", state="unavailable", features=LAMP),
            device("fan.d", "Zephyr", "study", features=frozenset({"speed", "oscillate"})),
            device("switch.e", "Kettle", "hall"),
            areas=("study", "hall", "attic"),
        )
    )


def test_a_bare_room_means_its_lights(study: House) -> None:
    assert calls(drafts(study, "{area} off")) == {("light.turn_off", (), "area study")}


def test_too_dark_means_the_lights_of_the_room(study: House) -> None:
    found = drafts(study, "it's too dark {area.in}")
    acting = [draft for draft in found if draft.calls]

    assert calls(acting) == {("light.turn_on", (), "area study")}
    assert {draft.kind for draft in acting} == {"implicit"}


def test_stuffy_means_the_fan_of_the_room(study: House) -> None:
    assert calls(drafts(study, "it's stuffy {area.in}")) == {("fan.turn_on", (), "area study")}


def test_lights_out_means_the_house(study: House) -> None:
    found = drafts(study, "lights out everywhere", speaker="study")

    assert calls(found) == {("light.turn_off", ("all",), None)}


def test_nothing_named_means_the_room_one_stands_in(study: House) -> None:
    found = drafts(study, "let there be light", speaker="study")

    assert calls(found) == {("light.turn_on", (), "area study")}


def test_nothing_named_and_no_room_known_asks_back(study: House) -> None:
    found = drafts(study, "let there be light")

    assert found
    assert all(draft.kind == "unclear" and not draft.calls for draft in found)
    assert all(draft.speech.endswith("?") for draft in found)


def test_what_cannot_be_reached_is_not_called(study: House) -> None:
    found = [
        d
        for d in drafts(study, "turn on {target}", count=400)
        if d.sentence.text.endswith("spotty")
    ]
    alone = [d for d in found if " and " not in d.sentence.text and d.kind != "exclusion"]

    assert alone
    assert {draft.kind for draft in alone} == {"unavailable"}
    assert all(not draft.calls for draft in alone)


def test_what_it_cannot_do_is_not_called(study: House) -> None:
    found = drafts(study, "set {target} to {brightness}", count=400)
    ceiling = [d for d in found if d.kind == "absent_ability"]

    assert ceiling
    assert all("ceiling" in draft.sentence.text and not draft.calls for draft in ceiling)
    assert all("dim" in draft.speech or "brightness" in draft.speech for draft in ceiling)


def test_values_are_said_and_written(study: House) -> None:
    found = drafts(study, "set {target} to {brightness}", count=100)

    assert found
    for draft in found:
        for call in calls_of(draft):
            assert set(call.arguments) == {"brightness"}
            assert draft.sentence.values[0] in draft.sentence.text


@pytest.mark.parametrize(
    ("pattern", "arguments"),
    [
        ("make {target} a bit brighter", {"brightness_step": 10}),
        ("make {target} brighter", {"brightness_step": 20}),
        ("make {target} much brighter", {"brightness_step": 40}),
        ("dim {target} a bit", {"brightness_step": -10}),
        ("dim {target}", {"brightness_step": -20}),
        ("dim {target} a lot", {"brightness_step": -40}),
        ("turn {target} all the way up", {"brightness": 100}),
        ("make {target} as dim as possible", {"brightness": 1}),
        ("make {target} faster", {}),
        ("oscillate {target}", {"oscillating": True}),
        ("stop oscillating {target}", {"oscillating": False}),
    ],
)
def test_words_of_degree(study: House, pattern: str, arguments: dict[str, object]) -> None:
    found = [call for draft in drafts(study, pattern) for call in calls_of(draft)]

    assert found
    assert all(dict(call.arguments) == arguments for call in found)


def test_brightness_and_color_are_one_call(study: House) -> None:
    found = drafts(study, "make {target} {color} at {brightness}")
    arguments = {tuple(call.arguments) for draft in found for call in calls_of(draft)}

    assert arguments == {("brightness", "color")}


def test_all_but_some_leaves_those_alone() -> None:
    where = house(
        home(
            device("light.a", "Desk Lamp", "study"),
            device("light.b", "Ceiling", "study"),
            device("light.c", "Shelf", "study"),
            areas=("study",),
        )
    )
    found = [d for d in drafts(where, "turn off {target}", count=800) if d.kind == "exclusion"]
    left_alone = {call.excluding for draft in found for call in calls_of(draft)}

    assert {len(lines) for lines in left_alone} == {1, 2}
    for draft in found:
        (call,) = calls_of(draft)
        # "That desk" is the desk lamp.
        assert all(line.split()[1] in draft.sentence.text for line in call.excluding)
        (resolved,) = scene(where).resolve(calls_of(draft))
        assert len(resolved.entity_ids) == 3 - len(call.excluding)


def test_all_but_those_of_a_room() -> None:
    rooms = ("study", "hall", "attic")
    where = house(home(*(device(f"light.{r}", f"Spot {r}", r) for r in rooms), areas=rooms))
    found = {}
    for draft in drafts(where, "turn off {target}", count=4000):
        (said, *_) = draft.wanted
        rooms_alone = isinstance(said, Call) and {e.partition(" ")[0] for e in said.excluding}
        if isinstance(said, Call) and rooms_alone == {"area"}:
            (resolved,) = scene(where).resolve(calls_of(draft))
            found[said.excluding] = set(resolved.entity_ids)
            for room in said.excluding:
                assert room.removeprefix("area ") in draft.sentence.text

    # One room, or two of them in either order.
    left_out = [*permutations(rooms, 1), *permutations(rooms, 2)]
    lights = {room: f"light.{room}" for room in rooms}
    assert found == {
        tuple(f"area {room}" for room in those): {lights[r] for r in rooms if r not in those}
        for those in left_out
    }


def test_several_devices_are_one_call(study: House) -> None:
    found = [d for d in drafts(study, "turn off {target}", count=800) if d.kind == "several"]
    named = {frozenset(call.devices) for draft in found for call in calls_of(draft)}

    assert frozenset({"light desk lamp", "light ceiling"}) in named
    both = [d for d in found if "desk lamp" in d.sentence.text and "ceiling" in d.sentence.text]
    assert all(
        len([c for c in calls_of(d) if c.devices and c.action == "light.turn_off"]) == 1
        for d in both
    )


def test_already_so_is_called_anyway() -> None:
    where = house(
        home(device("light.a", "Lamp A", state="on"), device("light.b", "Lamp B", state="on"))
    )

    assert calls(drafts(where, "turn on {target}", count=100)) >= {
        ("light.turn_on", ("light lamp a",), None),
        ("light.turn_on", ("light lamp b",), None),
    }
