"""Adding files on this device, and changing how a model runs here."""

import os
from pathlib import Path
import re
from typing import Any

from gguf import GGUFWriter
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import numpy as np
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm import warm
from custom_components.home_llm.const import DOMAIN
from custom_components.home_llm.engine.process import WorkerProcess
from tests.engine.faults import wait_until
from tests.engine.tiny_gguf import write_random_model
from tests.integration.conftest import RunWith
from tests.integration.flows import failed, fields, reconfigure, start, submit

pytestmark = pytest.mark.usefixtures("core")

CHATML = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"


@pytest.fixture
def taught(hass: HomeAssistant) -> Path:
    """Return a file, in the configuration folder, of a model that was taught homes."""
    return write_random_model(Path(hass.config.path("taught.gguf")))


def _write_format(path: Path, name: bytes) -> None:
    path.write_bytes(re.sub(rb"tiny-\d", name, path.read_bytes()))


def _write_huge_model(path: Path) -> None:
    """Write a file with a hole in it, of a model that no computer here has the memory for."""
    tera = 10**12
    writer = GGUFWriter(path, "llama")
    writer.add_tensor_info("token_embd.weight", (tera // 1000, 1000), np.dtype("float32"), 0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()
    os.truncate(path, path.stat().st_size + 4 * tera + 1000)


async def test_file_of_a_model_that_was_taught_homes(hass: HomeAssistant, taught: Path) -> None:
    """Its path may be given from the configuration folder on; what it says is noted."""
    result = await start(hass, "device", "file")
    assert result["step_id"] == "file"
    result = await submit(hass, result, {"path": " taught.gguf "})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "random"
    assert result["data"] == {"path": str(taught), "format": "tiny-6"}
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    assert [s.subentry_type for s in entry.subentries.values()] == ["conversation"]
    assert set(entry.supported_subentry_types) == {"conversation"}


async def test_file_of_a_chat_model(hass: HomeAssistant) -> None:
    path = write_random_model(Path(hass.config.path("chat.gguf")), template=CHATML)
    result = await submit(hass, await start(hass, "device", "file"), {"path": str(path)})
    assert result["data"] == {"path": str(path)}
    kinds = result["result"].supported_subentry_types
    assert set(kinds) == {"conversation", "ai_task_data"}


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the start of each worker."""
    noted: list[str] = []
    real = WorkerProcess.start

    async def start_worker(python: str, *args: Any) -> WorkerProcess:
        noted.append(python)
        return await real(python, *args)

    monkeypatch.setattr(WorkerProcess, "start", start_worker)
    monkeypatch.setattr(warm, "COOLDOWN", 0)
    return noted


async def test_chat_model_is_loaded_once_to_try_it_and_once_to_run(
    hass: HomeAssistant, starts: list[str]
) -> None:
    """Nothing is set up or changed before it has been tried, in a worker of its own."""

    async def loaded(entry: ConfigEntry) -> int:
        await wait_until(lambda: entry.runtime_data.model.info is not None)
        await hass.async_block_till_done(wait_background_tasks=True)
        await entry.runtime_data.chat.async_check()
        return len(starts)

    path = write_random_model(Path(hass.config.path("chat.gguf")), template=CHATML)
    result = await submit(hass, await start(hass, "device", "file"), {"path": str(path)})
    entry = result["result"]
    assert await loaded(entry) == 2
    await submit(hass, await reconfigure(hass, entry), {"context": 1024})
    assert entry.runtime_data.options.context == 1024
    assert await loaded(entry) == 4
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert await loaded(entry) == 5


async def test_format_that_people_choose(hass: HomeAssistant) -> None:
    """Many files of Home-LLM do not say that they are."""
    path = write_random_model(Path(hass.config.path("chat.gguf")), template=CHATML)
    more = {"format": "home-llm-3"}
    entered = {"path": str(path), "more": more}
    result = await submit(hass, await start(hass, "device", "file"), entered)
    assert result["data"] == {"path": str(path), "format": "home-llm-3"}
    assert set(result["result"].supported_subentry_types) == {"conversation"}


async def test_files_that_cannot_be_taken(
    hass: HomeAssistant, taught: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = taught.with_name("text.gguf")
    text.write_text("no model")
    cut = write_random_model(taught.with_name("cut.gguf"))
    os.truncate(cut, cut.stat().st_size - 1000)
    secret = write_random_model(tmp_path_factory.mktemp("elsewhere") / "secret.gguf")
    form = await start(hass, "device", "file")
    for path, error in (
        ("gone.gguf", "file_not_found"),
        (str(text), "file_not_gguf"),
        (str(cut), "file_incomplete"),
        (str(secret), "file_not_allowed"),
    ):
        result = await submit(hass, form, {"path": path})
        failed(result, "file", error)
        assert fields(result)["path"] == path
    result = await submit(hass, form, {"path": str(taught)})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_file_that_is_too_large(hass: HomeAssistant, taught: Path) -> None:
    """It is tried all the same if people say so, and then llama.cpp has the word."""
    huge = taught.with_name("huge.gguf")
    _write_huge_model(huge)
    form = await start(hass, "device", "file")
    failed(await submit(hass, form, {"path": str(huge)}), "file", "too_large")
    result = await submit(hass, form, {"path": str(huge), "anyway": True})
    failed(result, "file", "model_damaged")
    result = await submit(hass, form, {"path": str(taught)})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert "anyway" not in result["data"]


async def test_format_that_is_not_known(hass: HomeAssistant, taught: Path) -> None:
    _write_format(taught, b"tiny-9")
    form = await start(hass, "device", "file")
    failed(await submit(hass, form, {"path": str(taught)}), "file", "format_unknown")
    _write_format(taught, b"tiny-6")
    result = await submit(hass, form, {"path": str(taught)})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_same_file_twice(hass: HomeAssistant, taught: Path) -> None:
    """By whatever name."""
    await submit(hass, await start(hass, "device", "file"), {"path": str(taught)})
    taught.with_name("link.gguf").symlink_to(taught)
    result = await submit(hass, await start(hass, "device", "file"), {"path": "link.gguf"})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_settings(hass: HomeAssistant, agent: MockConfigEntry, run_with: RunWith) -> None:
    """They are tried before they are kept; without them the data are empty again."""
    result = await reconfigure(hass, agent)
    assert result["step_id"] == "settings"
    assert fields(result) == {"context": 4096, "threads": None, "idle_minutes": 0}
    run_with(path="/gone.gguf")
    wanted = {"context": 2048, "threads": 1, "idle_minutes": 30}
    result = await submit(hass, result, wanted)
    failed(result, "settings", "model_missing")
    assert fields(result) == wanted
    assert agent.data == {}
    run_with()
    result = await submit(hass, result, wanted)
    assert result["reason"] == "reconfigure_successful"
    assert agent.data == wanted
    assert all(type(value) is int for value in agent.data.values())
    assert agent.runtime_data.options.context == 2048
    assert agent.title == "Home LLM"
    await submit(hass, await reconfigure(hass, agent), {})
    assert agent.data == {}


async def test_settings_that_cannot_be(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    form = await reconfigure(hass, entry)
    for wrong in ({"context": 1}, {"threads": 0}, {"idle_minutes": -1}, {"threads": 10_000}):
        with pytest.raises(InvalidData):
            await submit(hass, form, wrong)
    assert (await submit(hass, form, {}))["reason"] == "reconfigure_successful"


async def test_another_format(hass: HomeAssistant, taught: Path) -> None:
    """It is found out again if nobody insists on one."""
    data = {"path": str(taught), "format": "tiny-6"}
    entry = MockConfigEntry(domain=DOMAIN, title="Mine", data=data)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    result = await reconfigure(hass, entry)
    assert fields(result)["more"] == {"format": "tiny-6"}
    await submit(hass, result, {"more": {"format": "home-llm-1"}})
    assert entry.data == {"path": str(taught), "format": "home-llm-1"}
    await submit(hass, await reconfigure(hass, entry), {"more": {"format": "automatic"}})
    assert entry.data == data
    assert entry.title == "Mine"
