"""Writes one reply: the likeliest allowed token, again and again, and figures about it."""

import codecs
from collections.abc import Callable, Iterator, Mapping
import math
import time
from typing import TypeVar, TypeVarTuple, Unpack

import numpy as np
from numpy.typing import NDArray

from .automaton import State, Unbounded, forced_run
from .cache import Cache
from .reply import Done, Piece, Sampling, Stats
from .vocabulary import TokenIds, Vocabulary

_Asked = TypeVarTuple("_Asked")
_Answer = TypeVar("_Answer")


class Generation:
    """One reply in the making.

    Args:
        cache: what is evaluated; the prompt's beginning may be there already.
        vocabulary: the tokens of the model.
        start: what the reply may begin with.
        shown: special tokens that are shown, with their texts.
        sampling: how tokens are chosen.
        cancelled: asked between tokens, and while the prompt is evaluated.
        started: when the request began, on ``time.perf_counter``.
        compiled_ms: what compiling the grammar took, in milliseconds.

    """

    def __init__(  # noqa: PLR0913 - all go by their names
        self,
        *,
        cache: Cache,
        vocabulary: Vocabulary,
        start: State | Unbounded,
        shown: Mapping[int, bytes],
        sampling: Sampling,
        cancelled: Callable[[], bool],
        started: float,
        compiled_ms: float = 0.0,
    ) -> None:
        self._cache = cache
        self._vocabulary = vocabulary
        self._start = start
        self._shown = shown
        self._sampling = sampling
        self._random = np.random.default_rng(sampling.seed)
        self._cancelled = cancelled
        self._started = started
        self._grammar_ms = compiled_ms
        self._native_ms, self._batches = cache.native_ms, cache.batches
        # A character may be spread over tokens; what no character can begin with is replaced.
        self._text = codecs.getincrementaldecoder("utf-8")("replace")
        self._generated = self._forced = 0
        self._prompt_ms = self._first_token_ms = 0.0
        self._confidences: list[float] = []

    def run(self, prompt: list[int], limit: int) -> Iterator[Piece | Done]:
        """Evaluate what is new in the prompt and write at most ``limit`` tokens."""
        cached = self._cache.answer(prompt)
        state, pending = self._start, prompt[cached:]
        ended = False
        while not ended:
            forced = self._grammar(_forced, state, limit - self._generated)
            if forced:
                state = forced[-1][1]
                yield from self._say([token for token, _ in forced], forced=True)
                pending += [token for token, _ in forced]
            if state.is_final or self._generated >= limit:
                break
            self._evaluate(pending)
            token = self._choose(self._grammar(state.within, limit - self._generated))
            ended = token in self._vocabulary.ends
            if not ended:
                yield from self._say([token])
                state, pending = self._grammar(_after, state, token), [token]
        if rest := self._text.decode(b"", final=True):
            yield Piece(text=rest)
        yield Done(stats=self._stats(len(prompt), cached, stopped=ended or state.is_final))

    def _evaluate(self, tokens: list[int]) -> None:
        self._cache.append(tokens, cancelled=self._cancelled)
        if not self._prompt_ms:
            self._prompt_ms = self._elapsed_ms()

    def _grammar(self, ask: Callable[[Unpack[_Asked]], _Answer], *args: *_Asked) -> _Answer:
        """Ask what may come next, and count the time that it takes."""
        started = time.perf_counter()
        answer = ask(*args)
        self._grammar_ms += (time.perf_counter() - started) * 1000
        return answer

    def _choose(self, allowed: TokenIds) -> int:
        """Return an allowed token, and note how sure the model is of it."""
        scores = self._cache.logits()[allowed]
        best = int(scores.argmax())
        # Drawing is a matter of taste; how sure the model is of its likeliest token is not.
        self._confidences.append(float(1 / np.exp(scores - scores[best]).sum()))
        if self._sampling.temperature > 0:
            best = draw(scores, self._sampling, self._random)
        return int(allowed[best])

    def _say(self, tokens: list[int], *, forced: bool = False) -> Iterator[Piece]:
        if not self._generated:
            self._first_token_ms = self._elapsed_ms()
        self._generated += len(tokens)
        self._forced += len(tokens) if forced else 0
        pieces = self._vocabulary.pieces
        shown = (self._shown.get(token, pieces[token]) for token in tokens)
        if text := self._text.decode(b"".join(shown)):
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
            grammar_ms=self._grammar_ms,
            decisions=len(confidences),
            confidence_min=min(confidences, default=1.0),
            confidence_mean=sum(confidences) / len(confidences) if confidences else 1.0,
            confidence_product=math.prod(confidences),
            finish="stop" if stopped else "length",
        )


def _forced(state: State | Unbounded, limit: int) -> list[tuple[int, State | Unbounded]]:
    return list(forced_run(state, limit))


def _after(state: State | Unbounded, token: int) -> State | Unbounded:
    return state.advance(token)


def draw(scores: NDArray[np.single], sampling: Sampling, random: np.random.Generator) -> int:
    """Return the place of a score, drawn by the probabilities that the scores stand for.

    Source: Holtzman et al., The Curious Case of Neural Text Degeneration, arXiv:1904.09751.
    """
    likeliest = np.argsort(scores)[::-1]
    scaled = scores[likeliest].astype(np.double) / sampling.temperature
    shares = np.exp(scaled - scaled[0])
    shares /= shares.sum()
    # The first that reaches the share belongs to it.
    kept = int(np.searchsorted(np.cumsum(shares), sampling.top_p)) + 1
    kept = min(kept, len(shares))
    return int(likeliest[random.choice(kept, p=shares[:kept] / shares[:kept].sum())])
