"""Tests of commands that are corrected or taken back in the same breath."""

import pytest

from data.corrections import correction
from data.schema import load
from home_llm_core.parser import Say
from tests.data.homes import CODES, calls_of, invented_houses, scene


def test_the_last_word_counts() -> None:
    made = [
        correction(scene(house, seed))
        for house in invented_houses("train", 20)
        for seed in range(30)
    ]
    found = [draft for draft in made if draft is not None]
    cancelled = [draft for draft in found if draft.wanted == (Say(key="nothing"),)]
    corrected = [draft for draft in found if draft not in cancelled]

    assert len(cancelled) > 20
    assert len(corrected) > 20
    assert not any(draft.calls for draft in cancelled)
    for draft in corrected:
        (call,) = calls_of(draft)
        for value in draft.sentence.values:
            assert draft.sentence.text.rindex(value) > 0
        assert call.devices or call.area


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(("scope", "slots"), [("corrected", "ab"), ("cancelled", "b")])
def test_every_language_has_words_for_it(code: str, scope: str, slots: str) -> None:
    joints = load(code).targets[scope]["full"]

    assert joints
    for joint in joints:
        assert joint.slot_names == set(slots)
