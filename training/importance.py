"""How much the parts of a trained model matter: the measures by which ``prune.py`` decides.

A head or a neuron matters as much as the loss of a request would change without it, to first order:
the activation a, which is gated by 1, times the gradient of the loss by it, summed over the tokens
of the request: ``I = mean over requests of |sum over tokens of a · dL/da|``. For a head, the dot
product goes over its channels, too. Layers matter as much as they turn the residual stream:
``1 - mean over tokens of cos(input, output)``.

Sources: Michel et al. 2019 (Are Sixteen Heads Really Better than One?, arXiv:1905.10650) for heads;
Molchanov et al. 2017 (arXiv:1611.06440) and 2019 (arXiv:1906.10771) for neurons; Men et al. 2024
(ShortGPT, arXiv:2403.03853) for layers.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
import ctypes
from pathlib import Path
import random
from typing import Any, ClassVar

from llama_cpp import _ggml, llama_cpp
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from home_llm_engine.model import default_threads
from training.chat_files import read_chats
from training.errors import TrainingError
from training.gguf_chats import encode_chats, opened
from training.quantization import Importance

_LONGEST = 4096
"""Tokens of a request that are read; what comes after them is left out."""

_BATCH = 512
_FLOAT32 = 0


class _Tensor(ctypes.Structure):
    """``ggml_tensor``, as far as its name: its type, its shape and strides, and its operands."""

    _fields_: ClassVar[Any] = [
        ("type", ctypes.c_int),
        ("buffer", ctypes.c_void_p),
        ("ne", ctypes.c_int64 * 4),
        ("nb", ctypes.c_size_t * 4),
        ("op", ctypes.c_int),
        ("op_params", ctypes.c_int32 * 16),
        ("flags", ctypes.c_int32),
        ("src", ctypes.c_void_p * 10),
        ("view_src", ctypes.c_void_p),
        ("view_offs", ctypes.c_size_t),
        ("data", ctypes.c_void_p),
        ("name", ctypes.c_char * 64),
    ]


_op_name = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_int)(("ggml_op_name", _ggml.libggml))
_nbytes = ctypes.CFUNCTYPE(ctypes.c_size_t, ctypes.c_void_p)(("ggml_nbytes", _ggml.libggml))
_get_name = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)(("ggml_get_name", _ggml.libggml))
_read = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t)(
    ("ggml_backend_tensor_get", _ggml.libggml)
)


class Collector:
    """Sums up the squared inputs of matrices while llama.cpp runs.

    Raises:
        TrainingError: this version of llama.cpp has another ``ggml_tensor``.

    """

    def __init__(self) -> None:
        probe = _Tensor()
        address = ctypes.addressof(probe)
        if _get_name(address) != address + _Tensor.name.offset:
            raise TrainingError("this version of llama.cpp lays out its tensors in another way")
        self._product = next(op for op in range(256) if _op_name(op) == b"MUL_MAT")
        self._sums: dict[str, NDArray[np.float64]] = {}
        self._rows: dict[str, int] = {}
        self.callback = llama_cpp.ggml_backend_sched_eval_callback(self._see)

    def means(self) -> dict[str, NDArray[np.float32]]:
        """Return the mean of the squared inputs of each matrix, ``(columns,)``, by its name."""
        sums = self._sums.items()
        return {name: (total / self._rows[name]).astype(np.float32) for name, total in sums}

    def _see(self, address: int, ask: bool, _: object) -> bool:  # noqa: FBT001 - llama.cpp's order
        """Tell whether an operation is looked at (before it), or look at it (after it)."""
        result = _Tensor.from_address(address)
        if result.op != self._product:
            return not ask
        matrix, inputs = (_Tensor.from_address(result.src[number]) for number in (0, 1))
        name = _weight_name(matrix)
        if ask:
            is_matrix = matrix.ne[2] == matrix.ne[3] == 1 and inputs.type == _FLOAT32
            return is_matrix and name.startswith("blk.") and name.endswith(".weight")
        values = _values(inputs)  # (3rd, 2nd, tokens, columns)
        squares = np.einsum("abtc,abtc->c", values, values, dtype=np.float64)
        self._sums[name] = self._sums.get(name, 0.0) + squares
        self._rows[name] = self._rows.get(name, 0) + values[..., 0].size
        return True


def _weight_name(tensor: _Tensor) -> str:
    """Return a tensor's name without what the scheduler adds: ``CUDA0#NAME#0``."""
    parts = bytes(tensor.name).decode("utf-8", "replace").split("#")
    return parts[1] if len(parts) > 1 else parts[0]


