"""Too hot, too cold, too dry: what the air in a room asks for, whatever was understood.

A small model that has not heard "roasting" may make it warmer, and one that has not heard of
parched air may open a window.
"""

from collections.abc import Mapping
from dataclasses import replace

from ..cues import Cues, cues
from ..parser import Say
from .tiny_lines import CONDITIONS, QUESTIONS, Line
from .tiny_places import Places
from .tiny_rest import Rest

_BY, _TEMPERATURE = "by", "temperature"
_HUMIDIFIER, _DRYING = "humidifier", "dehumidifier"
_WINDOW = "window"
_WISHED = ("on", "off", "open", "close")
_FELT: Mapping[str, int] = {"too_hot": -1, "too_cold": 1}
"""Which way the heating goes, by how it feels."""


def against_the_heat(line: Line, rest: Rest) -> Line:
    """Return a line that makes it colder where it is too hot, and warmer where it is too cold."""
    step = line.arguments.get(_BY)
    if line.verb != _TEMPERATURE or not isinstance(step, int | float):
        return line
    known = cues(rest.language)
    ways = {way for cue, way in _FELT.items() if known.say(cue, rest.outside)}
    if len(ways) != 1 or known.say("not", rest.outside):
        return line
    (way,) = ways
    return replace(line, arguments={**line.arguments, _BY: way * abs(step)})


def in_dry_air(line: Line | Say, places: Places, rest: Rest) -> Line | Say:
    """Return a line for a humidifier, where the air is told to be dry, and there is one.

    Args:
        line: what a model wrote.
        places: what the sentence names.
        rest: what else it says.

    """
    known = cues(rest.language)
    if not _is_lost(line) or not _is_dry(known, rest):
        return line
    letter = rest.only_place
    there = places.in_places(letter) if letter is not None else places.home.entities
    wetting = [e for e in there if e.domain == _HUMIDIFIER and e.device_class != _DRYING]
    named = [span for key, span in places.spans.items() if key != letter]
    is_clear = bool(wetting) and not named
    return Line(verb="on", kind=_HUMIDIFIER, place=letter) if is_clear else line


def _is_lost(line: Line | Say) -> bool:
    if isinstance(line, Say):
        return line.key == "what"  # What was understood as talk, or as a question, never acts.
    is_asked = line.verb in (*QUESTIONS, *CONDITIONS)
    return line.kind == _WINDOW and not is_asked and not line.devices


def _is_dry(known: Cues, rest: Rest) -> bool:
    """Return whether it is told, and not asked, that the air is dry."""
    said = (rest.text,)
    is_told = known.say("air", said) and known.say("dry", said)
    is_else = any(known.say(cue, said) for cue in ("not", *_WISHED))
    return is_told and not is_else and not known.begin("asks", rest.text)
