"""What a line says that its sentence contradicts is put right; the sentence counts."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from ..color_words import corrected_color, misread_color, only_color, said_color
from ..cues import cues
from ..kinds import EVERYTHING
from ..vocabulary import vocabulary
from ..words import words
from .tiny_lines import ALL, ASKED, HERE, OF, OUTDOORS, QUESTIONS, Line
from .tiny_rest import Rest

_COLOR, _TONE = "color", "kelvin"
_WORKERS, _VALVE = frozenset({"lawn_mower", "vacuum"}), "valve"
_NO_WISH = ("not", "asks", "done", "yesterday")
_OPENINGS, _OPEN = ("door", "window"), ("open", "closed")
_LIGHT, _BY = "light", "by"
_TARGETS: Mapping[str, str] = {
    "current_temperature": "temperature",
    "current_humidity": "humidity",
}
"""Readings of what is to be, by those of what is."""


def as_said(line: Line, rest: Rest, kinds_of: Callable[[str], Collection[str]]) -> Line:
    """Return a line without what the sentence itself contradicts.

    Args:
        line: what a model wrote.
        rest: what the sentence says besides names.
        kinds_of: returns the kinds of what a letter stands for.

    """
    line = _only_its_like(where_it_was_said(line, rest), rest, kinds_of)
    line = _lit(_opened(_watered(line, rest, kinds_of), rest), rest)
    line = replace(line, place=OUTDOORS) if rest.is_outdoors(line) else line
    return _what_it_is_set_to(_in_the_color_said(_without_its_place(line, rest), rest), rest)


def outdoors_wished(rest: Rest) -> Line | None:
    """Return what is wished of the lights out of doors, where a model knows of none there.

    It does not read which areas there are, and takes the "outside lights" for something that is
    not there.
    """
    known, line = cues(rest.language), Line(verb="on", kind=_LIGHT, place=OUTDOORS)
    is_plain = not rest.spans and not any(known.say(cue, (rest.text,)) for cue in _NO_WISH)
    if not is_plain or not rest.is_outdoors(replace(line, place=None)):
        return None
    for verb in ("off", "on"):
        if any(known.say(cue, (rest.text,)) for cue in (verb, f"perhaps_{verb}")):
            return replace(line, verb=verb)
    return None


def of_what_is_said(line: Line, rest: Rest) -> Line:
    """Return a line about "it", where nothing was spoken of before, with the one kind said."""
    kinds = rest.kinds
    return replace(line, kind=next(iter(kinds))) if len(kinds) == 1 else line


def where_it_was_said(line: Line, rest: Rest) -> Line:
    """Return a line: who speaks of this room does not mean the whole house."""
    said = f" {' '.join(words(rest.text))} "
    here = vocabulary(rest.language).here
    is_about_here = line.place == ALL and any(f" {each} " in said for each in here)
    return replace(line, place=HERE) if is_about_here else line


def _without_its_place(line: Line, rest: Rest) -> Line:
    """Return a line: "all off in A except the fan", or "except B", is not all but A."""
    others = rest.excepted - {line.place}
    if set(line.excluding) == {line.place} and (others or rest.spared):
        return replace(line, excluding=tuple(sorted(others)))
    return line


def _only_its_like(line: Line, rest: Rest, kinds_of: Callable[[str], Collection[str]]) -> Line:
    """Return a line: "leave only the lamp on" is about lights, and not about the fridge."""
    is_of_all = line.kind == EVERYTHING and line.verb == "off"
    if not is_of_all or not line.excluding or rest.says_everything:
        return line
    kinds = {kind for letter in line.excluding for kind in kinds_of(letter)}
    return replace(line, kind=_LIGHT) if kinds == {_LIGHT} else line


def _in_the_color_said(line: Line, rest: Rest) -> Line:
    chosen = line.arguments.get(_COLOR)
    if chosen is None:
        return _in_no_white(line, rest)
    corrected = corrected_color(rest.outside, rest.language)
    said = corrected or said_color(str(chosen), rest.outside, rest.language)
    if said == chosen and len(rest.spans) <= 1:  # Else the other thing may be of another colour.
        said = misread_color(said, rest.outside, rest.language) or said
    return replace(line, arguments={**line.arguments, _COLOR: said})


def _in_no_white(line: Line, rest: Rest) -> Line:
    """Return a line: who says nothing but a colour does not want a tone of white."""
    if set(line.arguments) != {_TONE} or any(each.isdigit() for each in words(rest.text)):
        return line
    joints = vocabulary(rest.language).joints
    if any(word in joints for part in rest.outside for word in words(part)):
        return line  # "Cooler, and we are running low on sun cream."
    said = only_color(rest.outside, rest.language)
    return replace(line, arguments={_COLOR: said}) if said is not None else line


def _watered(line: Line, rest: Rest, kinds_of: Callable[[str], Collection[str]]) -> Line:
    """Return a line: who gives the lawn a drink does not want it mown, nor the floor cleaned."""
    known = cues(rest.language)
    if line.verb != "start" or not known.say("watering", rest.outside):
        return line
    if known.say(f"of_{line.kind}", rest.outside) or not rest.kinds.isdisjoint(_WORKERS):
        return line
    fits = all(_VALVE in kinds_of(letter) for letter in line.devices)
    is_meant = line.kind in _WORKERS and fits and (line.devices or _VALVE in rest.kinds)
    return replace(line, verb="open", kind=_VALVE) if is_meant else line


def _lit(line: Line, rest: Rest) -> Line:
    """Return a line: who sees nothing wants light, and not more of it: "it's way too dark"."""
    step = line.arguments.get(_BY)
    if (line.verb, line.kind) != ("on", _LIGHT) or line.devices or not isinstance(step, int):
        return line
    known = cues(rest.language)
    is_dark = known.say("pitch_dark", rest.outside) and not known.say("no_darkness", rest.outside)
    return replace(line, arguments={}) if is_dark and step > 0 else line


def _opened(line: Line, rest: Rest) -> Line:
    """Return a question: who asks whether anything is open means windows as well as doors."""
    asked = line.arguments.get(ASKED)
    if line.verb not in QUESTIONS or line.devices or rest.kinds:
        return line
    if line.kind in _OPENINGS and asked in _OPEN:
        return replace(line, kind=EVERYTHING)
    known = cues(rest.language)
    is_shut = known.say("perhaps_close", rest.outside)
    if (line.kind, asked) != (EVERYTHING, "off") or not is_shut:
        return line
    is_off = any(known.say(cue, rest.outside) for cue in ("off", "perhaps_off"))
    return line if is_off else replace(line, arguments={**line.arguments, ASKED: "closed"})


def _what_it_is_set_to(line: Line, rest: Rest) -> Line:
    """Return a question: what the heating is set to is not how warm it is."""
    target = _TARGETS.get(str(line.arguments.get(OF)))
    if target is None or not cues(rest.language).say("set_to", rest.outside):
        return line
    return replace(line, arguments={**line.arguments, OF: target})
