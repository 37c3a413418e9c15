"""Runs a GGUF file over generated homes, each request as a first turn after its home."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
import json
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from home_llm_core.chat import Message
from home_llm_core.errors import CoreError
from home_llm_core.formats import Format, get_format
from home_llm_core.home import Home, home_from_dict
from home_llm_core.parser import Event, Speech
from home_llm_engine.errors import EngineError
from home_llm_engine.model import Model
from home_llm_engine.reply import Piece
from training.errors import TrainingError
from training.scoring import Outcome, expected_effects, judge, read_reply


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """How a model is run.

    Args:
        model: GGUF file.
        n_ctx: context, in tokens.
        n_threads: threads of each worker.
        use_grammar: whether replies are bound to what the home has.
        calls_only: whether a reply is cut off where its calls end; speech is not scored.
        max_tokens: longest reply.

    """

    model: Path
    n_ctx: int = 4096
    n_threads: int = 1
    use_grammar: bool = True
    calls_only: bool = True
    max_tokens: int = 256


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A judged reply.

    Args:
        home: id of the home.
        language: of the request.
        kind: of the request, as the record names it.
        domains: that the request is about.
        text: what was said.
        expected: the right reply, as it was generated.
        reply: what the model wrote.
        outcome: the judgement.

    """

    home: str
    language: str
    kind: str
    domains: tuple[str, ...]
    text: str
    expected: str
    reply: str
    outcome: Outcome


def answer_all(lines: list[str], runtime: Runtime, workers: int) -> Iterator[Answer]:
    """Yield a judged reply for every request, in order.

    Args:
        lines: generated homes.
        runtime: how the model is run.
        workers: processes, each with the model loaded.

    Raises:
        TrainingError: the model cannot be loaded, or a line is not a generated home.

    """
    context = get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(lines)), context, _start, (runtime,)) as pool:
        for answers in pool.map(_work, enumerate(lines, start=1)):
            yield from answers


# Of a worker process: how the model is run, and the model once it was needed.
_runtime: list[Runtime] = []
_model: list[Model] = []


def _start(runtime: Runtime) -> None:
    _runtime.append(runtime)


def _work(numbered: tuple[int, str]) -> list[Answer]:
    number, line = numbered
    runtime = _runtime[0]
    try:
        if not _model:
            _model.append(Model(runtime.model, n_ctx=runtime.n_ctx, n_threads=runtime.n_threads))
        return answer_home(json.loads(line), _model[0], runtime)
    except EngineError as err:
        raise TrainingError(f"line {number}: {type(err).__name__}: {err}") from err
    except (CoreError, ValueError, KeyError, TypeError) as err:
        raise TrainingError(f"line {number}: not a generated home: {err!r}") from err


class Replier:
    """Lets a model speak about one home.

    Args:
        model: a loaded model.
        format_: its prompt format.
        home: the home.
        runtime: how the model is run.

    """

    def __init__(self, model: Model, format_: Format, home: Home, runtime: Runtime) -> None:
        self._model, self._format, self._runtime = model, format_, runtime
        grammar = format_.grammar(home) if runtime.use_grammar else None
        self._grammar = grammar.to_dict() if grammar is not None else None
        self._grammar_id = grammar.digest if grammar is not None else None

    def reply(self, messages: Sequence[Message]) -> tuple[str, list[Event]]:
        """Return the reply to a conversation, and the events in it."""
        pieces = self._model.generate(
            [(segment.text, segment.markup) for segment in self._format.prompt(messages)],
            grammar=self._grammar,
            grammar_id=self._grammar_id,
            max_tokens=self._runtime.max_tokens,
        )
        parser, text = self._format.parser(), ""
        events: list[Event] = []
        for piece in pieces:
            if isinstance(piece, Piece):
                text += piece.text
                events += parser.feed(piece.text)
            if self._runtime.calls_only and any(isinstance(event, Speech) for event in events):
                # Calls stand before the sentence: there are no more to come.
                break
        return text, [*events, *parser.close()]


def answer_home(data: dict[str, Any], model: Model, runtime: Runtime) -> list[Answer]:
    """Return a judged reply for every request of a home, in the format that the model reads."""
    home = home_from_dict(data["home"])
    format_ = get_format(model.info.metadata.get("home_llm.format", data["format"]))
    names = format_.names(home)
    replier = Replier(model, format_, home, runtime)
    answers = []
    for request in data["requests"]:
        record = request["record"]
        messages = [Message(role="system", content=data["system"])]
        messages += [Message(role=m["role"], content=m["content"]) for m in request["messages"]]
        if format_.name != data["format"]:
            area = home.area_by_id.get(record["speaker_area"] or "")
            messages[0] = Message(role="system", content=format_.system(home))
            messages[-2] = Message(role="user", content=format_.user(record["text"], home, area))
        text, events = replier.reply(messages[:-1])
        outcome = judge(read_reply(events, home, names), expected_effects(record["calls"]))
        answers.append(
            Answer(
                home=str(data["id"]),
                language=data["language"],
                kind=record["kind"],
                domains=tuple(record["domains"]),
                text=record["text"],
                expected=messages[-1].content,
                reply=text,
                outcome=outcome,
            )
        )
    return answers
