"""Replies that say the opposite of their sentence, or what it does not say at all.

A small model may take "don't forget to shut the gate" for a wish to open it. Which words belong to
a verb is known; a reply that none of them speaks for, and one of the opposite speaks against, is
not carried out.
"""

from collections.abc import Mapping, Sequence

from ..calls import Call
from ..cues import cues
from ..parser import Event
from .tiny_rest import Rest

_OPPOSITE: Mapping[str, str] = {"open": "close", "close": "open", "on": "off", "off": "on"}
_AGAINST: Mapping[str, tuple[str, ...]] = {
    # Some languages have one word for closing and putting out.
    **dict.fromkeys(("open", "on"), ("close", "off", "position")),
    **dict.fromkeys(("close", "off"), ("open", "on", "position")),
}
"""What explains words for the opposite of a verb."""

_VERBS: Mapping[str, str] = {
    "open_cover": "open",
    "open_valve": "open",
    "open": "open",
    "unlock": "open",
    "close_cover": "close",
    "close_valve": "close",
    "lock": "close",
    "set_cover_position": "position",
    "set_valve_position": "position",
    "turn_on": "on",
    "turn_off": "off",
}
"""What the words for an action say, by its name."""


def contradicts(events: Sequence[Event], rest: Rest) -> bool:
    """Return whether a reply does the opposite of what is said.

    Args:
        events: what the whole reply comes to.
        rest: what the sentence says besides names.

    """
    calls = [event for event in events if isinstance(event, Call)]
    said = frozenset(_verb(call) for call in calls)
    known = cues(rest.language)
    return any(
        said.isdisjoint(_AGAINST[verb])
        and known.say(_OPPOSITE[verb], rest.outside)
        and not known.say(verb, (rest.text,))
        and not known.say(f"perhaps_{verb}", (rest.text,))
        # Light that is given a value is not put on.
        for verb in {_verb(call) for call in calls if not call.arguments} & _OPPOSITE.keys()
    )


def does_only_half(events: Sequence[Event], rest: Rest) -> bool:
    """Return whether something is to be done and its opposite, and a reply does one of them.

    Args:
        events: what the whole reply comes to.
        rest: what the sentence says besides names.

    """
    calls = [event for event in events if isinstance(event, Call)]
    if not calls or len(calls) < len(events):
        return False  # What is asked back may be the other half.
    done = frozenset(_verb(call) for call in calls)
    known = cues(rest.language)
    return any(
        all(known.say(verb, rest.outside) for verb in pair)
        and len(done.intersection(pair)) == 1
        # Some languages have one word for closing and putting out.
        and len(done & _OPPOSITE.keys()) == 1
        for pair in (("on", "off"), ("open", "close"))
    )


def moves_what_is_left(events: Sequence[Event], rest: Rest) -> bool:
    """Return whether one thing is switched on and off, where something is to be left as it is.

    Args:
        events: what the whole reply comes to.
        rest: what the sentence says besides names.

    """
    calls = [event for event in events if isinstance(event, Call) and not event.arguments]
    done = {(_verb(call), call.devices, call.area, call.floor) for call in calls}
    opposite = {(_OPPOSITE.get(verb, ""), *where) for verb, *where in done}
    return bool(done & opposite) and cues(rest.language).say("leave_before", (rest.text,))


def _verb(call: Call) -> str:
    return _VERBS.get(call.action.partition(".")[2], "")
