"""Conversations are remembered for a while, and not too many of them."""

import pytest

from custom_components.home_llm import memory
from custom_components.home_llm.core.turns import Turn
from custom_components.home_llm.memory import FORGOTTEN_AFTER, MOST, Memory


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the time, in a list of one."""
    now = [1000.0]
    monkeypatch.setattr(memory, "monotonic", lambda: now[0])
    return now


def _turn(entity_id: str) -> Turn:
    return Turn(spoken_of=(entity_id,))


def test_the_latest_turn_is_remembered(clock: list[float]) -> None:
    remembered = Memory()
    assert remembered.recall("a") is None
    for entity_id in ("light.a", "light.b"):
        remembered.keep("a", _turn(entity_id))
    assert remembered.recall("a") == _turn("light.b")
    assert remembered.recall("b") is None
    remembered.forget("a")
    assert remembered.recall("a") is None


def test_it_is_forgotten_after_a_while(clock: list[float]) -> None:
    remembered = Memory()
    remembered.keep("a", _turn("light.a"))
    clock[0] += FORGOTTEN_AFTER - 1
    assert remembered.recall("a") == _turn("light.a")
    clock[0] += 1
    assert remembered.recall("a") is None


def test_the_oldest_conversation_goes_first(clock: list[float]) -> None:
    remembered = Memory()
    for number in range(MOST):
        remembered.keep(str(number), _turn("light.a"))
    remembered.keep("0", _turn("light.b"))
    remembered.keep("new", _turn("light.a"))
    assert remembered.recall("0") == _turn("light.b")
    assert remembered.recall("1") is None
    assert remembered.recall("2") is not None
