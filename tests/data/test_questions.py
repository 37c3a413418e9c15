"""Tests of questions: what is asked, and of what."""

from dataclasses import replace

import pytest

from data.houses import House
from data.questions import question
from data.scenes import Draft
from home_llm_core.calls import Call, Wanted
from tests.data.homes import called, device, home, house, only, scene


@pytest.fixture
def rooms() -> House:
    return house(
        home(
            device("light.a", "Desk Lamp", "study", state="on"),
            device("light.b", "Spotty", "hall"),
            device("lock.c", "Front Door Lock", "hall", state="locked"),
            device("sensor.d", "Probe", "attic", state="19", device_class="temperature"),
            device("scene.e", "Open House", state="unknown"),
            areas=("study", "hall", "attic"),
            floors={"study": "upstairs", "hall": "downstairs"},
        )
    )


def drafts(where: House, *patterns: str, speaker: str | None = None) -> list[Draft]:
    """Return what many people ask with some patterns."""
    known = only(*patterns)
    made = (question(scene(where, seed, speaker, known)) for seed in range(150))
    return [draft for draft in made if draft is not None]


def asked(found: list[Draft], words: str) -> set[tuple[str, str, str]]:
    """Return verb, kind and place of the questions that hold some words."""
    wanted = [w for d in found if words in d.sentence.text for w in d.wanted]
    assert wanted
    assert all(isinstance(each, Wanted) for each in wanted)
    return {(w.verb, w.kind, place(w.target)) for w in wanted if isinstance(w, Wanted)}


def place(target: Call) -> str:
    return target.area or target.floor or ", ".join(target.devices)


def test_a_question_does_nothing_and_is_answered_from_what_is_found(rooms: House) -> None:
    found = drafts(rooms, "{be} {target} on", "{be} {target} locked")

    assert found
    for draft in found:
        assert draft.kind == "question"
        assert draft.calls == ()
        assert draft.speech == ""


def test_what_is_asked_is_what_the_group_says(rooms: House) -> None:
    found = [
        wanted
        for draft in drafts(rooms, "are any {kinds} on (anywhere|in the house|at home)")
        for wanted in draft.wanted
        if isinstance(wanted, Wanted) and wanted.kind == "light"
    ]

    everywhere = Call(action="", devices=("all",))
    assert found
    for wanted in found:
        assert wanted == Wanted(
            verb="any", kind="light", target=everywhere, arguments={"asked": "on"}
        )


def test_a_floor_that_is_named(rooms: House) -> None:
    found = asked(drafts(rooms, "are the {kinds} on {floor.in}"), "upstairs")

    assert {place for _, _, place in found} == {"floor upstairs"}


def test_a_device_that_is_named(rooms: House) -> None:
    found = drafts(rooms, "{be} {target} on")

    assert ("is", "light", "light desk lamp") in asked(found, "desk lamp")


def test_a_room_that_is_named(rooms: House) -> None:
    assert asked(drafts(rooms, "how warm is it {area.in}"), "in the attic") == {
        ("state", "temperature", "area attic")
    }


def test_the_whole_house_is_meant_where_the_sentence_says_so(rooms: House) -> None:
    found = drafts(rooms, "is the (house|home|whole house|place|flat) locked")

    assert asked(found, "is the") == {("all", "lock", "all")}


def test_all_that_can_tell_are_meant_where_no_kind_is_named() -> None:
    where = house(home(device("media_player.a", "Telly", state="playing", device_class="tv")))

    assert asked(drafts(where, "what's playing"), "playing") == {("state", "media_player", "")}


def test_a_number_that_is_asked_for_is_an_argument(rooms: House) -> None:
    found = drafts(rooms, "is it above {degrees} {area.in}")

    assert found
    for draft in found:
        (wanted,) = draft.wanted
        assert isinstance(wanted, Wanted)
        assert wanted.arguments.keys() == {"above"}
        assert draft.sentence.values[0] in draft.sentence.text


def test_a_pronoun_stands_for_no_kind(rooms: House) -> None:
    found = [
        draft
        for draft in drafts(rooms, "{be} {target} on")
        for wanted in draft.wanted
        if isinstance(wanted, Wanted) and wanted.kind == "it"
    ]

    assert found
    assert {place(w.target) for d in found for w in d.wanted if isinstance(w, Wanted)} == {""}
    assert not any("lamp" in draft.sentence.text for draft in found)


def test_what_is_not_there_can_be_asked_for_too(rooms: House) -> None:
    kinds = {kind for _, kind, _ in asked(drafts(rooms, "how many {kinds} are on"), "how many")}

    assert "light" in kinds
    assert kinds - {"light"}


def test_what_a_scene_is_called_is_no_question() -> None:
    where = house(home(device("scene.a", "Whole House Locked"), device("lock.b", "Front Door")))
    found = drafts(where, "is the (house|home|whole house|place|flat) locked")
    texts = {draft.sentence.text for draft in found}

    assert "is the flat locked" in texts
    assert "is the whole house locked" not in texts


def test_all_that_can_be_on(rooms: House) -> None:
    found = drafts(rooms, "is everything off {area.in}", "is (anything|something) on")

    assert ("all", "everything", "area study") in asked(found, "everything")
    assert asked(found, "thing on") == {("any", "everything", "")}
    assert all(draft.sentence.sorts == () for draft in found)


@pytest.mark.parametrize(
    ("pattern", "arguments"),
    [
        ("how bright {be} {target}", {"of": "brightness"}),
        ("what's happening [on] monday", {"day": "monday"}),
    ],
)
def test_a_reading_and_a_day(rooms: House, pattern: str, arguments: dict[str, str]) -> None:
    found = drafts(rooms, pattern)

    assert found
    assert all(w.arguments == arguments for d in found for w in d.wanted if isinstance(w, Wanted))


@pytest.mark.parametrize(
    "pattern",
    ["{be} {target} locked", "is everything off {area.in}", "are the {kinds} on {floor.in}"],
)
def test_no_device_and_no_place_can_be_named_that_is_not_there(pattern: str) -> None:
    assert drafts(house(home(device("light.a", "Desk Lamp"))), pattern) == []


def test_a_room_that_a_device_is_called_like_is_not_named() -> None:
    where = house(home(device("light.a", "Study", "study"), areas=("study",)))

    assert drafts(where, "is everything off {area.in}") == []


@pytest.mark.parametrize("is_alone", [False, True])
def test_a_sensor_may_go_by_the_name_of_its_device(is_alone: bool) -> None:
    fridge = (
        device("sensor.f", "Fridge Temperature", state="4", device_class="temperature"),
        device("binary_sensor.f", "Fridge Door", device_class="door"),
    )
    switch = () if is_alone else (device("switch.f", "Fridge", state="on"),)
    where = replace(
        house(home(*switch, *fridge)),
        after={entity.entity_id: called("Fridge") for entity in fridge},
    )
    cold = drafts(where, "how many degrees {be} {target}")
    by_the_device = [d for d in cold if "fridge" in d.sentence.text.split()[-1]]
    assert by_the_device
    lines = {w.target.devices for d in by_the_device for w in d.wanted if isinstance(w, Wanted)}
    assert lines == {("sensor fridge temperature",)}
