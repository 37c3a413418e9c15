"""The requests that wait for the model, and the one that it works on."""

from collections import deque
from collections.abc import Callable
import threading

from .protocol import Generate, Job, Prepare


class Task:
    """A request and whether it was given up."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._given_up = threading.Event()
        self.is_cancelled = self._given_up.is_set

    def cancel(self) -> None:
        """Ask whoever works on it to stop."""
        self._given_up.set()


class Inbox:
    """A queue between the thread that reads requests and the one that works on them.

    Requests are answered in their order, but someone who speaks does not wait for what is only
    prepared: a ``Generate`` makes all preparations give way.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[Task] = deque()
        self._current: Task | None = None
        self._closed = False

    def put(self, job: Job) -> list[int]:
        """Add a request; return the ids of those that were dropped for it."""
        with self._changed:
            dropped = []
            if isinstance(job, Prepare | Generate):
                # Of several preparations that wait, the last one knows the house best.
                dropped = self._drop(lambda task: isinstance(task.job, Prepare))
            current = self._current
            if isinstance(job, Generate) and current and isinstance(current.job, Prepare):
                current.cancel()
            self._waiting.append(Task(job))
            self._changed.notify()
            return dropped

    def cancel(self, request: int) -> list[int]:
        """Give a request up; return its id if it was dropped before anybody worked on it."""
        with self._changed:
            if self._current and self._current.job.id == request:
                self._current.cancel()
            return self._drop(lambda task: task.job.id == request)

    def take(self) -> Task | None:
        """Wait for the next request and return it; nothing when there will be none."""
        with self._changed:
            self._current = None
            self._changed.wait_for(lambda: self._waiting or self._closed)
            self._current = None if self._closed else self._waiting.popleft()
            return self._current

    def close(self) -> None:
        """Take no more requests, and give up those that are there."""
        with self._changed:
            self._closed = True
            if self._current:
                self._current.cancel()
            self._changed.notify()

    def _drop(self, unwanted: Callable[[Task], bool]) -> list[int]:
        dropped = [task.job.id for task in self._waiting if unwanted(task)]
        self._waiting = deque(task for task in self._waiting if task.job.id not in dropped)
        return dropped
