"""What was just opened or closed is to be the other way: "no, open it again"."""

from collections.abc import Mapping

from ..cues import cues
from ..kinds import IT
from ..parser import Say
from ..turns import Turn
from .tiny_lines import Line
from .tiny_rest import Rest

_MOVED: Mapping[str, str] = {
    **dict.fromkeys(("cover.open_cover", "valve.open_valve"), "close"),
    **dict.fromkeys(("cover.close_cover", "valve.close_valve"), "open"),
}
"""How things are moved back, by what was done."""

_NO_THINGS = {"weather"}
"""Kinds that nobody opens; the Dutch word is that for "again", too."""

_OTHER: Mapping[str, str] = {"open": "close", "close": "open"}


def moved_back(line: Line | Say, turn: Turn | None, rest: Rest) -> Line | Say:
    """Return a line that moves back what the turn before moved, if the sentence says so.

    Args:
        line: what a model wrote about a sentence that names nothing.
        turn: the turn before.
        rest: the sentence.

    """
    verbs = {_MOVED.get(call.action.name) for call in turn.calls} if turn is not None else set()
    verb = next(iter(verbs), None)
    if len(verbs) != 1 or verb is None or rest.kinds - _NO_THINGS:
        return line
    is_lost = line.key == "what" if isinstance(line, Say) else line.kind == IT
    is_back = _says(verb, _OTHER[verb], rest) and not _says(_OTHER[verb], verb, rest)
    return Line(verb=verb, kind=IT) if is_lost and is_back else line


def _says(verb: str, other: str, rest: Rest) -> bool:
    """Return whether a sentence has a word for a verb that is none for the other."""
    known = cues(rest.language)
    parts = [known.without(f"perhaps_{other}", part) for part in rest.outside]
    return known.say(verb, parts) or known.say(f"perhaps_{verb}", parts)
