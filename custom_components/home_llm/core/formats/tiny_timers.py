"""A timer that was spoken of: "cancel it", "two more minutes", "pause it".

No letter stands for a timer, so a model writes what it would of any device; and "cancel that" may
as well be said of nothing. What the turn before was about tells.
"""

from collections.abc import Mapping
from dataclasses import replace
import re

from ..calls import ResolvedCall
from ..cardinals import cardinals
from ..cues import cues
from ..home import Value
from ..kinds import IT
from ..parser import Say
from ..turns import Turn
from ..words import is_character, words
from .tiny_lines import UNDO, Line

_TIMER = "timer"
_ENDED = ("timer.cancel", "timer.cancel_all")
_CANCEL, _ADD, _TAKE = "cancel", "add", "take"
_VERBS: Mapping[str, str] = {
    **dict.fromkeys(("off", "stop", "close"), _CANCEL),
    "pause": "pause",
    **dict.fromkeys(("on", "play", "start"), "resume"),
    "up": _ADD,
    "down": _TAKE,
}
"""What is done to a timer, by what would be done to a device."""

_UNNAMED = (_CANCEL, "pause", "resume", _ADD, _TAKE)
"""What may be done to one of several timers; which, has to be known."""

_NUMBER = re.compile(r"\d+")
_LONGEST = 6
"""So many words has a sentence at most that is about nothing else, or twice as many characters."""


def of_the_timer(line: Line | Say, turn: Turn | None, text: str, language: str) -> Line | Say:
    """Return a line about the timer that the turn before was about, if it is about that.

    Args:
        line: what a model wrote about a sentence that names nothing.
        turn: the turn before.
        text: the sentence, folded.
        language: in which it is said.

    """
    timer = _spoken_of(turn)
    if timer is None:
        return line
    named = {name: value for name, value in timer.arguments.items() if name == "name"}
    if isinstance(line, Line) and line.kind == _TIMER:
        is_open = line.verb in _UNNAMED and "name" not in line.arguments
        return replace(line, arguments={**line.arguments, **named}) if is_open else line
    verb = _wished(line, text, language)
    if verb in (_ADD, _TAKE):
        time = _time_in(text, language)
        return Line(verb=verb, kind=_TIMER, arguments={**time, **named}) if time else line
    return Line(verb=verb, kind=_TIMER, arguments=named or _set_for(timer)) if verb else line


def _wished(line: Line | Say, text: str, language: str) -> str:
    """Return what is to be done to a timer; nothing, if a line is about something else."""
    if isinstance(line, Say):
        return _CANCEL if line.key == "nothing" and _cancels(text, language) else ""
    if line.verb == UNDO:
        return _CANCEL
    return _VERBS.get(line.verb, "") if line.kind == IT else ""


def _spoken_of(turn: Turn | None) -> ResolvedCall | None:
    """Return the last call of a turn that was about a timer, and about nothing else."""
    calls = turn.calls if turn is not None else ()
    if not calls or any(call.action.domain != _TIMER for call in calls):
        return None
    return calls[-1] if calls[-1].action.name not in _ENDED else None


def _set_for(timer: ResolvedCall) -> Mapping[str, Value]:
    """Return the time that a timer was set for, by which it is known; none if it is older."""
    return timer.arguments if timer.action.name == "timer.start" else {}


def _cancels(text: str, language: str) -> bool:
    """Return whether a sentence is no more than that something is to be cancelled."""
    known = cues(language)
    said = words(text)
    is_short = len(said) <= _LONGEST * (2 if any(map(is_character, said)) else 1)
    left = known.without("never_mind", text)
    return is_short and known.say("cancel", (left,)) and not known.say("not", (left,))


def _time_in(text: str, language: str) -> Mapping[str, Value]:
    """Return the time that a sentence speaks of, in minutes if it says no unit: "two more"."""
    said = cardinals(language).in_digits(text)
    number = _NUMBER.search(said)
    if number is None:
        return {}
    known = cues(language)
    units = (unit for unit in ("seconds", "hours") if known.say(f"in_{unit}", (said,)))
    return {next(units, "minutes"): int(number[0])}
