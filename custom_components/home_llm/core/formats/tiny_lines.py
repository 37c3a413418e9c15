"""How our own models write what is wanted: one line each, in as few tokens as say it.

    > on light A; B = brightness 30
    > off light: C; but A; D
    > close blind: all
    > off everything: C
    > is lock A = locked
    > if temperature: C = above 23
    > add todo A = item oat milk
    > same: B
    > say thanks

The mark, a verb, the kind of device, what is meant, arguments. A letter is what the sentence names
(``tiny.py``). A colon stands before a place, "all" is the whole house, what follows "but" is left
alone, and ``on light A: C`` is the one of several that are called A which is in C. Without any of
these it was not said which devices are meant: ``tiny_grounding.py`` knows what people mean then.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
import re

from ..actions import ACTIONS, Action, Argument, NumberArgument, TextArgument, actions_of, to_text
from ..errors import ParseError
from ..home import Value
from ..kinds import EVERYTHING, IT, KINDS
from ..parser import Say
from ..states import WORDS

MARK = ">"
"""What a line begins with."""

ALL = "all"
SAY = "say"
SAME = "same"
UNDO = "undo"
AGAIN = "again"
BUY = "buy"

CONDITIONS = ("if", "unless")
QUESTIONS = ("state", "is", "any", "all", "count", "which", "where", "list", "forecast")
PICKED = ("other", "all", "first", "second", "third", "last")
"""Which of those that were spoken of, where it is not said by a name."""

READINGS = (
    *("brightness", "color", "speed", "position", "volume", "title", "artist", "source"),
    *("temperature", "current_temperature", "humidity", "mode", "battery", "power", "energy"),
)
"""What can be asked of a device beyond its state."""

HERE = "here"
"""Where the speaker is; if that is not known, the whole house: "lights out, off to work"."""

OUTDOORS = "outdoors"
"""What is out of doors; no line says so, the sentence does."""

DAYS = (
    *("today", "tonight", "tomorrow", "weekend", "week"),
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
)
OF, DAY, ABOVE, BELOW, ASKED = "of", "day", "above", "below", "asked"

BETWEEN = ";"
GROUP = ":"
BUT = "but"
EQUALS = " ="

_WORDS: Mapping[str, str] = {
    "turn_on": "on",
    "turn_off": "off",
    "set_percentage": "speed",
    "increase_speed": "faster",
    "decrease_speed": "slower",
    "oscillate": "swing",
    "set_direction": "direction",
    "set_preset_mode": "preset",
    "open_cover": "open",
    "close_cover": "close",
    "stop_cover": "stop",
    "set_cover_position": "position",
    "open_valve": "open",
    "close_valve": "close",
    "stop_valve": "stop",
    "set_valve_position": "position",
    "set_temperature": "temperature",
    "set_hvac_mode": "mode",
    "set_fan_mode": "blow",
    "set_humidity": "humidity",
    "set_mode": "preset",
    "media_play": "play",
    "media_pause": "pause",
    "media_stop": "stop",
    "media_next_track": "next",
    "media_previous_track": "previous",
    "volume_set": "volume",
    "volume_up": "louder",
    "volume_down": "quieter",
    "volume_mute": "mute",
    "select_source": "source",
    "return_to_base": "return",
    "start_mowing": "start",
    "set_value": "set",
    "select_option": "select",
    "add_item": "add",
    "complete_item": "complete",
    "remove_item": "remove",
    "cancel_all": "clear",
    "add_time": "add",
    "take_time": "take",
    "brightness_step": "by",
    "percentage_step": "by",
    "temperature_step": "by",
    "volume_step": "by",
    "color_temp_kelvin": "kelvin",
    "percentage": "percent",
    "volume_level": "percent",
    "is_volume_muted": "muted",
    "hvac_mode": "mode",
    "fan_mode": "name",
    "preset_mode": "name",
    "source": "name",
    "option": "name",
}
"""Shorter words for actions and arguments; those that are missing stand for themselves."""

_IT_VERBS = ("up", "down", "set")
_EVERYTHING_VERBS = ("on", "off")
_STEP = Argument(name="by", values=range(1, 101), parameter="")
_NUMBER = NumberArgument(name="value", parameter="")


def short_word(name: str) -> str:
    """Return what an action or an argument is called in a line."""
    if name == "mode":
        return "name"
    return _WORDS.get(name, name)


def verb_of(action: Action) -> str:
    """Return what an action is called in a line."""
    return _WORDS.get(action.name.partition(".")[2], action.name.partition(".")[2])


_ACTIONS: Mapping[tuple[str, str], Action] = {
    (action.domain, verb_of(action)): action for action in ACTIONS.values()
}


def action_of(domain: str, verb: str) -> Action | None:
    """Return what a verb does to devices of a domain."""
    return _ACTIONS.get((domain, "add" if verb == BUY else verb))


@lru_cache(maxsize=1024)
def domains_of(kind: str, verb: str) -> tuple[str, ...]:
    """Return the domains of a kind whose devices a verb can be done to."""
    if kind == "timer":
        return (kind,) if action_of(kind, verb) is not None else ()
    members = KINDS[kind].members if kind in KINDS else {}
    return tuple(domain for domain in members if action_of(domain, verb) is not None)


@lru_cache(maxsize=1024)
def arguments_of(kind: str, verb: str) -> tuple[Argument, ...]:
    """Return the arguments that a verb can have with a kind, in the order in which they come."""
    return tuple(_arguments_of(kind, verb))


def _arguments_of(kind: str, verb: str) -> Iterator[Argument]:
    if kind == IT and verb in _IT_VERBS:
        yield _NUMBER if verb == "set" else _STEP
        return
    actions = (
        (a for (_, name), a in _ACTIONS.items() if name == verb)
        if kind == IT
        else (action_of(domain, verb) for domain in domains_of(kind, verb))
    )
    seen: set[str] = set()
    for action in actions:
        for argument in action.listed if action is not None else ():
            if short_word(argument.name) not in seen:
                seen.add(short_word(argument.name))
                yield argument


@lru_cache(maxsize=8)
def commands(allowed: frozenset[str]) -> tuple[tuple[str, str, bool], ...]:
    """Return verbs with the kinds they can be done to, and whether they may have no argument.

    Args:
        allowed: the names of the actions that may be asked for.

    """
    return tuple(sorted(set(_commands(actions_of(allowed)))))


def _commands(actions: Collection[Action]) -> Iterator[tuple[str, str, bool]]:
    allowed = {(action.domain, verb_of(action)): action for action in actions}
    for kind in (*KINDS, "timer"):
        for verb in dict.fromkeys(name for _, name in allowed):
            able = [allowed[d, verb] for d in domains_of(kind, verb) if (d, verb) in allowed]
            if able:
                yield verb, kind, not all(action.needs for action in able)
                if (kind, verb) == ("todo", "add"):
                    yield BUY, kind, False
    on_off = [verb for verb in _EVERYTHING_VERBS if any(name == verb for _, name in allowed)]
    yield from ((verb, EVERYTHING, True) for verb in on_off)
    for verb in dict.fromkeys(name for domain, name in allowed if domain != "timer"):
        yield verb, IT, not all(a.needs for (_, name), a in allowed.items() if name == verb)
    yield from ((verb, IT, verb != "set") for verb in _IT_VERBS)


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a model wants, in the letters of one sentence.

    Args:
        verb: what is wanted.
        kind: of the devices; empty where the verb says it all.
        devices: letters of devices, or one of ``PICKED``.
        place: letter of a place, or ``all``.
        excluding: letters of devices or places that are left alone.
        arguments: by their short words, in people's units; of questions, also ``asked`` (a word),
            ``above``, ``below``, ``of`` and ``day``.

    """

    verb: str
    kind: str = ""
    devices: tuple[str, ...] = ()
    place: str | None = None
    excluding: tuple[str, ...] = ()
    arguments: Mapping[str, Value] = field(default_factory=dict)


