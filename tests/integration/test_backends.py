"""Which model an entry gets; options take effect at once; what an agent may do is the user's."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
import shutil
from types import MappingProxyType

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm import model_runner, warm
from custom_components.home_llm.const import SHIPPED_MODEL_PATH
from tests.integration.conftest import AGENT, Answer, Say, speech_of, worker_of
from tests.integration.house import House
from tests.integration.model_server import ModelServer, says, serving
from tests.integration.remote_agents import (
    MODELS,
    SERVER_AGENT,
    async_add_server_agent,
    async_ask,
    async_change,
    is_on,
    text,
)

ABSENT = "I cannot find that here."
REFUSED = says({"error": {"message": "wrong key"}}, 401)


@pytest.fixture
async def server(socket_enabled: None) -> AsyncGenerator[ModelServer]:
    """Return a server that is there."""
    async with serving(MODELS) as server:
        yield server


def _model_of(hass: HomeAssistant, entity_id: str) -> str | None:
    entity = er.async_get(hass).async_get(entity_id)
    assert entity is not None
    assert entity.device_id is not None
    device = dr.async_get(hass).async_get(entity.device_id)
    assert device is not None
    return device.model


async def test_a_server_that_refuses_the_key(
    hass: HomeAssistant, house: House, server: ModelServer
) -> None:
    server.answers[:] = [REFUSED]
    entry = await async_add_server_agent(hass, server)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "invalid_auth"
    (flow,) = hass.config_entries.flow.async_progress()
    assert (flow["context"]["source"], flow["context"]["entry_id"]) == ("reauth", entry.entry_id)
    server.answers[:] = [MODELS]
    assert await hass.config_entries.async_reload(entry.entry_id)
    server.answers.append(text("Hello."))
    assert speech_of(await async_ask(hass, "hello")) == "Hello."


async def test_a_server_that_is_not_there(
    hass: HomeAssistant, house: House, server: ModelServer
) -> None:
    server.answers[:] = [says({}, 404)]
    entry = await async_add_server_agent(hass, server)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "cannot_connect"
    server.answers[:] = [MODELS]
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert _model_of(hass, SERVER_AGENT) == "tiny"


async def test_a_file_of_the_users_own(
    hass: HomeAssistant, agent: MockConfigEntry, say: Say, tmp_path: Path
) -> None:
    """Options of an entry take effect without a restart."""
    assert _model_of(hass, AGENT) == "home-llm-tiny"
    path = tmp_path / "mine.gguf"
    shutil.copy(SHIPPED_MODEL_PATH, path)
    data = {"path": str(path), "context": 1024, "threads": 1}
    hass.config_entries.async_update_entry(agent, data=data)
    await hass.async_block_till_done()
    assert speech_of(await say("turn on the worktop")) == "Turned on Worktop."
    assert _model_of(hass, AGENT) == "mine"
    settings = agent.runtime_data.model._engine._settings
    assert (settings.path, settings.n_ctx, settings.n_threads) == (str(path), 1024, 1)


async def test_an_agent_comes_and_goes(hass: HomeAssistant, agent: MockConfigEntry) -> None:
    second = ConfigSubentry(
        data=MappingProxyType({}), subentry_type="conversation", title="Second", unique_id=None
    )
    hass.config_entries.async_add_subentry(agent, second)
    await hass.async_block_till_done()
    assert hass.states.get("conversation.second") is not None
    hass.config_entries.async_remove_subentry(agent, second.subentry_id)
    await hass.async_block_till_done()
    assert hass.states.get("conversation.second") is None
    assert hass.states.get(AGENT) is not None


async def test_what_an_agent_may_do_is_narrowed(
    hass: HomeAssistant, agent: MockConfigEntry, answer: Answer, say: Say
) -> None:
    await async_change(hass, agent, actions=["light.turn_off", "fan.turn_on"])
    # Whatever the grammar lets through is checked once more where it is carried out.
    answer("> on light A\n")
    assert speech_of(await say("turn on the worktop")) != "Turned on Worktop."
    assert not is_on(hass)
    await async_change(hass, agent)
    assert speech_of(await say("turn on the worktop")) == "Turned on Worktop."
    assert is_on(hass)


async def test_two_agents_of_an_entry_may_do_different_things(
    hass: HomeAssistant, agent: MockConfigEntry, answer: Answer
) -> None:
    second = ConfigSubentry(
        data=MappingProxyType({"actions": ["fan.turn_on"]}),
        subentry_type="conversation",
        title="Second",
        unique_id=None,
    )
    hass.config_entries.async_add_subentry(agent, second)
    await hass.async_block_till_done()
    answer("> on light A\n")
    await async_ask(hass, "turn on the worktop", "conversation.second")
    assert not is_on(hass)
    await async_ask(hass, "turn on the worktop", AGENT)
    assert is_on(hass)


async def test_the_model_itself_does_not_think_of_what_is_not_allowed(
    hass: HomeAssistant, agent: MockConfigEntry, say: Say
) -> None:
    """The grammar of the shipped model has no way to say it."""
    await async_change(hass, agent, actions=["light.turn_off"])
    await say("turn on the worktop")
    assert not is_on(hass)


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def test_the_memory_is_freed_when_nobody_speaks(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    say: Say,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(model_runner, "MINUTE", 0.5)
    monkeypatch.setattr(warm, "COOLDOWN", 0.05)
    hass.config_entries.async_update_entry(entry, data={"idle_minutes": 1})
    assert await hass.config_entries.async_setup(entry.entry_id)
    for _ in range(2):
        assert speech_of(await say("turn on the worktop")) == "Turned on Worktop."
        pid = worker_of(entry)
        assert pid is not None
        # Ends with the process.
        await asyncio.shield(entry.runtime_data.model._engine._worker._watching)
        assert not _lives(pid)
        # A change in the home does not wake it.
        await house.lamp("light.worktop").async_turn_off()
        await asyncio.sleep(4 * warm.COOLDOWN)
        assert worker_of(entry) is None


async def test_the_memory_is_kept_by_default(
    hass: HomeAssistant, agent: MockConfigEntry, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_runner, "MINUTE", 0.01)
    await say("turn on the worktop")
    pid = worker_of(agent)
    await asyncio.sleep(0.1)
    assert worker_of(agent) == pid is not None
