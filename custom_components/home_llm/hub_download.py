"""Downloads one file of the hub: goes on where it was cut off, and checks what it has received.

It blocks, and is called from a thread. Like ``hub``, it is imported when it is needed.
"""

import errno
from functools import partial
import hashlib
import logging
import os
from pathlib import Path
import re
from threading import Event
from typing import Final

from .downloaded import note, part_of, parts_of
from .errors import ModelError
from .fit import SPARE_DISK_BYTES, free_disk
from .hub import LineCutError, Version, latest, receiving, told_as_keys
from .hub_file import Progress, Wanted

_LOGGER = logging.getLogger(__name__)

_ATTEMPTS: Final = 5
_PAUSE: Final = 1.0
"""How often in a row, and after how many seconds, to go on where a line was cut."""

_STEPS: Final = 1000
"""People are told of no more steps than these."""

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_BLOCK: Final = 2**20
_SHA256 = re.compile(r"[0-9a-f]{64}")


def fetch(wanted: Wanted, progress: Progress, stop: Event) -> None:
    """Get a file, or nothing if that is given up.

    What is there of it already is not received again. It gets its name only when it is whole.

    Args:
        wanted: the file.
        progress: is told how far it is.
        stop: is set to give it up.

    Raises:
        ModelError: ``disk_full``, ``download_cut``, ``checksum_wrong``, ``download_failed``,
            ``repository_not_found``, ``invalid_auth`` or ``cannot_connect``.

    """
    version = latest(wanted)
    part = part_of(wanted.target, version.checksum)
    try:
        if _is_there(wanted.target, version):
            progress(version.size, version.size)
            return
        part.parent.mkdir(parents=True, exist_ok=True)
        for other in parts_of(wanted.target):
            # What was received of other versions.
            if other != part:
                other.unlink()
        download = _Download(wanted, version, part)
        if download.run(progress, stop):
            note(wanted.target, version.size)
            part.replace(wanted.target)
    except OSError as err:
        _LOGGER.warning("A model cannot be stored: %r", err)
        if err.errno not in _FULL:
            raise ModelError("download_failed") from err
        # Home Assistant cannot write any more either.
        part.unlink(missing_ok=True)
        raise ModelError("disk_full") from err


def _is_there(path: Path, version: Version) -> bool:
    if not path.is_file() or path.stat().st_size != version.size:
        return False
    return _read(path, version).hexdigest() == version.checksum


def _hash(version: Version) -> hashlib._Hash:
    """Return an empty checksum of the kind that the hub has."""
    if _SHA256.fullmatch(version.checksum):
        return hashlib.sha256()
    return hashlib.sha1(f"blob {version.size}\0".encode(), usedforsecurity=False)


def _read(path: Path, version: Version) -> hashlib._Hash:
    found = _hash(version)
    with path.open("rb") as file:
        for block in iter(partial(file.read, _BLOCK), b""):
            found.update(block)
    return found


class _Download:
    """Receives a file into its part, from where that ends."""

    def __init__(self, wanted: Wanted, version: Version, part: Path) -> None:
        self._wanted = wanted
        self._version = version
        self._part = part
        part.touch()
        self._found = _read(part, version)
        self._done = part.stat().st_size

    def run(self, progress: Progress, stop: Event) -> bool:
        """Receive the rest, and check it all; return whether it was not given up."""
        if free_disk(self._part.parent) < self._version.size - self._done + SPARE_DISK_BYTES:
            raise ModelError("disk_full")
        failures = 0
        while self._done < self._version.size:
            before = self._done
            try:
                with told_as_keys():
                    self._receive(progress, stop)
            except LineCutError as err:
                _LOGGER.info("Cut off after %s bytes: %r", self._done, err.__cause__)
                failures = 0 if self._done > before else failures + 1
                if failures == _ATTEMPTS:
                    raise ModelError("download_cut") from err
                stop.wait(_PAUSE)
            if stop.is_set():
                return False
        if self._found.hexdigest() != self._version.checksum:
            self._part.unlink()
            raise ModelError("checksum_wrong")
        return True

    def _receive(self, progress: Progress, stop: Event) -> None:
        """Receive until the end, or until the line is cut.

        Raises:
            LineCutError: it was cut.

        """
        size, told = self._version.size, -1
        with (
            receiving(self._wanted, self._version.revision, self._done) as (start, blocks),
            self._part.open("ab") as file,
        ):
            if start < self._done:
                file.truncate(start)
                self._found, self._done = _hash(self._version), start
            for block in blocks:
                if stop.is_set():
                    return
                file.write(block)
                self._found.update(block)
                self._done += len(block)
                if (step := self._done * _STEPS // size) != told:
                    told = step
                    progress(min(self._done, size), size)
            file.flush()
            os.fsync(file.fileno())
        if self._done < size:
            raise LineCutError
