"""Runs a model over the lines of a file, each request on its own."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
import json
from multiprocessing import get_context

from home_llm_core.errors import CoreError
from home_llm_engine.errors import EngineError
from training.errors import TrainingError
from training.home_lines import HomeLine
from training.prompts import Runner, Runtime
from training.scoring import Answer
from training.tool_lines import ToolLine

__all__ = ["Answer", "Runtime", "answer_all"]

_Chunk = tuple[int, Sequence[str]]
"""Lines that are answered together, and the number of the first."""

_MALFORMED = (CoreError, ValueError, KeyError, TypeError)


def answer_all(lines: Sequence[str], runtime: Runtime, workers: int = 1) -> Iterator[Answer]:
    """Yield a judged reply for every request, in order.

    Args:
        lines: generated homes, or chats with tools.
        runtime: how the model is run.
        workers: processes, each with the model loaded. A folder of transformers is run in this
            one: it answers several prompts at once instead.

    Raises:
        TrainingError: the model cannot be loaded, or a line is not what it should be.

    """
    is_folder = runtime.model.is_dir()
    size = runtime.batch if is_folder else 1
    chunks = [(at + 1, lines[at : at + size]) for at in range(0, len(lines), size)]
    workers = 1 if is_folder else min(workers, len(chunks))
    if workers <= 1:
        work = _Worker(runtime)
        for chunk in chunks:
            yield from work(chunk)
        return
    # Not forked: threads may already run here.
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, _start, (runtime,)) as pool:
        try:
            for answers in pool.map(_work, chunks):
                yield from answers
        except BrokenProcessPool as err:
            raise TrainingError(
                "a worker was ended from outside, perhaps for want of memory; try --workers 1"
            ) from err


class _Worker:
    """Answers lines with a model, which is loaded when it is first needed."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._runner: Runner | None = None

    def __call__(self, chunk: _Chunk) -> list[Answer]:
        first, lines = chunk
        numbers = range(first, first + len(lines))
        asked = [self._asked(number, line) for number, line in zip(numbers, lines, strict=True)]
        prompts = [prompt for line in asked for prompt in line.prompts]
        with _told(f"line {first}" if len(lines) == 1 else f"lines {first}-{numbers[-1]}"):
            replies = iter(self._loaded().replies(prompts))
        found: list[Answer] = []
        for number, line in zip(numbers, asked, strict=True):
            with _told(f"line {number}", *_MALFORMED):
                found += line.answers([next(replies) for _ in line.prompts])
        return found

    def _asked(self, number: int, line: str) -> HomeLine | ToolLine:
        with _told(f"line {number}", *_MALFORMED):
            data = json.loads(line)
            return ToolLine(data, number) if "messages" in data else HomeLine(data, self._loaded())

    def _loaded(self) -> Runner:
        if self._runner is None:
            self._runner = _runner(self._runtime)
        return self._runner


@contextmanager
def _told(place: str, *malformed: type[Exception]) -> Iterator[None]:
    """Turn what goes wrong into one clear line; ``malformed`` come of lines that are none."""
    try:
        yield
    except EngineError as err:
        raise TrainingError(f"{place}: {type(err).__name__}: {err}") from err
    except TrainingError as err:
        raise TrainingError(f"{place}: {err}") from err
    except malformed as err:
        raise TrainingError(f"{place}: not a generated home or chat: {err!r}") from err


def _runner(runtime: Runtime) -> Runner:
    # Each imports for seconds what the other does not need, in every worker anew.
    if runtime.model.is_dir():
        from training.transformers_runner import TransformersRunner  # noqa: PLC0415

        return TransformersRunner(runtime)
    from training.gguf_runner import GgufRunner  # noqa: PLC0415

    return GgufRunner(runtime)


# Of a worker process: what answers its lines.
_worker: list[_Worker] = []


def _start(runtime: Runtime) -> None:
    _worker.append(_Worker(runtime))


def _work(chunk: _Chunk) -> list[Answer]:
    return _worker[0](chunk)
