"""The prefix that a model has evaluated, on disk, so that a restart does not cost it again.

A file is named by what it belongs to (model, runtime, version of this module) and by the hash of
its own content, and is written beside and renamed: a file of another model is not looked at, and
one that is cut off or changed is thrown away.
"""

from collections.abc import Sequence
import contextlib
import ctypes
import hashlib
from pathlib import Path
import sys
import time

from llama_cpp import __version__, llama_cpp

from .sequences import HOME

LEAST_TOKENS = 256
"""A shorter prefix is evaluated as fast as it is read."""
MOST_BYTES = 64 * 2**20
"""Of one file; large models keep so much for each token that evaluating is the lesser evil."""
MOST_FILES = 2
STALE = 3600.0
"""Seconds after which nobody writes a file any more: whoever began it has died."""

_VERSION = 1
_PART = 2**20
_PARTS = 16


class SavedPrefix:
    """The files of one model in a folder.

    Args:
        folder: of all saved prefixes; made when there is something to save.
        model: the GGUF file.

    """

    def __init__(self, folder: Path, model: Path) -> None:
        self._folder = folder
        self._owner = _fingerprint(model)

    def restore(self, context: llama_cpp.llama_context_p, room: int) -> list[int]:
        """Put what was saved into an empty context, and return its tokens; none if there are none.

        Args:
            context: llama.cpp's context.
            room: tokens that fit.

        """
        for path in self._folder.glob(f"{self._owner}-*.state"):
            try:
                tokens = _load(context, path, room)
            except OSError as err:
                sys.stderr.write(f"a saved prefix cannot be read: {err}\n")
                continue
            if tokens:
                return tokens
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        return []

    def save(self, context: llama_cpp.llama_context_p, tokens: Sequence[int]) -> bool:
        """Write what a context has evaluated, and return whether it was worth it.

        Args:
            context: llama.cpp's context; its sequence holds these tokens and no others.
            tokens: their ids.

        """
        size = llama_cpp.llama_state_seq_get_size(context, HOME)
        if len(tokens) < LEAST_TOKENS or size > MOST_BYTES:
            return False
        new = self._folder / f"{self._owner}.new"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            ids = (llama_cpp.llama_token * len(tokens))(*tokens)
            written = llama_cpp.llama_state_seq_save_file(
                context, bytes(new), HOME, ids, len(tokens)
            )
            if not written:
                raise OSError(f"{new} could not be written")  # noqa: TRY301 - as others are
            content = _hash(new)
            new.replace(self._folder / f"{self._owner}-{content}.state")
            self._tidy(content)
        except OSError as err:
            sys.stderr.write(f"the prefix was not saved: {err}\n")
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)
            return False
        return True

    def _tidy(self, latest: str) -> None:
        """Keep the latest file of this model, and few of others; none that was never finished."""
        for path in self._folder.glob("*.new"):
            if time.time() - path.stat().st_mtime > STALE:
                path.unlink(missing_ok=True)
        files = self._folder.glob("*.state")
        newest = sorted(files, key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for number, path in enumerate(newest):
            owner, _, content = path.stem.partition("-")
            if number >= MOST_FILES or (owner == self._owner and content != latest):
                path.unlink(missing_ok=True)


def _load(context: llama_cpp.llama_context_p, path: Path, room: int) -> list[int]:
    """Return the tokens of a file, now in the context; none if it is not what it was."""
    if path.stat().st_size > MOST_BYTES + _PART or _hash(path) != path.stem.partition("-")[2]:
        return []
    ids, count = (llama_cpp.llama_token * room)(), ctypes.c_size_t()
    read = llama_cpp.llama_state_seq_load_file(
        context, bytes(path), HOME, ids, room, ctypes.byref(count)
    )
    return ids[: count.value] if read else []


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]


def _fingerprint(model: Path) -> str:
    """Return what tells a model file and the runtime from others: parts of large files will do."""
    size = model.stat().st_size
    found = hashlib.sha256(f"{_VERSION} {__version__} {size}".encode())
    with model.open("rb") as file:
        for part in range(_PARTS):
            file.seek(max(0, size - _PART) * part // (_PARTS - 1))
            found.update(file.read(_PART))
    return found.hexdigest()[:32]
