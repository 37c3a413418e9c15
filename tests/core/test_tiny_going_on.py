"""More of what was just done goes the same way."""

import pytest

from home_llm_core.calls import Call
from home_llm_core.home import Home
from tests.core.hearing import comes_to, entity, hearing, turn_of

LAMP = entity("light.a", "Quillon", state="on", features=("dim",))
BLIND = entity("cover.a", "Zorvath", state="closing")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "a little more"),
        ("en", "Just a bit more, please"),
        ("de", "noch ein bisschen"),
        ("fr", "encore un peu"),
        ("es", "un poco más"),
        ("it", "ancora un po'"),
        ("pt", "mais um pouco"),
        ("nl", "nog een beetje"),
        ("pl", "jeszcze trochę"),
        ("ru", "ещё чуть-чуть"),
        ("ja", "もうちょっと"),
        ("zh-Hans", "再来点"),
    ],
)
def test_what_went_down_goes_further_down(language: str, said: str) -> None:
    home = Home(entities=(LAMP, BLIND), language=language)
    darker = comes_to(hearing(home, "quillon"), "on light A = by -20")
    (call,) = comes_to(hearing(home, said, turn=turn_of(home, *darker)), "up it")
    assert isinstance(call, Call)
    assert call.arguments == {"brightness_step": -20}
    closed = comes_to(hearing(home, "zorvath"), "close cover A")
    (call,) = comes_to(hearing(home, said, turn=turn_of(home, *closed)), "open it")
    assert isinstance(call, Call)
    assert call.action == "cover.close_cover"


@pytest.mark.parametrize("said", ["a bit more light", "a little brighter", "one more thing"])
def test_more_of_something_else_is_that(said: str) -> None:
    home = Home(entities=(LAMP, BLIND))
    darker = comes_to(hearing(home, "quillon"), "on light A = by -20")
    (call,) = comes_to(hearing(home, said, turn=turn_of(home, *darker)), "up it")
    assert isinstance(call, Call)
    assert call.arguments == {"brightness_step": 20}


def test_more_of_what_was_only_put_on_is_for_the_model() -> None:
    home = Home(entities=(LAMP, BLIND))
    lit = comes_to(hearing(home, "quillon"), "on light A")
    (call,) = comes_to(hearing(home, "a bit more", turn=turn_of(home, *lit)), "up it")
    assert isinstance(call, Call)
    assert call.arguments == {"brightness_step": 20}
