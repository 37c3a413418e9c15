"""Adding Home LLM: one click, and after each error a way on."""

from pathlib import Path
import shutil

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm import runtime
from custom_components.home_llm.const import DOMAIN
from tests.integration import wheels
from tests.integration.conftest import AGENT, RunWith
from tests.integration.flows import failed, finish, start, submit

pytestmark = pytest.mark.usefixtures("core")


def _succeed(result: ConfigFlowResult) -> None:
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].state is ConfigEntryState.LOADED


async def _add(hass: HomeAssistant) -> ConfigFlowResult:
    """Choose the model that ships: nothing else is asked."""
    result = await start(hass, "shipped")
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    assert result["progress_action"] == "check"
    return await finish(hass, result)


async def test_the_first_question(hass: HomeAssistant) -> None:
    result = await start(hass)
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "user"
    assert result["menu_options"] == ["shipped", "device", "openai", "ollama"]


async def test_one_click(hass: HomeAssistant) -> None:
    _succeed(await _add(hass))
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert (entry.title, entry.data, entry.options) == ("Home LLM", {}, {})
    (agent,) = entry.subentries.values()
    assert (agent.subentry_type, agent.title, agent.data) == ("conversation", "Home LLM", {})
    assert hass.states.get(AGENT) is not None


async def test_only_once(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await start(hass, "shipped")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_not_twice_at_the_same_time(hass: HomeAssistant) -> None:
    first = await start(hass, "shipped")
    result = await start(hass, "shipped")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_in_progress"
    _succeed(await finish(hass, first))


async def test_closed_while_it_is_tried(hass: HomeAssistant) -> None:
    """The worker ends with the flow, and the next one may begin."""
    result = await start(hass, "shipped")
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.async_block_till_done(wait_background_tasks=True)
    _succeed(await _add(hass))


async def test_missing_model(hass: HomeAssistant, tmp_path: Path, run_with: RunWith) -> None:
    path = tmp_path / "model.gguf"
    run_with(path=str(path))
    result = await _add(hass)
    failed(result, "shipped", "model_missing")
    shutil.copy(runtime.SHIPPED_MODEL_PATH, path)
    _succeed(await submit(hass, result))


async def test_damaged_model(hass: HomeAssistant, tmp_path: Path, run_with: RunWith) -> None:
    path = tmp_path / "model.gguf"
    whole = runtime.SHIPPED_MODEL_PATH.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    run_with(path=str(path))
    result = await _add(hass)
    failed(result, "shipped", "model_damaged")
    path.write_bytes(whole)
    _succeed(await submit(hass, result))


async def test_dying_worker(hass: HomeAssistant, run_with: RunWith, dying_python: str) -> None:
    run_with(python=dying_python)
    result = await _add(hass)
    failed(result, "shipped", "worker_illegal_instruction")
    run_with()
    _succeed(await submit(hass, result))


async def test_runtime_that_cannot_be_had(
    hass: HomeAssistant, run_with: RunWith, bare_python: str
) -> None:
    run_with(python=bare_python, search_paths=())
    result = await _add(hass)
    failed(result, "shipped", "install_failed")
    run_with()
    _succeed(await submit(hass, result))


async def test_runtime_is_installed(
    hass: HomeAssistant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    run_with: RunWith,
    bare_python: str,
) -> None:
    """It is not there, and then the installer finds it."""
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path))
    run_with(python=bare_python, search_paths=())
    result = await _add(hass)
    failed(result, "shipped", "install_failed")
    wheels.write_wheel(tmp_path)
    _succeed(await submit(hass, result))
