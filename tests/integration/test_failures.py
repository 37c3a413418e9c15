"""What breaks is told in a sentence and a repair issue, and Home Assistant goes on."""

from collections.abc import AsyncIterator
import os
from pathlib import Path
import shutil
import signal
from typing import Any

from homeassistant.components.repairs import RepairsFlowResult, repairs_flow_manager
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.intent import IntentResponseErrorCode
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm import runtime
from tests.integration.conftest import Answer, RunWith, Say, speech_of, worker_of
from tests.integration.disk import small_disk
from tests.integration.interrupting import SENTENCE as WORKS, issues_of

pytestmark = pytest.mark.usefixtures("house")


async def _set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert await hass.config_entries.async_setup(entry.entry_id)


async def _fix(hass: HomeAssistant) -> RepairsFlowResult:
    """Submit the fix flow of the only issue, and return what comes after its progress steps."""
    flows = repairs_flow_manager(hass)
    assert flows is not None
    (issue_id,) = [key for domain, key in ir.async_get(hass).issues if domain == "home_llm"]
    result = await flows.async_init("home_llm", context={"issue_id": issue_id})
    assert result["type"] is FlowResultType.FORM
    assert not result["errors"]
    flow_id = result["flow_id"]
    result = await flows.async_configure(flow_id, {})
    while result["type"] is FlowResultType.SHOW_PROGRESS:
        await hass.async_block_till_done(wait_background_tasks=True)
        result = await flows.async_configure(flow_id)
    await hass.async_block_till_done()
    return result


async def _assert_works(hass: HomeAssistant, say: Say) -> None:
    result = await say(WORKS)
    assert result.response.error_code is not IntentResponseErrorCode.UNKNOWN
    assert issues_of(hass) == set()


async def test_missing_model(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    say: Say,
    run_with: RunWith,
    tmp_path: Path,
) -> None:
    run_with(path=str(tmp_path / "model.gguf"))
    await _set_up(hass, entry)
    result = await say(WORKS)
    assert speech_of(result).startswith("The file of my language model is missing.")
    assert result.response.error_code is IntentResponseErrorCode.UNKNOWN
    assert issues_of(hass) == {"model_missing"}
    shutil.copy(runtime.SHIPPED_MODEL_PATH, tmp_path / "model.gguf")
    assert (await _fix(hass))["type"] is FlowResultType.CREATE_ENTRY
    await _assert_works(hass, say)


async def test_damaged_model(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    say: Say,
    run_with: RunWith,
    tmp_path: Path,
) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF and then nonsense" * 1000)
    run_with(path=str(path))
    await _set_up(hass, entry)
    assert speech_of(await say(WORKS)).startswith("The file of my language model is damaged.")
    assert issues_of(hass) == {"model_damaged"}
    result = await _fix(hass)
    assert result["errors"] == {"base": "not_fixed"}
    assert issues_of(hass) == {"model_damaged"}


async def test_model_that_comes_back_by_itself(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    say: Say,
    run_with: RunWith,
    tmp_path: Path,
) -> None:
    path = tmp_path / "model.gguf"
    run_with(path=str(path))
    await _set_up(hass, entry)
    await say(WORKS)
    shutil.copy(runtime.SHIPPED_MODEL_PATH, path)
    await _assert_works(hass, say)


async def test_missing_runtime(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    say: Say,
    run_with: RunWith,
    bare_python: str,
) -> None:
    run_with(python=bare_python, search_paths=())
    await _set_up(hass, entry)
    assert speech_of(await say(WORKS)).startswith("What runs my language model is not installed.")
    assert issues_of(hass) == {"runtime_missing"}
    run_with()
    assert (await _fix(hass))["type"] is FlowResultType.CREATE_ENTRY
    await _assert_works(hass, say)


async def test_missing_runtime_and_a_full_disk(
    hass: HomeAssistant, entry: MockConfigEntry, say: Say, run_with: RunWith, bare_python: str
) -> None:
    run_with(python=bare_python, search_paths=())
    await _set_up(hass, entry)
    await say(WORKS)
    with small_disk(Path(hass.config.path("home_llm")), 10**6):
        assert (await _fix(hass))["errors"] == {"base": "install_disk_full"}
    assert issues_of(hass) == {"runtime_missing"}
    run_with()
    assert (await _fix(hass))["type"] is FlowResultType.CREATE_ENTRY
    await _assert_works(hass, say)


