"""Tests of wishes about everything in a place."""

from data.everything import everything
from data.houses import House
from data.scenes import Draft
from home_llm_core.calls import Call
from tests.data.homes import calls_of, device, home, house, only, scene


def study() -> House:
    return house(
        home(
            device("light.a", "Desk Lamp", "study"),
            device("switch.b", "Printer", "study"),
            device("fan.c", "Zephyr", "study", state="unavailable"),
            device("fan.d", "Breeze", "hall"),
            areas=("study", "hall"),
        )
    )


def wish(pattern: str, needed: str) -> Draft:
    """Return a wish of a pattern that holds a word."""
    for seed in range(100):
        draft = everything(scene(study(), seed, patterns=only(pattern)))
        if draft is not None and needed in draft.sentence.text:
            return draft
    raise AssertionError(pattern)


def test_one_call_for_each_kind_that_can_be_reached() -> None:
    draft = wish("turn off everything {area.in}", "study")

    assert draft.calls == (
        Call(action="light.turn_off", area="area study"),
        Call(action="switch.turn_off", area="area study"),
    )
    assert draft.said == (Call(action="everything.turn_off", area="area study"),)


def test_the_whole_house() -> None:
    draft = wish("turn everything off", "everything")

    assert [(call.action, call.devices) for call in calls_of(draft)] == [
        ("light.turn_off", ("all",)),
        ("fan.turn_off", ("all",)),
        ("switch.turn_off", ("all",)),
    ]
    assert draft.said == (Call(action="everything.turn_off", devices=("all",)),)


def test_but_for_one_that_is_left_alone() -> None:
    draft = wish("turn off everything {area.in} but {except}", "but the printer")

    assert draft.calls == (Call(action="light.turn_off", area="area study"),)
    assert draft.kind == "exclusion"
    (said,) = draft.said
    assert isinstance(said, Call)
    assert said.excluding == ("switch printer",)
    assert "printer" in draft.speech


def test_but_for_a_room() -> None:
    known = only("turn everything off except {except}")
    made = (everything(scene(study(), seed, patterns=known)) for seed in range(100))
    whole = Call(action="everything.turn_off", devices=("all",), excluding=("area study",))
    draft = next(draft for draft in made if draft is not None and draft.said == (whole,))

    assert draft.sentence.text.endswith("study")
    # There is a light and a switch only in there.
    assert draft.calls == (Call(action="fan.turn_off", devices=("all",)),)


def test_this_room_is_where_the_speaker_is() -> None:
    known = only("turn everything off in here")
    draft = everything(scene(study(), 0, "study", known))

    assert draft is not None
    assert {call.area for call in calls_of(draft)} == {"area study"}
    assert draft.said == (Call(action="everything.turn_off", devices=("here",)),)
    assert everything(scene(study(), 0, None, known)) is None


def test_but_for_several_that_are_left_alone() -> None:
    known = only("turn it all off except {except}")
    made = (everything(scene(study(), seed, patterns=known)) for seed in range(200))
    said = {
        call.excluding
        for draft in made
        if draft is not None
        for call in draft.said
        if isinstance(call, Call)
    }

    assert {len(excluding) for excluding in said if not excluding[0].startswith("area")} == {1, 2}
