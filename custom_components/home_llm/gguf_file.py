"""Reads the beginning of a GGUF file: what it says about its model, and how long it must be.

llama.cpp does so too, in the worker. This tells before anything is loaded whether the file is
whole, and how much memory its model will need.

Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from os import SEEK_CUR
from pathlib import Path
import struct
from typing import BinaryIO, Final

_MAGIC: Final = b"GGUF"
_VERSIONS: Final = (2, 3)
_ALIGNMENT: Final = 32
_MOST_DIMENSIONS: Final = 4
_STRING: Final = 8
_LIST: Final = 9
_SCALARS: Final = {
    number: struct.Struct(f"<{code}")
    for number, code in {
        0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"
    }.items()
}  # fmt: skip
CACHE_BYTES: Final = 2
"""llama.cpp keeps keys and values as 16-bit numbers."""

_LONGEST_LIST: Final = 1024
"""Longer lists hold vocabularies and are skipped; short ones may tell something of each layer."""

# Values in a block, and its bytes, by the number of ggml's type. Source: ggml.c, type_traits
_BLOCKS: Final = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34),
    9: (32, 40), 10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210),
    15: (256, 292), 16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18),
    21: (256, 110), 22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8),
    28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66), 39: (32, 17),
    40: (64, 36), 41: (128, 18),
}  # fmt: skip

type Field = str | float | tuple[float, ...]


class GgufError(ValueError):
    """The bytes are no GGUF file that is known here, or end too early."""


@dataclass(frozen=True, kw_only=True)
class GgufHeader:
    """What stands at the beginning of a file.

    Args:
        fields: what the file says about its model; text, numbers and short lists of numbers.
        size: bytes that the whole file must have.

    """

    fields: Mapping[str, Field]
    size: int

    @property
    def architecture(self) -> str:
        """What kind of model it is, such as ``llama``."""
        return str(self.fields.get("general.architecture", ""))

    @property
    def is_split(self) -> bool:
        """Whether the rest of the model is in other files."""
        return self._number("split.count", 1) > 1

    @property
    def bytes_per_token(self) -> int | None:
        """What each token of the context takes in memory; nothing if the file does not tell."""
        try:
            layers = int(self._of_model("block_count"))
            heads = self._list("attention.head_count")
            width = self._of_model("embedding_length") / max(heads)
            key = self._of_model("attention.key_length", width)
            value = self._of_model("attention.value_length", width)
            stored = self._list("attention.head_count_kv", heads)
        except KeyError, ZeroDivisionError:
            return None
        # A list has a number for each layer; else it is the same for all.
        total = sum(stored) if len(stored) > 1 else stored[0] * layers
        return int(total * (key + value) * CACHE_BYTES)

    def _list(self, name: str, default: tuple[float, ...] | None = None) -> tuple[float, ...]:
        value = self.fields.get(f"{self.architecture}.{name}", default)
        if value is None or isinstance(value, str):
            raise KeyError(name)
        return value if isinstance(value, tuple) else (value,)

    def _of_model(self, name: str, default: float | None = None) -> float:
        return max(self._list(name, None if default is None else (default,)))

    def _number(self, name: str, default: int) -> int:
        value = self.fields.get(name, default)
        return int(value) if isinstance(value, (int, float)) else default


def read_header(path: Path) -> GgufHeader:
    """Read the beginning of a file.

    Raises:
        GgufError: it is no GGUF file, or is cut off within its beginning.
        OSError: it cannot be read.

    """
    with path.open("rb") as file:
        return _Reader(file, path.stat().st_size).header()


class _Reader:
    """Reads numbers and text from a file, and never beyond its end."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left = size

    def header(self) -> GgufHeader:
        if self._bytes(len(_MAGIC)) != _MAGIC:
            raise GgufError("not a GGUF file")
        if (version := self._scalar(4)) not in _VERSIONS:
            raise GgufError(f"version {version}")
        tensors, count = int(self._scalar(10)), int(self._scalar(10))
        fields: dict[str, Field] = {}
        for _ in range(count):
            name = self._text()
            value = self._value(int(self._scalar(4)))
            if value is not None:
                fields[name] = value
        end = max((self._tensor() for _ in range(tensors)), default=0)
        alignment = fields.get("general.alignment", _ALIGNMENT)
        step = alignment if isinstance(alignment, int) and alignment > 0 else _ALIGNMENT
        return GgufHeader(fields=fields, size=-(-self._file.tell() // step) * step + end)

    def _tensor(self) -> int:
        """Return where a tensor ends, counted from where the first one begins."""
        self._text()
        if (dimensions := int(self._scalar(4))) > _MOST_DIMENSIONS:
            raise GgufError(f"{dimensions} dimensions")
        sizes = [int(self._scalar(10)) for _ in range(dimensions)]
        kind, offset = int(self._scalar(4)), int(self._scalar(10))
        # Whether a type that is newer than this table can be run is for llama.cpp to say.
        values, size = _BLOCKS.get(kind, (1, 0))
        return offset + prod(sizes) // values * size

    def _value(self, kind: int) -> Field | None:
        if kind == _STRING:
            return self._text()
        if kind == _LIST:
            return self._list()
        return self._scalar(kind)

    def _list(self) -> Field | None:
        kind, count = int(self._scalar(4)), int(self._scalar(10))
        if kind == _STRING:
            for _ in range(count):
                self._skip(int(self._scalar(10)))
            return None
        if kind not in _SCALARS:
            raise GgufError(f"a list of type {kind}")
        if count > _LONGEST_LIST:
            self._skip(count * _SCALARS[kind].size)
            return None
        return tuple(self._scalar(kind) for _ in range(count))

    def _text(self) -> str:
        return self._bytes(int(self._scalar(10))).decode("utf-8", "replace")

    def _scalar(self, kind: int) -> float:
        if kind not in _SCALARS:
            raise GgufError(f"a field of type {kind}")
        value: float = _SCALARS[kind].unpack(self._bytes(_SCALARS[kind].size))[0]
        return value

    def _bytes(self, count: int) -> bytes:
        self._take(count)
        return self._file.read(count)

    def _skip(self, count: int) -> None:
        self._take(count)
        self._file.seek(count, SEEK_CUR)

    def _take(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise GgufError("cut off")
