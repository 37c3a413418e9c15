"""Whether a model fits this computer: its memory and its disk, in figures that people can read."""

from dataclasses import dataclass
from pathlib import Path
import shutil
from typing import Final

from homeassistant.core import HomeAssistant

from .options import DEFAULT_CONTEXT

RUNTIME_BYTES: Final = 150 * 10**6
"""What the worker takes beside the model: Python, numpy, llama.cpp and its buffers."""

SPARE_DISK_BYTES: Final = 500 * 10**6
"""Home Assistant writes its database beside the models, and must never run out of room."""

_BYTES_PER_TOKEN_SHARE: Final = 16_384
"""A token of the context takes about this part of a model's size, where nothing else is known."""


@dataclass(frozen=True, kw_only=True)
class Need:
    """What a model needs.

    Args:
        size: bytes of its file.
        context: tokens of its context.
        bytes_per_token: memory that each of them takes; estimated from the size if not known.
        on_disk: bytes of it that are on the disk already.

    """

    size: int
    context: int = DEFAULT_CONTEXT
    bytes_per_token: int | None = None
    on_disk: int = 0

    @property
    def memory(self) -> int:
        """Bytes of memory while it runs."""
        per_token = self.bytes_per_token or self.size // _BYTES_PER_TOKEN_SHARE
        return self.size + self.context * per_token + RUNTIME_BYTES

    @property
    def disk(self) -> int:
        """Bytes that are still to be written."""
        return max(self.size - self.on_disk, 0)


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What a model needs, and what there is.

    Args:
        need: what it needs.
        memory_free: bytes of memory that it could have; nothing if that cannot be found out.
        disk_free: bytes that could be written, besides what Home Assistant itself needs.

    """

    need: Need
    memory_free: int | None
    disk_free: int

    @property
    def has_memory(self) -> bool:
        """Whether it fits the memory, as far as that is known."""
        return self.memory_free is None or self.need.memory <= self.memory_free

    @property
    def has_disk(self) -> bool:
        """Whether it fits the disk."""
        return self.need.disk <= self.disk_free

    @property
    def figures(self) -> dict[str, str]:
        """The figures as people read them, by the names that sentences have for them."""
        return {
            "size": readable(self.need.size),
            "memory_needed": readable(self.need.memory),
            "memory_free": "?" if self.memory_free is None else readable(self.memory_free),
            "disk_needed": readable(self.need.disk),
            "disk_free": readable(self.disk_free),
        }


def readable(size: int) -> str:
    """Return a number of bytes as people read it, such as ``2.1 GB``."""
    for unit, name in ((10**9, "GB"), (10**6, "MB")):
        # 999,950,000 bytes would be written as 1000 MB.
        if size >= unit * 0.9995:
            # One more digit where it tells something: 2.1 GB, but 21 GB.
            return f"{size / unit:.{1 if size < 10 * unit else 0}f} {name}"
    return f"{size / 10**3:.0f} kB"


async def async_fit(
    hass: HomeAssistant, need: Need, *, folder: Path | None = None, worker: int | None = None
) -> Fit:
    """Compare what a model needs with what there is.

    Args:
        hass: Home Assistant.
        need: what the model needs.
        folder: where its file is, or will be; by default, in Home Assistant's configuration.
        worker: the number of a worker's process that will end first, and free its memory.

    """
    where = folder or Path(hass.config.config_dir)
    return await hass.async_add_executor_job(_fit, need, where, worker)


async def async_used_memory(hass: HomeAssistant, process: int) -> int | None:
    """Return the bytes of memory that a process takes; nothing if that cannot be found out."""
    return await hass.async_add_executor_job(_used_memory, process)


def _used_memory(process: int) -> int | None:
    return _memory(Path(f"/proc/{process}/status"), "VmRSS")


def _fit(need: Need, folder: Path, worker: int | None) -> Fit:
    free = _memory(Path("/proc/meminfo"), "MemAvailable")
    used = _used_memory(worker) if worker else None
    return Fit(
        need=need,
        memory_free=None if free is None else free + (used or 0),
        disk_free=max(free_disk(folder) - SPARE_DISK_BYTES, 0),
    )


def free_disk(folder: Path) -> int:
    """Return the bytes that can be written to a folder, which need not be there yet."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _memory(path: Path, name: str) -> int | None:
    """Return a figure of one of Linux's tables, in bytes; other systems have none."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    figures = dict(line.partition(":")[::2] for line in lines)
    return int(figures[name].split()[0]) * 1024 if name in figures else None
