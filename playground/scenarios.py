"""A scenario: what somebody says in a house, and what has to come of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

REQUESTS = (
    *("direct", "polite", "elliptical", "synonym", "area", "floor", "house", "exclusion"),
    *("several", "relative", "value", "color", "temperature", "implicit", "condition"),
    *("question", "satellite", "unclear", "follow_up"),
    *("absent_device", "absent_room", "absent_ability", "not_a_request", "small_talk"),
    *("unavailable", "everything", "timer", "todo"),
)
"""The kinds of requests, in the order in which tables show them."""

type Outcome = Literal["right", "wrong", "missed"]
"""``wrong``: something happened that should not have; ``missed``: only less than should have."""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """How a device has to be afterwards.

    Args:
        state: its state; that of before if none.
        attributes: by name, in the units of house files; those that are not named stay as they are.

    """

    state: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ExpectedCall:
    """An action that has to be called.

    Args:
        action: ``domain.action``.
        targets: the entities it is for.
        data: parameters that it has to have; others may be there.

    """

    action: str
    targets: tuple[str, ...]
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ExpectedTimer:
    """A timer that has to be there afterwards.

    Args:
        seconds: what is left of it when it was last changed.
        name: what it is called; any name if none.
        paused: whether it stands still.

    """

    seconds: int
    name: str | None = None
    paused: bool = False


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A sentence, where it is said, and what has to come of it.

    Args:
        path: the file that it is from.
        line: where it begins there.
        language: of the sentences.
        say: the sentence.
        kind: of request, one of ``REQUESTS``.
        before: what is said earlier in the conversation.
        area: where the speaker stands, if that is known.
        expect: how devices are afterwards, by entity id; all others are as before.
        calls: actions that no state shows.
        timers: all that there are afterwards; as before if none.
        reply: facts in the reply, each a choice of words.
        not_in_reply: words that the reply does not hold.
        asks: whether the reply asks back.

    """

    path: Path
    line: int
    language: str
    say: str
    kind: str
    before: tuple[str, ...] = ()
    area: str | None = None
    expect: Mapping[str, Expected] = field(default_factory=dict)
    calls: tuple[ExpectedCall, ...] = ()
    timers: tuple[ExpectedTimer, ...] | None = None
    reply: tuple[tuple[str, ...], ...] = ()
    not_in_reply: tuple[str, ...] = ()
    asks: bool = False

    @property
    def place(self) -> str:
        """Where it stands, as compilers write it."""
        return f"{self.path}:{self.line}"

    @property
    def acts(self) -> bool:
        """Whether anything has to happen."""
        return bool(self.expect or self.calls or self.timers is not None)

    @property
    def domain(self) -> str:
        """The domain in which something has to happen, or ``several``, or ``none``."""
        targets = [target for call in self.calls for target in call.targets]
        found = {entity_id.partition(".")[0] for entity_id in (*self.expect, *targets)}
        found |= {"timer"} if self.timers is not None else set()
        return "several" if len(found) > 1 else next(iter(found), "none")


@dataclass(frozen=True, kw_only=True)
class ScenarioFile:
    """The scenarios of one file, which all take place in one house.

    Args:
        path: the file.
        home: the file of the house.
        scenarios: in the order of the file.

    """

    path: Path
    home: Path
    scenarios: tuple[Scenario, ...]

    def only(self, kinds: Collection[str]) -> ScenarioFile:
        """Return the file with the scenarios of some kinds."""
        kept = tuple(scenario for scenario in self.scenarios if scenario.kind in kinds)
        return replace(self, scenarios=kept)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that is not as a scenario says.

    Args:
        outcome: what the scenario comes to because of it.
        text: for people.

    """

    outcome: Literal["wrong", "missed"]
    text: str


def outcome_of(faults: Collection[Fault]) -> Outcome:
    """Return what a scenario comes to."""
    if any(fault.outcome == "wrong" for fault in faults):
        return "wrong"
    return "missed" if faults else "right"