def _values(tensor: _Tensor) -> NDArray[np.float32]:
    """Return a copy of a tensor's values, wherever they are, with the columns last."""
    buffer = np.empty(_nbytes(ctypes.addressof(tensor)), dtype=np.uint8)
    _read(ctypes.addressof(tensor), buffer.ctypes.data, 0, buffer.nbytes)
    shape, strides = reversed(tuple(tensor.ne)), reversed(tuple(tensor.nb))
    return np.ndarray(tuple(shape), np.float32, buffer, strides=tuple(strides))


def measure_importance(model: Path, data: Path, requests: int, seed: int) -> Importance:
    """Return the mean squared inputs of a model's matrices on requests and their replies.

    Args:
        model: GGUF file that is not quantized; requests are written in the format that it names,
            in ChatML if it names none.
        data: file of requests (``training/chat_files.py``).
        requests: how many of them, drawn at random; all, if there are no more.
        seed: of that draw.

    Raises:
        TrainingError: the model or the data cannot be read, or llama.cpp cannot run the model.

    """
    chats = read_chats(data)
    chosen = random.Random(seed).sample(chats, min(requests, len(chats)))
    collector = Collector()
    with opened(model) as loaded:
        encoded = encode_chats(loaded, chosen)
        with _context(loaded, collector, default_threads(model.stat().st_size)) as context:
            for ids in tqdm(encoded, unit=" requests", desc="importance", disable=None):
                _evaluate(context, [*ids.prompt, *ids.reply])
    columns = collector.means()
    if not columns:
        raise TrainingError(f"{model} has no matrices whose inputs can be measured")
    return Importance(columns=columns, dataset=data.name, requests=len(chosen))


@contextmanager
def _context(
    loaded: llama_cpp.llama_model_p, collector: Collector, threads: int
) -> Iterator[llama_cpp.llama_context_p]:
    params = llama_cpp.llama_context_default_params()
    params.n_ctx = min(_LONGEST, llama_cpp.llama_model_n_ctx_train(loaded))
    params.n_batch = params.n_ubatch = min(_BATCH, params.n_ctx)
    params.n_threads = params.n_threads_batch = threads
    params.cb_eval = collector.callback
    context = llama_cpp.llama_init_from_model(loaded, params)
    if context is None:
        raise TrainingError("there is not enough memory to run the model")
    try:
        yield context
    finally:
        llama_cpp.llama_free(context)


def _evaluate(context: llama_cpp.llama_context_p, tokens: Sequence[int]) -> None:
    """Run one request from its first token on, all of its tokens through all of the layers."""
    llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), True)  # noqa: FBT003
    size = llama_cpp.llama_n_batch(context)
    batch = llama_cpp.llama_batch_init(size, 0, 1)
    try:
        for first in range(0, min(len(tokens), llama_cpp.llama_n_ctx(context)), size):
            part = tokens[first : min(first + size, llama_cpp.llama_n_ctx(context))]
            batch.n_tokens = len(part)
            for index, token in enumerate(part):
                batch.token[index], batch.pos[index] = token, first + index
                batch.n_seq_id[index], batch.seq_id[index][0] = 1, 0
                # The last layer runs only where logits are wanted.
                batch.logits[index] = True
            if status := llama_cpp.llama_decode(context, batch):
                raise TrainingError(f"llama.cpp could not run the model: {status}")
    finally:
        llama_cpp.llama_batch_free(batch)
