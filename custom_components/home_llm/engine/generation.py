"""Writes one reply: the likeliest allowed token, again and again, and figures about it."""

import codecs
from collections.abc import Callable, Iterator
import time

import numpy as np

from .automaton import State, Unbounded, forced_run
from .cache import Cache
from .reply import Done, Piece, Stats
from .vocabulary import Vocabulary


class Generation:
    """One reply in the making.

    Args:
        cache: what is evaluated; the prompt's beginning may be there already.
        vocabulary: the tokens of the model.
        start: what the reply may begin with.
        cancelled: asked between tokens, and while the prompt is evaluated.
        started: when the request began, on ``time.perf_counter``.

    """

    def __init__(
        self,
        *,
        cache: Cache,
        vocabulary: Vocabulary,
        start: State | Unbounded,
        cancelled: Callable[[], bool],
        started: float,
    ) -> None:
        self._cache = cache
        self._vocabulary = vocabulary
        self._start = start
        self._cancelled = cancelled
        self._started = started
        self._native_ms, self._batches = cache.native_ms, cache.batches
        # A character may be spread over tokens; what no character can begin with is replaced.
        self._text = codecs.getincrementaldecoder("utf-8")("replace")
        self._generated = self._forced = 0
        self._prompt_ms = self._first_token_ms = 0.0
        self._confidences: list[float] = []

    def run(self, prompt: list[int], limit: int) -> Iterator[Piece | Done]:
        """Evaluate what is new in the prompt and write at most ``limit`` tokens."""
        cached = self._cache.keep(prompt[:-1])
        state, pending = self._start, prompt[cached:]
        ended = False
        while not ended:
            forced = list(forced_run(state, limit - self._generated))
            if forced:
                state = forced[-1][1]
                yield from self._say([token for token, _ in forced], forced=True)
                pending += [token for token, _ in forced]
            if state.is_final or self._generated >= limit:
                break
            self._evaluate(pending)
            token = self._choose(state)
            ended = token in self._vocabulary.ends
            if not ended:
                yield from self._say([token])
                state, pending = state.advance(token), [token]
        if rest := self._text.decode(b"", final=True):
            yield Piece(text=rest)
        yield Done(stats=self._stats(len(prompt), cached, stopped=ended or state.is_final))

    def _evaluate(self, tokens: list[int]) -> None:
        self._cache.append(tokens, cancelled=self._cancelled)
        if not self._prompt_ms:
            self._prompt_ms = self._elapsed_ms()

    def _choose(self, state: State | Unbounded) -> int:
        """Return the likeliest allowed token, and note how sure the model is of it."""
        scores = self._cache.logits()[state.allowed]
        best = int(scores.argmax())
        self._confidences.append(float(1 / np.exp(scores - scores[best]).sum()))
        return int(state.allowed[best])

    def _say(self, tokens: list[int], *, forced: bool = False) -> Iterator[Piece]:
        if not self._generated:
            self._first_token_ms = self._elapsed_ms()
        self._generated += len(tokens)
        self._forced += len(tokens) if forced else 0
        pieces = self._vocabulary.pieces
        if text := self._text.decode(b"".join(pieces[token] for token in tokens)):
            yield Piece(text=text)

    def _elapsed_ms(self) -> float:
        return (time.perf_counter() - self._started) * 1000

    def _stats(self, prompt_tokens: int, cached: int, *, stopped: bool) -> Stats:
        confidences = self._confidences
        return Stats(
            prompt_tokens=prompt_tokens,
            cached_tokens=cached,
            evaluated_tokens=prompt_tokens - cached,
            prompt_ms=self._prompt_ms,
            generated_tokens=self._generated,
            forced_tokens=self._forced,
            first_token_ms=self._first_token_ms,
            total_ms=self._elapsed_ms(),
            batches=self._cache.batches - self._batches,
            native_ms=self._cache.native_ms - self._native_ms,
            decisions=len(confidences),
            confidence_min=min(confidences, default=1.0),
            confidence_mean=sum(confidences) / len(confidences) if confidences else 1.0,
            finish="stop" if stopped else "length",
        )
