"""Whether models fit: figures of the real machine, and of a real worker."""

from pathlib import Path
import shutil

from homeassistant.core import HomeAssistant
import psutil  # type: ignore[import-untyped]
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm.const import SHIPPED_MODEL_PATH
from custom_components.home_llm.fit import (
    RUNTIME_BYTES,
    SPARE_DISK_BYTES,
    Fit,
    Need,
    _memory,
    async_fit,
    readable,
)
from custom_components.home_llm.gguf_file import read_header
from tests.integration.conftest import worker_of

SMALL = Need(size=10**6)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 kB"),
        (12_345, "12 kB"),
        (999_400, "999 kB"),
        (999_600, "1.0 MB"),
        (6_656_096, "6.7 MB"),
        (397_000_000, "397 MB"),
        (999_600_000, "1.0 GB"),
        (2_140_000_000, "2.1 GB"),
        (10_000_000_000, "10 GB"),
        (16_100_000_000, "16 GB"),
    ],
)
def test_sizes_as_people_read_them(size: int, text: str) -> None:
    assert readable(size) == text


def test_what_a_model_needs() -> None:
    known = Need(size=2 * 10**9, context=4096, bytes_per_token=100_000, on_disk=10**9)
    assert known.memory == 2 * 10**9 + 4096 * 100_000 + RUNTIME_BYTES
    assert known.disk == 10**9
    assert Need(size=2 * 10**9).memory > 2 * 10**9 + RUNTIME_BYTES
    assert Need(size=10, on_disk=20).disk == 0


def test_figures() -> None:
    need = Need(size=2 * 10**9, context=1000, bytes_per_token=50_000)
    fit = Fit(need=need, memory_free=1_400_000_000, disk_free=3 * 10**9)
    assert (fit.has_memory, fit.has_disk) == (False, True)
    assert fit.figures == {
        "size": "2.0 GB",
        "memory_needed": "2.2 GB",
        "memory_free": "1.4 GB",
        "disk_needed": "2.0 GB",
        "disk_free": "3.0 GB",
    }
    unknown = Fit(need=need, memory_free=None, disk_free=10**9)
    assert (unknown.has_memory, unknown.has_disk) == (True, False)
    assert unknown.figures["memory_free"] == "?"


async def test_this_machine(hass: HomeAssistant) -> None:
    fit = await async_fit(hass, SMALL)
    assert fit.memory_free is not None
    assert fit.memory_free == pytest.approx(psutil.virtual_memory().available, rel=0.2)
    free = shutil.disk_usage(hass.config.config_dir).free
    assert fit.disk_free == pytest.approx(max(free - SPARE_DISK_BYTES, 0), rel=0.1)
    assert not (await async_fit(hass, Need(size=10**15))).has_memory


async def test_folder_that_is_not_there_yet(hass: HomeAssistant) -> None:
    folder = Path(hass.config.path("not", "there"))
    fit = await async_fit(hass, SMALL, folder=folder)
    assert fit.disk_free == pytest.approx((await async_fit(hass, SMALL)).disk_free, rel=0.1)
    assert fit.has_disk


async def test_worker_makes_room(hass: HomeAssistant, agent: MockConfigEntry) -> None:
    """What it takes is within what was said, and counts as free for what takes its place."""
    await agent.runtime_data.model.async_load()
    worker = worker_of(agent)
    used = psutil.Process(worker).memory_info().rss
    header = read_header(SHIPPED_MODEL_PATH)
    assert used < Need(size=header.size, bytes_per_token=header.bytes_per_token).memory
    alone = await async_fit(hass, SMALL)
    with_room = await async_fit(hass, SMALL, worker=worker)
    assert alone.memory_free is not None
    assert with_room.memory_free is not None
    # Other processes take and give back memory meanwhile.
    assert with_room.memory_free == pytest.approx(alone.memory_free + used, abs=500 * 10**6)
    assert (await async_fit(hass, SMALL, worker=2**22 + 1)).memory_free is not None


def test_figures_of_linux(tmp_path: Path) -> None:
    table = tmp_path / "meminfo"
    table.write_text("MemTotal:  1000 kB\nMemAvailable:    23 kB\n")
    assert _memory(table, "MemAvailable") == 23 * 1024
    assert _memory(table, "SwapFree") is None
    assert _memory(tmp_path / "missing", "MemAvailable") is None
