"""Which setting of a thermostat is meant: "put it on auto", whatever Home Assistant calls that.

What one air conditioner has as a preset is a mode of another, or how its fan blows. A model that
does not read the home cannot know which.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

from ..actions import Action, can
from ..home import Entity, Value
from ..mode_words import modes_meant
from .tiny_lines import Line, action_of

_MODE, _PRESET, _BLOW = "mode", "preset", "blow"
"""Verbs that set what has a name."""

_NAME = "name"


def setting_meant(
    line: Line,
    entities: Collection[Entity],
    arguments: Callable[[Action, Line, Collection[Entity]], Mapping[str, Value]],
    language: str,
) -> Line:
    """Return a line about another setting, if only that can be what the sentence says.

    Args:
        line: a line.
        entities: what it is about.
        arguments: returns those of an action for a line and devices.
        language: of the sentence.

    """
    those = [entity for entity in entities if entity.domain == "climate"]
    if not those or line.verb not in (_MODE, _PRESET, _BLOW):
        return line
    for other in (line, *_others(line, language)):
        action = action_of("climate", other.verb)
        if action is not None and any(
            can(entity, action, arguments(action, other, (entity,))) for entity in those
        ):
            return other
    return line


def _others(line: Line, language: str) -> Iterator[Line]:
    """Yield a line with other settings of what it says."""
    said = line.arguments.get(_MODE if line.verb == _MODE else _NAME)
    if said is None:
        return
    yield replace(line, verb=_PRESET, arguments={_NAME: said})
    for mode in sorted({str(said), *modes_meant(str(said), language)}):
        yield replace(line, verb=_MODE, arguments={_MODE: mode})
    yield replace(line, verb=_BLOW, arguments={_NAME: said})
