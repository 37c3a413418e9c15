"""Faults at any moment are told in a sentence, and the next sentence is answered."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
import os
from pathlib import Path
import signal
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.intent import IntentResponseErrorCode
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm import runtime, warm
from custom_components.home_llm.engine import process
from custom_components.home_llm.engine.process import Exchange
from tests.engine.faults import (
    StuckFile,
    is_gone,
    limit_memory,
    wait_until,
    zombies,
)
from tests.integration.conftest import Answer, RunWith, Say, speech_of, worker_of
from tests.integration.interrupting import SENTENCE, in_the_middle, issues_of

CRASHED = "My language model has just crashed. Please say it again in a moment."
TOO_LONG = "That took me too long. Please try again."


@pytest.fixture(autouse=True)
def no_zombie_is_left() -> Iterator[None]:
    """Fail if a process has ended and nobody has taken notice."""
    before = zombies()
    yield
    assert zombies() <= before


@pytest.fixture(autouse=True)
def nothing_is_read_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody but the tests load the model."""
    monkeypatch.setattr(warm, "COOLDOWN", 3600)


@pytest.fixture
def stuck(tmp_path: Path, run_with: RunWith) -> Iterator[StuckFile]:
    """Let the model get stuck when it is loaded."""
    file = StuckFile(tmp_path / "model.gguf", runtime.SHIPPED_MODEL_PATH)
    run_with(path=str(file.path))
    yield file
    file.close()


