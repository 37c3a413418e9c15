"""Files on the Hugging Face hub, as far as no library is needed to tell of them."""

from collections.abc import Callable
from dataclasses import dataclass
import os
from pathlib import Path, PurePosixPath
import re
from typing import Final

from .catalogue import quantization_of

_HUB: Final = "https://huggingface.co"
_SUFFIX: Final = ".gguf"
_PART_OF_A_MODEL = re.compile(r"-\d{5}-of-\d{5}\.gguf$|^mmproj|^imatrix")
"""One of several files, the part that sees pictures, or figures that quantizing needed."""

type Progress = Callable[[int, int], None]
"""Is told the bytes that are there, and the bytes that there will be."""


@dataclass(frozen=True, kw_only=True)
class HubFile:
    """A GGUF file of a repository.

    Args:
        repository: such as ``owner/name``.
        name: with the folders that it is in.
        size: in bytes.

    """

    repository: str
    name: str
    size: int

    @property
    def quantization(self) -> str:
        """What its name says of its quantization, such as ``Q4_K_M``; it may say nothing."""
        return quantization_of(self.name)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A file that shall be got.

    Args:
        repository: where it is.
        name: its name there.
        target: where it shall be; what was received of it so far lies beside.
        token: for the hub; may be empty.

    """

    repository: str
    name: str
    target: Path
    token: str


def endpoint() -> str:
    """Return the hub's address; people name another one in the way that its library knows."""
    return os.environ.get("HF_ENDPOINT") or _HUB


def is_inside(name: str) -> bool:
    """Return whether a file's name leads to nowhere but the folder that it is put into."""
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def is_model(name: str) -> bool:
    """Return whether a file is a model as a whole."""
    plain = PurePosixPath(name).name.lower()
    return is_inside(name) and plain.endswith(_SUFFIX) and not _PART_OF_A_MODEL.search(plain)
