"""Many sentences at once and many in a row: each gets its answer, and nothing piles up."""

import asyncio
import gc
from itertools import pairwise
import os
import signal

from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import chat_session
from homeassistant.helpers.intent import IntentResponseErrorCode
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm import local_model
from custom_components.home_llm.engine import process
from tests.engine.faults import memory_of
from tests.integration.conftest import AGENT, Answer, Say, speech_of, worker_of
from tests.integration.interrupting import SENTENCE, after_the_first_piece, issues_of

ROOMS = ("kitchen", "bedroom", "office", "living room")


async def _ask(hass: HomeAssistant, text: str) -> conversation.ConversationResult:
    return await conversation.async_converse(
        hass, text, None, Context(), language="en", agent_id=AGENT
    )


async def _ask_a_hundred(hass: HomeAssistant) -> list[tuple[int, str]]:
    """Return what is said to a hundred people who speak at once, with their numbers, in order."""
    said: list[tuple[int, str]] = []

    async def ask(number: int) -> None:
        text = f"is the light in the {ROOMS[number % len(ROOMS)]} on"
        said.append((number, speech_of(await _ask(hass, text))))

    await asyncio.gather(*map(ask, range(100)))
    return said


async def test_a_hundred_at_once_are_answered_in_their_order(
    hass: HomeAssistant,
    agent: MockConfigEntry,
    answer: Answer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local_model, "REPLY_TIMEOUT", 600)
    answer("> is light: A = on\n")
    said = await _ask_a_hundred(hass)
    assert [number for number, _ in said] == list(range(100))
    assert all(text.startswith("No, ") for _, text in said)
    assert worker_of(agent) is not None


async def test_a_hundred_at_once_are_refused_when_the_time_is_over(
    hass: HomeAssistant,
    agent: MockConfigEntry,
    answer: Answer,
    say: Say,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A model that stands still for a while answers again as soon as it goes on."""
    await say(SENTENCE)
    pid = worker_of(agent)
    assert pid is not None
    with monkeypatch.context() as patch:
        patch.setattr(local_model, "REPLY_TIMEOUT", 0.2)
        patch.setattr(process, "_HUNG", 600)
        os.kill(pid, signal.SIGSTOP)
        said = await _ask_a_hundred(hass)
    assert sorted(number for number, _ in said) == list(range(100))
    assert {text for _, text in said} == {"That took me too long. Please try again."}
    os.kill(pid, signal.SIGCONT)
    assert (await say(SENTENCE)).response.error_code is not IntentResponseErrorCode.UNKNOWN
    assert worker_of(agent) == pid
    assert issues_of(hass) == set()


async def test_those_who_give_up_hold_nobody_up(
    hass: HomeAssistant, agent: MockConfigEntry, answer: Answer, say: Say
) -> None:
    """One is cancelled in the middle of its reply, the others while they wait for it."""
    answer("> say ", or_else=("a", "b"), again=True)
    begun, never = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        begun.set()
        await never.wait()

    after_the_first_piece(agent, wait)
    asking = [asyncio.create_task(_ask(hass, SENTENCE)) for _ in range(20)]
    await begun.wait()
    pid = worker_of(agent)
    for task in asking:
        task.cancel()
    ends = await asyncio.gather(*asking, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ends)
    answer("> say thanks\n")
    assert speech_of(await say(SENTENCE))
    assert worker_of(agent) == pid


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.soak)])
async def test_memory_stays_flat(hass: HomeAssistant, agent: MockConfigEntry, count: int) -> None:
    def forget() -> None:
        # Home Assistant keeps conversations for minutes.
        sessions = hass.data[chat_session.DATA_CHAT_SESSION]
        for session in sessions.values():
            session.async_cleanup()
        sessions.clear()

    async def ask(times: int) -> None:
        for number in range(times):
            await _ask(hass, f"is the light in the {ROOMS[number % len(ROOMS)]} on")
            if number % 100 == 0:  # Thousands that are held at once would not be given back.
                forget()
        await hass.async_block_till_done()
        forget()
        gc.collect()

    # Home Assistant remembers the last hundred sentences for its traces.
    await ask(max(120, count // 10))
    pids = (os.getpid(), worker_of(agent) or 0)
    before = [memory_of(pid) for pid in pids]
    objects = [len(gc.get_objects())]
    # In hundreds: of so many sentences Home Assistant holds as much after each round as before.
    each = count // 300 * 100
    for _round in range(4):
        await ask(each)
        objects.append(len(gc.get_objects()))
    assert worker_of(agent) == pids[1]
    grown = [memory_of(pid) - kilobytes for pid, kilobytes in zip(pids, before, strict=True)]
    # What is loaded once, whoever asks for it, is no leak; a leak shows in every round.
    assert min(after - earlier for earlier, after in pairwise(objects)) < each
    assert max(grown) < 8000
