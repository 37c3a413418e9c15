"""Writes one reply: the likeliest allowed token, again and again, and figures about it.

Where a reply may be speech or something else (a call), the likeliest token alone is a bad judge: a
model that is rather sure that something is to be done, but not what, would do anything. So a call,
once it is complete, is given only if it is at least as likely, as a whole, as all speech together.
"""

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
import math
import time

import numpy as np

from .automaton import CompiledGrammar, State, forced_run
from .cache import Cache
from .reply import Done, Piece, Stats
from .vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True)
class _Fork:
    """A place where a reply could have been speech from there on, and is something else so far.

    Args:
        state: of the grammar.
        written: tokens of the reply up to there.
        forced: how many of them were forced.
        decisions: how often the model had chosen.
        speech: the probability of all speech.

    """

    state: State
    written: int
    forced: int
    decisions: int
    speech: float


class Generation:
    """One reply in the making.

    Args:
        cache: what is evaluated; the prompt's beginning may be there already.
        vocabulary: the tokens of the model.
        grammar: what the reply may be.
        cancelled: asked between tokens, and while the prompt is evaluated.
        started: when the request began, on ``time.perf_counter``.

    """

    def __init__(
        self,
        *,
        cache: Cache,
        vocabulary: Vocabulary,
        grammar: CompiledGrammar,
        cancelled: Callable[[], bool],
        started: float,
    ) -> None:
        self._cache = cache
        self._vocabulary = vocabulary
        self._grammar = grammar
        self._cancelled = cancelled
        self._started = started
        self._native_ms, self._batches = cache.native_ms, cache.batches
        # A character may be spread over tokens; what no character can begin with is replaced.
        self._text = codecs.getincrementaldecoder("utf-8")("replace")
        self._written: list[int] = []
        self._forced = 0
        self._prompt_ms = self._first_token_ms = 0.0
        self._confidences: list[float] = []
        self._fork: _Fork | None = None
        self._speaks_only = False

    def run(self, prompt: list[int], limit: int) -> Iterator[Piece | Done]:
        """Evaluate what is new in the prompt and write at most ``limit`` tokens."""
        cached = self._cache.keep(prompt[:-1])
        state, pending = self._grammar.start, prompt[cached:]
        held: list[Piece] = []
        ended = False
        while not ended:
            forced = list(forced_run(state, limit - len(self._written)))
            if forced:
                state = forced[-1][1]
                held += self._say([token for token, _ in forced], forced=True)
                pending += [token for token, _ in forced]
            if self._fork is not None and (state.is_fork or state.is_speech):
                if self._is_unlikely(self._fork):
                    held, state = [], self._fork.state
                    pending = self._back_to(self._fork, prompt)
                self._fork = None
            if self._fork is None:
                yield from held
                held = []
            if state.is_final or len(self._written) >= limit:
                break
            self._evaluate(pending)
            token = self._choose(state)
            ended = token in self._grammar.ends
            if not ended:
                held += self._say([token])
                state, pending = state.advance(token), [token]
        yield from held
        if rest := self._text.decode(b"", final=True):
            yield Piece(text=rest)
        yield Done(stats=self._stats(len(prompt), cached, stopped=ended or state.is_final))

    def _evaluate(self, tokens: list[int]) -> None:
        self._cache.append(tokens, cancelled=self._cancelled)
        if not self._prompt_ms:
            self._prompt_ms = self._elapsed_ms()

    def _choose(self, state: State) -> int:
        """Return the likeliest allowed token, and note how sure the model is where it matters."""
        allowed = self._grammar.speech if self._speaks_only else state.allowed
        scores = self._cache.logits()[allowed]
        best = int(scores.argmax())
        token = int(allowed[best])
        if not (state.is_speech and self._grammar.is_bounded):
            shares = np.exp(scores - scores[best])
            if state.is_fork and token not in self._grammar.speech_tokens:
                speech = shares[np.isin(allowed, self._grammar.speech)].sum() / shares.sum()
                self._fork = _Fork(
                    state=state,
                    written=len(self._written),
                    forced=self._forced,
                    decisions=len(self._confidences),
                    speech=float(speech),
                )
            self._confidences.append(1 / float(shares.sum()))
        return token

    def _is_unlikely(self, fork: _Fork) -> bool:
        """Return whether what was written since is less likely than that it were speech."""
        return math.prod(self._confidences[fork.decisions :]) < fork.speech

    def _back_to(self, fork: _Fork, prompt: list[int]) -> list[int]:
        """Forget what was written since, say nothing but speech, and return what to evaluate."""
        self._speaks_only = True
        self._forced = fork.forced
        del self._written[fork.written :], self._confidences[fork.decisions :]
        self._text.reset()
        tokens = prompt + self._written
        return tokens[self._cache.keep(tokens[:-1]) :]

    def _say(self, tokens: list[int], *, forced: bool = False) -> list[Piece]:
        if not self._first_token_ms:
            self._first_token_ms = self._elapsed_ms()
        self._written += tokens
        self._forced += len(tokens) if forced else 0
        pieces = self._vocabulary.pieces
        text = self._text.decode(b"".join(pieces[token] for token in tokens))
        return [Piece(text=text)] if text else []

    def _elapsed_ms(self) -> float:
        return (time.perf_counter() - self._started) * 1000

    def _stats(self, prompt_tokens: int, cached: int, *, stopped: bool) -> Stats:
        confidences = self._confidences
        return Stats(
            prompt_tokens=prompt_tokens,
            cached_tokens=cached,
            evaluated_tokens=prompt_tokens - cached,
            prompt_ms=self._prompt_ms,
            generated_tokens=len(self._written),
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
