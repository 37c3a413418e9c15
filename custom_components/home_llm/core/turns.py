"""What came of the turn before, for sentences that go back to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .actions import ACTIONS
from .calls import ResolvedCall
from .home import Entity, Home, Value
from .parser import Unclear

_ITEM = "item"


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One exchange of a conversation.

    Args:
        calls: what was done.
        before: how the devices were that it was done to, by entity id.
        asked: what was asked back, if anything.
        spoken_of: the devices that a question was about.

    """

    calls: tuple[ResolvedCall, ...] = ()
    before: Mapping[str, Entity] = field(default_factory=dict)
    asked: Unclear | None = None
    spoken_of: tuple[str, ...] = ()

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """The devices that it was about."""
        done = (entity_id for call in self.calls for entity_id in call.entity_ids)
        return tuple(dict.fromkeys(done)) or self.spoken_of


def asked_together(asked: Sequence[Unclear]) -> Unclear | None:
    """Return the question that stays open, of those that were asked; none if none was.

    Several items of which nobody knows on which list they belong are one question, with all of
    them in its argument, a line each.
    """
    if not asked:
        return None
    last = asked[-1]
    alike = [
        each
        for each in asked
        if (each.verb, each.entity_ids) == (last.verb, last.entity_ids)
        and set(each.arguments) == {_ITEM}
    ]
    if len(alike) <= 1:
        return last
    items = dict.fromkeys(str(each.arguments[_ITEM]) for each in alike)
    return replace(last, arguments={_ITEM: "\n".join(items)})


def one_by_one(asked: Unclear) -> Iterator[Mapping[str, Value]]:
    """Yield the arguments of what was asked together."""
    if _ITEM not in asked.arguments:
        yield asked.arguments
        return
    for item in str(asked.arguments[_ITEM]).split("\n"):
        yield {**asked.arguments, _ITEM: item}


def turn_to_dict(turn: Turn | None) -> dict[str, Any] | None:
    """Return a JSON-ready form of a turn; how things were before is for the home to say."""
    if turn is None:
        return None
    asked = turn.asked
    return {
        "calls": [
            {
                "action": call.action.name,
                "entity_ids": list(call.entity_ids),
                "arguments": dict(call.arguments),
            }
            for call in turn.calls
        ],
        "asked": asked
        and {
            "entity_ids": list(asked.entity_ids),
            "verb": asked.verb,
            "arguments": dict(asked.arguments),
        },
        "spoken_of": list(turn.spoken_of),
    }


def turn_from_dict(data: Mapping[str, Any] | None, home: Home) -> Turn | None:
    """Return the turn that ``turn_to_dict`` wrote, in a home as it was before."""
    if data is None:
        return None
    calls = tuple(
        ResolvedCall(
            action=ACTIONS[call["action"]],
            entity_ids=tuple(call["entity_ids"]),
            arguments=call["arguments"],
        )
        for call in data["calls"]
    )
    asked = data["asked"]
    return Turn(
        calls=calls,
        before={e: home.entity_by_id[e] for call in calls for e in call.entity_ids},
        asked=asked
        and Unclear(
            entity_ids=tuple(asked["entity_ids"]),
            verb=asked["verb"],
            arguments=asked["arguments"],
        ),
        spoken_of=tuple(data["spoken_of"]),
    )
