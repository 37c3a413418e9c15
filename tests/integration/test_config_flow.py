"""Adding Home LLM: one click, and after each error a way on."""

from pathlib import Path
import shutil

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import package
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm import runtime
from custom_components.home_llm.const import DOMAIN
from tests.integration import wheels
from tests.integration.conftest import AGENT, RunWith

pytestmark = pytest.mark.usefixtures("core")


async def _start(hass: HomeAssistant) -> ConfigFlowResult:
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "user"
    assert not result["errors"]
    return result


async def _submit(hass: HomeAssistant, flow: ConfigFlowResult) -> ConfigFlowResult:
    """Submit the form, and return what comes after the progress steps."""
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], {})
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    assert result["progress_action"] == "check"
    while result["type"] is FlowResultType.SHOW_PROGRESS:
        await hass.async_block_till_done(wait_background_tasks=True)
        result = await hass.config_entries.flow.async_configure(flow["flow_id"])
    return result


async def _succeed(hass: HomeAssistant, flow: ConfigFlowResult) -> None:
    result = await _submit(hass, flow)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert result["result"].state is ConfigEntryState.LOADED


async def _fail(hass: HomeAssistant, flow: ConfigFlowResult, error: str) -> None:
    result = await _submit(hass, flow)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {"base": error}


async def test_one_click(hass: HomeAssistant) -> None:
    flow = await _start(hass)
    await _succeed(hass, flow)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert (entry.title, entry.data, entry.options) == ("Home LLM", {}, {})
    (agent,) = entry.subentries.values()
    assert (agent.subentry_type, agent.title, agent.data) == ("conversation", "Home LLM", {})
    assert hass.states.get(AGENT) is not None


async def test_only_once(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_not_twice_at_the_same_time(hass: HomeAssistant) -> None:
    flow = await _start(hass)
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_in_progress"
    await _succeed(hass, flow)


async def test_missing_model(hass: HomeAssistant, tmp_path: Path, run_with: RunWith) -> None:
    flow = await _start(hass)
    path = tmp_path / "model.gguf"
    run_with(path=str(path))
    await _fail(hass, flow, "model_missing")
    shutil.copy(runtime.SHIPPED_MODEL_PATH, path)
    await _succeed(hass, flow)


async def test_damaged_model(hass: HomeAssistant, tmp_path: Path, run_with: RunWith) -> None:
    flow = await _start(hass)
    path = tmp_path / "model.gguf"
    whole = runtime.SHIPPED_MODEL_PATH.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    run_with(path=str(path))
    await _fail(hass, flow, "model_damaged")
    path.write_bytes(whole)
    await _succeed(hass, flow)


async def test_dying_worker(hass: HomeAssistant, run_with: RunWith, dying_python: str) -> None:
    flow = await _start(hass)
    run_with(python=dying_python)
    await _fail(hass, flow, "worker_died")
    run_with()
    await _succeed(hass, flow)


async def test_runtime_that_cannot_be_found(
    hass: HomeAssistant, run_with: RunWith, bare_python: str
) -> None:
    """Home Assistant has it installed, but the worker does not find it."""
    flow = await _start(hass)
    run_with(python=bare_python, search_paths=())
    await _fail(hass, flow, "runtime_missing")
    run_with()
    await _succeed(hass, flow)


async def test_runtime_is_installed(
    hass: HomeAssistant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    run_with: RunWith,
    bare_python: str,
) -> None:
    """Home Assistant's installer puts a package where the worker looks."""
    # Outside of virtual environments and containers, it goes to the configuration folder.
    monkeypatch.setattr(package, "is_virtual_env", lambda: False)
    monkeypatch.setattr(package, "is_docker_env", lambda: False)
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path))
    monkeypatch.setattr(runtime, "RUNTIME_REQUIREMENT", wheels.REQUIREMENT)
    run_with(python=bare_python, search_paths=(hass.config.path("deps"),))
    flow = await _start(hass)
    await _fail(hass, flow, "install_failed")
    wheels.write_wheel(tmp_path)
    await _succeed(hass, flow)
    assert (Path(hass.config.path("deps")) / "llama_cpp").is_dir()


async def test_another_agent(hass: HomeAssistant, agent: MockConfigEntry) -> None:
    result = await hass.config_entries.subentries.async_init(
        (agent.entry_id, "conversation"), context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.FORM
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"name": "Butler"}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert hass.states.get("conversation.butler") is not None
    assert hass.states.get(AGENT) is not None


async def test_rename_an_agent(hass: HomeAssistant, agent: MockConfigEntry) -> None:
    (subentry_id,) = agent.subentries
    result = await agent.start_subentry_reconfigure_flow(hass, subentry_id)
    assert result["type"] is FlowResultType.FORM
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"name": "Butler"}
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    state = hass.states.get(AGENT)
    assert state is not None
    assert state.name == "Butler"
