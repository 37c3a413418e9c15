"""What a model has evaluated: the keys and values of a prefix, and the logits after its end."""

from collections.abc import Callable, Sequence
import ctypes
import time

from llama_cpp import llama_cpp
import numpy as np
from numpy.typing import NDArray

from .errors import InternalError, OutOfMemoryError, RequestCancelledError
from .log import recent_errors
from .saved import SavedPrefix
from .threads import Threads

BATCH = 128
"""Tokens evaluated at a time. More is not faster on a CPU, but takes more memory."""

_ABORTED = 2
_SEQUENCE = 0
_WITH_DATA = True


def never() -> bool:
    """Return that a request was not cancelled."""
    return False


class Cache:
    """One sequence of evaluated tokens.

    Args:
        model: llama.cpp's model; it must outlive this object.
        n_ctx: tokens that fit.
        n_vocab: the number of logits.
        n_threads: threads that evaluate when the machine is idle.

    Raises:
        OutOfMemoryError: the memory for ``n_ctx`` tokens cannot be had.

    """

    def __init__(
        self, model: llama_cpp.llama_model_p, *, n_ctx: int, n_vocab: int, n_threads: int
    ) -> None:
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = n_ctx
        params.n_batch = params.n_ubatch = BATCH
        params.n_outputs_max = 1
        params.n_threads = params.n_threads_batch = n_threads
        # Flash attention reads a third faster, but writes a third slower: replies matter more.
        params.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED
        params.no_perf = True
        context = llama_cpp.llama_init_from_model(model, params)
        if context is None:
            raise OutOfMemoryError(f"no context of {n_ctx} tokens: {recent_errors()}")
        self._context = context
        self.threads = Threads(context, n_threads)
        self._memory = llama_cpp.llama_get_memory(context)
        self._batch = llama_cpp.llama_batch_init(BATCH, 0, 1)
        for index in range(BATCH):
            self._batch.n_seq_id[index] = 1
            self._batch.seq_id[index][0] = _SEQUENCE
        self._n_vocab = n_vocab
        self._tokens: list[int] = []
        self._cancelled: Callable[[], bool] = never
        # Kept here because llama.cpp holds only its address.
        self._abort = llama_cpp.ggml_abort_callback(lambda _: self._cancelled())
        self.batches = 0
        """How often llama.cpp was asked to evaluate tokens."""
        self.native_ms = 0.0
        """How long that took, in milliseconds."""

    def restore(self, saved: SavedPrefix) -> list[int]:
        """Take what was saved as evaluated, and return its tokens."""
        self._tokens = saved.restore(self._context, llama_cpp.llama_n_ctx(self._context))
        if not self._tokens:
            llama_cpp.llama_memory_clear(self._memory, _WITH_DATA)
        return list(self._tokens)

    def save(self, saved: SavedPrefix, tokens: Sequence[int]) -> bool:
        """Forget all but ``tokens``, save what is evaluated of them, and return whether it was."""
        self.keep(tokens)
        return saved.save(self._context, self._tokens)

    def close(self) -> None:
        """Free the memory."""
        llama_cpp.llama_batch_free(self._batch)
        llama_cpp.llama_free(self._context)

    def common(self, tokens: Sequence[int]) -> int:
        """Return how many of ``tokens``, from the first on, are evaluated."""
        longest = min(len(tokens), len(self._tokens))
        return next((i for i in range(longest) if tokens[i] != self._tokens[i]), longest)

    def keep(self, tokens: Sequence[int]) -> int:
        """Drop what is not the beginning of ``tokens`` and return how many of them stay."""
        self._cut(self.common(tokens))
        return len(self._tokens)

    def append(
        self,
        tokens: Sequence[int],
        *,
        logits: bool = True,
        cancelled: Callable[[], bool] = never,
    ) -> None:
        """Evaluate ``tokens`` after what is there.

        Args:
            tokens: ids.
            logits: whether ``logits`` will be called.
            cancelled: asked while it goes on.

        Raises:
            RequestCancelledError: ``cancelled`` returned true; whole batches stay evaluated.
            InternalError: llama.cpp failed.

        """
        started = time.perf_counter()
        try:
            for first in range(0, len(tokens), BATCH):
                last = first + BATCH >= len(tokens)
                if cancelled():
                    raise RequestCancelledError
                self._decode(
                    tokens[first : first + BATCH], logits=logits and last, cancelled=cancelled
                )
        finally:
            self.native_ms += (time.perf_counter() - started) * 1000

    def logits(self) -> NDArray[np.float32]:
        """Return the logits after the last token, ``(vocabulary,)``; valid until the next token."""
        pointer = llama_cpp.llama_get_logits_ith(self._context, -1)
        if not pointer:
            raise InternalError("no logits")
        return np.ctypeslib.as_array(pointer, shape=(self._n_vocab,))

    def _decode(
        self, tokens: Sequence[int], *, logits: bool, cancelled: Callable[[], bool]
    ) -> None:
        batch, count, start = self._batch, len(tokens), len(self._tokens)
        batch.n_tokens = count
        for index, token in enumerate(tokens):
            batch.token[index] = token
            batch.pos[index] = start + index
            batch.logits[index] = False
        batch.logits[count - 1] = logits
        # A callback for each node of the graph: too often for one token, nothing for many.
        interruptible = count > 1 and cancelled is not never
        if interruptible:
            self._cancelled = cancelled
            llama_cpp.llama_set_abort_callback(self._context, self._abort, ctypes.c_void_p())
        self.batches += 1
        with self.threads.evaluating():
            status = llama_cpp.llama_decode(self._context, batch)
        if interruptible:
            no_callback = llama_cpp.ggml_abort_callback()
            llama_cpp.llama_set_abort_callback(self._context, no_callback, ctypes.c_void_p())
        if status:
            self._cut(start)
            raise (
                RequestCancelledError if status == _ABORTED else InternalError(f"decode: {status}")
            )
        self._tokens.extend(tokens)

    def _cut(self, length: int) -> None:
        """Forget all tokens from ``length`` on; everything, if a part cannot be forgotten."""
        if llama_cpp.llama_memory_seq_rm(self._memory, _SEQUENCE, length, -1):
            del self._tokens[length:]
        else:
            llama_cpp.llama_memory_clear(self._memory, _WITH_DATA)
            self._tokens.clear()
