"""The worker's process as its parent sees it: started, talked to, watched, ended."""

import asyncio
from collections.abc import Callable
import contextlib
import errno
from itertools import count
from pathlib import Path
import signal
from types import TracebackType
from typing import Self

from . import protocol
from .errors import (
    EngineClosedError,
    EngineError,
    EngineTimeoutError,
    InternalError,
    OutOfMemoryError,
    RuntimeMissingError,
    WorkerDiedError,
    error_for,
)
from .protocol import Cancel, Counted, Event, Failed, Finished, Loaded, Prepared, Question

_LAST = Failed | Finished | Prepared | Loaded | Counted
"""Events after which there is none about the same request."""

_ENTRY = Path(__file__).with_name("__main__.py")
_LOG_BYTES = 8192
"""Of what a worker wrote last: enough for the trace of a crash."""
_PATIENCE = 3.0
"""Seconds that a worker has to end by itself, and then after SIGTERM."""
_HUNG = 10.0
"""Seconds after which a worker that has not given up a cancelled request is taken to hang."""
_REASONS = {
    signal.SIGILL: "illegal_instruction",
    signal.SIGKILL: "killed",
    signal.SIGSEGV: "crashed",
    signal.SIGBUS: "crashed",
    signal.SIGABRT: "crashed",
    signal.SIGFPE: "crashed",
}


