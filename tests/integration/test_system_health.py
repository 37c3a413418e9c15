"""System information: what runs here, and whether the hub answers those who download from it."""

from pathlib import Path
from typing import Any

from homeassistant.components.system_health import DATA_SYSTEM_HEALTH_PLATFORMS, get_info
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm.const import DOMAIN, RUNTIME_REQUIREMENT, SHIPPED_MODEL_PATH
from custom_components.home_llm.download import models_folder
from tests.integration.house import House
from tests.integration.model_server import says, serving
from tests.integration.remote_agents import MODELS, agent_entry, async_add_server_agent


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return what is told of Home LLM."""
    if DATA_SYSTEM_HEALTH_PLATFORMS not in hass.data:
        assert await async_setup_component(hass, "system_health", {})
        await hass.async_block_till_done()
    # What was set up is what is asked.
    assert await async_setup_component(hass, DOMAIN, {})
    return (await get_info(hass))[DOMAIN]


async def test_the_model_that_ships(hass: HomeAssistant, agent: MockConfigEntry) -> None:
    await agent.runtime_data.model.async_load()
    info = await _async_info(hass)
    assert info == {
        "loaded_models": SHIPPED_MODEL_PATH.name,
        "runtime": RUNTIME_REQUIREMENT.partition("==")[2],
        "shipped_format": agent.runtime_data.model.format.name,
    }
    await hass.config_entries.async_unload(agent.entry_id)
    assert (await _async_info(hass))["loaded_models"] is None


@pytest.mark.usefixtures("socket_enabled", "core")
async def test_a_server_with_a_secret_name(hass: HomeAssistant) -> None:
    async with serving(MODELS) as server:
        await async_add_server_agent(hass, server)
        assert (await _async_info(hass))["loaded_models"] == "openai"


@pytest.mark.usefixtures("socket_enabled", "house")
async def test_hub(hass: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked for when a model was downloaded from it, and only then."""
    own = agent_entry("Own", {"path": str(tmp_path / "own.gguf")}, {})
    own.add_to_hass(hass)
    async with serving(says({})) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        assert "can_reach_hub" not in await _async_info(hass)
        assert not server.asked
        path = models_folder(hass) / "somebody--Model-GGUF" / "model.gguf"
        agent_entry("Downloaded", {"path": str(path)}, {}).add_to_hass(hass)
        assert (await _async_info(hass))["can_reach_hub"] == "ok"
        assert len(server.asked) == 1
    assert "unreachable" in (await _async_info(hass))["can_reach_hub"]


async def test_no_runtime(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.home_llm.runtime._PACKAGE", "home-llm-no-such-package")
    assert (await _async_info(hass))["runtime"] is None
