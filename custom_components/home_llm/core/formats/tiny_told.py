"""Sentences that tell or ask something, taken for a wish: "I've already locked the door".

A small model hears the verb and the door. Who did it, who was told to, and what somebody would like
to know, stands in the words around them.
"""

from collections.abc import Mapping

from ..cues import Cues, cues
from ..vocabulary import vocabulary
from ..words import is_character, words
from .tiny_lines import CONDITIONS, QUESTIONS, Line
from .tiny_rest import Rest

_BREAKS = frozenset(",;.:!?")

PLAYERS = frozenset({"media_player", "speaker", "tv"})
"""Kinds that something is played on."""

_DONE = ("on", "off", "open", "close", "lock", "unlock", "start", "stop", "pause", "dock", "locate")
"""What somebody may say to have done, and then does not ask for."""

_NOTED = ("add", "buy")
"""What is written on a list."""

_HEARD = ("louder", "quieter", "volume")
"""What is done to how loud it is."""

_WISHED = ("on", "off", "open", "close")
_ASKING = (*_WISHED, *(f"perhaps_{verb}" for verb in _WISHED))
"""Cues of which one is left in a sentence that asks for something, too."""

_SAID_BY: Mapping[str, str] = {
    **{verb: verb for verb in _WISHED},
    "lock": "close",
    "unlock": "open",
}
"""The cues of what is done, of which a sentence that asks has one if it is a wish."""


def is_told(line: Line, rest: Rest) -> bool:
    """Return whether a line does what its sentence only tells of, or asks about."""
    if line.verb in (*QUESTIONS, *CONDITIONS):
        return False
    known = cues(rest.language)
    if _is_done(line, rest, known) or _is_of_somebody(line, rest, known):
        return True
    if _is_asked(line, rest, known) or _is_of_yesterday(line, rest, known):
        return True
    if line.verb in _NOTED and known.say("wondering", (rest.text,)):
        return True  # "I wonder if we should get a new lamp."
    if line.verb in _HEARD and known.say("how_loud", (rest.text,)):
        return True
    return _is_a_fact(rest, known) or _is_reported(line, rest, known)


def _is_done(line: Line, rest: Rest, known: Cues) -> bool:
    """Return whether it has been done: "I've already locked the door".

    A mode that is over, and a room that somebody is done with, are put out.
    """
    if line.verb not in _DONE or line.arguments or not known.say("done", rest.outside):
        return False
    is_named = bool(line.devices) or line.kind in rest.kinds - PLAYERS
    if not is_named or line.kind == "input_boolean":
        return False
    left = [known.without("done", part) for part in rest.outside]
    return not any(known.say(cue, left) for cue in _ASKING)


def _is_asked(line: Line, rest: Rest, known: Cues) -> bool:
    """Return whether it is asked: "is there enough air in the gym", "do you know if it is off"."""
    cue = _SAID_BY.get(line.verb)
    if cue is None:
        return False
    is_said = any(known.say(each, rest.outside) for each in (cue, f"perhaps_{cue}"))
    if known.begin("asks", rest.text) and not is_said:
        return True
    return known.begin("asks_whether", rest.text) and _is_single(cue, rest, known)


def _is_of_yesterday(line: Line, rest: Rest, known: Cues) -> bool:
    """Return whether it is told what was: "yesterday the robot was stuck under the sofa"."""
    if line.arguments or not known.begin("yesterday", rest.text):
        return False
    cue = _SAID_BY.get(line.verb)
    said = (cue, f"perhaps_{cue}") if cue is not None else _ASKING
    return line.verb in _DONE and not any(known.say(each, rest.outside) for each in said)


def _is_a_fact(rest: Rest, known: Cues) -> bool:
    """Return whether it is told how it is, or was: "he had the telly on full blast"."""
    if _asks_for_more(rest, known):
        return False
    is_one = _is_one_clause(rest)
    if known.begin("had", rest.text) and is_one:
        return True
    # "I have just shut the curtains", but not "what I have just shut".
    is_so = known.end("always_is", rest.text) or (is_one and known.say("just_did", (rest.text,)))
    return is_so and not known.say("that_was", (rest.text,))


def _asks_for_more(rest: Rest, known: Cues) -> bool:
    """Return whether something is wished besides: "we've put the kids to bed turn it off"."""
    left = [known.without("just_did", part) for part in rest.outside]
    if is_character(rest.text[-1:]):
        return False  # Of what ends with its verb nothing is left.
    if "do_it" in known.rows:
        return known.say("do_it", left)
    return any(known.say(verb, left) for verb in _WISHED)


def _is_one_clause(rest: Rest) -> bool:
    """Return whether a sentence says one thing, after which nothing can be wished."""
    joints = vocabulary(rest.language).joints
    return joints.isdisjoint(words(rest.text)) and not _BREAKS.intersection(rest.text[:-1])


def _is_reported(line: Line, rest: Rest, known: Cues) -> bool:
    """Return whether it was said to others, or thought: "I told her to shut the gate"."""
    cue = _SAID_BY.get(line.verb)
    others = known.without("told_you", rest.text)
    # "I told Mia to turn it off": a name stands behind the word.
    is_told = any(known.end("told", part) for part in rest.outside[:-1])
    if cue is None or line.arguments or not (is_told or known.say("reports", (others,))):
        return False
    return _is_single(cue, rest, known)


def _is_single(cue: str, rest: Rest, known: Cues) -> bool:
    """Return whether a verb is said once at most: "is it locked? Lock it" says it twice."""
    return (_times(cue, rest, known) or _times(f"perhaps_{cue}", rest, known)) <= 1


def _times(cue: str, rest: Rest, known: Cues) -> int:
    return sum(1 for part in rest.outside for _ in known.found(cue, part))


def _is_of_somebody(line: Line, rest: Rest, known: Cues) -> bool:
    """Return whether it is told what somebody did: "Bia abriu o portão"."""
    first = min(rest.spans.values(), key=lambda span: span.start, default=None)
    if line.verb not in _SAID_BY or line.arguments or first is None:
        return False
    if not all(thing.domain == "person" for thing in first.things):
        return False
    articles = vocabulary(rest.language).articles
    begins = all(word in articles for word in words(rest.text[: first.start]))
    return begins and not any(known.say(cue, rest.outside) for cue in (*_WISHED, "particle"))
