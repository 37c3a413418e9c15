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
from .sequences import MOST_SEQUENCES, Sequences
from .threads import Threads

BATCH = 128
"""Tokens evaluated at a time. More is not faster on a CPU, but takes more memory."""

_NO_ROOM, _ABORTED = 1, 2


def never() -> bool:
    """Return that a request was not cancelled."""
    return False


class Cache:
    """What is evaluated, and where more is appended to it.

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
        # What sequences share is kept once, and they share the room.
        params.n_seq_max, params.kv_unified = MOST_SEQUENCES, True
        # One is needed, but llama.cpp plans with one for each sequence.
        params.n_outputs_max = MOST_SEQUENCES
        params.n_threads = params.n_threads_batch = n_threads
        # Flash attention reads a third faster, but writes a third slower: replies matter more.
        params.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED
        params.no_perf = True
        context = llama_cpp.llama_init_from_model(model, params)
        if context is None:
            raise OutOfMemoryError(f"no context of {n_ctx} tokens: {recent_errors()}")
        self._context = context
        self.threads = Threads(context, n_threads)
        self._sequences = Sequences(llama_cpp.llama_get_memory(context))
        self._batch = llama_cpp.llama_batch_init(BATCH, 0, 1)
        for index in range(BATCH):
            self._batch.n_seq_id[index] = 1
        self._n_vocab = n_vocab
        self._cancelled: Callable[[], bool] = never
        # Kept here because llama.cpp holds only its address.
        self._abort = llama_cpp.ggml_abort_callback(lambda _: self._cancelled())
        self.batches = 0
        """How often llama.cpp was asked to evaluate tokens."""
        self.native_ms = 0.0
        """How long that took, in milliseconds."""

    def restore(self, saved: SavedPrefix) -> list[int]:
        """Take what was saved as prepared, and return its tokens."""
        tokens = saved.restore(self._context, llama_cpp.llama_n_ctx(self._context))
        if tokens:
            self._sequences.home.tokens += tokens
        else:
            self.clear()
        return tokens

    def save(self, saved: SavedPrefix, tokens: Sequence[int]) -> bool:
        """Save what is evaluated of ``tokens``, which were prepared; return whether it was."""
        self._sequences.cut(self.prepare(tokens))
        return saved.save(self._context, self._sequences.home.tokens)

    def close(self) -> None:
        """Free the memory."""
        llama_cpp.llama_batch_free(self._batch)
        llama_cpp.llama_free(self._context)

    def clear(self) -> None:
        """Forget everything."""
        self._sequences.clear()

    def prepare(self, tokens: Sequence[int]) -> int:
        """Begin a home, and return how many of its tokens are evaluated."""
        return self._sequences.prepare(tokens)

    def answer(self, prompt: Sequence[int]) -> int:
        """Begin a reply, and return how many tokens of its prompt are evaluated: never all."""
        return self._sequences.answer(prompt)

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
        current = self._sequences.current
        batch, count, start = self._batch, len(tokens), len(current.tokens)
        batch.n_tokens = count
        for index, token in enumerate(tokens):
            batch.seq_id[index][0] = current.id
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
            while status == _NO_ROOM and self._sequences.make_room():
                status = llama_cpp.llama_decode(self._context, batch)
        if interruptible:
            no_callback = llama_cpp.ggml_abort_callback()
            llama_cpp.llama_set_abort_callback(self._context, no_callback, ctypes.c_void_p())
        if status:
            self._sequences.cut(start)
            raise (
                RequestCancelledError if status == _ABORTED else InternalError(f"decode: {status}")
            )
        current.tokens.extend(tokens)
