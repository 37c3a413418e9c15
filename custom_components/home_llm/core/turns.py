"""What came of the turn before, for sentences that go back to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .actions import ACTIONS
from .calls import ResolvedCall
from .home import Entity, Home
from .parser import Unclear


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
