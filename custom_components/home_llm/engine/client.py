"""The engine as the integration uses it: what a model in a process of its own is asked."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence

from .errors import InternalError
from .keeper import EngineSettings, WorkerKeeper
from .protocol import Count, Counted, Finished, Generate, Prepare, Prepared, Text
from .reply import Done, GrammarData, ModelInfo, Piece, PromptStats, Sampling, Segments

__all__ = ["Engine", "EngineSettings", "probe"]


class Engine(WorkerKeeper):
    """A model in a process of its own. Requests start the process if it is not there."""

    async def count(
        self,
        prompts: Sequence[Segments],
        *,
        timeout: float = 30.0,  # noqa: ASYNC109 - the worker must hear of it
    ) -> list[int]:
        """Return how many tokens each of some prompts has; this does not wait for the model.

        Raises:
            EngineError: it failed.

        """
        deadline = asyncio.get_running_loop().time() + timeout
        worker = await self._running(deadline)
        with worker.ask(lambda number: Count(id=number, prompts=prompts)) as exchange:
            event = await exchange.next(deadline)
        if not isinstance(event, Counted):
            raise InternalError(f"unexpected {type(event).__name__}")
        return event.tokens

    async def prepare(
        self,
        segments: Segments,
        *,
        grammar: GrammarData | None = None,
        grammar_id: str | None = None,
        timeout: float = 120.0,  # noqa: ASYNC109 - the worker must hear of it
    ) -> PromptStats:
        """Evaluate the beginning of the next prompt, while nobody is speaking.

        Args:
            segments: the beginning, cut where a segment ends.
            grammar: what the reply will be bound by.
            grammar_id: a name for this very grammar.
            timeout: seconds that it may take.

        Raises:
            RequestCancelledError: somebody spoke, or a later preparation took its place.
            EngineError: it failed otherwise.

        """
        deadline = asyncio.get_running_loop().time() + timeout
        worker = await self._running(deadline)
        sent = worker.grammars.shorten(grammar_id, grammar)
        with worker.ask(
            lambda number: Prepare(
                id=number, segments=segments, grammar=sent, grammar_id=grammar_id
            )
        ) as exchange:
            event = await exchange.next(deadline)
        if not isinstance(event, Prepared):
            raise InternalError(f"unexpected {type(event).__name__}")
        return event.stats

    async def generate(  # noqa: PLR0913 - all but the prompt have defaults
        self,
        segments: Segments,
        *,
        grammar: GrammarData | None = None,
        grammar_id: str | None = None,
        words: Sequence[str] = (),
        spoken: Collection[str] = (),
        sampling: Sampling | None = None,
        max_tokens: int = 256,
        timeout: float = 30.0,  # noqa: ASYNC109 - the worker must hear of it
    ) -> AsyncGenerator[Piece | Done]:
        """Yield a reply piece by piece, and figures at its end. Closing the generator cancels it.

        Args:
            segments: the whole prompt.
            grammar: what the reply may be; anything, if there is none.
            grammar_id: a name for this very grammar; under one name it is sent and compiled once.
            words: of the sentence, where the grammar lets a reply take them.
            spoken: special tokens that the reply may hold, where they are shown as their text.
            sampling: how tokens are chosen; the likeliest, if it is not said.
            max_tokens: the reply is cut off after so many tokens.
            timeout: seconds until the last piece, with the time in the queue and for a restart.

        Raises:
            WorkerDiedError: the process died; the next request starts a new one.
            EngineTimeoutError: the time is over.
            EngineError: it failed otherwise.

        """
        deadline = asyncio.get_running_loop().time() + timeout
        worker = await self._running(deadline)
        sent = worker.grammars.shorten(grammar_id, grammar)
        with (
            self._in_use(),
            worker.ask(
                lambda number: Generate(
                    id=number,
                    segments=segments,
                    max_tokens=max_tokens,
                    grammar=sent,
                    grammar_id=grammar_id,
                    words=list(words),
                    spoken=sorted(spoken),
                    sampling=sampling or Sampling(),
                )
            ) as exchange,
        ):
            while True:
                event = await exchange.next(deadline)
                if isinstance(event, Text):
                    yield Piece(text=event.text)
                elif isinstance(event, Finished):
                    self._failures = 0
                    yield Done(stats=event.stats)
                    return


async def probe(settings: EngineSettings) -> ModelInfo:
    """Try out whether a model runs on this machine: start, load, and write one token.

    Raises:
        EngineError: what is missing, damaged or broken.

    """
    engine = Engine(settings)
    try:
        info = await engine.start()
        async for _ in engine.generate([("a", False)], max_tokens=1):
            pass
    finally:
        await engine.close()
    return info
