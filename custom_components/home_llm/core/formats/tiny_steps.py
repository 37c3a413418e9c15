"""A step of a cover: "a bit more open" goes on from where it is.

A model that does not read the home takes "a bit" for ten percent, which shuts a blind that is half
open.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from ..cues import cues
from ..home import Entity
from ..words import words
from .tiny_lines import Line
from .tiny_rest import Rest

_POSITION = "position"
_STEP, _OPEN = 10, 100
_ONE = "1"
"""Of "un poco", too."""

_AGAINST: Mapping[float, str] = {_STEP: "close", _OPEN - _STEP: "open"}
"""What nobody says who wants to go a step that way."""


def as_a_step(position: float, entity: Entity | None, rest: Rest) -> float:
    """Return the position that a small step leads to, where no position was said.

    Args:
        position: what a model wrote, in percent: 10 for "open it a bit", 90 for "close it a bit".
        entity: what is moved.
        rest: what the sentence says besides names.

    """
    now = entity.attributes.get(_POSITION) if entity is not None else None
    if not isinstance(now, int | float) or not _is_a_step(position, rest):
        return position
    if position == _STEP:
        return min(now + _STEP, _OPEN)
    return max(now - _STEP, 0)


def as_far_as_said(line: Line, entities: Collection[Entity], rest: Rest) -> Line:
    """Return a line: what goes up a bit does not go up all the way.

    Args:
        line: a line.
        entities: what it is about.
        rest: what the sentence says besides names.

    """
    share = {"open": _STEP, "close": _OPEN - _STEP}.get(line.verb)
    if share is None or not rest.is_one_wish:
        return line
    known = all(_POSITION in each.attributes and each.domain == "cover" for each in entities)
    is_step = known and _is_a_step(share, rest)
    return replace(line, verb=_POSITION, arguments={_POSITION: share}) if is_step else line


def _is_a_step(position: float, rest: Rest) -> bool:
    """Return whether it is to go a bit up or down, and not to be open a bit."""
    known = cues(rest.language)
    is_said = any(word.isdigit() and word != _ONE for word in words(rest.text))
    steps = (part[: match.start()] for part in rest.outside for match in known.found("a_bit", part))
    # "Close the blinds, it's a bit bright" is all the way.
    if is_said or not any(not known.end("being_so", before) for before in steps):
        return False
    against = _AGAINST.get(position)
    return against is not None and not any(
        known.say(cue, rest.outside) for cue in (against, "leave_before")
    )
