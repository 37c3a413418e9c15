"""Runs a GGUF file over generated homes, each request on its own."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
import json
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from home_llm_core.actions import ACTIONS
from home_llm_core.chat import Message
from home_llm_core.errors import CoreError
from home_llm_core.formats import Format, get_format
from home_llm_core.home import Area, Home, home_from_dict
from home_llm_core.parser import Event, Query
from home_llm_core.turns import Turn, turn_from_dict
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
        use_grammar: whether replies are bound by the grammars of their sentences.
        max_tokens: longest reply.

    """

    model: Path
    n_ctx: int = 4096
    n_threads: int = 1
    use_grammar: bool = True
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
        expected: the right reply, as it was generated; empty where there is none.
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
    """Lets a model answer single sentences.

    Args:
        model: a loaded model.
        format_: its prompt format.
        runtime: how the model is run.

    """

    def __init__(self, model: Model, format_: Format, runtime: Runtime) -> None:
        self._model, self._format, self._runtime = model, format_, runtime
        domains = str(model.info.metadata.get("home_llm.domains", ""))
        known = {domain.strip() for domain in domains.split(",")} - {""}
        self._allowed = frozenset(
            name
            for name, action in ACTIONS.items()
            if not known or not action.targets or action.domain in known
        )

    def reply(
        self, text: str, home: Home, area: Area | None, turn: Turn | None = None
    ) -> tuple[str, list[Event]]:
        """Return the reply to a sentence, and the events in it."""
        format_ = self._format
        heard = format_.hear(text, home, area, self._allowed, turn)
        system = Message(role="system", content=format_.system(home, self._allowed))
        grammar = heard.grammar if self._runtime.use_grammar else None
        pieces = self._model.generate(
            [
                (segment.text, segment.markup)
                for segment in format_.prompt([system, Message(role="user", content=heard.message)])
            ],
            grammar=grammar.to_dict() if grammar is not None else None,
            grammar_id=grammar.digest if grammar is not None else None,
            words=heard.words,
            max_tokens=self._runtime.max_tokens,
        )
        parser, reply = heard.parser(), ""
        events: list[Event] = []
        for piece in pieces:
            if isinstance(piece, Piece):
                reply += piece.text
                events += parser.feed(piece.text)
        return reply, [*events, *parser.close()]

    def is_answered(
        self, events: list[Event], expected: str, record: Mapping[str, Any], home: Home
    ) -> bool:
        """Return whether a reply looks at what is asked, in the way in which it is asked."""
        if not expected:
            return True
        area = home.area_by_id.get(record["speaker_area"] or "")
        turn = turn_from_dict(record["turn"], home)
        parser = self._format.hear(record["text"], home, area, self._allowed, turn).parser()
        asked = [event for event in parser.feed(expected) if isinstance(event, Query)]
        return [event for event in events if isinstance(event, Query)] == asked


def answer_home(data: dict[str, Any], model: Model, runtime: Runtime) -> list[Answer]:
    """Return a judged reply for every request of a home, in the format that the model reads."""
    home = home_from_dict(data["home"])
    format_ = get_format(model.info.metadata.get("home_llm.format", data["format"]))
    names = format_.names(home)
    replier = Replier(model, format_, runtime)
    answers = []
    for request in data["requests"]:
        record = request["record"]
        area = home.area_by_id.get(record["speaker_area"] or "")
        turn = turn_from_dict(record["turn"], home)
        reply, events = replier.reply(record["text"], home, area, turn)
        outcome = judge(read_reply(events, home, names), expected_effects(record["calls"]))
        expected = request["messages"][-1]["content"]
        if outcome == "exact" and not replier.is_answered(events, expected, record, home):
            outcome = "missed"
        answers.append(
            Answer(
                home=str(data["id"]),
                language=data["language"],
                kind=record["kind"],
                domains=tuple(record["domains"]),
                text=record["text"],
                expected=expected,
                reply=reply,
                outcome=outcome,
            )
        )
    return answers