def write_line(line: Line | Say) -> str:
    """Return a line, with its end."""
    if isinstance(line, Say):
        return f"{MARK} {SAY} {line.key}\n"
    text = " ".join(filter(None, (MARK, line.verb, line.kind)))
    if line.devices:
        text += " " + f"{BETWEEN} ".join(line.devices)
    if line.place is not None:
        text += f"{GROUP} {line.place}"
    if line.excluding:
        text += f"{BETWEEN} {BUT} " + f"{BETWEEN} ".join(line.excluding)
    for key, value in line.arguments.items():
        text += f"{EQUALS} {to_text(value)}" if key == ASKED else f"{EQUALS} {key} {to_text(value)}"
    return f"{text}\n"


_NUMBER_SAID = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_LETTERS = f"[A-Z](?:{BETWEEN} [A-Z])*"
_HEAD = re.compile(
    rf"(?P<verb>[a-z_]+)(?: (?P<kind>(?!(?:{'|'.join(PICKED)})\b)[a-z_]+))?"
    rf"(?: (?P<devices>{_LETTERS}|{'|'.join(PICKED)}))?(?:{GROUP} (?P<place>[A-Z]|{ALL}|{HERE})"
    rf"(?:{BETWEEN} {BUT} (?P<excluding>{_LETTERS}))?)?"
)


