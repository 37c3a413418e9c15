"""Faults that hit the worker at a certain moment: the next request always works."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import replace
import os
from pathlib import Path
import resource
import signal
from typing import Any

import pytest

from home_llm_engine import process
from home_llm_engine.client import Engine, EngineSettings
from home_llm_engine.errors import (
    EngineTimeoutError,
    InternalError,
    OutOfMemoryError,
    PromptTooLongError,
    RequestCancelledError,
    WorkerDiedError,
)
from home_llm_engine.reply import Piece
from tests.engine.conftest import SHIPPED
from tests.engine.faults import (
    DEADLY,
    StuckFile,
    children,
    is_gone,
    limit_memory,
    memory_of,
    wait_until,
)

PROMPT = [("turn on the kitchen lights", False)]
LONG = [("light desk lamp\n" * 900, False)]
MANY = 4000
"""Tokens of a reply that does not fit into pipes and buffers: it is not over when it is read."""

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux's /proc")


@pytest.fixture(autouse=True)
def no_process_is_left() -> Iterator[None]:
    """Fail if a process is left, be it a zombie."""
    before = children().keys()
    yield
    assert children().keys() <= before


@pytest.fixture
def stuck(tmp_path: Path, random_model_path: Path) -> Iterator[StuckFile]:
    """Return a model that gets stuck when it is loaded."""
    file = StuckFile(tmp_path / "model.gguf", random_model_path)
    yield file
    file.close()


@pytest.fixture
async def loading(settings: EngineSettings, stuck: StuckFile) -> AsyncGenerator[Engine]:
    """Return an engine that gets stuck when it loads its model."""
    engine = Engine(replace(settings, path=str(stuck.path)))
    yield engine
    await engine.close()


async def assert_works(engine: Engine) -> None:
    """Fail if a request is not answered."""
    assert [event async for event in engine.generate(PROMPT, max_tokens=3, timeout=300)]


def pid_of(engine: Engine) -> int:
    """Return the number of the worker's process."""
    assert engine.pid is not None
    return engine.pid


@pytest.mark.parametrize("killed_by", DEADLY)
async def test_a_death_while_loading(
    loading: Engine, stuck: StuckFile, killed_by: signal.Signals
) -> None:
    starting = asyncio.create_task(loading.start())
    await stuck.opened()
    stuck.mend()
    pid = pid_of(loading)
    os.kill(pid, killed_by)
    with pytest.raises(WorkerDiedError, match=DEADLY[killed_by]):
        await starting
    assert is_gone(pid)
    await assert_works(loading)


@pytest.mark.parametrize("killed_by", DEADLY)
async def test_a_death_while_preparing(engine: Engine, killed_by: signal.Signals) -> None:
    await engine.start()
    # It stands still first, so that it cannot be done before it dies.
    os.kill(pid_of(engine), signal.SIGSTOP)
    preparing = asyncio.create_task(engine.prepare(LONG))
    await asyncio.sleep(0)
    os.kill(pid_of(engine), killed_by)
    os.kill(pid_of(engine), signal.SIGCONT)
    with pytest.raises(WorkerDiedError, match=DEADLY[killed_by]):
        await preparing
    await assert_works(engine)


