"""The engine as the integration uses it: a model in a process of its own that is kept alive."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
import sys

from .errors import (
    EngineClosedError,
    EngineError,
    EngineTimeoutError,
    InternalError,
    WorkerDiedError,
)
from .process import WorkerProcess
from .protocol import END_OF_PREFERRED, Finished, Generate, Load, Loaded, Prepare, Prepared, Text
from .reply import Done, GrammarData, ModelInfo, Piece, PromptStats, Sampling, Segments

_LONGEST_DELAY = 60.0
_WORTH_WAITING = 2.0
"""Seconds that a request waits for a restart; if it takes longer, the request fails at once."""


@dataclass(frozen=True, kw_only=True)
class EngineSettings:
    """What to run, and how.

    Args:
        path: the GGUF file.
        n_ctx: tokens that prompt and reply may have together.
        n_threads: threads that evaluate; by default, what suits the size of the file.
        python: the interpreter that has llama-cpp-python.
        search_paths: more folders in which it may be found.
        preferred_paths: folders in which it is looked for before anywhere else.
        load_timeout: seconds that starting and loading may take.
        prefix_folder: where what was prepared is kept over a restart; nowhere by default.

    """

    path: str
    n_ctx: int = 4096
    n_threads: int | None = None
    python: str = sys.executable
    search_paths: tuple[str, ...] = ()
    preferred_paths: tuple[str, ...] = ()
    load_timeout: float = 120.0
    prefix_folder: str = ""


class Engine:
    """A model in a process of its own. Requests start the process if it is not there.

    After a death the next request starts it again, at once the first time, then after a delay that
    grows until a reply comes through.

    Args:
        settings: what to run.
        on_death: called in the event loop when the process died although nobody asked it to.

    """

    def __init__(
        self,
        settings: EngineSettings,
        *,
        on_death: Callable[[WorkerDiedError], None] | None = None,
    ) -> None:
        self._settings = settings
        self._on_death = on_death
        self._starting: asyncio.Task[WorkerProcess] | None = None
        self._worker: WorkerProcess | None = None
        self._closed = False
        self._failures = 0
        self._not_before = 0.0
        self._last_error = EngineError()
        self._replies = 0
        self._last_used = 0.0
        self.info: ModelInfo | None = None
        """What is loaded; nothing before the first start."""

    @property
    def pid(self) -> int | None:
        """The number of the worker's process, if there is one."""
        return self._worker.pid if self._worker and not self._worker.error else None

    @property
    def log(self) -> str:
        """The last lines that the latest worker wrote, for diagnostics."""
        return self._worker.log if self._worker else ""

    @property
    def idle_seconds(self) -> float:
        """How long ago the last reply ended, or the model was loaded; 0 while one is written."""
        if self._replies or (self._starting and not self._starting.done()):
            return 0.0
        return asyncio.get_running_loop().time() - self._last_used

    async def start(self) -> ModelInfo:
        """Start the process and load the model, if that has not been done.

        Raises:
            EngineError: what is missing, damaged or broken.

        """
        await self._running(asyncio.get_running_loop().time() + self._settings.load_timeout)
        if self.info is None:
            raise InternalError("loaded, but nothing is known about the model")
        return self.info

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

    async def rest(self) -> None:
        """End the process and free its memory; the next request starts it again."""
        if not self._starting or not self._starting.done() or not self._worker:
            return
        # Who asks while it ends is given a new one.
        self._starting = None
        await self._worker.stop()

    async def close(self) -> None:
        """End the process; requests that are under way fail."""
        self._closed = True
        if self._starting:
            self._starting.cancel()
            await asyncio.wait([self._starting])
        if self._worker:
            await self._worker.stop()

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        self._replies += 1
        try:
            yield
        finally:
            self._replies -= 1
            self._last_used = asyncio.get_running_loop().time()

    async def _running(self, deadline: float) -> WorkerProcess:
        """Return the worker, started if need be."""
        if self._closed:
            raise EngineClosedError
        task = self._starting
        if task is None or (task.done() and not _is_alive(task)):
            loop = asyncio.get_running_loop()
            delay = self._not_before - loop.time()
            if delay > _WORTH_WAITING:
                raise self._last_error.copy()
            task = self._starting = loop.create_task(self._start(delay))
        try:
            async with asyncio.timeout_at(deadline):
                # Who waits may lose patience; the start goes on for the next one.
                return await asyncio.shield(task)
        except TimeoutError as err:
            raise EngineTimeoutError("the start takes longer") from err

    async def _start(self, delay: float) -> WorkerProcess:
        settings = self._settings
        await asyncio.sleep(delay)
        try:
            worker = self._worker = await WorkerProcess.start(
                settings.python,
                (*settings.preferred_paths, END_OF_PREFERRED, *settings.search_paths),
                self._on_worker_death,
            )
            await self._load(worker)
        except EngineError as err:
            if not isinstance(err, WorkerDiedError):
                self._count_failure(err)
            raise
        return worker

    async def _load(self, worker: WorkerProcess) -> None:
        settings = self._settings
        deadline = asyncio.get_running_loop().time() + settings.load_timeout
        try:
            with worker.ask(
                lambda number: Load(
                    id=number,
                    path=settings.path,
                    n_ctx=settings.n_ctx,
                    n_threads=settings.n_threads,
                    prefix_folder=settings.prefix_folder,
                )
            ) as exchange:
                event = await exchange.next(deadline)
        except (EngineError, asyncio.CancelledError):
            await worker.stop()
            raise
        if isinstance(event, Loaded):
            self.info = event.info
            self._last_used = asyncio.get_running_loop().time()

    def _on_worker_death(self, error: WorkerDiedError) -> None:
        self._count_failure(error)
        if self._on_death:
            self._on_death(error)

    def _count_failure(self, error: EngineError) -> None:
        delay = 0.0 if self._failures == 0 else min(2.0 ** (self._failures - 1), _LONGEST_DELAY)
        self._failures += 1
        self._last_error = error
        self._not_before = asyncio.get_running_loop().time() + delay


def _is_alive(task: asyncio.Task[WorkerProcess]) -> bool:
    return not task.cancelled() and task.exception() is None and task.result().error is None


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