class WorkerProcess:
    """A running worker.

    Args:
        process: the process, with pipes to all three of its streams.
        on_death: called when it ends although nobody asked it to.

    """

    def __init__(
        self, process: asyncio.subprocess.Process, on_death: Callable[[WorkerDiedError], None]
    ) -> None:
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise ValueError("the worker needs three pipes")
        self._process = process
        self._stdin, self._stdout, self._stderr = process.stdin, process.stdout, process.stderr
        self._on_death = on_death
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Queue[Event | EngineError]] = {}
        self._given_up: dict[int, asyncio.TimerHandle] = {}
        self._log = b""
        self._reason: str | None = None
        self._stopping = False
        self.error: WorkerDiedError | None = None
        """Why the process ended, once it has."""
        self.grammars = protocol.RecentGrammars()
        self._watching = asyncio.create_task(self._watch())

    @classmethod
    async def start(
        cls, python: str, search_paths: tuple[str, ...], on_death: Callable[[WorkerDiedError], None]
    ) -> Self:
        """Start a worker.

        Args:
            python: the interpreter to run it with.
            search_paths: more folders in which it looks for modules.
            on_death: called when it ends although nobody asked it to.

        Raises:
            RuntimeMissingError: there is no such interpreter.
            OutOfMemoryError: the system has no room for another process.
            InternalError: it starts none for another reason, such as too many open files.

        """
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(
                python, "-I", str(_ENTRY), *search_paths, stdin=pipe, stdout=pipe, stderr=pipe
            )
        except OSError as err:
            raise _start_error(err) from err
        return cls(process, on_death)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def ask(self, make: Callable[[int], Question]) -> "Exchange":
        """Return an exchange for the request that ``make`` makes of a number."""
        return Exchange(self, make(next(self._numbers)))

    def open(self, job: Question) -> asyncio.Queue[Event | EngineError]:
        """Send a request and return the queue in which its events arrive.

        Raises:
            WorkerDiedError: there is nobody left to send it to.
            EngineClosedError: the worker is being ended.

        """
        if self._stopping:
            raise EngineClosedError
        if self.error:
            raise self.error.copy()
        queue = self._waiting[job.id] = asyncio.Queue()
        self._stdin.write(protocol.encode(job))
        return queue

    def close(self, request: int, *, answered: bool) -> None:
        """Listen no more to a request's events, and have it given up if it is not answered."""
        del self._waiting[request]
        if not answered and not self.error and not self._stopping:
            self._stdin.write(protocol.encode(Cancel(id=request)))
            loop = asyncio.get_running_loop()
            self._given_up[request] = loop.call_later(_HUNG, self.kill, "hung")

    def kill(self, reason: str) -> None:
        """End the process at once; it counts as its death."""
        self._reason = self._reason or reason
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def stop(self) -> None:
        """End the process in good order, or else by force, and wait until it is gone."""
        self._stopping = True
        for queue in self._waiting.values():
            queue.put_nowait(EngineClosedError())
        self._stdin.close()
        for end in (self._process.terminate, self._process.kill):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    await asyncio.shield(self._watching)
                return
            with contextlib.suppress(ProcessLookupError):
                end()
        await self._watching

    async def _watch(self) -> None:
        """Hand out events until the process ends, and tell all who still wait."""
        reading_log = asyncio.create_task(self._read_log())
        try:
            while True:
                header = await self._stdout.readexactly(protocol.HEADER.size)
                body = await self._stdout.readexactly(protocol.frame_length(header))
                self._hand_out(protocol.decode_event(body))
        except (asyncio.IncompleteReadError, OSError):
            pass
        except protocol.ProtocolError:
            self.kill("garbled")
        code = await self._exit_code()
        await reading_log
        self._stdin.close()
        self._end(self._cause_of_death(code))

    async def _exit_code(self) -> int:
        """Wait until the process is gone; one that has closed its output is of no use any more."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                return await self._process.wait()
        self.kill("hung")
        return await self._process.wait()

    def _hand_out(self, event: Event) -> None:
        if isinstance(event, _LAST) and event.id in self._given_up:
            self._given_up.pop(event.id).cancel()
        if queue := self._waiting.get(event.id):
            queue.put_nowait(event)

    def _end(self, error: WorkerDiedError) -> None:
        self.error = error
        for timer in self._given_up.values():
            timer.cancel()
        if self._stopping:
            return
        for queue in self._waiting.values():
            queue.put_nowait(error.copy())
        self._on_death(error)

    def _cause_of_death(self, code: int) -> WorkerDiedError:
        reason = self._reason or (_REASONS.get(signal.Signals(-code)) if code < 0 else None)
        status = signal.Signals(-code).name if code < 0 else f"exit status {code}"
        last_words = self._log.decode("utf-8", "replace").strip()
        return WorkerDiedError(f"{status}; {last_words}", reason or "exited")

    async def _read_log(self) -> None:
        while chunk := await self._stderr.read(4096):
            self._log = (self._log + chunk)[-_LOG_BYTES:]


def _start_error(error: OSError) -> EngineError:
    """Return why no process was started."""
    if error.errno in (errno.ENOMEM, errno.EAGAIN):
        return OutOfMemoryError(str(error))
    is_interpreter = error.errno in (errno.ENOENT, errno.EACCES, errno.ENOTDIR, errno.ENOEXEC)
    return (RuntimeMissingError if is_interpreter else InternalError)(str(error))


class Exchange:
    """A request and its events: ``with worker.ask(…) as exchange: await exchange.next(…)``.

    Leaving the block before the last event gives the request up.
    """

    def __init__(self, worker: WorkerProcess, job: Question) -> None:
        self._worker = worker
        self._job = job
        self._answered = False

    def __enter__(self) -> Self:
        self._events = self._worker.open(self._job)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._worker.close(self._job.id, answered=self._answered)

    async def next(self, deadline: float) -> Event:
        """Return the next event.

        Args:
            deadline: when to stop waiting, on the event loop's clock.

        Raises:
            EngineTimeoutError: nothing came in time.
            WorkerDiedError: the worker died.
            EngineClosedError: the worker was ended.
            EngineError: the request failed, for the reason that the worker gave.

        """
        try:
            async with asyncio.timeout_at(deadline):
                event = await self._events.get()
        except TimeoutError as err:
            raise EngineTimeoutError(type(self._job).__name__) from err
        if isinstance(event, EngineError):
            raise event
        self._answered = isinstance(event, _LAST)
        if isinstance(event, Failed):
            raise error_for(event.key, event.detail)
        return event
