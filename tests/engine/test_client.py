"""The engine as the integration uses it, against a real worker that real things happen to."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
import os
from pathlib import Path
import shutil
import signal
import subprocess
import sys
from typing import Any

import llama_cpp
import pytest

from home_llm_engine import keeper, process
from home_llm_engine.client import Engine, EngineSettings, probe
from home_llm_engine.errors import (
    KEYS,
    EngineClosedError,
    EngineError,
    EngineTimeoutError,
    GrammarError,
    ModelDamagedError,
    ModelMissingError,
    PromptTooLongError,
    RequestCancelledError,
    RuntimeBrokenError,
    RuntimeMissingError,
    WorkerDiedError,
    error_for,
)
from home_llm_engine.reply import Done, Piece, Stats
from tests.engine.faults import is_gone, wait_until

PROMPT = [("turn on the kitchen lights", False)]
SWITCH: dict[str, Any] = {
    "sets": {"states": ["on", "off"]},
    "nodes": [[["states", 1]], []],
}


async def reply_of(events: AsyncGenerator[Piece | Done]) -> tuple[str, Stats]:
    """Return a whole reply and its figures."""
    text = ""
    async for event in events:
        if isinstance(event, Done):
            return text, event.stats
        text += event.text
    raise AssertionError("the reply has no end")


class Deaths(list[WorkerDiedError]):
    """What the engine's callback was called with."""


@pytest.fixture
def deaths() -> Deaths:
    """Return the list of deaths, to begin with an empty one."""
    return Deaths()


@pytest.fixture
async def watched(settings: EngineSettings, deaths: Deaths) -> AsyncGenerator[Engine]:
    """Return a running engine whose deaths are listed."""
    engine = Engine(settings, on_death=deaths.append)
    await engine.start()
    yield engine
    await engine.close()


async def test_it_starts_once(engine: Engine) -> None:
    assert engine.pid is None
    infos = await asyncio.gather(engine.start(), engine.start())
    pid = engine.pid
    assert (await engine.start(), engine.pid) == (infos[0], pid)
    assert infos[0] == infos[1] == engine.info
    assert infos[0].metadata["home_llm.format"] == "tiny-6"


async def test_a_request_starts_it(engine: Engine) -> None:
    text, stats = await reply_of(engine.generate(PROMPT, grammar=SWITCH, grammar_id="s"))
    assert text in ("on", "off")
    assert stats.finish == "stop"
    assert engine.pid is not None


async def test_what_was_prepared_is_not_evaluated_again(engine: Engine) -> None:
    prepared = await engine.prepare(PROMPT, grammar=SWITCH, grammar_id="s")
    more = [*PROMPT, (" in the hall", False)]
    _, stats = await reply_of(engine.generate(more, grammar=SWITCH, grammar_id="s"))
    assert stats.cached_tokens == prepared.prompt_tokens
    assert stats.evaluated_tokens == stats.prompt_tokens - prepared.prompt_tokens


async def test_a_grammar_without_a_name_is_never_mistaken_for_another(engine: Engine) -> None:
    for word in ("light", "fan", "switch"):
        text, _ = await reply_of(
            engine.generate(PROMPT, grammar=SWITCH | {"sets": {"states": [word]}})
        )
        assert text == word


async def test_a_hundred_requests_are_answered_in_their_order(engine: Engine) -> None:
    order: list[int] = []

    async def ask(number: int) -> None:
        grammar = SWITCH | {"sets": {"states": [f"lamp {number}", f"fan {number}"]}}
        text, _ = await reply_of(engine.generate(PROMPT, grammar=grammar, timeout=300))
        assert text in grammar["sets"]["states"]
        order.append(number)

    await asyncio.gather(*map(ask, range(100)))
    assert order == list(range(100))


@pytest.mark.parametrize(
    ("killed_by", "reason"),
    [
        (signal.SIGKILL, "killed"),
        (signal.SIGILL, "illegal_instruction"),
        (signal.SIGSEGV, "crashed"),
        (signal.SIGTERM, "exited"),
    ],
)
async def test_a_death_while_idle(
    watched: Engine, deaths: Deaths, killed_by: signal.Signals, reason: str
) -> None:
    pid = watched.pid
    assert pid is not None
    os.kill(pid, killed_by)
    await wait_until(lambda: watched.pid is None)
    assert [death.reason for death in deaths] == [reason]
    assert killed_by.name in deaths[0].detail
    assert is_gone(pid)
    _, stats = await reply_of(watched.generate(PROMPT, max_tokens=3))
    assert stats.generated_tokens
    assert watched.pid not in (None, pid)


