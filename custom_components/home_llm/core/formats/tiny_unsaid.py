"""Replies about what the sentence does not speak of: another sort of device, another time.

A small model that has not heard what a word means takes what is near: "stop mowing" for the vacuum
of the turn before, "turn the jacuzzi on" for something to be played.
"""

from collections.abc import Collection, Sequence

from ..calls import Call
from ..cues import Cues, cues
from ..kinds import EVERYTHING, IT, KINDS
from ..parser import Event
from ..vocabulary import vocabulary
from ..words import words
from .tiny_lines import ALL, CONDITIONS, HERE, QUESTIONS, Line
from .tiny_rest import Rest
from .tiny_told import PLAYERS

_SORTS = (
    *("light", "fan", "cover", "blind", "curtain", "shutter", "awning"),
    *("climate", "humidifier", "media_player", "speaker", "vacuum", "lawn_mower"),
)
"""Kinds that nobody speaks of who means something of another domain; doors are gone out of."""

_DOMAINS = frozenset(
    {"lock", "valve", *(domain for kind in _SORTS for domain in KINDS[kind].members)}
)
_SAID_FOR = {"light": "cover", "climate": "fan"}
_SHUT = frozenset(
    {*("cover", "blind", "curtain", "shutter", "shade", "awning"), "door", "window", "garage"}
)
"""Kinds of which all may be shut, before something else is put out."""

_SWITCHED = ("on", "off")
_SWITCHABLE = ("fan", "switch", "climate", "humidifier", "media_player", "tv", "speaker")
"""What nobody puts on or off in so many words without a word for it."""

_VACUUM = "vacuum"
_WORKING = (_VACUUM, "lawn_mower")
"""What has a verb of its own: mowing."""


def is_of_another_sort(events: Sequence[Event], rest: Rest) -> bool:
    """Return whether a reply is about none of the sorts of devices that alone are spoken of.

    Args:
        events: what the whole reply comes to.
        rest: what the sentence says besides names; one with names speaks of those, too.

    """
    is_other = rest.spans or cues(rest.language).say("spares", (rest.text,))
    if is_other or not all(isinstance(event, Call) for event in events):
        return False
    done = {event.action.partition(".")[0] for event in events if isinstance(event, Call)}
    said = _domains_said(rest)
    return bool(done and said) and done <= _DOMAINS and done.isdisjoint(said)


def _domains_said(rest: Rest) -> Collection[str]:
    names, found = vocabulary(rest.language).kind_names, cues(rest.language)
    text = " ".join(vocabulary(rest.language).words(rest.text))
    said = [kind for kind in _SORTS if _says_any(text, names.get(kind, ()))]
    said += [kind for kind in _WORKING if found.say(f"of_{kind}", (rest.text,))]
    # "Let the light in", "there is no air": in Spanish that is a word for air conditioning, too.
    said += [other for kind, other in _SAID_FOR.items() if kind in said]
    return {domain for kind in said for domain in KINDS[kind].members}


def _says_any(text: str, names: Collection[tuple[str, ...]]) -> bool:
    return any(f" {' '.join(name)} " in f" {text} " for name in names)


def is_unsaid(line: Line, rest: Rest) -> bool:
    """Return whether a line does what no word of its sentence says."""
    if line.verb in (*QUESTIONS, *CONDITIONS):
        return False
    known = cues(rest.language)
    if line.kind == EVERYTHING and _is_of_less(line, rest, known):
        return True
    if line.kind == _VACUUM and known.say("of_its_power", rest.outside):
        return True  # How hard it sucks cannot be set.
    if _is_on_already(line, rest, known):
        return True
    if _is_of_another_thing(line, rest, known) or _forgets_the_rest(line, rest, known):
        return True
    return line.verb == "play" and line.kind != IT and _is_switched(line, rest, known)


def _is_on_already(line: Line, rest: Rest, known: Cues) -> bool:
    """Return whether a line puts on what was left on, or what is not to be put off: 别关灯."""
    if line.verb != "on" or line.arguments:
        return False
    is_left = known.say("not_off", rest.outside) and not known.say("any_on", rest.outside)
    times = sum(1 for part in rest.outside for _ in known.found("particle", part))
    is_told = times <= 1 and not known.say("do_it", rest.outside)
    return is_left or (is_told and known.say("left_so", rest.outside))


def _is_of_another_thing(line: Line, rest: Rest, known: Cues) -> bool:
    """Return whether "turn the oven on" puts on what it has no word for: the extractor."""
    if line.verb not in _SWITCHED or line.kind not in _SWITCHABLE:
        return False
    if line.devices or line.place not in (None, HERE):
        return False
    things = (thing for span in rest.spans.values() for thing in span.things)
    is_said = bool(rest.kinds) or any(thing.kind == "device" for thing in things)
    return not is_said and known.say(line.verb, rest.outside)


def _is_of_less(line: Line, rest: Rest, known: Cues) -> bool:
    """Return whether a line puts out everything, and "it" was to be put out."""
    return not rest.says_everything and not line.excluding and known.say("it", rest.outside)


def _forgets_the_rest(line: Line, rest: Rest, known: Cues) -> bool:
    """Return whether "leave the lamp on, the rest off" is taken for everything."""
    is_all = line.kind == EVERYTHING or line.place == ALL
    is_alone = is_all and line.verb in _SWITCHED and not (line.devices or line.excluding)
    is_left_out = bool(rest.excepted or rest.spared - {"light"})
    return is_alone and not is_left_out and known.say("the_rest", (rest.text,))


def _is_switched(line: Line, rest: Rest, known: Cues) -> bool:
    """Return whether something is to be switched on of which nobody says that it plays."""
    is_named = bool(line.devices) or not PLAYERS.isdisjoint(rest.kinds)
    return known.say("on", rest.outside) and not is_named and not known.say("playing", (rest.text,))


def closes_instead(line: Line, rest: Rest) -> bool:
    """Return whether a line puts out everything, and everything was to be shut."""
    known = cues(rest.language)
    if (line.verb, line.kind) != ("off", EVERYTHING) or not known.say("shut", rest.outside):
        return False
    if known.say("off", rest.outside):  # It may be meant of another thing.
        return rest.kinds.isdisjoint(_SHUT) and _shuts_everything(rest, known)
    return not known.say("perhaps_off", rest.outside)


def _shuts_everything(rest: Rest, known: Cues) -> bool:
    """Return whether "everything" stands beside a word for shutting: "close everything up"."""
    says_all = vocabulary(rest.language).says_everything
    for part in rest.outside:
        for match in known.found("shut", part):
            before, after = words(part[: match.start()]), words(part[match.end() :])
            is_off = known.begin("off", " ".join(after[1:]))  # "Shut everything off."
            if not is_off and (says_all(" ".join(before[-1:])) or says_all(" ".join(after[:1]))):
                return True
    return False