async def test_standing_still_while_starting(
    settings: EngineSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_PATIENCE", 0.1)
    engine = Engine(replace(settings, load_timeout=0.5))
    starting = asyncio.create_task(engine.start())
    await wait_until(lambda: engine.pid is not None)
    pid = pid_of(engine)
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(EngineTimeoutError):
        await starting
    await wait_until(lambda: is_gone(pid))
    engine._settings = settings
    await assert_works(engine)
    await engine.close()


async def test_standing_still_in_the_middle_of_a_reply(
    engine: Engine, endless: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_HUNG", 0.1)
    async with aclosing(engine.generate(PROMPT, grammar=endless, max_tokens=MANY)) as reply:
        assert isinstance(await anext(reply), Piece)
        pid = pid_of(engine)
        os.kill(pid, signal.SIGSTOP)
    await wait_until(lambda: engine.pid is None)
    assert is_gone(pid)
    await assert_works(engine)


@pytest.mark.parametrize("more", [0, 2, 8])
async def test_no_memory_for_the_model(settings: EngineSettings, tmp_path: Path, more: int) -> None:
    """Of a model of 6 megabytes that needs 30, so many can be had."""
    # With a little more than nothing, the system's own libraries may give up.
    errors = (OutOfMemoryError, WorkerDiedError) if more else OutOfMemoryError
    stuck = StuckFile(tmp_path / "model.gguf", SHIPPED[0])
    engine = Engine(replace(settings, path=str(stuck.path)))
    starting = asyncio.create_task(engine.start())
    await stuck.opened()
    stuck.mend()
    limit_memory(pid_of(engine), more * 2**20)
    stuck.go_on()
    with pytest.raises(errors, match=r"memory|alloc"):
        await starting
    assert engine.pid is None
    await assert_works(engine)
    await engine.close()


async def test_no_memory_for_a_request(engine: Engine) -> None:
    await engine.start()
    limit_memory(pid_of(engine), 2**20)
    with pytest.raises((OutOfMemoryError, WorkerDiedError)):
        await engine.prepare([("lamp " * 5_000_000, False)])
    await assert_works(engine)


async def test_no_room_for_another_process(engine: Engine) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    spare = os.open(os.devnull, os.O_RDONLY)
    os.close(spare)
    resource.setrlimit(resource.RLIMIT_NOFILE, (spare, hard))
    try:
        with pytest.raises(InternalError, match="Too many open files"):
            await engine.start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    await assert_works(engine)


@pytest.mark.parametrize("stream", [0, 1, 2])
@pytest.mark.parametrize("busy", [False, True])
async def test_a_pipe_that_is_closed(
    engine: Engine, endless: dict[str, Any], *, stream: int, busy: bool
) -> None:
    await engine.start()
    assert engine._worker is not None
    pid = pid_of(engine)
    reply = engine.generate(PROMPT, grammar=endless, max_tokens=MANY)
    if busy:
        await anext(reply)
    pipe = engine._worker._process._transport.get_pipe_transport(stream)  # type: ignore[attr-defined]
    pipe.close()
    if stream == 2:
        # What it says there is for the log only.
        await reply.aclose()
        await assert_works(engine)
        assert engine.pid == pid
        return
    if busy:
        with pytest.raises((WorkerDiedError, RequestCancelledError)):
            async for _ in reply:
                pass
    await wait_until(lambda: engine.pid is None)
    assert is_gone(pid)
    await assert_works(engine)


async def test_requests_that_do_not_fit_into_the_pipe(engine: Engine) -> None:
    await engine.start()
    pid = pid_of(engine)
    order: list[int] = []

    async def ask(number: int) -> None:
        with pytest.raises(PromptTooLongError):
            await anext(engine.generate([("lamp " * 20_000, False)], timeout=300))
        order.append(number)

    os.kill(pid, signal.SIGSTOP)
    asking = [asyncio.create_task(ask(number)) for number in range(10)]
    await asyncio.sleep(0.1)
    os.kill(pid, signal.SIGCONT)
    await asyncio.gather(*asking)
    assert order == list(range(10))
    await assert_works(engine)
    assert engine.pid == pid


async def test_an_interpreter_that_says_nothing(
    settings: EngineSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_PATIENCE", 0.1)
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nexec >&-\nexec sleep 600\n")
    program.chmod(0o755)
    engine = Engine(replace(settings, python=str(program)))
    with pytest.raises(WorkerDiedError, match="hung"):
        await engine.start()
    await engine.close()


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.soak)])
async def test_memory_stays_flat(engine: Engine, count: int) -> None:
    async def ask(number: int) -> None:
        word = f"lamp {number}"
        grammar = {"sets": {"s": [word, f"fan {number}"]}, "nodes": [[["s", 1]], []]}
        segments = [(f"turn on the {word} " * (1 + number % 20), False)]
        reply = engine.generate(
            segments, grammar=grammar, grammar_id=word, timeout=300, max_tokens=16
        )
        assert [event async for event in reply]

    for number in range(count // 2, 0, -1):
        await ask(number)
    pids = (os.getpid(), pid_of(engine))
    before = [memory_of(pid) for pid in pids]
    for number in range(count):
        await ask(number)
    assert pid_of(engine) == pids[1]
    grown = [memory_of(pid) - kilobytes for pid, kilobytes in zip(pids, before, strict=True)]
    assert max(grown) < 4000
