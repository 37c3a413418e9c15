"""How sure a model has to be: the more a reply could do wrong, the surer."""

import pytest

from home_llm_core.formats.tiny_confidence import LEAST, OPENING, UNSAID
from home_llm_core.home import Home
from tests.core.hearing import heard, hearing


@pytest.mark.parametrize(
    ("said", "line", "least"),
    [
        ("sofa lamp off", "off light A", LEAST),
        ("all lights off", "off light: all", LEAST),
        ("set a timer for a minute", "start timer = minutes 1", LEAST),
        # No word says what is meant.
        ("it is so dark in the study", "on light: A", UNSAID),
        ("everything off", "off everything: all", UNSAID),
        ("everything off but the sofa lamp", "off everything: all; but A", UNSAID),
        # A door, all without a word for it, all but what alone was spoken of.
        ("unlock the front door", "unlock lock A", OPENING),
        ("good night", "off everything: all", OPENING),
        ("only the sofa lamp off", "off everything: all; but A", OPENING),
        ("is the sofa lamp on", "is light A = on", 0.0),
    ],
)
def test_the_least_confidence(villa: Home, said: str, line: str, least: float) -> None:
    assert hearing(villa, said).least_confidence(heard(villa, said, line)) == least
