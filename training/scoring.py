"""What a reply did, compared with what it should have done, and counts of that with an interval."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
import math
from typing import Any, Literal

from home_llm_core.calls import Call, Names, resolve
from home_llm_core.errors import CallError
from home_llm_core.home import Home
from home_llm_core.parser import BadCall, Event

Effect = tuple[str, str, tuple[tuple[str, Any], ...]]
"""An action on one entity with its arguments: what is left of a call when areas are resolved."""

Outcome = Literal["exact", "wrong", "missed"]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A judged reply.

    Args:
        home: id of the home, or number of the chat.
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


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a model's reply comes to.

    Args:
        effects: what would be done, with repetitions.
        refused: lines that make no sense.
        explained: calls that the checks refuse, so that nothing is done and the reason is told.

    """

    effects: Counter[Effect]
    refused: int = 0
    explained: int = 0


def read_reply(events: Iterable[Event], home: Home, names: Names) -> Reply:
    """Resolve the calls of a parsed reply in its home."""
    effects: Counter[Effect] = Counter()
    refused = explained = 0
    for event in events:
        if isinstance(event, BadCall):
            refused += 1
        elif isinstance(event, Call):
            try:
                call = resolve(event, home, names)
            except CallError:
                explained += 1
                continue
            effects.update(_effects(call.action.name, call.entity_ids, call.arguments))
    return Reply(effects=effects, refused=refused, explained=explained)


def expected_effects(calls: Sequence[Mapping[str, Any]]) -> Counter[Effect]:
    """Return what the calls of a generated record do."""
    effects: Counter[Effect] = Counter()
    for call in calls:
        effects.update(_effects(call["action"], call["entity_ids"], call.get("arguments", {})))
    return effects


def _effects(action: str, ids: Sequence[str], arguments: Mapping[str, Any]) -> list[Effect]:
    sorted_arguments = tuple(sorted(arguments.items()))
    # What needs no device, as a timer, is one effect.
    return [(action, entity_id, sorted_arguments) for entity_id in ids or ("",)]


def judge(reply: Reply, expected: Counter[Effect], explained: int = 0) -> Outcome:
    """Say whether a reply did exactly what was asked, something else, or too little.

    Args:
        reply: what was written.
        expected: what is right to be done.
        explained: calls of the right reply that this home can only explain, as of a list that it
            does not have.

    ``wrong`` is the bad case: something was done that should not have been done. ``missed`` leaves
    the home as it is, or does a part of what was asked. Where nothing is right to be done, a call
    that cannot be carried out is right as well: people are told that it cannot be done, and why.
    """
    is_whole = not reply.refused and (reply.explained == explained or not expected)
    if reply.effects == expected and is_whole:
        return "exact"
    return "wrong" if reply.effects - expected else "missed"


@dataclass(frozen=True, kw_only=True)
class Score:
    """Counts of outcomes.

    Args:
        requests: number of requests.
        exact: those that were answered exactly.
        wrong: those in which something else was done.

    """

    requests: int = 0
    exact: int = 0
    wrong: int = 0

    def add(self, outcome: Outcome) -> "Score":
        """Return the score with one more outcome."""
        return Score(
            requests=self.requests + 1,
            exact=self.exact + (outcome == "exact"),
            wrong=self.wrong + (outcome == "wrong"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return counts, and the rates of exact and of wrong replies with their intervals."""
        return {
            "requests": self.requests,
            "exact": self.exact,
            "wrong": self.wrong,
            "missed": self.requests - self.exact - self.wrong,
            "exact_rate": self.exact / max(self.requests, 1),
            "interval_95": list(wilson(self.exact, self.requests)),
            "wrong_rate": self.wrong / max(self.requests, 1),
            "wrong_interval_95": list(wilson(self.wrong, self.requests)),
        }


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95% interval of a rate.

    Source: Wilson 1927, Probable inference, the law of succession, and statistical inference.
    """
    if trials == 0:
        return 0.0, 1.0
    z = 1.959964
    rate, z2 = successes / trials, z * z
    center = (rate + z2 / (2 * trials)) / (1 + z2 / trials)
    margin = (
        z * math.sqrt(rate * (1 - rate) / trials + z2 / (4 * trials * trials)) / (1 + z2 / trials)
    )
    return max(0.0, center - margin), min(1.0, center + margin)
