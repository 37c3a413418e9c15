"""The child process by itself: what it imports, when it ends, how it answers over its pipes."""

from collections.abc import Iterator
import contextlib
from pathlib import Path
import signal
import subprocess
import sys
import time
from typing import Any, BinaryIO

import pytest

import home_llm_engine
from home_llm_engine import protocol
from home_llm_engine.protocol import (
    Cancel,
    Count,
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

ENTRY = Path(home_llm_engine.__file__).with_name("__main__.py")
COMMAND = [sys.executable, "-I", str(ENTRY)]
PROMPT = [("turn on the kitchen lights", False)]


class Child:
    """A worker and its pipes."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert self.process.stdin
        assert self.process.stdout
        self.requests: BinaryIO = self.process.stdin  # type: ignore[assignment]
        self.events: BinaryIO = self.process.stdout  # type: ignore[assignment]

    def send(self, *requests: Request) -> None:
        """Write requests."""
        self.requests.write(b"".join(map(protocol.encode, requests)))
        self.requests.flush()

    def next(self) -> Event:
        """Wait for an event."""
        length = protocol.frame_length(self.events.read(protocol.HEADER.size))
        return protocol.decode_event(self.events.read(length))

    def last(self, number: int) -> Event:
        """Wait for the event that ends a request."""
        while isinstance(event := self.next(), Text) or event.id != number:
            pass
        return event


@contextlib.contextmanager
def running(command: list[str]) -> Iterator[Child]:
    """Run a worker as long as the block lasts."""
    child = Child(command)
    try:
        yield child
    finally:
        child.process.kill()
        child.process.wait()
        for pipe in (child.process.stdin, child.process.stdout, child.process.stderr):
            if pipe and not pipe.closed:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


@pytest.fixture
def worker(random_model_path: Path) -> Iterator[Child]:
    """Return a worker that has loaded the random model."""
    with running(COMMAND) as child:
        child.send(Load(id=0, path=str(random_model_path), n_ctx=4096, n_threads=1))
        assert isinstance(child.next(), Loaded)
        yield child


def generate(number: int, grammar: dict[str, Any] | None = None, **more: Any) -> Generate:
    return Generate(
        id=number, segments=PROMPT, max_tokens=more.pop("max_tokens", 4), grammar=grammar, **more
    )


def test_it_ends_when_nobody_has_anything_to_ask(worker: Child) -> None:
    worker.requests.close()
    assert worker.process.wait(30) == 0


def test_it_ends_in_the_middle_of_a_reply_when_nobody_listens(
    worker: Child, endless: dict[str, Any]
) -> None:
    worker.send(generate(1, endless, max_tokens=4000))
    assert isinstance(worker.next(), Text)
    worker.requests.close()
    worker.events.close()
    assert worker.process.wait(30) == 0


def test_nothing_is_counted_before_there_is_a_model() -> None:
    with running(COMMAND) as child:
        child.send(Count(id=1, prompts=[PROMPT]))
        failed = child.next()
        assert isinstance(failed, Failed)
        assert (failed.id, failed.key) == (1, "internal")


def test_it_ends_when_requests_are_garbled(worker: Child) -> None:
    worker.requests.write(b"GET / HTTP/1.1\r\n\r\n")
    worker.requests.flush()
    assert worker.process.wait(30) == 0
    assert worker.process.stderr
    assert b"ProtocolError" in worker.process.stderr.read()


def test_control_c_is_for_the_parent(worker: Child) -> None:
    worker.process.send_signal(signal.SIGINT)
    worker.send(generate(1))
    assert isinstance(worker.last(1), Finished)


def test_a_request_before_the_model_is_loaded_fails() -> None:
    with running(COMMAND) as child:
        child.send(generate(1))
        event = child.next()
    assert isinstance(event, Failed)
    assert event.key == "internal"


def test_a_preparation_gives_way_to_a_sentence(worker: Child) -> None:
    # One write: they are read together, long before the first one can be done.
    long = [("light desk lamp\n" * 900, False)]
    worker.send(Prepare(id=1, segments=long), Prepare(id=2, segments=long), generate(3))
    ends = {event.id: event for event in (worker.next() for _ in range(2))}
    assert all(isinstance(end, Failed) and end.key == "cancelled" for end in ends.values())
    assert set(ends) == {1, 2}
    assert isinstance(worker.last(3), Finished)


def test_a_running_reply_is_given_up_at_the_next_token(
    worker: Child, endless: dict[str, Any]
) -> None:
    # The reply is larger than what fits into the pipe: it cannot be complete before it is read.
    worker.send(generate(1, endless, max_tokens=4000))
    assert isinstance(worker.next(), Text)
    worker.send(Cancel(id=1))
    end = worker.last(1)
    assert isinstance(end, Failed)
    assert end.key == "cancelled"
    worker.send(generate(2))
    assert isinstance(worker.last(2), Finished)


def test_a_waiting_request_is_given_up_at_once(worker: Child, endless: dict[str, Any]) -> None:
    worker.send(generate(1, endless, max_tokens=4000))
    worker.send(generate(2), Cancel(id=2))
    while not isinstance(event := worker.next(), Failed):
        assert isinstance(event, Text)
    assert event.id == 2


def test_a_grammar_that_was_sent_is_known_by_its_name(
    worker: Child, endless: dict[str, Any]
) -> None:
    worker.send(Prepare(id=1, segments=PROMPT, grammar=endless, grammar_id="g"))
    assert isinstance(worker.next(), Prepared)
    worker.send(generate(2, grammar_id="g"))
    texts = [worker.next() for _ in range(4)]
    assert {event.text for event in texts if isinstance(event, Text)} <= {" light", " fan"}
    assert isinstance(worker.last(2), Finished)


def test_what_a_module_prints_does_not_garble_the_events(tmp_path: Path) -> None:
    package = tmp_path / "llama_cpp"
    package.mkdir()
    (package / "__init__.py").write_text("print('hello')\nraise ImportError('not for this cpu')\n")
    bare = make_bare_python(tmp_path / "python")
    with running([str(bare), "-I", str(ENTRY), str(tmp_path), *site_packages()]) as child:
        child.send(Load(id=1, path="", n_ctx=1, n_threads=1))
        event = child.next()
    assert event == Failed(id=1, key="runtime_missing", detail="not for this cpu")


def test_it_imports_neither_home_assistant_nor_the_rest_of_the_integration(
    random_model_path: Path,
) -> None:
    program = (
        "import runpy, sys;"
        f"runpy.run_path({str(ENTRY)!r}, run_name='__main__');"
        "sys.stderr.write(' '.join(sys.modules))"
    )
    with running([sys.executable, "-I", "-c", program]) as child:
        child.send(Load(id=1, path=str(random_model_path), n_ctx=512, n_threads=1), generate(2))
        assert isinstance(child.last(2), Finished)
        child.requests.close()
        assert child.process.stderr
        modules = child.process.stderr.read().decode().split()
    assert {"home_llm_engine.worker", "home_llm_engine.model", "llama_cpp"} <= set(modules)
    roots = {module.partition(".")[0] for module in modules}
    assert not roots & {"homeassistant", "custom_components", "home_llm_core"}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children")
def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    # The parent's end of the pipe lives on in a third process, so only the signal can tell.
    program = (
        "import os, subprocess, sys, time\n"
        f"child = subprocess.Popen({COMMAND!r}, stdin=0, stdout=subprocess.PIPE)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert parent.stdout
    child = int(parent.stdout.readline())
    wait_until(lambda: b"1000" in Path(f"/proc/{child}/oom_score_adj").read_bytes())
    parent.kill()
    wait_until(lambda: not is_running(child))
    parent.communicate()


def wait_until(condition: Any, seconds: float = 60) -> None:  # noqa: ANN401
    """Wait for something that happens in another process; fail if it does not."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Return whether a process is there and is no zombie that waits for its parent."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def make_bare_python(folder: Path) -> Path:
    """Make an interpreter without any installed package."""
    command = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
    subprocess.run(command, check=True)
    return folder / "bin" / "python"


def site_packages() -> list[str]:
    """Return the folders in which this interpreter's packages are."""
    return [path for path in sys.path if path.endswith("site-packages")]