async def test_model_that_does_not_start_in_time(
    hass: HomeAssistant, entry: MockConfigEntry, say: Say, run_with: RunWith, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "model.gguf")
    run_with(path=str(tmp_path / "model.gguf"), load_timeout=0.5)
    await _set_up(hass, entry)
    assert speech_of(await say(WORKS)) == "That took me too long. Please try again."
    assert issues_of(hass) == {"start_timeout"}
    assert (await _fix(hass))["errors"] == {"base": "not_fixed"}
    run_with()
    assert (await _fix(hass))["type"] is FlowResultType.CREATE_ENTRY
    await _assert_works(hass, say)


async def test_illegal_instruction(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    say: Say,
    run_with: RunWith,
    dying_python: str,
) -> None:
    run_with(python=dying_python)
    await _set_up(hass, entry)
    assert speech_of(await say(WORKS)).startswith("My language model has just crashed.")
    assert issues_of(hass) == {"worker_illegal_instruction"}


async def test_killed_worker(hass: HomeAssistant, agent: MockConfigEntry, say: Say) -> None:
    await say(WORKS)
    pid = worker_of(agent)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while worker_of(agent) == pid:
        await hass.async_block_till_done()
    assert issues_of(hass) == {"worker_died"}
    result = await say(WORKS)
    assert result.response.error_code is not IntentResponseErrorCode.UNKNOWN
    assert worker_of(agent) not in (None, pid)
    # It works again, but people should know that memory may be short.
    assert issues_of(hass) == {"worker_died"}
    assert (await _fix(hass))["type"] is FlowResultType.CREATE_ENTRY
    await _assert_works(hass, say)


async def test_worker_killed_while_it_speaks(
    hass: HomeAssistant,
    agent: MockConfigEntry,
    answer: Answer,
    say: Say,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of a model that reads the home, whose calls are carried out while it writes."""
    monkeypatch.setattr(
        type(agent.runtime_data.model.format),
        "lines",
        lambda _, home: {e.entity_id: e.name for e in home.entities},
    )
    answer("> on light A\n", or_else=("> on fan\n", "> off fan\n"), again=True)
    hass.bus.async_listen_once("call_service", lambda _event: os.kill(worker_of(agent) or 0, 9))
    real = agent.runtime_data.model.generate

    async def slowly(*args: Any) -> AsyncIterator[str]:
        """Leave the reply unfinished until the worker has died."""
        async for piece in real(*args):
            yield piece
            if worker_of(agent):
                await hass.async_block_till_done()

    agent.runtime_data.model.generate = slowly
    result = await say("turn on the worktop")
    assert hass.states.get("light.worktop").state == "on"
    assert speech_of(result) == (
        "My language model has just crashed. Please say it again in a moment. Part of it is done."
    )


async def test_nothing_is_done_of_half_a_reply(
    hass: HomeAssistant, agent: MockConfigEntry, answer: Answer, say: Say
) -> None:
    """The shipped model is heard out first."""
    answer("> on light A\n", or_else=("> on fan\n", "> off fan\n"), again=True)
    real = agent.runtime_data.model.generate

    async def shortly(*args: Any) -> AsyncIterator[str]:
        async for piece in real(*args):
            yield piece
            if pid := worker_of(agent):
                os.kill(pid, signal.SIGKILL)

    agent.runtime_data.model.generate = shortly
    result = await say("turn on the worktop")
    assert hass.states.get("light.worktop").state == "off"
    assert speech_of(result) == (
        "My language model has just crashed. Please say it again in a moment."
    )


async def test_unload_forgets_issues(hass: HomeAssistant, agent: MockConfigEntry, say: Say) -> None:
    await say(WORKS)
    os.kill(worker_of(agent) or 0, signal.SIGKILL)
    while worker_of(agent):
        await hass.async_block_till_done()
    assert issues_of(hass)
    await hass.config_entries.async_unload(agent.entry_id)
    assert issues_of(hass) == set()
