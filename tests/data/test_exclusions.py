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
        for seed in range(20)
    ]
    found = [draft for draft in made if draft is not None]

    assert len(found) > 20
    for draft in found:
        assert draft.kind == "exclusion"
        (said,) = draft.said
        assert isinstance(said, Call)
        assert said.excluding
        assert all(line not in call.devices for call in calls_of(draft) for line in said.excluding)


@pytest.mark.parametrize("code", CODES)
def test_every_language_has_words_for_it(code: str) -> None:
    joints = load(code).targets["left_alone"]["full"]

    assert joints
    for joint in joints:
        assert "{a" in joint.source
        assert "{b}" in joint.source
