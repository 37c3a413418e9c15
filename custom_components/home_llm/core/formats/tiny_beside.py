"""What is wished with something else: "to cool, 22 degrees", "put it on and make it swing".

A small model writes one of the two.
"""

from collections.abc import Iterator
from dataclasses import replace
import re

from ..cardinals import cardinals
from ..cues import cues
from ..mode_words import mode_led_to
from ..vocabulary import vocabulary
from ..words import is_character, words
from .tiny_lines import Line
from .tiny_rest import Rest

_MODE, _TEMPERATURE, _CLIMATE = "mode", "temperature", "climate"
_OF_FANS = frozenset({"fan", "switch"})
"""Kinds that are spoken of where a fan is switched on."""

_SWING, _SWINGS = "swing", "oscillating"
_NUMBER = re.compile(r"(?<![\d.,])\d+(?:[.,]5)?(?![\d.,]*\d)")


def wished_beside(line: Line, rest: Rest) -> Iterator[Line]:
    """Yield the lines for what is wished with a line, of the same devices.

    Args:
        line: what a model wrote.
        rest: what the sentence says besides names.

    """
    if line.verb == _TEMPERATURE and _TEMPERATURE in line.arguments:
        kind = "" if line.devices else _CLIMATE  # Of one that was named 暖房 is a mode.
        mode = mode_led_to(" ".join(rest.outside), rest.language, kind)
        if mode is not None:
            yield replace(line, verb=_MODE, arguments={_MODE: mode})
    elif line.verb == _MODE:
        degrees = _degrees_in(rest)
        if degrees is not None:
            yield replace(line, verb=_TEMPERATURE, arguments={_TEMPERATURE: degrees})
    elif line.verb == _SWING and line.arguments.get(_SWINGS) is True and _is_put_on(rest):
        yield replace(line, verb="on", arguments={})


def _degrees_in(rest: Rest) -> float | None:
    """Return the only number of a sentence, if it counts degrees."""
    said = cardinals(rest.language).in_digits(" ".join(rest.outside))
    found = list(_NUMBER.finditer(said))
    if len(found) != 1 or not cues(rest.language).begin("degrees", said[found[0].end() :]):
        return None
    number = float(found[0][0].replace(",", "."))
    return int(number) if number.is_integer() else number


def _is_put_on(rest: Rest) -> bool:
    known, joints = cues(rest.language), vocabulary(rest.language).joints
    is_on = any(known.say(cue, rest.outside) for cue in ("on", "put_on"))
    # Without spaces there need be no word between two wishes.
    is_joined = is_character(rest.text[-1:]) or not joints.isdisjoint(words(rest.text))
    return is_on and is_joined and len(rest.spans) <= 1 and rest.kinds <= _OF_FANS
