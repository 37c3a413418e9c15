"""Tests of what is wished of a timer that was spoken of."""

from collections.abc import Mapping

import pytest

from home_llm_core.actions import ACTIONS
from home_llm_core.calls import Call, ResolvedCall
from home_llm_core.home import Home, Value
from home_llm_core.parser import Say
from home_llm_core.turns import Turn
from tests.core.hearing import comes_to, entity, hearing

PASTA = {"minutes": 9, "name": "pasta"}
PLAYER = entity("media_player.den", "Quillon", state="playing")


def turn(action: str = "timer.start", arguments: Mapping[str, Value] = PASTA) -> Turn:
    """Return a turn that was about a timer."""
    return Turn(calls=(ResolvedCall(action=ACTIONS[action], entity_ids=(), arguments=arguments),))


@pytest.mark.parametrize(
    ("said", "line", "action", "arguments"),
    [
        ("cancel it", "say nothing", "timer.cancel", {"name": "pasta"}),
        ("never mind cancel it", "say nothing", "timer.cancel", {"name": "pasta"}),
        ("stop it", "stop it", "timer.cancel", {"name": "pasta"}),
        ("turn it off", "off it", "timer.cancel", {"name": "pasta"}),
        ("undo that", "undo", "timer.cancel", {"name": "pasta"}),
        ("pause it", "pause it", "timer.pause", {"name": "pasta"}),
        ("carry on with it", "play it", "timer.resume", {"name": "pasta"}),
        (
            "give it five more minutes",
            "up it = by 5",
            "timer.add_time",
            {"minutes": 5, "name": "pasta"},
        ),
        ("another 30 seconds", "up it", "timer.add_time", {"seconds": 30, "name": "pasta"}),
        ("2 hours less", "down it", "timer.take_time", {"hours": 2, "name": "pasta"}),
        (
            "add two minutes",
            "add timer = minutes 2",
            "timer.add_time",
            {"minutes": 2, "name": "pasta"},
        ),
    ],
)
def test_it_is_the_timer(said: str, line: str, action: str, arguments: Mapping[str, Value]) -> None:
    sentence = hearing(Home(entities=(PLAYER,)), said, turn=turn())

    assert comes_to(sentence, line) == [Call(action=action, arguments=arguments)]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "cancel that again"),
        ("de", "brich ihn wieder ab"),
        ("fr", "annule le"),
        ("es", "cancélalo, cancela"),
        ("it", "annullalo"),
        ("pt", "cancela isso"),
        ("nl", "annuleer hem maar"),
        ("pl", "anuluj go"),
        ("ru", "отмени таймер"),
        ("ja", "それキャンセルして"),
        ("zh-Hans", "把它取消"),
    ],
)
def test_to_cancel_it_is_more_than_nothing(language: str, said: str) -> None:
    sentence = hearing(Home(language=language), said, turn=turn("timer.start", {"minutes": 10}))

    assert comes_to(sentence, "say nothing") == [
        Call(action="timer.cancel", arguments={"minutes": 10})
    ]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "don't cancel it"),
        ("en", "thanks"),
        ("de", "brich ihn nicht ab"),
        ("ja", "キャンセルしないで"),
        ("zh-Hans", "别取消"),
    ],
)
def test_nothing_remains_nothing(language: str, said: str) -> None:
    sentence = hearing(Home(language=language), said, turn=turn())

    assert comes_to(sentence, "say nothing") == [Say(key="nothing")]


def test_what_was_cancelled_is_no_longer_spoken_of() -> None:
    sentence = hearing(Home(), "cancel it", turn=turn("timer.cancel", {}))

    assert comes_to(sentence, "say nothing") == [Say(key="nothing")]


def test_a_name_that_is_said_counts() -> None:
    sentence = hearing(Home(), "cancel the rice timer", turn=turn())
    (call,) = comes_to(sentence, "cancel timer = name rice")

    assert call == Call(action="timer.cancel", arguments={"name": "rice"})
