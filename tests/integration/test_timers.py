"""Timers are Home Assistant's own, on the satellite that they were asked of."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from homeassistant.components.intent import TimerEventType, TimerInfo, async_register_timer_handler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
import pytest

from custom_components.home_llm.control import Outcome, Problem
from custom_components.home_llm.timers import Timer
from playground.registry import async_add_speaker
from tests.integration.carried_out import async_build, async_do


@contextmanager
def _listening(hass: HomeAssistant, device_id: str) -> Iterator[list[tuple[str, TimerInfo]]]:
    """Let a satellite take part in timers, and return what it is told of them."""
    heard: list[tuple[str, TimerInfo]] = []

    def on_timer(event: TimerEventType, timer: TimerInfo) -> None:
        heard.append((event, timer))

    unregister = async_register_timer_handler(hass, device_id, on_timer)
    yield heard
    unregister()


@pytest.fixture
async def satellite(hass: HomeAssistant, tmp_path: Path) -> str:
    """Return the device of a satellite in the kitchen."""
    entry = await async_build(hass, tmp_path, "{name: Lamp, kind: light}")
    return async_add_speaker(hass, entry.entry_id, "Kitchen")


async def _timers(hass: HomeAssistant, satellite: str, **which: Any) -> list[tuple[str, int, bool]]:
    timers = (await async_do(hass, "timer.status", device_id=satellite, **which)).timers
    assert timers is not None
    return [(timer.name, timer.seconds, timer.is_active) for timer in timers]


async def test_a_timer_rings_where_it_was_set(hass: HomeAssistant, satellite: str) -> None:
    with _listening(hass, satellite) as heard:
        outcome = await async_do(
            hass, "timer.start", device_id=satellite, minutes=5, seconds=30, name="pizza"
        )
        assert outcome == Outcome()
        assert outcome.is_done
        assert [(event, timer.name, timer.seconds) for event, timer in heard] == [
            ("started", "pizza", 330)
        ]
        await async_do(hass, "timer.cancel", device_id=satellite)


async def test_what_is_left_of_timers(hass: HomeAssistant, satellite: str) -> None:
    assert (await async_do(hass, "timer.status", device_id=satellite)).timers == ()
    await async_do(hass, "timer.start", device_id=satellite, minutes=5, name="pizza")
    await async_do(hass, "timer.start", device_id=satellite, hours=1)
    outcome = await async_do(hass, "timer.status", device_id=satellite, name="Pizza")
    assert outcome.timers is not None
    left = outcome.timers[0].seconds_left
    assert outcome.timers == (Timer(name="pizza", seconds=300, seconds_left=left, is_active=True),)
    assert 295 <= left <= 300
    assert await _timers(hass, satellite, hours=1) == [("", 3600, True)]
    assert len(await _timers(hass, satellite)) == 2
    await async_do(hass, "timer.cancel_all", device_id=satellite)
    assert await _timers(hass, satellite) == []


async def test_timers_are_paused_and_resumed(hass: HomeAssistant, satellite: str) -> None:
    await async_do(hass, "timer.start", device_id=satellite, minutes=5)
    for action, is_active in (("timer.pause", False), ("timer.resume", True)):
        assert (await async_do(hass, action, device_id=satellite)).is_done
        assert await _timers(hass, satellite) == [("", 300, is_active)]
    await async_do(hass, "timer.cancel_all", device_id=satellite)


async def test_time_is_added_and_taken(hass: HomeAssistant, satellite: str) -> None:
    await async_do(hass, "timer.start", device_id=satellite, minutes=5, name="pizza")
    await async_do(hass, "timer.start", device_id=satellite, minutes=5, name="tea")
    with _listening(hass, satellite) as heard:
        for action, left in (("timer.add_time", 600), ("timer.take_time", 300)):
            await async_do(hass, action, device_id=satellite, minutes=5, name="pizza")
            event, timer = heard[-1]
            assert (event, timer.name) == ("updated", "pizza")
            assert left - 5 <= timer.seconds <= left
    await async_do(hass, "timer.cancel_all", device_id=satellite)


async def test_a_timer_is_meant_by_its_time(hass: HomeAssistant, satellite: str) -> None:
    await async_do(hass, "timer.start", device_id=satellite, minutes=5)
    await async_do(hass, "timer.start", device_id=satellite, minutes=10)
    assert (await async_do(hass, "timer.cancel", device_id=satellite, minutes=5)).is_done
    assert await _timers(hass, satellite) == [("", 600, True)]
    await async_do(hass, "timer.cancel", device_id=satellite)


@pytest.mark.parametrize(
    ("said", "meant"),
    [("egg", "eggs"), ("the eggs", "eggs"), ("pizza dough", "pizza"), ("pizzza", "pizza")],
)
async def test_a_timer_is_called_nearly_as_it_was_set(
    hass: HomeAssistant, satellite: str, said: str, meant: str
) -> None:
    for name in ("eggs", "pizza"):
        await async_do(hass, "timer.start", device_id=satellite, minutes=5, name=name)
    assert [name for name, _, _ in await _timers(hass, satellite, name=said)] == [meant]
    assert (await async_do(hass, "timer.cancel", device_id=satellite, name=said)).is_done
    left = [name for name, _, _ in await _timers(hass, satellite)]
    assert left == [name for name in ("eggs", "pizza") if name != meant]
    await async_do(hass, "timer.cancel_all", device_id=satellite)


async def test_of_timers_called_alike_none_is_guessed(hass: HomeAssistant, satellite: str) -> None:
    for name in ("soft eggs", "hard eggs"):
        await async_do(hass, "timer.start", device_id=satellite, minutes=5, name=name)
    outcome = await async_do(hass, "timer.cancel", device_id=satellite, name="egg")
    assert outcome.problems == (Problem(reason="timer_not_found", name="egg"),)
    await async_do(hass, "timer.cancel_all", device_id=satellite)


@pytest.mark.parametrize(
    ("action", "arguments", "reason"),
    [
        ("timer.cancel", {}, "timer_not_found"),
        ("timer.cancel", {"name": "pizza"}, "timer_not_found"),
        ("timer.cancel_all", {}, "timer_not_found"),
        ("timer.start", {"name": "pizza"}, "invalid_argument"),
        ("timer.add_time", {"name": "pizza"}, "invalid_argument"),
    ],
)
async def test_timers_that_are_not_there(
    hass: HomeAssistant, satellite: str, action: str, arguments: dict[str, Any], reason: str
) -> None:
    outcome = await async_do(hass, action, device_id=satellite, **arguments)
    assert [problem.reason for problem in outcome.problems] == [reason]
    assert not outcome.is_done


async def test_which_of_several_timers_is_not_guessed(hass: HomeAssistant, satellite: str) -> None:
    for _ in range(2):
        await async_do(hass, "timer.start", device_id=satellite, minutes=5)
    outcome = await async_do(hass, "timer.cancel", device_id=satellite)
    assert outcome.problems == (Problem(reason="multiple_timers"),)
    await async_do(hass, "timer.cancel_all", device_id=satellite)


@pytest.mark.parametrize("device_id", [None, "a keyboard"])
async def test_nobody_rings_without_a_satellite(
    hass: HomeAssistant, satellite: str, device_id: str | None
) -> None:
    outcome = await async_do(hass, "timer.start", device_id=device_id, minutes=5)
    assert outcome.problems == (Problem(reason="no_timer_support"),)


async def test_an_error_of_home_assistant_is_told(
    hass: HomeAssistant, satellite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise intent.IntentUnexpectedError("out of order")

    monkeypatch.setattr(intent, "async_handle", fail)
    outcome = await async_do(hass, "timer.start", device_id=satellite, minutes=5)
    assert outcome.problems == (Problem(reason="timer_failed"),)
