"""More of what was just done: "a little more", after the lamp was made darker, is darker still.

A small model takes "more" for brighter, louder, open, whatever the turn before did.
"""

from ..cues import cues
from ..parser import Say
from ..turns import Turn
from ..vocabulary import vocabulary
from ..words import words
from .tiny_lines import AGAIN, Line
from .tiny_rest import Rest

_STEPS = frozenset({"brightness_step", "percentage_step", "temperature_step", "volume_step"})
_MOVED = frozenset(
    {
        *("cover.open_cover", "cover.close_cover", "valve.open_valve", "valve.close_valve"),
        *("media_player.volume_up", "media_player.volume_down"),
        *("fan.increase_speed", "fan.decrease_speed"),
    }
)
"""Actions that go one way."""


def going_on(line: Line | Say, turn: Turn | None, rest: Rest) -> Line | Say:
    """Return a line that does once more what went some way, if the sentence says no more.

    Args:
        line: what a model wrote about a sentence that names nothing.
        turn: the turn before.
        rest: the sentence.

    """
    calls = turn.calls if turn is not None else ()
    is_on_its_way = bool(calls) and all(
        call.action.name in _MOVED or not _STEPS.isdisjoint(call.arguments) for call in calls
    )
    return Line(verb=AGAIN) if is_on_its_way and _says_more(rest) else line


def _says_more(rest: Rest) -> bool:
    """Return whether a sentence has a word for more, and else none that says anything."""
    known, language = cues(rest.language), vocabulary(rest.language)
    small = language.articles | language.joints
    if not known.say("further", (rest.text,)):
        return False
    return all(word in small for word in words(known.without("further", rest.text)))
