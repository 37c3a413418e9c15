"""Tests of words that ask for nothing."""

import pytest

from data.talk import talk
from home_llm_core.parser import Say
from tests.data.homes import invented_houses, scene


@pytest.mark.parametrize("kind", ["not_a_request", "small_talk"])
def test_nothing_is_done(kind: str) -> None:
    houses = invented_houses("train", 10)
    found = [d for where in houses for seed in range(8) if (d := talk(scene(where, seed), kind))]

    assert len(found) > 40
    assert all(draft.kind == kind and not draft.calls and draft.speech for draft in found)
    assert all(isinstance(said, Say) for draft in found for said in draft.said)
