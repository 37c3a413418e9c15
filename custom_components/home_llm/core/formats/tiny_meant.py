"""Devices that are meant, and which of them a wish is for where it goes without saying."""

from dataclasses import dataclass, replace
import re

from ..calls import Call
from ..cues import cues
from ..home import Entity
from .tiny_lines import Line
from .tiny_rest import Rest

_NUMBER = re.compile(r"\d")
_PLAYING_VERBS = ("on", "off", "toggle")
"""What can be wished of a player that does not play."""

_OPPOSITE = {"on": "off", "off": "on"}
_MOVED = {"close": "awning_in", "open": "awning_out"}
_SHARES = (25, 33, 34, 50, 66, 67, 75)
"""Shares of the way that are said in words: "halfway out"."""

_PART = "position"
"""What is done to an awning, and the cue by which people say so."""


@dataclass(frozen=True, kw_only=True)
class Meant:
    """Devices that are meant.

    Args:
        entities: the devices.
        place: where all of them are, as a call without an action, if they were not named.
        excluded: those in this place that are left alone.

    """

    entities: tuple[Entity, ...]
    place: Call | None = None
    excluded: tuple[Entity, ...] = ()

    def of(self, entities: tuple[Entity, ...]) -> "Meant":
        """Return some of the devices, by their names where they are not all."""
        return self if entities == self.entities else Meant(entities=entities)


def those_playing(meant: Meant, verb: str) -> Meant:
    """Return the one player that plays, if this is about what is played."""
    if verb in ("", *_PLAYING_VERBS) or meant.entities[0].domain != "media_player":
        return meant
    playing = tuple(e for e in meant.entities if e.state == "playing")
    return Meant(entities=playing) if len(playing) == 1 else meant


def in_air(line: Line, found: Meant, rest: Rest) -> tuple[Line, Meant]:
    """Return what is to be done to humidifiers, and to which.

    A dehumidifier is one, too, for Home Assistant. Where neither was said, "it's too damp" is meant
    for what dries the air, and that goes on where a humidifier would go off.
    """
    drying = tuple(e for e in found.entities if e.device_class == "dehumidifier")
    wetting = tuple(e for e in found.entities if e not in drying)
    if rest.says_drying:
        return line, found.of(drying or found.entities)
    if line.kind in rest.kinds or line.verb not in _OPPOSITE:
        return line, found.of(wetting or drying)
    line = replace(line, verb=_wetting(line.verb, rest))
    if wetting or not drying:
        return line, found.of(wetting)
    return replace(line, verb=_OPPOSITE[line.verb]), found


def _wetting(verb: str, rest: Rest) -> str:
    """Return what a humidifier has to do: where it is damp, go off, whatever was understood."""
    known = cues(rest.language)
    is_damp, is_dry = (known.say(cue, (rest.text,)) for cue in ("damp", "dry"))
    if is_damp is is_dry or known.say("not", (rest.text,)):
        return verb
    return "off" if is_damp else "on"


def out_or_in(line: Line, found: Meant, rest: Rest) -> Line:
    """Return what is to be done to awnings: other than blinds they go out and in."""
    is_some_way = line.arguments.get(_PART) in _SHARES or _NUMBER.search(rest.text)
    is_moved = line.verb in _MOVED or (line.verb == _PART and not is_some_way)
    if not is_moved or {e.device_class for e in found.entities} != {"awning"}:
        return line
    known = cues(rest.language)
    said = [
        verb
        for verb, cue in _MOVED.items()
        if known.say(cue, rest.outside) or known.end(f"{cue}_last", rest.outside[-1])
    ]
    return replace(line, verb=said[0], arguments={}) if len(said) == 1 else line
