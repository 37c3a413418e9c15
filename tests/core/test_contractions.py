"""Contractions behind names are spelled out, others are not."""

import pytest

from home_llm_core.contractions import spelled_out


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("if the iron's on turn it off", "if the iron is on turn it off"),
        ("Henry’s docked and the door's still open", "Henry is docked and the door is still open"),
        ("the kitchen light's brightness", "the kitchen light's brightness"),
        ("Ruth's lamp on", "Ruth's lamp on"),
        ("if it's on", "if it's on"),
        ("what's on my list", "what's on my list"),
        ("the iron's", "the iron's"),
    ],
)
def test_what_is_said_of_a_name_is_no_part_of_it(said: str, written: str) -> None:
    assert spelled_out(said, "en") == written
    assert spelled_out(said, "de") == said
