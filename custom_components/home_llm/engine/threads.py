"""How many threads evaluate: fewer while other processes want the processor, too.

The threads of llama.cpp wait for one another busily after each small step. When one of them must
wait for the processor, all of them do nothing for as long: beside a busy process on each core, two
threads can take a hundred times as long as one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
import resource
import time

from llama_cpp import llama_cpp

PAUSE = 30.0
"""Seconds until all threads are tried again."""

_LONG_ENOUGH = 0.02
"""Seconds; a shorter evaluation tells nothing, and does no harm."""
_FAIR = 0.8
"""The share of the time that threads compute or wait busily if nobody else wants a processor."""


class Threads:
    """The threads of a context.

    Args:
        context: llama.cpp's context; it must outlive this object.
        most: threads that evaluate when the machine is idle.

    """

    def __init__(self, context: llama_cpp.llama_context_p, most: int) -> None:
        self._context = context
        self._most = self.count = most
        self._all_again = 0.0

    @contextmanager
    def evaluating(self) -> Iterator[None]:
        """Watch how much of the processor an evaluation gets; the next one heeds it."""
        if self._most == 1:
            yield
            return
        if self.count < self._most and time.monotonic() >= self._all_again:
            self._set(self._most)
        started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
        yield
        wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
        computed = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        # Weights that are read from the disk are waited for, too.
        if after.ru_majflt == before.ru_majflt and starved(wall, computed, self.count):
            self._set(self.count - 1)
            self._all_again = time.monotonic() + PAUSE

    def _set(self, count: int) -> None:
        self.count = count
        llama_cpp.llama_set_n_threads(self._context, count, count)


def starved(wall: float, computed: float, threads: int) -> bool:
    """Return whether threads got so little of the processor that one less will be faster.

    Args:
        wall: seconds that they took.
        computed: seconds that they had a processor for, all of them together.
        threads: how many there were.

    """
    return threads > 1 and wall >= _LONG_ENOUGH and computed < _FAIR * wall * threads
