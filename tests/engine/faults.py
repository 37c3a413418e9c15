"""What goes wrong with a worker, for tests: signals, files that never end, pipes that are shut."""

import asyncio
from collections.abc import Callable
import contextlib
import errno
import os
from pathlib import Path
import resource
import signal
import time

DEADLY = {
    signal.SIGKILL: "killed",
    signal.SIGILL: "illegal_instruction",
    signal.SIGSEGV: "crashed",
}
"""Signals, and what the engine calls a death by them."""


async def wait_until(condition: Callable[[], bool], seconds: float = 120) -> None:
    """Wait for something that happens in another process; fail if it does not."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.01)


def is_gone(pid: int) -> bool:
    """Return whether there is no such process, not even as a zombie."""
    return not Path(f"/proc/{pid}").exists()


def children() -> dict[int, str]:
    """Return the processes that this one has started, with the letters of their states."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        # Some end while one looks.
        with contextlib.suppress(OSError):
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == os.getpid():
                found[int(path.parent.name)] = state
    return found


def zombies() -> set[int]:
    """Return those of them that have ended, and whose end nobody has taken notice of."""
    return {pid for pid, state in children().items() if state == "Z"}


def memory_of(pid: int, field: str = "VmRSS") -> int:
    """Return how many kilobytes a process takes, by a field of its status."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split(f"{field}:")[1].split()[0])


def limit_memory(pid: int, more: int) -> None:
    """Let a process take so many more bytes and not one beyond."""
    limit = memory_of(pid, "VmSize") * 1024 + more
    resource.prlimit(pid, resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))


class StuckFile:
    """A pipe in place of a model's file: whoever loads it is stuck in the middle.

    Args:
        path: where the file is to be.
        model: the file that takes its place when it is mended.

    """

    def __init__(self, path: Path, model: Path) -> None:
        self.path = path
        self._model = model
        self._end: int | None = None
        os.mkfifo(path)

    async def opened(self) -> None:
        """Wait until somebody has begun to load it."""
        await wait_until(self._is_opened)

    def _is_opened(self) -> bool:
        try:
            self._end = os.open(self.path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as err:
            if err.errno != errno.ENXIO:
                raise
        return self._end is not None

    def mend(self) -> None:
        """Put the model in its place; who has begun to load it is stuck all the same."""
        link = self.path.with_suffix(".link")
        link.symlink_to(self._model)
        link.replace(self.path)

    def go_on(self) -> None:
        """Let those who are stuck load the model."""
        assert self._end is not None
        os.write(self._end, b"GGUF")
        self.close()

    def close(self) -> None:
        """Let go of the pipe."""
        if self._end is not None:
            os.close(self._end)
            self._end = None