def _time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait any longer for a worker that stands still."""
    real = Exchange.next

    async def impatient(self: Exchange, _deadline: float) -> Any:  # noqa: ANN401
        return await real(self, asyncio.get_running_loop().time() + 0.1)

    monkeypatch.setattr(Exchange, "next", impatient)
    monkeypatch.setattr(process, "_HUNG", 0.1)
    monkeypatch.setattr(process, "_PATIENCE", 0.1)


def _worker(entry: MockConfigEntry) -> int:
    pid = worker_of(entry)
    assert pid is not None
    return pid


async def _assert_works(say: Say, pid: int, entry: MockConfigEntry) -> None:
    await wait_until(lambda: is_gone(pid) and worker_of(entry) != pid)
    result = await say(SENTENCE)
    assert result.response.error_code is not IntentResponseErrorCode.UNKNOWN
    assert worker_of(entry) not in (None, pid)


NAMES = ("killed_by", "issue")
DEATHS = [
    (signal.SIGKILL, "worker_died"),
    (signal.SIGSEGV, "worker_died"),
    (signal.SIGILL, "worker_illegal_instruction"),
]


@pytest.mark.parametrize(NAMES, DEATHS)
@pytest.mark.usefixtures("house")
async def test_death_while_loading(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    say: Say,
    stuck: StuckFile,
    *,
    killed_by: signal.Signals,
    issue: str,
) -> None:
    assert await hass.config_entries.async_setup(entry.entry_id)
    saying = hass.async_create_task(say(SENTENCE))
    await stuck.opened()
    stuck.mend()
    pid = _worker(entry)
    os.kill(pid, killed_by)
    assert speech_of(await saying) == CRASHED
    assert issues_of(hass) == {issue}
    await _assert_works(say, pid, entry)


# The first is what test_failures.py begins with.
@pytest.mark.parametrize(NAMES, DEATHS[1:])
async def test_death_while_idle(
    hass: HomeAssistant, agent: MockConfigEntry, say: Say, *, killed_by: signal.Signals, issue: str
) -> None:
    await say(SENTENCE)
    pid = _worker(agent)
    os.kill(pid, killed_by)
    await wait_until(lambda: worker_of(agent) is None)
    assert issues_of(hass) == {issue}
    await _assert_works(say, pid, agent)


@pytest.mark.parametrize(NAMES, DEATHS)
async def test_death_in_the_middle_of_a_reply(
    hass: HomeAssistant,
    agent: MockConfigEntry,
    say: Say,
    answer: Answer,
    *,
    killed_by: signal.Signals,
    issue: str,
) -> None:
    pids: list[int] = []

    async def die() -> None:
        pids.append(_worker(agent))
        os.kill(pids[0], killed_by)

    in_the_middle(agent, answer, die)
    result = await say(SENTENCE)
    assert speech_of(result) == CRASHED
    assert result.response.error_code is IntentResponseErrorCode.UNKNOWN
    assert issues_of(hass) == {issue}
    await _assert_works(say, pids[0], agent)


@pytest.mark.usefixtures("house", "stuck")
async def test_standing_still_while_loading(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    say: Say,
    stuck: StuckFile,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(process, "_PATIENCE", 0.1)
    assert await hass.config_entries.async_setup(entry.entry_id)
    engine = entry.runtime_data.model._engine
    settings = engine._settings
    engine._settings = replace(settings, load_timeout=0.5)
    saying = hass.async_create_task(say(SENTENCE))
    await wait_until(lambda: worker_of(entry) is not None)
    pid = _worker(entry)
    os.kill(pid, signal.SIGSTOP)
    assert speech_of(await saying) == TOO_LONG
    assert issues_of(hass) == {"start_timeout"}
    stuck.mend()
    engine._settings = settings
    await _assert_works(say, pid, entry)
    assert issues_of(hass) == set()


@pytest.mark.parametrize("busy", [False, True])
async def test_standing_still(
    hass: HomeAssistant,
    agent: MockConfigEntry,
    say: Say,
    answer: Answer,
    *,
    busy: bool,
) -> None:
    await say(SENTENCE)
    pid = _worker(agent)
    with pytest.MonkeyPatch.context() as patch:

        async def stand_still() -> None:
            os.kill(pid, signal.SIGSTOP)
            _time_is_over(patch)

        if busy:
            in_the_middle(agent, answer, stand_still)
        else:
            await stand_still()
        result = await say(SENTENCE)
        assert speech_of(result) == TOO_LONG
        await wait_until(lambda: worker_of(agent) is None)
    await hass.async_block_till_done()
    assert issues_of(hass) == {"worker_died"}
    await _assert_works(say, pid, agent)


@pytest.mark.usefixtures("house")
async def test_no_memory_for_the_model(
    hass: HomeAssistant, entry: MockConfigEntry, say: Say, stuck: StuckFile
) -> None:
    assert await hass.config_entries.async_setup(entry.entry_id)
    saying = hass.async_create_task(say(SENTENCE))
    await stuck.opened()
    stuck.mend()
    pid = _worker(entry)
    limit_memory(pid, 0)
    stuck.go_on()
    assert speech_of(await saying).startswith("There is not enough memory for my language model.")
    assert issues_of(hass) == {"out_of_memory"}
    await _assert_works(say, pid, entry)
    assert issues_of(hass) == set()


@pytest.mark.parametrize("what", ["empty", "foreign", "cut off"])
@pytest.mark.usefixtures("house")
async def test_file_that_is_no_model(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    say: Say,
    run_with: RunWith,
    tmp_path: Path,
    *,
    what: str,
) -> None:
    whole = runtime.SHIPPED_MODEL_PATH.read_bytes()
    contents = {"empty": b"", "foreign": b"PK\3\4" * 999, "cut off": whole[: len(whole) // 2]}
    path = tmp_path / "model.gguf"
    path.write_bytes(contents[what])
    run_with(path=str(path))
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert speech_of(await say(SENTENCE)).startswith("The file of my language model is damaged.")
    assert issues_of(hass) == {"model_damaged"}
    path.write_bytes(whole)
    # It is never written to.
    path.chmod(0o444)
    result = await say(SENTENCE)
    assert result.response.error_code is not IntentResponseErrorCode.UNKNOWN
    assert issues_of(hass) == set()
    assert path.read_bytes() == whole
