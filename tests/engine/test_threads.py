"""Threads give way to other work: beside it, many are far slower than few."""

from collections.abc import Iterator
from contextlib import ExitStack
import multiprocessing
import os
from pathlib import Path
import time

from llama_cpp import llama_cpp
import pytest

from home_llm_engine import threads as threads_module
from home_llm_engine.model import Model
from home_llm_engine.threads import Threads, starved


@pytest.fixture
def threads(random_model_path: Path) -> Iterator[Threads]:
    """Return the threads of a real context, three when the machine is idle."""
    with Model(random_model_path, n_threads=3) as model:
        yield model._cache.threads


def waiting(threads: Threads, seconds: float) -> int:
    """Let the threads wait, as they do without a processor; return how many llama.cpp then has."""
    with threads.evaluating():
        time.sleep(seconds)
    count = llama_cpp.llama_n_threads(threads._context)
    assert llama_cpp.llama_n_threads_batch(threads._context) == count == threads.count
    return int(count)


@pytest.mark.parametrize(
    ("wall", "computed", "count", "expected"),
    [
        (0.1, 0.2, 2, False),
        (0.1, 0.17, 2, False),
        (0.1, 0.13, 2, True),  # One of them shares its core with another process.
        (0.1, 0.05, 1, False),
        (0.1, 0.28, 4, True),
        (0.01, 0.0, 2, False),
    ],
)
def test_starved(wall: float, computed: float, count: int, expected: bool) -> None:
    assert starved(wall, computed, count) is expected


def test_each_evaluation_that_starves_costs_a_thread_down_to_one(threads: Threads) -> None:
    assert [waiting(threads, 0.03) for _ in range(4)] == [2, 1, 1, 1]


def test_short_evaluations_tell_nothing(threads: Threads) -> None:
    assert waiting(threads, 0.001) == 3


def test_after_a_while_all_are_tried_again(
    threads: Threads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads_module, "PAUSE", 0.0)
    assert waiting(threads, 0.03) == 2
    assert waiting(threads, 0.0) == 3


def test_a_failed_evaluation_is_not_judged(threads: Threads) -> None:
    def fail() -> None:
        with threads.evaluating():
            time.sleep(0.03)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert waiting(threads, 0.0) == 3


def test_one_thread_stays_one(random_model_path: Path) -> None:
    with Model(random_model_path, n_threads=1) as model:
        assert waiting(model._cache.threads, 0.03) == 1


def _spin() -> None:
    while True:
        pass


def test_beside_busy_processes_a_model_comes_down_to_one_thread(random_model_path: Path) -> None:
    count = len(os.sched_getaffinity(0)) + 1
    with ExitStack() as stack:
        model = stack.enter_context(Model(random_model_path, n_threads=count))
        for _ in range(2 * count):
            process = multiprocessing.get_context("spawn").Process(target=_spin, daemon=True)
            process.start()
            stack.callback(process.join)
            stack.callback(process.kill)
        deadline = time.monotonic() + 60
        prompt = 0
        while model._cache.threads.count > 1 and time.monotonic() < deadline:
            prompt += 1
            model.prepare([(f"lamp {prompt} " * 100, False)])
        assert model._cache.threads.count == 1