async def test_a_death_in_the_middle_of_a_reply(
    watched: Engine, deaths: Deaths, endless: dict[str, Any]
) -> None:
    # More than fits into pipe and buffers: it cannot be complete before it is read.
    reply = watched.generate(PROMPT, grammar=endless, max_tokens=4000)
    queued = asyncio.create_task(reply_of(watched.generate(PROMPT)))
    assert isinstance(await anext(reply), Piece)
    assert watched.pid is not None
    os.kill(watched.pid, signal.SIGKILL)
    with pytest.raises(WorkerDiedError, match="killed"):
        async for _ in reply:
            pass
    with pytest.raises(WorkerDiedError):
        await queued
    assert len(deaths) == 1
    assert (await reply_of(watched.generate(PROMPT, max_tokens=3)))[1].generated_tokens


async def test_a_crash_leaves_its_trace(watched: Engine, deaths: Deaths) -> None:
    """Its error ends up in Home Assistant's log."""
    assert watched.pid is not None
    os.kill(watched.pid, signal.SIGSEGV)
    await wait_until(lambda: watched.pid is None)
    assert "Segmentation fault" in deaths[0].detail


async def test_after_several_deaths_a_restart_takes_its_time(
    settings: EngineSettings, deaths: Deaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "_WORTH_WAITING", 0.0)
    engine = Engine(settings, on_death=deaths.append)
    try:
        for number in (1, 2):
            await engine.start()
            assert engine.pid is not None
            os.kill(engine.pid, signal.SIGKILL)
            await wait_until(lambda seen=number: len(deaths) == seen)  # type: ignore[misc]
        with pytest.raises(WorkerDiedError, match="killed"):
            await engine.start()
        assert engine.pid is None
        monkeypatch.undo()
        await reply_of(engine.generate(PROMPT, max_tokens=3))
        assert engine._failures == 0
    finally:
        await engine.close()


async def test_tokens_are_counted_as_they_are_evaluated(engine: Engine) -> None:
    prompts = [PROMPT, [*PROMPT, ("<|im_end|>", True), ("\nKüche 1<|im_end|>", False)], []]
    counts = await engine.count(prompts)
    prepared = [await engine.prepare(prompt) for prompt in prompts[:2]]
    assert counts == [*(stats.prompt_tokens for stats in prepared), 0]


async def test_counting_waits_for_no_reply(engine: Engine, endless: dict[str, Any]) -> None:
    async with aclosing(engine.generate(PROMPT, grammar=endless, max_tokens=4000)) as reply:
        await anext(reply)
        assert await engine.count([PROMPT]) == await engine.count([PROMPT])
        assert isinstance(await anext(reply), Piece)


async def test_leaving_a_reply_cancels_it(engine: Engine, endless: dict[str, Any]) -> None:
    await engine.start()
    pid = engine.pid
    async with aclosing(engine.generate(PROMPT, grammar=endless, max_tokens=4000)) as reply:
        assert isinstance(await anext(reply), Piece)
    worker = engine._worker
    assert worker is not None
    assert worker._given_up
    await wait_until(lambda: not worker._given_up)
    assert engine.pid == pid
    assert (await reply_of(engine.generate(PROMPT, max_tokens=3)))[1].generated_tokens


async def test_a_cancelled_task_cancels_its_request(
    engine: Engine, endless: dict[str, Any]
) -> None:
    await engine.start()
    running = asyncio.create_task(
        reply_of(engine.generate(PROMPT, grammar=endless, max_tokens=4000))
    )
    waiting = asyncio.create_task(reply_of(engine.generate(PROMPT)))
    await asyncio.sleep(0)
    for task in (waiting, running):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (await reply_of(engine.generate(PROMPT, max_tokens=3)))[1].generated_tokens


async def test_a_preparation_gives_way_to_a_sentence(engine: Engine) -> None:
    await engine.start()
    preparing = asyncio.create_task(engine.prepare([("light desk lamp\n" * 900, False)]))
    await asyncio.sleep(0)
    assert (await reply_of(engine.generate(PROMPT, max_tokens=3)))[1].generated_tokens
    with pytest.raises(RequestCancelledError):
        await preparing


async def test_a_worker_that_stands_still_costs_one_request_only(
    watched: Engine, deaths: Deaths
) -> None:
    assert watched.pid is not None
    os.kill(watched.pid, signal.SIGSTOP)
    with pytest.raises(EngineTimeoutError):
        await reply_of(watched.generate(PROMPT, timeout=0.1))
    os.kill(watched.pid, signal.SIGCONT)
    assert (await reply_of(watched.generate(PROMPT, max_tokens=3)))[1].generated_tokens
    assert not deaths


