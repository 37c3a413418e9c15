"""What is only said to be kind is no condition, and no part of a name."""

import pytest

from home_llm_core.courtesies import without_courtesies
from home_llm_core.home import Home
from tests.core.hearing import hearing


@pytest.mark.parametrize(
    ("language", "said", "left"),
    [
        ("en", "switch the kettle on if nobody has", "switch the kettle on"),
        ("en", "If you can turn on the Big Lamp", "turn on the Big Lamp"),
        (
            "en",
            "turn on, if you don\u2019t mind, the lamp and the fan",
            "turn on the lamp and the fan",
        ),
        ("en", "the fan off if possible and close the blinds", "the fan off and close the blinds"),
        ("en", "lamp off when you get a chance, then the fan.", "lamp off, then the fan."),
        ("de", "schalte das licht ein, wenn's recht ist.", "schalte das licht ein."),
        ("de", "mach, wenn's geht, das licht an", "mach das licht an"),
        ("fr", "allume la lampe si ce n'est pas déjà fait", "allume la lampe"),
        ("es", "apaga la luz, si no te importa", "apaga la luz"),
        ("it", "timer di dieci minuti per cortesia", "timer di dieci minuti"),
        ("nl", "doe het licht uit als het kan", "doe het licht uit"),
        ("pl", "jeśli możesz, zgaś światło", "zgaś światło"),
        ("pt", "apaga a luz assim que possível", "apaga a luz"),
        ("ru", "выключи свет, если не сложно", "выключи свет"),
        ("zh-Hans", "方便的话，把灯关了", "把灯关了"),
        ("ja", "できれば電気つけて", "電気つけて"),
    ],
)
def test_courtesies_are_left_out(language: str, said: str, left: str) -> None:
    assert without_courtesies(said, language) == left


@pytest.mark.parametrize(
    "said",
    [
        "if nobody has locked the door lock it",
        "tell me if you can see the lamp",
        "unless it is done by seven",
        # Answers of their own.
        "if possible",
        "please do",
        "please stop",
    ],
)
def test_what_says_something_stays(said: str) -> None:
    assert without_courtesies(said, "en") == said


def test_a_model_does_not_read_them(villa: Home) -> None:
    said = hearing(villa, "turn off the sofa lamp if nobody has")
    assert said.message == hearing(villa, "turn off the sofa lamp").message


def test_a_long_row_of_them_ends() -> None:
    row = "if you can, " * 2_000
    assert without_courtesies(f"{row}lamp off", "en") == "lamp off"
