"""Another llama-cpp-python against the one that is installed: ``script/bench --runtime FOLDER``.

Each runs in a process of its own, and they take turns. A build with a library for each set of
instructions (``GGML_BACKEND_DL``, ``GGML_CPU_ALL_VARIANTS``) takes the best for this processor.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import ctypes
from dataclasses import replace
import os
from pathlib import Path
import subprocess
import sys
import tempfile

from llama_cpp import llama_cpp
from llama_cpp._ggml import libggml, libggml_base_path

from .bench_large import LARGE, write_random
from .bench_raw import OURS, PROMPTS, Raw, Spent, beside, median_of
from .bench_table import Cell, Table

_ROOT = Path(__file__).parents[1]
_LARGE = "TinyLlama-1.1B"
_LAYERS = 2
"""Of it; all of them would only take longer."""


def runtimes(
    model: Path, folder: Path, runs: int, progress: Callable[[], object], *, large: bool
) -> Table:
    """Measure both, as multiples of the one that is installed.

    Args:
        model: the GGUF file.
        folder: where the other one was installed, as by ``pip install --target``.
        runs: how often each reads and writes.
        progress: is called after each time.
        large: whether layers of a large model are measured, too.

    """
    with tempfile.TemporaryDirectory(prefix="home-llm-bench-") as temporary:
        models = {model.stem: model}
        if large:
            shape = replace(LARGE[_LARGE], layers=_LAYERS)
            path = write_random(Path(temporary) / "large.gguf", shape, model)
            models[f"{_LAYERS} layers of {_LARGE}, Q4_0"] = path
        rows = [
            {"model": name, **row}
            for name, path in models.items()
            for row in _rows(path, folder, runs, progress)
        ]
    title = "Runtimes: times, and as multiples of what is installed"
    return Table(title=title, rows=rows, bar="x read", names=("model", "prompt", "runtime"))


def _rows(
    model: Path, folder: Path, runs: int, progress: Callable[[], object]
) -> Iterator[dict[str, Cell]]:
    with _process(model, None) as installed, _process(model, folder) as other:
        asks = {"installed": installed, folder.name: other}
        for prompt, (read, written) in PROMPTS.items():
            spent: dict[str, list[Spent]] = {name: [] for name in asks}
            # The first time is not counted.
            for _ in range(runs + 1):
                for name, ask in asks.items():
                    spent[name].append(ask(read, written))
                progress()
            found = {name: median_of(each[1:]) for name, each in spent.items()}
            for name, one in found.items():
                yield {"prompt": prompt, "runtime": name, **beside(one, found["installed"])}


@contextmanager
def _process(model: Path, folder: Path | None) -> Iterator[Callable[[int, int], Spent]]:
    """Run a process with its own llama-cpp-python, and ask it for times."""
    known = os.environ.get("PYTHONPATH", "")
    path = f"{folder.resolve()}{os.pathsep}{known}" if folder else known
    command = [sys.executable, "-m", "playground.bench_runtime", str(model.resolve())]
    with subprocess.Popen(  # noqa: S603 - ourselves
        command,
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        requests, replies = process.stdin, process.stdout
        if requests is None or replies is None:
            raise RuntimeError("pipes that were asked for")

        def ask(read: int, written: int) -> Spent:
            requests.write(f"{read} {written}\n")
            requests.flush()
            read_ms, write_ms = map(float, replies.readline().split())
            return Spent(read_ms=read_ms, write_ms=write_ms)

        yield ask
        requests.close()


def _load_backends() -> None:
    """Let llama.cpp look for the library that fits this processor, if none is built in."""
    if not libggml.ggml_backend_reg_count():
        load = libggml.ggml_backend_load_all_from_path
        load.argtypes = [ctypes.c_char_p]
        load(bytes(libggml_base_path))


def main() -> None:
    """Read and write as often as one is asked to, and say what it took."""
    llama_cpp.llama_backend_init()
    _load_backends()
    with Raw(Path(sys.argv[1]), OURS) as raw:
        for question in sys.stdin:
            read, written = map(int, question.split())
            spent = raw.answer(read, written)
            sys.stdout.write(f"{spent.read_ms} {spent.write_ms}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
