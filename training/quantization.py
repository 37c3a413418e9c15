"""A GGUF file in fewer bits, by llama.cpp, and what such a file really holds.

The K-quantizations work on blocks of 256 weights of a row. A matrix whose rows cannot be cut so
gets another type from llama.cpp, a larger one (Q5_0 for Q4_K, Q5_1 for Q5_K, Q8_0 for Q6_K). So do
most matrices of our own small models, which have 192 columns; of their output matrix, which is that
of the embeddings, it makes Q8_0 in any case.

Source: llama.cpp, src/llama-quant.cpp (tensor_type_fallback) and tools/quantize.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
import ctypes
from dataclasses import dataclass
from pathlib import Path
import re

from gguf import GGUFReader
from llama_cpp import llama_cpp
import numpy as np
from numpy.typing import NDArray

from training.errors import TrainingError

QUANTIZATIONS = {
    "q8_0": llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0,
    "q6_k": llama_cpp.LLAMA_FTYPE_MOSTLY_Q6_K,
    "q5_k_m": llama_cpp.LLAMA_FTYPE_MOSTLY_Q5_K_M,
    "q4_k_m": llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_K_M,
    "q4_0": llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_0,
}

# Source: enum ggml_log_level in ggml.h; llama_cpp has no names for it.
_WARNING, _ERROR, _CONTINUED = 3, 4, 5

_FALLBACK = re.compile(r"warning: (\S+) +- ncols .+? \(required for type +(\S+)\)")


@dataclass(frozen=True, kw_only=True)
class Importance:
    """How much each input of each matrix weighs.

    Args:
        columns: by the name of the matrix, the mean of its squared inputs, ``(columns,)``.
        dataset: name of the file that the inputs come from.
        requests: of that file, how many.

    """

    columns: Mapping[str, NDArray[np.float32]]
    dataset: str
    requests: int


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a GGUF file holds.

    Args:
        size: of the file, in bytes.
        parameters: number of weights.
        bits: bits per weight, without metadata and tokenizer.
        matrices: by name, their types; other tensors are never quantized.

    """

    size: int
    parameters: int
    bits: float
    matrices: Mapping[str, str]

    @property
    def types(self) -> str:
        """How many matrices are of which type, as text, the most frequent first."""
        counts = Counter(self.matrices.values()).most_common()
        return ", ".join(f"{count} {name}" for name, count in counts)


def read_contents(file: Path) -> Contents:
    """Return what a GGUF file holds.

    Raises:
        TrainingError: it cannot be read.

    """
    try:
        tensors = GGUFReader(file).tensors
    except (OSError, ValueError, KeyError) as err:
        raise TrainingError(f"{file} is no GGUF file that can be read") from err
    parameters = sum(int(tensor.n_elements) for tensor in tensors)
    return Contents(
        size=file.stat().st_size,
        parameters=parameters,
        bits=8 * sum(int(tensor.n_bytes) for tensor in tensors) / max(parameters, 1),
        matrices={each.name: each.tensor_type.name for each in tensors if len(each.shape) > 1},
    )


def quantize(
    source: Path, out: Path, quantization: str, importance: Importance | None = None
) -> dict[str, str]:
    """Write a GGUF file in fewer bits, as a whole or not at all.

    Args:
        source: a file that is not quantized.
        out: the file to write.
        quantization: a key of ``QUANTIZATIONS``.
        importance: what the rounding minds; it is noted in the metadata, as llama.cpp's own
            program does. Q8_0 makes no use of it.

    Returns:
        The matrices that fell back, by name, each with the type that it could not have.

    Raises:
        TrainingError: llama.cpp cannot do it.

    """
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = QUANTIZATIONS[quantization]
    if importance is not None:
        params.imatrix = _matrices(importance)
        params.kv_overrides = _notes(importance)
    partial = out.with_name(f".partial-{out.name}")
    with _log() as log:
        status = llama_cpp.llama_model_quantize(
            str(source).encode(), str(partial).encode(), ctypes.byref(params)
        )
    if status:
        partial.unlink(missing_ok=True)
        reasons = [text for level, text in log if level == _ERROR]
        reason = " ".join(reasons[-1].split()) if reasons else "no message"
        raise TrainingError(f"llama.cpp could not write {source} as {quantization}: {reason}")
    partial.replace(out)
    fallbacks = _FALLBACK.findall("".join(text for _, text in log))
    return {name: wanted.upper() for name, wanted in fallbacks}


def _matrices(importance: Importance) -> ctypes.Array[llama_cpp.llama_model_imatrix_data]:
    """Return the importance as llama.cpp takes it: an array that ends with an empty entry."""
    array = (llama_cpp.llama_model_imatrix_data * (len(importance.columns) + 1))()
    for entry, (name, columns) in zip(array, importance.columns.items(), strict=False):
        values = (ctypes.c_float * len(columns))(*columns.tolist())
        entry.name, entry.data, entry.size = name.encode(), values, len(columns)
    return array


def _notes(importance: Importance) -> ctypes.Array[llama_cpp.llama_model_kv_override]:
    """Return what the file will say about its importance matrix, by llama.cpp's keys."""
    notes: Sequence[tuple[str, str | int]] = (
        ("dataset", importance.dataset),
        ("entries_count", len(importance.columns)),
        ("chunks_count", importance.requests),
    )
    array = (llama_cpp.llama_model_kv_override * (len(notes) + 1))()
    for entry, (key, value) in zip(array, notes, strict=False):
        entry.key = f"quantize.imatrix.{key}".encode()
        if isinstance(value, str):
            entry.tag = llama_cpp.LLAMA_KV_OVERRIDE_TYPE_STR
            entry.value.val_str = value.encode()[:127]
        else:
            entry.tag = llama_cpp.LLAMA_KV_OVERRIDE_TYPE_INT
            entry.value.val_i64 = value
    return array


@contextmanager
def _log() -> Iterator[list[tuple[int, str]]]:
    """Take llama.cpp's log: pairs of level and text, from warnings on."""
    kept: list[tuple[int, str]] = []
    level = 0

    def take(new_level: int, text: bytes, _: object) -> None:
        nonlocal level
        level = level if new_level == _CONTINUED else new_level
        if level >= _WARNING:
            kept.append((level, text.decode("utf-8", "replace")))

    ours = llama_cpp.llama_log_callback(take)
    before, data = llama_cpp.llama_log_callback(), ctypes.c_void_p()
    llama_cpp.llama_log_get(ctypes.byref(before), ctypes.byref(data))
    llama_cpp.llama_log_set(ours, ctypes.c_void_p())
    try:
        yield kept
    finally:
        llama_cpp.llama_log_set(before, data)
