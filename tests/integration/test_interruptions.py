"""The world changes while the model is speaking: it ends, the clock jumps, devices go."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
import time
from typing import Any

from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.helpers.intent import IntentResponseErrorCode
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from tests.engine.faults import is_gone, wait_until
from tests.integration.conftest import AGENT, Answer, Say, speech_of, worker_of
from tests.integration.interrupting import (
    SENTENCE,
    after_the_first_piece,
    in_the_middle,
    issues_of,
)

RESTARTED = "I am just being restarted. Please say it again in a moment."


def _worker(entry: MockConfigEntry) -> int:
    pid = worker_of(entry)
    assert pid is not None
    return pid


@pytest.mark.parametrize("end", ["stop", "unload", "reload"])
# Home Assistant ends a conversation after its own end, and would clean up minutes later.
@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_end_in_the_middle_of_a_reply(
    hass: HomeAssistant,
    agent: MockConfigEntry,
    say: Say,
    answer: Answer,
    *,
    end: str,
) -> None:
    ends = {
        "stop": lambda: hass.async_stop(force=True),
        "unload": lambda: hass.config_entries.async_unload(agent.entry_id),
        "reload": lambda: hass.config_entries.async_reload(agent.entry_id),
    }
    pids: list[int] = []
    ending: list[asyncio.Task[Any]] = []

    async def begin_to_end() -> None:
        pids.append(_worker(agent))
        ending.append(asyncio.create_task(ends[end]()))

    in_the_middle(agent, answer, begin_to_end)
    result = await conversation.async_converse(
        hass, SENTENCE, None, Context(), language="en", agent_id=AGENT
    )
    assert speech_of(result) == RESTARTED
    await ending[0]
    await wait_until(lambda: is_gone(pids[0]))
    assert issues_of(hass) == set()
    if end == "reload":
        assert (await say(SENTENCE)).response.error_code is not IntentResponseErrorCode.UNKNOWN
        assert worker_of(agent) not in (None, pids[0])


@pytest.mark.parametrize("days", [400, -400])
async def test_clock_that_jumps(
    hass: HomeAssistant,
    agent: MockConfigEntry,
    answer: Answer,
    say: Say,
    monkeypatch: pytest.MonkeyPatch,
    *,
    days: int,
) -> None:
    """Neither time limits nor what was said before depend on what time it is."""
    await say(SENTENCE)
    pid = _worker(agent)

    async def jump() -> None:
        now, utcnow = time.time, dt_util.utcnow
        monkeypatch.setattr(time, "time", lambda: now() + days * 86400)
        monkeypatch.setattr(dt_util, "utcnow", lambda: utcnow() + timedelta(days=days))

    answer("> on light A\n")
    after_the_first_piece(agent, jump)
    first = await say("turn on the worktop")
    assert speech_of(first) == "Turned on Worktop."
    assert 0 <= agent.runtime_data.model._engine.idle_seconds < 3600
    await jump()
    answer("> off light A\n")
    second = await say("turn off the worktop", conversation_id=first.conversation_id)
    assert speech_of(second) == "Turned off Worktop."
    assert worker_of(agent) == pid
    assert issues_of(hass) == set()


Change = Callable[[HomeAssistant], object]


def _expose(hass: HomeAssistant, entity_id: str, *, should_expose: bool) -> None:
    async_expose_entity(hass, "conversation", entity_id, should_expose=should_expose)


CHANGES: dict[str, Change] = {
    "unexposed": lambda hass: _expose(hass, "light.worktop", should_expose=False),
    "removed": lambda hass: er.async_get(hass).async_remove("light.worktop"),
    "disabled": lambda hass: er.async_get(hass).async_update_entity(
        "light.worktop", disabled_by=er.RegistryEntryDisabler.USER
    ),
    "gone": lambda hass: hass.states.async_remove("light.worktop"),
    "renamed": lambda hass: er.async_get(hass).async_update_entity(
        "light.worktop", name="Counter", aliases=["Counter"]
    ),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_device_that_goes_between_hearing_and_doing(
    hass: HomeAssistant, agent: MockConfigEntry, answer: Answer, say: Say, change: str
) -> None:
    calls = async_capture_events(hass, "call_service")
    answer("> on light A\n")

    async def go() -> None:
        CHANGES[change](hass)
        if change in ("removed", "disabled"):
            # Home Assistant takes the entity away in tasks of its own.
            await hass.async_block_till_done()

    after_the_first_piece(agent, go)
    result = await say("turn on the worktop")
    assert speech_of(result) == "I know no Worktop."
    assert result.response.error_code is IntentResponseErrorCode.FAILED_TO_HANDLE
    assert calls == []
    assert "on" not in {state.state for state in hass.states.async_all("light")}


async def test_device_that_goes_while_the_reply_is_written(
    hass: HomeAssistant, agent: MockConfigEntry, answer: Answer, say: Say
) -> None:
    answer("> on light A\n", or_else=("> on fan\n", "> off fan\n"))

    async def go() -> None:
        _expose(hass, "fan.tower_fan", should_expose=False)

    after_the_first_piece(agent, go)
    result = await say("turn on the worktop and turn off the fan")
    assert speech_of(result) == "I know no Tower Fan. The rest is done."
    assert hass.states.is_state("light.worktop", "on")
    assert result.response.error_code is None
    assert hass.states.is_state("fan.tower_fan", "on")


async def test_room_that_is_emptied_between_hearing_and_doing(
    hass: HomeAssistant, agent: MockConfigEntry, answer: Answer, say: Say
) -> None:
    """What was moved out of the kitchen is left alone; what is still there is switched on."""
    answer("> on light: A\n")
    bedroom = ar.async_get(hass).async_get_area_by_name("Bedroom")
    assert bedroom is not None

    async def move() -> None:
        er.async_get(hass).async_update_entity("light.worktop", area_id=bedroom.id)

    after_the_first_piece(agent, move)
    result = await say("kitchen lights on")
    assert hass.states.is_state("light.kitchen_ceiling", "on")
    assert hass.states.is_state("light.worktop", "off")
    assert speech_of(result) == "Turned on Kitchen Ceiling."


async def test_device_that_comes_between_hearing_and_doing(
    hass: HomeAssistant, agent: MockConfigEntry, answer: Answer, say: Say
) -> None:
    answer("> on light A\n")

    async def come() -> None:
        _expose(hass, "light.safe_light", should_expose=True)

    after_the_first_piece(agent, come)
    assert speech_of(await say("turn on the worktop")) == "Turned on Worktop."
    assert hass.states.is_state("light.safe_light", "off")
