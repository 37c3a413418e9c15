"""The child process: reads requests, runs the model, writes events.

One thread reads, so that a request can be given up while the model works on it; the main thread
works. Everything that llama.cpp or Python print goes to standard error.
"""

import contextlib
import ctypes
from dataclasses import replace
import faulthandler
import os
from pathlib import Path
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, BinaryIO

from . import protocol
from .errors import (
    EngineError,
    InternalError,
    OutOfMemoryError,
    RequestCancelledError,
    RuntimeBrokenError,
    RuntimeMissingError,
)
from .inbox import Inbox, Task
from .protocol import (
    Cancel,
    Count,
    Counted,
    Event,
    Failed,
    Finished,
    Generate,
    Load,
    Loaded,
    Prepare,
    Prepared,
    Request,
    Text,
)
from .reply import Piece

if TYPE_CHECKING:
    from .model import Model

_PR_SET_PDEATHSIG = 1  # Source: linux/prctl.h
_GRACE = 2.0
"""Seconds that the main thread has to end once nobody listens any more."""


class Worker:
    """Serves one parent over two streams until the first one ends.

    Args:
        requests: where the parent writes.
        events: where it reads.

    """

    def __init__(self, requests: BinaryIO, events: BinaryIO) -> None:
        self._requests = requests
        self._events = events
        self._writing = threading.Lock()
        self._inbox = Inbox()
        self._grammars = protocol.RecentGrammars()
        self._model: Model | None = None

    def run(self) -> None:
        """Answer requests until the parent has no more."""
        threading.Thread(target=self._read, name="requests", daemon=True).start()
        with contextlib.suppress(BrokenPipeError):
            while task := self._inbox.take():
                self._answer(task)
        if self._model:
            self._model.save()
            self._model.close()

    def _read(self) -> None:
        try:
            while message := protocol.read_request(self._requests):
                self._receive(message)
        except (protocol.ProtocolError, OSError, MemoryError) as err:
            sys.stderr.write(f"requests ended: {err!r}\n")
        finally:
            # Whatever it was, nobody would hear of another request.
            self._inbox.close()
            time.sleep(_GRACE)
            os._exit(0)  # The main thread hangs in llama.cpp; nobody is left to wait for it.

    def _receive(self, message: Request) -> None:
        if isinstance(message, Cancel):
            dropped = self._inbox.cancel(message.id)
        elif isinstance(message, Load):
            dropped = self._inbox.put(message)
        elif isinstance(message, Count):
            self._count(message)
            return
        else:
            grammar = self._grammars.restore(message.grammar_id, message.grammar)
            dropped = self._inbox.put(replace(message, grammar=grammar))
        for request in dropped:
            self._fail(request, RequestCancelledError())

    def _count(self, request: Count) -> None:
        """Count beside whatever the main thread does: a vocabulary does not change."""
        try:
            tokens = [self._loaded.count(prompt) for prompt in request.prompts]
        except EngineError as err:
            self._fail(request.id, err)
            return
        with contextlib.suppress(BrokenPipeError):
            self._send(Counted(id=request.id, tokens=tokens))

    def _answer(self, task: Task) -> None:
        job = task.job
        try:
            if isinstance(job, Load):
                self._load(job)
            elif isinstance(job, Prepare):
                self._prepare(job, task)
            else:
                self._generate(job, task)
        except EngineError as err:
            self._fail(job.id, err)
        except MemoryError as err:
            self._fail(job.id, OutOfMemoryError(str(err)))

    def _load(self, job: Load) -> None:
        try:
            from .model import Model  # noqa: PLC0415 - the runtime may be missing or broken
        except ImportError as err:
            raise RuntimeMissingError(str(err)) from err
        except (RuntimeError, OSError, AttributeError) as err:
            raise RuntimeBrokenError(str(err)) from err
        self._model = Model(
            Path(job.path),
            n_ctx=job.n_ctx,
            n_threads=job.n_threads,
            prefix_folder=Path(job.prefix_folder) if job.prefix_folder else None,
        )
        self._send(Loaded(id=job.id, info=self._model.info))

    def _prepare(self, job: Prepare, task: Task) -> None:
        stats = self._loaded.prepare(
            job.segments,
            grammar=job.grammar,
            grammar_id=job.grammar_id,
            cancelled=task.is_cancelled,
        )
        self._send(Prepared(id=job.id, stats=stats))

    def _generate(self, job: Generate, task: Task) -> None:
        reply = self._loaded.generate(
            job.segments,
            grammar=job.grammar,
            grammar_id=job.grammar_id,
            words=job.words,
            spoken=job.spoken,
            sampling=job.sampling,
            max_tokens=job.max_tokens,
            cancelled=task.is_cancelled,
        )
        for event in reply:
            if isinstance(event, Piece):
                self._send(Text(id=job.id, text=event.text))
            else:
                self._send(Finished(id=job.id, stats=event.stats))

    @property
    def _loaded(self) -> "Model":
        if self._model is None:
            raise InternalError("no model is loaded")
        return self._model

    def _fail(self, request: int, error: EngineError) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._send(Failed(id=request, key=error.key, detail=error.detail))

    def _send(self, event: Event) -> None:
        with self._writing:
            self._events.write(protocol.encode(event))
            self._events.flush()


def main(search_paths: list[str]) -> None:
    """Serve the parent process.

    Args:
        search_paths: folders in which modules are looked for, after the interpreter's own; those
            before ``--``, if it is there, come before them.

    """
    end = protocol.END_OF_PREFERRED
    cut = search_paths.index(end) if end in search_paths else 0
    others = (folder for folder in search_paths[cut:] if folder != end)
    sys.path[:] = [*search_paths[:cut], *sys.path, *others]
    faulthandler.enable()
    # Control-C reaches the whole terminal; the parent then ends this process in good order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        _tie_to_parent()
    requests, events = _take_streams()
    Worker(requests, events).run()


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep standard input and output to ourselves; what others print goes to standard error."""
    requests = os.fdopen(os.dup(0), "rb")
    events = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return requests, events


def _tie_to_parent() -> None:
    """Die with the parent, whatever happens, and before it when memory runs out."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
