"""Setting up and unloading: everything starts with defaults, and nothing is left behind."""

import asyncio
from pathlib import Path

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE as EVENT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.conftest import AGENT, Say, speech_of, worker_of


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _listeners(hass: HomeAssistant) -> dict[str, int]:
    """Count listeners, but for those of Home Assistant's own files that wait to be written."""
    counts = hass.bus.async_listeners()
    return {event: count for event, count in counts.items() if event != EVENT_FINAL_WRITE}


async def _worker(entry: MockConfigEntry) -> int:
    await entry.runtime_data.model.async_load()
    pid = worker_of(entry)
    assert pid is not None
    assert _lives(pid)
    return pid


async def test_empty_data_come_up_with_defaults(
    hass: HomeAssistant, agent: MockConfigEntry
) -> None:
    assert agent.data == {}
    (subentry,) = agent.subentries.values()
    assert subentry.data == {}
    entry = er.async_get(hass).async_get(AGENT)
    assert entry is not None
    assert entry.unique_id == subentry.subentry_id
    assert entry.device_id is not None
    device = dr.async_get(hass).async_get(entry.device_id)
    assert device is not None
    assert device.name == "Home LLM"
    state = hass.states.get(AGENT)
    assert state is not None
    assert state.attributes["supported_features"] == conversation.ConversationEntityFeature.CONTROL


async def test_worker_ends_with_the_entry(hass: HomeAssistant, agent: MockConfigEntry) -> None:
    pid = await _worker(agent)
    assert await hass.config_entries.async_unload(agent.entry_id)
    assert agent.state is ConfigEntryState.NOT_LOADED
    assert not _lives(pid)


async def test_worker_ends_with_home_assistant(hass: HomeAssistant, agent: MockConfigEntry) -> None:
    pid = await _worker(agent)
    await hass.async_stop(force=True)
    assert not _lives(pid)


async def test_ten_reloads_leave_nothing(
    hass: HomeAssistant, agent: MockConfigEntry, say: Say
) -> None:
    listeners = _listeners(hass)
    files = _open_files()
    tasks = len(asyncio.all_tasks())
    for _ in range(10):
        assert await hass.config_entries.async_reload(agent.entry_id)
        pid = await _worker(agent)
    assert await hass.config_entries.async_reload(agent.entry_id)
    assert not _lives(pid)
    assert _listeners(hass) == listeners
    assert _open_files() <= files
    assert len(asyncio.all_tasks()) <= tasks
    assert speech_of(await say("turn on the flux capacitor"))


async def test_removed_entry_leaves_nothing_in_the_registries(
    hass: HomeAssistant, agent: MockConfigEntry
) -> None:
    await hass.config_entries.async_remove(agent.entry_id)
    assert er.async_get(hass).async_get(AGENT) is None
    assert dr.async_entries_for_config_entry(dr.async_get(hass), agent.entry_id) == []