def read_line(text: str) -> Line | Say:
    """Return what is on a line without its end.

    Raises:
        ParseError: nothing that makes sense.

    """
    head, *arguments = map(str.strip, text.removeprefix(MARK).split(f"{EQUALS} "))
    verb, _, key = head.partition(" ")
    if verb == SAY and key in Say.KEYS:
        return Say(key=key)
    match = _HEAD.fullmatch(head)
    if match is None or not _makes_sense(match["verb"], match["kind"] or ""):
        msg = f"not a line: {head}"
        raise ParseError(msg)
    verb, kind = match["verb"], match["kind"] or ""
    return Line(
        verb=verb,
        kind=kind,
        devices=_listed(match["devices"]),
        place=match["place"],
        excluding=_listed(match["excluding"]),
        arguments=dict(_read_arguments(verb, kind, arguments)),
    )


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(text.split(f"{BETWEEN} ")) if text else ()


def _makes_sense(verb: str, kind: str) -> bool:
    if verb in (SAME, UNDO, AGAIN):
        return not kind or kind in KINDS
    if verb in (*QUESTIONS, *CONDITIONS):
        return kind in KINDS or kind in (EVERYTHING, IT) or (verb, kind) == ("state", "timer")
    return kind in (EVERYTHING, IT) or bool(domains_of(kind, verb))


def _read_arguments(verb: str, kind: str, texts: Sequence[str]) -> Iterator[tuple[str, Value]]:
    known = {short_word(argument.name): argument for argument in arguments_of(kind, verb)}
    for at, text in enumerate(texts):
        word, _, said = text.partition(" ")
        if verb in (*QUESTIONS, *CONDITIONS):
            yield _read_test(text)
        elif word not in known:
            msg = f"no argument: {text}"
            raise ParseError(msg)
        elif isinstance(known[word], TextArgument):
            # It comes last, and people may say anything.
            yield word, f"{EQUALS} ".join((said, *texts[at + 1 :]))
            return
        else:
            yield word, _value(known[word], said)


def _read_test(text: str) -> tuple[str, Value]:
    word, _, said = text.partition(" ")
    if word in (OF, DAY) and said:
        return word, said
    if word in (ABOVE, BELOW):
        return word, _number(said)
    if text in WORDS:
        return ASKED, text
    msg = f"not asked: {text}"
    raise ParseError(msg)


def _value(argument: Argument, said: str) -> Value:
    if isinstance(argument, NumberArgument):
        return _number(said)
    return dict(zip(argument.texts, argument.values, strict=True)).get(said, said)


def _number(said: str) -> float:
    if _NUMBER_SAID.fullmatch(said) is None:
        msg = f"not a number: {said}"
        raise ParseError(msg)
    number = float(said)
    return int(number) if number == int(number) else number
