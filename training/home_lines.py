"""A generated home as prompts, and what the replies to them would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from home_llm_core.actions import ACTIONS
from home_llm_core.chat import Message
from home_llm_core.formats import TINY, get_format
from home_llm_core.formats.base import Hearing
from home_llm_core.home import home_from_dict
from home_llm_core.parser import Event, Query
from home_llm_core.turns import turn_from_dict
from training.errors import TrainingError
from training.prompts import TURN_START, ChatPrompt, Prompt, Runner
from training.scoring import Answer, expected_effects, judge, read_reply

_FORMAT, _DOMAINS = "home_llm.format", "home_llm.domains"


@dataclass(frozen=True, kw_only=True)
class _Request:
    """A request of a home.

    Args:
        data: as the line holds it.
        prompt: for the model.
        heard: in the format that the model reads.
        written: in the format of the line.

    """

    data: Mapping[str, Any]
    prompt: Prompt | ChatPrompt
    heard: Hearing
    written: Hearing

    @property
    def expected(self) -> str:
        """The right reply in the format of the line; empty where there is none."""
        return str(self.data["messages"][-1]["content"])


class HomeLine:
    """A line with a home and its requests, in any format but that of tools.

    The model is asked in the format that it names, else in that of the line.

    Args:
        data: the line.
        runner: the model.

    Raises:
        TrainingError: the model cannot be asked in its format what the line holds.

    """

    def __init__(self, data: Mapping[str, Any], runner: Runner) -> None:
        self._data = data
        self._runner = runner
        self._home = home_from_dict(data["home"])
        self._written = get_format(data["format"])
        self._format = get_format(_format_name(data, runner))
        # What the others read stands in the line; ours reads what is heard, bound by a grammar.
        self._is_ours = self._format.name == TINY.name
        if self._is_ours and not runner.knows_chatml:
            raise TrainingError(
                f"the model has no token {TURN_START.text}, with which {self._format.name} begins"
            )
        self._allowed = _actions(data, runner)
        self._requests = [self._request(request) for request in data["requests"]]

    @property
    def prompts(self) -> list[Prompt | ChatPrompt]:
        """What the model is asked."""
        return [request.prompt for request in self._requests]

    def answers(self, replies: Sequence[str]) -> list[Answer]:
        """Return the judged replies, one to each prompt."""
        return [
            self._answer(request, reply)
            for request, reply in zip(self._requests, replies, strict=True)
        ]

    def _request(self, data: Mapping[str, Any]) -> _Request:
        record = data["record"]
        area = self._home.area_by_id.get(record["speaker_area"] or "")
        turn = turn_from_dict(record["turn"], self._home)
        said = (record["text"], self._home, area, self._allowed, turn)
        heard, written = self._format.hear(*said), self._written.hear(*said)
        return _Request(data=data, prompt=self._prompt(data, heard), heard=heard, written=written)

    def _prompt(self, data: Mapping[str, Any], heard: Hearing) -> Prompt | ChatPrompt:
        if not self._is_ours:
            *before, _ = data["messages"]
            if not self._runner.knows_chatml:
                return ChatPrompt(messages=before)
            messages = [Message(role=m["role"], content=m["content"]) for m in before]
            return Prompt(segments=self._format.prompt(messages))
        system = Message(role="system", content=self._format.system(self._home, self._allowed))
        return Prompt(
            segments=self._format.prompt([system, Message(role="user", content=heard.message)]),
            grammar=heard.grammar,
            words=heard.words,
        )

    def _answer(self, request: _Request, reply: str) -> Answer:
        record = request.data["record"]
        events = _events(request.heard, reply)
        asked = _events(request.written, request.expected) if request.expected else []
        right = read_reply(asked, self._home, self._written.names(self._home))
        # What other models write in their own words, the record has in ours.
        is_ours = self._written.name == TINY.name
        effects = expected_effects(record["calls"]) if is_ours else right.effects
        given = read_reply(events, self._home, self._format.names(self._home))
        outcome = judge(given, effects, right.explained)
        if outcome == "exact" and request.expected and _queries(events) != _queries(asked):
            outcome = "missed"
        return Answer(
            home=str(self._data["id"]),
            language=self._data["language"],
            kind=record["kind"],
            domains=tuple(record["domains"]),
            text=record["text"],
            expected=request.expected,
            reply=reply,
            outcome=outcome,
        )


def _format_name(data: Mapping[str, Any], runner: Runner) -> str:
    """Return the format in which a model is asked about a home."""
    line: str = data["format"]
    named = runner.metadata.get(_FORMAT, line)
    if named not in (line, TINY.name):
        raise TrainingError(
            f"the model reads {named}, the line is in {line}:"
            f" write the homes with data.generate --format {named}"
        )
    return named


def _actions(data: Mapping[str, Any], runner: Runner) -> frozenset[str]:
    """Return the actions of the domains that the model knows, else of those of the line."""
    listed = runner.metadata.get(_DOMAINS, "")
    known = {domain.strip() for domain in listed.split(",")} - {""} or set(data["domains"])
    return frozenset(
        name for name, action in ACTIONS.items() if not action.targets or action.domain in known
    )


def _events(heard: Hearing, reply: str) -> list[Event]:
    parser = heard.parser()
    return [*parser.feed(reply), *parser.close()]


def _queries(events: Sequence[Event]) -> list[Query]:
    """Return what a reply looks at."""
    return [event for event in events if isinstance(event, Query)]
