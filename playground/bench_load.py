"""What other work on the machine does to us, and what we do to it."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
import os
from pathlib import Path
from statistics import median
import time

from custom_components.home_llm.warm import pause_after

from .bench_requests import READS_HOMES, Listener, house, metered, sentence
from .bench_speed import fitting
from .bench_table import Cell, Table

_ENTITIES = 60
_THREADS = (1, 2)
LOADS = 2 * len(_THREADS)
"""How often ``under_load`` tells of its progress."""
_FROM = 1000
"""Watts."""


@contextmanager
def busy() -> Iterator[None]:
    """Keep every core busy with another process."""
    processes = [
        get_context("spawn").Process(target=_spin, daemon=True)
        for _ in range(os.process_cpu_count() or 1)
    ]
    for process in processes:
        process.start()
    try:
        # Until they have started.
        time.sleep(1)
        yield
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _spin() -> None:
    number = 1
    while True:
        number = number * 16807 % 2147483647


async def under_load(model: Path, runs: int, progress: Callable[[], object]) -> Table:
    """Measure warm requests with one and two threads, alone and beside a busy process per core."""
    found: dict[tuple[int, str], float] = {}
    for threads in _THREADS:
        found[threads, "idle"] = await _warm_ms(model, threads, runs)
        progress()
        with busy():
            found[threads, "busy"] = await _warm_ms(model, threads, runs)
        progress()
    best = found[_THREADS[0], "idle"]
    rows: list[dict[str, Cell]] = [
        {"threads": threads, "machine": state, "total ms": ms, "x one thread, idle": ms / best}
        for (threads, state), ms in found.items()
    ]
    return Table(
        title=f"Threads, and another busy process on every core; {_ENTITIES} entities, warm",
        rows=rows,
        bar="x one thread, idle",
        names=("threads", "machine"),
    )


async def _warm_ms(model: Path, threads: int, runs: int) -> float:
    home = house(_ENTITIES, 0)
    times = []
    async with Listener(model, n_threads=threads) as listener:
        for _ in range(runs + 1):
            await listener.ask(home, "turn everything on")
            times.append((await listener.ask(home, sentence(home))).total_ms)
    return median(times[1:])


async def background(
    model: Path, sizes: Sequence[int], seconds: int, progress: Callable[[], object]
) -> Table:
    """Measure what a sensor costs that changes every second, while nobody speaks."""
    rows: list[dict[str, Cell]] = []
    for name, kind in (("", "the sentence alone"), (READS_HOMES, "the home")):
        for size in fitting(sizes, name):
            rows.append(
                {"reads": kind, "entities": size, **await _cost(model, name, size, seconds)}
            )
            progress()
    return Table(
        title=f"A sensor that changes every second, for {seconds} seconds",
        rows=rows,
        bar="% of one core",
        names=("reads", "entities"),
    )


async def _cost(model: Path, name: str, size: int, seconds: int) -> dict[str, Cell]:
    """Change the sensor each second; the home is read ahead as often as Home Assistant would."""
    home = metered(house(size, 0), _FROM)
    readings = evaluated = 0
    async with Listener(model, format_name=name) as listener:
        await listener.prepare(home)
        worker, own = listener.cpu_seconds, time.process_time()
        due = 0.0
        for second in range(seconds):
            home = metered(home, _FROM + 1 + second)
            started = time.monotonic()
            if started >= due:
                tokens = await listener.prepare(home)
                readings, evaluated = readings + bool(tokens), evaluated + tokens
                due = time.monotonic() + pause_after(time.monotonic() - started)
            await asyncio.sleep(max(0.0, 1 - (time.monotonic() - started)))
        worker, own = listener.cpu_seconds - worker, time.process_time() - own
    return {
        "readings": readings,
        "tokens each": evaluated / readings if readings else 0.0,
        "worker %": 100 * worker / seconds,
        "Home Assistant's side %": 100 * own / seconds,
        "% of one core": 100 * (worker + own) / seconds,
    }
