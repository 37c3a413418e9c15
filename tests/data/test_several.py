"""Tests of sentences with several commands."""

from data.several import in_one_list, several
from home_llm_core.calls import Call
from tests.data.homes import calls_of, invented_houses, scene


def test_two_to_four_commands_on_different_things() -> None:
    made = [
        several(scene(house, seed)) for house in invented_houses("train", 20) for seed in range(5)
    ]
    found = [draft for draft in made if draft is not None]

    assert len(found) > 50
    for draft in found:
        assert draft.kind == "several"
        assert 2 <= len(draft.sentence.patterns) <= 4
        assert 1 <= len(calls_of(draft)) <= 8


def test_the_same_action_on_named_devices_is_one_call() -> None:
    first = Call(action="light.turn_on", devices=("light a",))
    second = Call(action="fan.turn_on", devices=("fan b",))
    third = Call(action="light.turn_on", devices=("light c", "light a"))

    assert in_one_list((first, second, third)) == (
        Call(action="light.turn_on", devices=("light a", "light c")),
        second,
    )


def test_other_arguments_rooms_and_the_house_stay_apart() -> None:
    calls = (
        Call(action="light.turn_on", devices=("light a",)),
        Call(action="light.turn_on", devices=("light b",), arguments={"brightness": 10}),
        Call(action="light.turn_on", area="area c"),
        Call(action="light.turn_on", devices=("all",)),
    )

    assert in_one_list(calls) == calls
