"""Disks that are too small, for tests: one of its own, and one that takes no large files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
import resource
from subprocess import DEVNULL, run

import pytest

Resize = Callable[[int], None]


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Resize]:
    """Let a folder lie on a disk of so many bytes, and yield what changes their number.

    Only root may do that; for others the test is skipped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    done = run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder], check=False, stderr=DEVNULL
    )
    if done.returncode:
        pytest.skip("no disk can be mounted here")

    def resize(size: int) -> None:
        run(["mount", "-o", f"remount,size={size}", folder], check=True)

    try:
        yield resize
    finally:
        run(["umount", "--lazy", folder], check=True)


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """Let the system refuse to write more than so many bytes into any file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
