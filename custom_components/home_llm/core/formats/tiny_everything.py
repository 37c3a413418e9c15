"""“Everything on” and “everything off”: a call for each domain that people mean by it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from ..answers import SWITCHED
from ..calls import Call
from ..errors import ParseError
from ..home import Entity
from ..kinds import EVERYTHING
from ..parser import Unclear
from .tiny_lines import ALL, Line, action_of
from .tiny_places import Places, ids

_DOMAINS: Mapping[str, tuple[str, ...]] = {
    "on": ("light", "fan", "switch"),
    "off": SWITCHED,
}
"""No climate, no lock, no cover; and nobody wants all players on."""


def everything(line: Line, places: Places, allowed: Collection[str]) -> Iterator[Call | Unclear]:
    """Yield a call for each domain of which something can be switched in a place.

    Args:
        line: the line.
        places: what its letters stand for.
        allowed: the actions that may be asked for.

    Raises:
        ParseError: nothing is left, or a letter stands for nothing that is there.

    """
    actions = _actions(line.verb, allowed)
    if not actions:
        msg = f"nobody may {line.verb} everything"
        raise ParseError(msg)
    place, *others = places.places(line.place or ALL)
    if line.place is None:
        # The speaker may stand where there is nothing to be controlled.
        place = places.here or place
    there = _switched(places.in_place(place), actions)
    somewhere = [*there, *(e for p in others for e in _switched(places.in_place(p), actions))]
    if others and somewhere:
        yield Unclear(entity_ids=ids(somewhere), verb=line.verb)
        return
    excluded = places.left_alone(line.excluding, EVERYTHING, there)
    left = [entity for entity in there if entity not in excluded]
    if there and not left:
        msg = "nothing is left"
        raise ParseError(msg)
    reached = {entity.domain for entity in left if entity.available}
    # If nothing can be reached, a call is refused, and it is told why.
    first = left[0].domain if left else next(iter(actions))
    for domain, action in actions.items():
        if domain in (reached or (first,)):
            but = [entity for entity in there if entity in excluded and entity.domain == domain]
            yield replace(place, action=action, excluding=places.lines(but))


def _actions(verb: str, allowed: Collection[str]) -> dict[str, str]:
    """Return the names of the actions that may be asked for, by domain."""
    known = ((domain, action_of(domain, verb)) for domain in _DOMAINS.get(verb, ()))
    return {
        domain: action.name
        for domain, action in known
        if action is not None and action.name in allowed
    }


def _switched(entities: Collection[Entity], domains: Collection[str]) -> list[Entity]:
    return [entity for entity in entities if entity.domain in domains]
