"""Setting up and unloading: everything starts with defaults, and nothing is left behind."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
import threading
from typing import Self

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE as EVENT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
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


@dataclass(frozen=True, kw_only=True)
class _Held:
    """What a program holds, and can fail to let go of."""

    processes: int
    threads: int
    files: int
    tasks: int
    listeners: dict[str, int]

    @classmethod
    def by(cls, hass: HomeAssistant) -> Self:
        # Home Assistant keeps its own threads for work that blocks, of which there may be more.
        threads = [each for each in threading.enumerate() if "SyncWorker" not in each.name]
        return cls(
            processes=len(_children()),
            threads=len(threads),
            files=_open_files(),
            tasks=len(asyncio.all_tasks()),
            listeners=_listeners(hass),
        )


def _children() -> list[str]:
    """Return the numbers of the processes that this one has started, also of dead ones."""
    lists = Path("/proc/self/task").glob("*/children")
    return [pid for path in lists for pid in path.read_text().split()]


@pytest.mark.parametrize(
    "rounds", [10, pytest.param(200, marks=pytest.mark.soak)], ids=["short", "long"]
)
async def test_setting_up_and_unloading_leaves_nothing(
    hass: HomeAssistant, agent: MockConfigEntry, say: Say, rounds: int
) -> None:
    """Each time the worker runs; what the first round keeps for good is no leak."""
    held = None
    for _ in range(rounds + 1):
        pid = await _worker(agent)
        assert await hass.config_entries.async_unload(agent.entry_id)
        await hass.async_block_till_done()
        assert not _lives(pid)
        now = _Held.by(hass)
        held = held or now
        assert now == held
        assert await hass.config_entries.async_setup(agent.entry_id)
    assert speech_of(await say("turn on the flux capacitor"))


async def test_removed_entry_leaves_nothing_in_the_registries(
    hass: HomeAssistant, agent: MockConfigEntry
) -> None:
    await hass.config_entries.async_remove(agent.entry_id)
    assert er.async_get(hass).async_get(AGENT) is None
    assert dr.async_entries_for_config_entry(dr.async_get(hass), agent.entry_id) == []
