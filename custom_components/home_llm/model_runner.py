"""Runs a model on this device; what goes wrong becomes a key and a repair issue."""

from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from datetime import datetime
from typing import Any, TypedDict, Unpack

from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.helpers.event import async_call_later

from .core.chat import Segment
from .core.grammar import Grammar
from .engine.client import Engine, EngineSettings
from .engine.errors import EngineError, PromptTooLongError, WorkerDiedError
from .engine.reply import ModelInfo, Piece, Sampling, Segments, Stats
from .errors import ModelError
from .home_prompt import Prompt, segments
from .issues import async_clear_issues, async_report

MINUTE = 60.0
"""Seconds."""


class WritingOptions(TypedDict, total=False):
    """How the engine writes a reply, as ``Engine.generate`` takes it."""

    words: Sequence[str]
    spoken: Collection[str]
    sampling: Sampling
    max_tokens: int
    timeout: float


class ModelRunner:
    """Has the engine run a GGUF file, and frees its memory when nobody speaks.

    Args:
        hass: Home Assistant.
        entry_id: of the entry that it belongs to, for its repair issues.
        settings: how the engine runs it.
        idle_minutes: without a sentence, after which its memory is freed; never, if it is 0.

    Attributes:
        is_resting: whether its memory was freed because nobody spoke.

    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        settings: EngineSettings,
        *,
        idle_minutes: int = 0,
    ) -> None:
        """Run nothing yet."""
        self._hass = hass
        self._entry_id = entry_id
        self._engine = Engine(settings, on_death=self._report)
        self._idle_minutes = idle_minutes
        self._stop_watching: CALLBACK_TYPE | None = None
        self._load_ms = 0.0
        self.is_resting = False

    @property
    def info(self) -> ModelInfo | None:
        """What was loaded; nothing before the first time."""
        return self._engine.info

    @property
    def worker(self) -> int | None:
        """The number of the worker's process, if there is one."""
        return self._engine.pid

    async def async_load(self) -> ModelInfo:
        """Start the worker if it does not run, and return what the model is.

        Raises:
            ModelError: the model cannot be run.

        """
        with self._errors():
            info = await self._engine.start()
        self.is_resting = False
        self._watch_idleness()
        self._load_ms = info.load_ms
        async_clear_issues(self._hass, self._entry_id)
        return info

    async def async_count(self, prompts: Sequence[Prompt]) -> list[int]:
        """Return how many tokens each of some prompts has.

        Raises:
            ModelError: the model cannot be run.

        """
        with self._errors():
            return await self._engine.count(prompts)

    async def write(
        self,
        prompt: Sequence[Segment],
        timings: dict[str, Any],
        *,
        grammar: Grammar | None = None,
        **options: Unpack[WritingOptions],
    ) -> AsyncGenerator[str]:
        """Yield what follows a prompt in pieces, and fill ``timings`` at its end.

        Args:
            prompt: all that the model reads.
            timings: is filled with figures.
            grammar: what may be written; anything, if there is none.
            options: how it is written.

        Raises:
            ModelError: the model cannot be run, or its reply was cut short by an error;
                ``prompt_too_long`` comes before the first piece.

        """
        with self._errors():
            try:
                async for text in self._pieces(segments(prompt), grammar, timings, **options):
                    yield text
            except PromptTooLongError as err:
                # Whoever asked can say less.
                raise ModelError(err.key) from err

    async def _pieces(
        self,
        prompt: Segments,
        grammar: Grammar | None,
        timings: dict[str, Any],
        **options: Unpack[WritingOptions],
    ) -> AsyncGenerator[str]:
        reply = self._engine.generate(
            prompt,
            grammar=grammar.to_dict() if grammar is not None else None,
            grammar_id=grammar.digest if grammar is not None else None,
            **options,
        )
        async with aclosing(reply):
            async for event in reply:
                if isinstance(event, Piece):
                    yield event.text
                else:
                    timings.update(_timings(event.stats, self._load_ms))
                    timings["confidence"] = _confidence(event.stats, is_bound=grammar is not None)

    async def async_close(self) -> None:
        """End the worker and free its memory."""
        stop, self._stop_watching = self._stop_watching, None
        if stop is not None:
            stop()
        await self._engine.close()

    def _watch_idleness(self) -> None:
        """See to it that the model's memory is freed some time after the last sentence."""
        if self._idle_minutes and self._stop_watching is None:
            self._look_again_in(self._idle_minutes * MINUTE)

    def _look_again_in(self, seconds: float) -> None:
        self._stop_watching = async_call_later(self._hass, seconds, self._async_free)

    async def _async_free(self, _now: datetime) -> None:
        left = self._idle_minutes * MINUTE - self._engine.idle_seconds
        if left > 0:
            self._look_again_in(left)
            return
        self._stop_watching = None
        self.is_resting = True
        await self._engine.rest()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn what the engine raises into a key, a line in the log and a repair issue."""
        try:
            yield
        except EngineError as err:
            # The engine tells of deaths itself, also of those that nobody waits for.
            if not isinstance(err, WorkerDiedError):
                self._report(err)
            raise ModelError(err.key) from err

    def _report(self, error: EngineError) -> None:
        async_report(self._hass, self._entry_id, error)


def _timings(stats: Stats, load_ms: float) -> Mapping[str, Any]:
    return {
        "load_ms": round(load_ms, 1),
        "prompt_ms": round(stats.prompt_ms, 1),
        "first_token_ms": round(stats.first_token_ms, 1),
        "total_ms": round(stats.total_ms, 1),
        "native_ms": round(stats.native_ms, 1),
        "tokens": stats.generated_tokens,
        "prompt_tokens": stats.prompt_tokens,
        "cached_tokens": stats.cached_tokens,
        "evaluated_tokens": stats.evaluated_tokens,
        "finish": stats.finish,
    }


def _confidence(stats: Stats, *, is_bound: bool) -> float:
    """Return how sure a model was of its reply (0 to 1).

    Of the few tokens that a grammar leaves open it is the probability of all of them, which tells
    right from wrong best (``script/judge --thresholds``); of free text, which can be said in many
    ways, it is that of the least likely token.
    """
    return round(stats.confidence_product if is_bound else stats.confidence_min, 3)
