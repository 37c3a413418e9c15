"""Tests of sentences in which some of a kind are left alone."""

import pytest

from data.commands import left_alone
from data.schema import load
from home_llm_core.calls import Call
from tests.data.homes import CODES, calls_of, invented_houses, scene


def test_what_is_left_alone_is_said_beside_the_command() -> None:
    made = [
        left_alone(scene(house, seed))
        for house in invented_houses("train", 20)
        for seed in range(40)
    ]
    found = [draft for draft in made if draft is not None]

    assert {draft.kind for draft in found} == {"exclusion"}
    said = [(draft, each) for draft in found for each in draft.said if isinstance(each, Call)]
    of_those = [(draft, call) for draft, call in said if call.excluding]
    assert len(of_those) > 20
    for draft, call in of_those:
        assert all(line not in each.devices for each in calls_of(draft) for line in call.excluding)
    # Or something else is: then the command is for devices that are named.
    others = [call for _, call in said if not call.excluding]
    assert len(others) > 20
    assert all(call.devices for call in others)


@pytest.mark.parametrize("code", CODES)
def test_every_language_has_words_for_it(code: str) -> None:
    joints = load(code).targets["left_alone"]["full"]

    assert joints
    for joint in joints:
        assert "{a" in joint.source
        assert "{b}" in joint.source
