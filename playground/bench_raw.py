"""llama.cpp by itself, without anything of ours: what it needs for as many tokens.

Prompt and reply are made up, since the time that a token takes does not depend on which it is. The
reply is written token by token by llama.cpp's own greedy sampler, and its settings are its own
unless a measurement asks for others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
import time
from types import MappingProxyType, TracebackType
from typing import Self

from llama_cpp import llama_cpp

from home_llm_engine.gguf import load

from .bench_table import Cell

_FIRST_ORDINARY = 300


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How llama.cpp evaluates.

    Args:
        threads: threads that evaluate.
        flash: whether attention is computed in one go; llama.cpp decides if it is not said.
        kv_type: how keys and values are kept: ``f16`` or ``q8_0``.
        batch: tokens evaluated at a time.

    """

    threads: int = 1
    flash: bool | None = None
    kv_type: str = "f16"
    batch: int = 512


OURS = Settings(threads=1, flash=False, batch=128)
"""As ``engine.cache`` has them."""

PROMPTS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"a sentence": (8, 20), "a home": (800, 20)}
)
"""Tokens of the prompt, and of the reply."""


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What a request took.

    Args:
        read_ms: for the prompt.
        write_ms: for the reply.

    """

    read_ms: float
    write_ms: float

    @property
    def total_ms(self) -> float:
        """The whole time."""
        return self.read_ms + self.write_ms


def median_of(spent: Sequence[Spent]) -> Spent:
    """Return the medians of some requests."""
    return Spent(
        read_ms=median(one.read_ms for one in spent),
        write_ms=median(one.write_ms for one in spent),
    )


def beside(spent: Spent, other: Spent) -> dict[str, Cell]:
    """Return the columns of a table: times, and as multiples of another request's."""
    return {
        "read ms": spent.read_ms,
        "write ms": spent.write_ms,
        "x read": spent.read_ms / other.read_ms,
        "x write": spent.write_ms / other.write_ms,
    }


_FLASH = {
    None: llama_cpp.LLAMA_FLASH_ATTN_TYPE_AUTO,
    True: llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED,
    False: llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED,
}
_KV_TYPES = {"f16": llama_cpp.GGML_TYPE_F16, "q8_0": llama_cpp.GGML_TYPE_Q8_0}


class Raw:
    """A model in llama.cpp's hands alone; ``with`` frees it.

    Args:
        path: the GGUF file.
        settings: how llama.cpp evaluates.

    Raises:
        MemoryError: llama.cpp makes no context with these settings.

    """

    def __init__(self, path: Path, settings: Settings) -> None:
        self._model = load(path)
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = 4096
        params.n_batch = params.n_ubatch = settings.batch
        params.n_threads = params.n_threads_batch = settings.threads
        params.flash_attn_type = _FLASH[settings.flash]
        params.type_k = params.type_v = _KV_TYPES[settings.kv_type]
        params.no_perf = True
        context = llama_cpp.llama_init_from_model(self._model, params)
        if context is None:
            raise MemoryError(f"no context with {settings}")
        self._context = context
        self._batch = settings.batch
        self._sampler = llama_cpp.llama_sampler_init_greedy()
        vocabulary = llama_cpp.llama_model_get_vocab(self._model)
        self._ordinary = llama_cpp.llama_vocab_n_tokens(vocabulary) - _FIRST_ORDINARY

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        llama_cpp.llama_sampler_free(self._sampler)
        llama_cpp.llama_free(self._context)
        llama_cpp.llama_model_free(self._model)

    def answer(self, prompt: int, written: int, *, known: int = 0) -> Spent:
        """Read and write so many tokens.

        Args:
            prompt: tokens of the prompt.
            written: tokens of the reply.
            known: those at the beginning of the prompt that are evaluated already.

        """
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self._context), False)  # noqa: FBT003 - C
        ids = [_FIRST_ORDINARY + 7 * place % self._ordinary for place in range(prompt)]
        self._evaluate(ids[:known])
        started = time.perf_counter()
        self._evaluate(ids[known:])
        read = time.perf_counter()
        for _ in range(written):
            self._evaluate([llama_cpp.llama_sampler_sample(self._sampler, self._context, -1)])
        done = time.perf_counter()
        return Spent(read_ms=(read - started) * 1000, write_ms=(done - read) * 1000)

    def _evaluate(self, tokens: Sequence[int]) -> None:
        for first in range(0, len(tokens), self._batch):
            part = tokens[first : first + self._batch]
            ids = (llama_cpp.llama_token * len(part))(*part)
            status = llama_cpp.llama_decode(
                self._context, llama_cpp.llama_batch_get_one(ids, len(part))
            )
            if status:
                message = f"llama_decode: {status}"
                raise RuntimeError(message)
