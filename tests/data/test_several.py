"""Tests of sentences with several commands."""

from data.joining import in_one_list
from data.scenes import Draft
from data.several import several
from home_llm_core.calls import Call, Wanted
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
        assert 1 <= len(draft.said) <= 12
        if draft.calls is not None:
            assert all(isinstance(said, Call) for said in calls_of(draft))


def test_lists_timers_and_questions_are_asked_for_along_with_commands() -> None:
    found = _many()
    kinds = {each.kind for draft in found for each in draft.said if isinstance(each, Wanted)}

    assert {"timer", "todo"} <= kinds
    assert any(
        pattern.id.startswith("ask_") for draft in found for pattern in draft.sentence.patterns
    )
    # What follows only from what is said has no calls of its own.
    for draft in found:
        if any(isinstance(said, Wanted) and said.kind == "timer" for said in draft.said):
            assert draft.calls is None


def test_a_pronoun_means_what_the_first_command_is_about() -> None:
    """One says "turn the lamp on and set it to 30 %": two actions, the same devices."""
    found = [
        draft.calls
        for draft in _many()
        if draft.calls is not None
        and len(draft.calls) > 1
        and draft.calls[0].devices
        and len({call.devices for call in draft.calls}) == 1
        and len({call.area for call in draft.calls}) == 1
    ]

    assert found
    for first, second, *_ in found:
        assert first.action != second.action
        assert first.action.split(".")[0] == second.action.split(".")[0]


def _many() -> list[Draft]:
    made = (
        several(scene(house, seed)) for house in invented_houses("train", 40) for seed in range(8)
    )
    return [draft for draft in made if draft is not None]


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
