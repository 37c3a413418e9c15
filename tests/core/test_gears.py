"""The gears of fans: "speed three" is no three percent."""

import pytest

from home_llm_core.calls import Call
from home_llm_core.home import Home
from tests.core.hearing import entity, heard


@pytest.mark.parametrize(
    ("language", "said", "written", "gears", "percent"),
    [
        ("en", "fan to speed three", 3, 3, 100),
        ("en", "fan on 2", 2, 4, 50),
        ("en", "fan on speed 5", 5, 3, 100),
        # Who has no gears to tell has three.
        ("en", "fan to speed two", 2, 0, 66),
        ("en", "fan to 3 percent", 3, 3, 3),
        ("en", "fan to 3%", 3, 3, 3),
        ("en", "fan to thirty", 30, 3, 30),
        ("de", "ventilator auf stufe zwei", 2, 4, 50),
        ("zh-Hans", "风扇开到3档", 3, 3, 100),
    ],
)
def test_gears(language: str, said: str, written: int, gears: int, percent: int) -> None:
    numbers = tuple(map(str, range(1, gears + 1)))
    fan = entity("fan.f", "Breeze", features=("speed",), options={"gear": numbers})
    (event,) = heard(
        Home(entities=(fan,), language=language), said, f"speed fan = percent {written}"
    )
    assert isinstance(event, Call)
    assert event.arguments == {"percentage": percent}
