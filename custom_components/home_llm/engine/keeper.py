"""Keeps a worker alive: starts it when it is needed, again after a death, and ends it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import sys

from .errors import (
    EngineClosedError,
    EngineError,
    EngineTimeoutError,
    InternalError,
    StartTimeoutError,
    WorkerDiedError,
)
from .process import WorkerProcess
from .protocol import END_OF_PREFERRED, Load, Loaded
from .reply import ModelInfo

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


class WorkerKeeper:
    """Has a worker with a loaded model whenever one is asked for.

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
        try:
            await self._running(asyncio.get_running_loop().time() + self._settings.load_timeout)
        except EngineTimeoutError as err:
            raise StartTimeoutError(err.detail) from err
        if self.info is None:
            raise InternalError("loaded, but nothing is known about the model")
        return self.info

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
            # Whoever waited for it may be gone when it fails.
            task.add_done_callback(_is_alive)
        try:
            async with asyncio.timeout_at(deadline):
                # Who waits may lose patience; the start goes on for the next one.
                if not task.done():
                    await asyncio.wait([task])
        except TimeoutError as err:
            raise EngineTimeoutError("the start takes longer") from err
        if task.cancelled():
            # Closed while it started: whoever waits is not cancelled.
            raise EngineClosedError
        return task.result()

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
        except (EngineError, asyncio.CancelledError) as err:
            # Who asks while it ends is given a new one.
            self._starting = None
            await worker.stop()
            if isinstance(err, EngineTimeoutError):
                raise StartTimeoutError(err.detail) from err
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
