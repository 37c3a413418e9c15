"""What is not meant after all: "the pump off, sorry, the dryer", "the pump off, leave the dryer".

A small model may hear two names and do what is wanted to both. Words that correct what was said
just before are known, and so are those that leave alone what follows them.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from ..cues import cues
from ..vocabulary import vocabulary
from .tiny_lines import Line
from .tiny_rest import Rest

_CORRECTION = "correction"
_LEAVE_BEFORE = "leave_before"
_LEAVE_AFTER = "leave_after"
_VERBS = ("on", "off", "open", "close")


def as_corrected(line: Line, rest: Rest) -> Line | None:
    """Return a line about what is meant; none if it is only about what was said by mistake."""
    wrong, left = taken_back(rest), left_alone(rest)
    meant = tuple(letter for letter in line.devices if letter not in wrong)
    if (line.devices and not meant) or line.place in wrong:
        return None
    if meant and left.issuperset(meant) and _is_of_another(line, rest, meant[0]):
        return replace(line, devices=(), excluding=meant)
    # Whoever wishes something just of what is left has said so: "leave it on".
    return replace(line, devices=tuple(each for each in meant if each not in left) or meant)


def taken_back(rest: Rest) -> frozenset[str]:
    """Return the letters of what was said by mistake: A of "A off, sorry, B"."""
    return frozenset(_taken_back(rest))


def _taken_back(rest: Rest) -> Iterator[str]:
    letters = tuple(rest.spans)
    for at, letter in enumerate(letters[1:], start=1):
        if _corrects(rest, rest.outside[at]):
            is_device = _is_device(rest, letter)
            alike = (x for x in reversed(letters[:at]) if _is_device(rest, x) == is_device)
            yield from islice(alike, 1)


def _corrects(rest: Rest, between: str) -> bool:
    """Return whether a text between two names takes back the first: "off no sorry the"."""
    parts = cues(rest.language).parted(_CORRECTION, between)
    if parts is None:
        return False
    known = vocabulary(rest.language)
    before, after = map(known.words, parts)
    # "The lamp and no fan", "if there is no".
    goes_on = not known.joints.isdisjoint(before[-1:]) or not known.conditions.isdisjoint(before)
    return not goes_on and all(map(known.is_small, after))


def _is_device(rest: Rest, letter: str) -> bool:
    return any(thing.kind == "device" for thing in rest.spans[letter].things)


def left_alone(rest: Rest) -> frozenset[str]:
    """Return the letters of what is left alone: B of "A off, leave B"."""
    return frozenset(letter for at, letter in enumerate(rest.spans) if _is_left(rest, at))


def _is_left(rest: Rest, at: int) -> bool:
    """Return whether a word for leaving stands beside a letter, and is not that of another one."""
    before, after = rest.outside[at], rest.outside[at + 1]
    known = cues(rest.language)
    if known.begin(_LEAVE_AFTER, after):
        is_last = at + 2 == len(rest.outside)
        return is_last or not _is_led_by_leaving(rest, after) or _says_a_verb(rest, at + 2)
    is_second = at or _says_a_verb(rest, at + 1) or _leaves_after_a_verb(rest, before)
    if not _is_led_by_leaving(rest, before) or not is_second:
        return False  # "Leave A and B on" is about both.
    return not known.begin(_LEAVE_AFTER, before) or not at or not _says_a_verb(rest, at + 1)


def _is_led_by_leaving(rest: Rest, before: str) -> bool:
    """Return whether a text ends with a word for leaving what follows: "and leave the"."""
    parts = cues(rest.language).parted(_LEAVE_BEFORE, before)
    known = vocabulary(rest.language)
    return parts is not None and all(map(known.is_small, known.words(parts[1])))


def _is_of_another(line: Line, rest: Rest, letter: str) -> bool:
    """Return whether a verb was said of something else: "the light off but leave the lamp"."""
    at, known = tuple(rest.spans).index(letter), cues(rest.language)
    parts = known.parted(_LEAVE_BEFORE, rest.outside[at])
    if parts is None or known.begin(line.verb, rest.outside[at + 1]):
        return False  # "The light off, then keep the lamp off".
    return known.say(line.verb, parts[:1])


def _leaves_after_a_verb(rest: Rest, before: str) -> bool:
    """Return whether something else is to be done first: "lights off but leave the"."""
    parts, known = cues(rest.language).parted(_LEAVE_BEFORE, before), cues(rest.language)
    verbs = (*_VERBS, "perhaps_off", "perhaps_close")
    return parts is not None and any(known.say(verb, parts[:1]) for verb in verbs)


def _says_a_verb(rest: Rest, at: int) -> bool:
    known, part = cues(rest.language), rest.outside[at : at + 1]
    return any(known.say(verb, part) for verb in _VERBS)