async def test_a_worker_that_hangs_is_ended(
    watched: Engine, deaths: Deaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_HUNG", 0.1)
    pid = watched.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(EngineTimeoutError):
        await reply_of(watched.generate(PROMPT, timeout=0.1))
    await wait_until(lambda: bool(deaths))
    assert deaths[0].reason == "hung"
    assert is_gone(pid)
    assert (await reply_of(watched.generate(PROMPT, max_tokens=3)))[1].generated_tokens


async def test_a_start_that_takes_too_long_for_one_request_goes_on(engine: Engine) -> None:
    with pytest.raises(EngineTimeoutError):
        await reply_of(engine.generate(PROMPT, timeout=0))
    assert engine._starting is not None
    await engine._starting
    assert engine.pid is not None


async def test_loading_has_its_own_time_limit(settings: EngineSettings) -> None:
    engine = Engine(replace(settings, load_timeout=0.001))
    with pytest.raises(EngineTimeoutError):
        await engine.start()
    await engine.close()
    assert engine.pid is None


async def test_resting_frees_the_memory_until_the_next_request(
    watched: Engine, deaths: Deaths
) -> None:
    pid = watched.pid
    assert pid is not None
    await watched.rest()
    assert is_gone(pid)
    assert watched.pid is None
    await watched.rest()
    assert await reply_of(watched.generate(PROMPT, grammar=SWITCH))
    assert watched.pid not in (None, pid)
    # Nobody has died, and the next start need not wait.
    assert deaths == []


async def test_a_request_that_comes_while_it_goes_to_rest_is_answered(watched: Engine) -> None:
    pid = watched.pid
    resting = asyncio.create_task(watched.rest())
    await asyncio.sleep(0)
    assert await reply_of(watched.generate(PROMPT, grammar=SWITCH))
    await resting
    assert is_gone(pid or 0)
    assert watched.pid not in (None, pid)


async def test_resting_in_the_middle_of_a_start_leaves_it_alone(engine: Engine) -> None:
    starting = asyncio.create_task(engine.start())
    await asyncio.sleep(0)
    await engine.rest()
    await starting
    assert engine.pid is not None


async def test_closing_while_it_rests(watched: Engine) -> None:
    pid = watched.pid
    await asyncio.gather(watched.rest(), watched.close())
    assert is_gone(pid or 0)


async def test_it_is_idle_from_the_end_of_a_reply(watched: Engine) -> None:
    async with aclosing(watched.generate(PROMPT, max_tokens=64)) as reply:
        await anext(reply)
        assert watched.idle_seconds == 0
    before = watched.idle_seconds
    await asyncio.sleep(0.01)
    assert 0 <= before < watched.idle_seconds


async def test_closing_leaves_no_process(settings: EngineSettings) -> None:
    engine = Engine(settings)
    await engine.start()
    pid = engine.pid
    assert pid is not None
    await engine.close()
    assert is_gone(pid)
    assert engine.pid is None
    with pytest.raises(EngineClosedError):
        await engine.start()
    with pytest.raises(EngineClosedError):
        await reply_of(engine.generate(PROMPT))
    await engine.close()


async def test_closing_before_the_start(settings: EngineSettings) -> None:
    await Engine(settings).close()


async def test_closing_in_the_middle_of_a_start(settings: EngineSettings) -> None:
    engine = Engine(settings)
    starting = asyncio.create_task(engine.start())
    await wait_until(lambda: engine.pid is not None)
    pid = engine.pid
    assert pid is not None
    await engine.close()
    assert is_gone(pid)
    # Closing fails who waits, and does not cancel them.
    with pytest.raises(EngineClosedError):
        await starting


async def test_closing_in_the_middle_of_a_reply(
    watched: Engine, deaths: Deaths, endless: dict[str, Any]
) -> None:
    reply = watched.generate(PROMPT, grammar=endless, max_tokens=4000)
    assert isinstance(await anext(reply), Piece)
    pid = watched.pid
    assert pid is not None
    await watched.close()
    with pytest.raises(EngineClosedError):
        async for _ in reply:
            pass
    assert is_gone(pid)
    assert not deaths


async def test_closing_while_it_stands_still(
    watched: Engine, deaths: Deaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_PATIENCE", 0.1)
    pid = watched.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    await watched.close()
    assert is_gone(pid)
    assert not deaths


async def test_no_interpreter(settings: EngineSettings) -> None:
    with pytest.raises(RuntimeMissingError):
        await probe(replace(settings, python="/nowhere/python"))


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return an interpreter without any installed package."""
    folder = tmp_path_factory.mktemp("python")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return str(folder / "bin" / "python")


async def test_no_runtime(settings: EngineSettings, bare_python: str) -> None:
    with pytest.raises(RuntimeMissingError, match="No module named"):
        await probe(replace(settings, python=bare_python))


async def test_a_runtime_somewhere_else(settings: EngineSettings, bare_python: str) -> None:
    folders = tuple(path for path in sys.path if path.endswith("site-packages"))
    info = await probe(replace(settings, python=bare_python, search_paths=folders))
    assert info.n_ctx == 4096


async def test_a_runtime_that_cannot_be_loaded(
    settings: EngineSettings, bare_python: str, tmp_path: Path
) -> None:
    # The real package, but its library is for another machine.
    package = Path(llama_cpp.__file__).parent
    shutil.copytree(package, tmp_path / "llama_cpp", ignore=shutil.ignore_patterns("lib"))
    (tmp_path / "llama_cpp" / "lib").mkdir()
    (tmp_path / "llama_cpp" / "lib" / "libllama.so").write_bytes(b"\x7fELF")
    folders = (str(tmp_path), *(path for path in sys.path if path.endswith("site-packages")))
    with pytest.raises(RuntimeBrokenError, match="Failed to load shared library"):
        await probe(replace(settings, python=bare_python, search_paths=folders))


async def test_a_runtime_that_goes_before_others(settings: EngineSettings, tmp_path: Path) -> None:
    # The interpreter's own would run.
    (tmp_path / "llama_cpp").mkdir()
    (tmp_path / "llama_cpp" / "__init__.py").write_text("raise RuntimeError('another one')")
    await probe(replace(settings, search_paths=(str(tmp_path),)))
    with pytest.raises(RuntimeBrokenError, match="another one"):
        await probe(replace(settings, preferred_paths=(str(tmp_path),)))


async def test_an_interpreter_that_is_none(settings: EngineSettings, deaths: Deaths) -> None:
    engine = Engine(replace(settings, python=shutil.which("echo") or ""), on_death=deaths.append)
    with pytest.raises(WorkerDiedError):
        await engine.start()
    await engine.close()
    assert deaths[0].reason == "garbled"


async def test_no_model(settings: EngineSettings, tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="No such file"):
        await probe(replace(settings, path=str(tmp_path / "none.gguf")))


def write_share(source: str, path: Path, share: float) -> None:
    """Copy the beginning of a file."""
    whole = Path(source).read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])


async def test_a_model_that_is_mended_works_at_the_next_request(
    settings: EngineSettings, tmp_path: Path
) -> None:
    path = tmp_path / "model.gguf"
    write_share(settings.path, path, 0.5)
    engine = Engine(replace(settings, path=str(path)))
    with pytest.raises(ModelDamagedError):
        await engine.start()
    assert engine.pid is None
    write_share(settings.path, path, 1)
    await engine.start()
    await engine.close()


async def test_a_request_that_cannot_be_done_leaves_the_others_alone(engine: Engine) -> None:
    with pytest.raises(GrammarError):
        await reply_of(engine.generate(PROMPT, grammar={"nodes": []}))
    with pytest.raises(PromptTooLongError):
        await reply_of(engine.generate([("lamp " * 10_000, False)]))
    with pytest.raises(PromptTooLongError):
        await engine.prepare([("lamp " * 10_000, False)])
    pid = engine.pid
    assert (await reply_of(engine.generate(PROMPT, max_tokens=3)))[1].generated_tokens
    assert engine.pid == pid


@pytest.mark.skipif(sys.platform != "linux", reason="the figure is read from /proc")
async def test_a_full_context_takes_less_than_200_megabytes(model_path: Path) -> None:
    engine = Engine(EngineSettings(path=str(model_path), n_ctx=4096))
    await engine.start()
    words = 4096
    while words:
        try:
            stats = await engine.prepare([("lamp " * words, False)])
            break
        except PromptTooLongError:
            words -= 64
    assert stats.prompt_tokens > 3500
    status = Path(f"/proc/{engine.pid}/status").read_text()  # noqa: ASYNC240 - not a real file
    await engine.close()
    peak = int(status.split("VmHWM:")[1].split()[0])
    assert peak < 200_000


def test_errors_survive_the_pipe_by_their_keys() -> None:
    for key in KEYS:
        error = error_for(key, "detail")
        assert (error.key, error.detail, type(error.copy())) == (key, "detail", type(error))
        assert "detail" in str(error)
    assert error_for("unheard of", "").key == "internal"
    assert {error.key for error in EngineError.__subclasses__()} == set(KEYS)
