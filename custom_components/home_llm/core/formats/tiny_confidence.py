"""How sure a model has to be of a reply: the more it could do wrong, the surer.

Measured on replies to the scenarios (``script/judge --thresholds``). What opens a door needs more
than what lights a lamp; what no word of the sentence says, more than what was named.
"""

from collections.abc import Collection, Sequence

from ..actions import ACTIONS
from ..calls import EVERYWHERE, Call
from ..home import Entity
from ..kinds import KINDS, of_kind
from ..parser import Event
from .tiny_grounding import Grounding

LEAST = 0.4
UNSAID = 0.5
OPENING = 0.7
_WITHOUT_KINDS = ("timer", "todo")
_SOURCE = "media_player.select_source"


def least_confidence(events: Sequence[Event], grounding: Grounding) -> float:
    """Return the confidence below which what a reply comes to is not done.

    Args:
        events: what it comes to.
        grounding: what the letters of the sentence stand for.

    """
    calls = [event for event in events if isinstance(event, Call)]
    return max((_of(call, grounding) for call in calls), default=0.0)


def _of(call: Call, grounding: Grounding) -> float:
    action = ACTIONS.get(call.action)
    if action is None or action.domain in _WITHOUT_KINDS or action.name == _SOURCE:
        return LEAST  # The sentence says the source.
    if action.one_by_one:
        return OPENING
    named = {thing.id for span in grounding.spans.values() for thing in (*span.things, *span.parts)}
    named.update(grounding.turn.entity_ids if grounding.turn is not None else ())
    reached = _reached(call, action.domain, grounding)
    if EVERYWHERE in call.devices and not (grounding.rest.says_everything or grounding.rest.kinds):
        return OPENING
    if call.excluding and not (grounding.rest.says_everything or grounding.rest.makes_an_exception):
        return OPENING  # "Only the lamp off" is not all but the lamp.
    is_said = all(e.entity_id in named or _has_a_word(e, grounding) for e in reached)
    return LEAST if is_said else UNSAID


def _reached(call: Call, domain: str, grounding: Grounding) -> Collection[Entity]:
    if call.devices and EVERYWHERE not in call.devices:
        printed = grounding.printed.devices
        ids = (each for each, line in printed.items() if line in call.devices)
        return [grounding.home.entity_by_id[each] for each in ids]
    return [entity for entity in grounding.in_place(call) if entity.domain == domain]


def _has_a_word(entity: Entity, grounding: Grounding) -> bool:
    """Return whether the sentence has a word for a kind of which a device is one."""
    return any(
        of_kind(kind, (entity,), (entity.domain,)) for kind in grounding.rest.kinds if kind in KINDS
    )
