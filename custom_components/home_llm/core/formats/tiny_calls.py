"""How our own models write what is to be done: one line each, in as few tokens as say it.

    > on light A; B = brightness 30
    > off light: C; but A
    > off light: all
    > off light
    > off everything: C
    > state light A
    > say thanks

The mark, a word for the action, the domain, what is meant, arguments. A letter is what the sentence
names (``tiny.py``). A colon stands before a place, "all" is the whole house, what follows "but" is
left alone, and ``on light A: C`` is the one of several that are called A which is in C. Without any
of these it was not said which devices are meant: ``tiny_grounding.py`` knows what people mean then.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
import json

from ..actions import ACTIONS, DOMAINS, Action, actions_of
from ..errors import ParseError
from ..grammar import Edge, Grammar, GrammarBuilder
from ..home import Value
from ..parser import Say

MARK = ">"
"""What a line begins with."""

ALL = "all"
EVERYTHING = "everything"
STATE = "state"
SAY = "say"

_BETWEEN = ";"
_GROUP = ":"
_BUT = "but"
_ARGUMENT = " = "

_WORDS: Mapping[str, str] = {
    "turn_on": "on",
    "turn_off": "off",
    "set_percentage": "speed",
    "increase_speed": "faster",
    "decrease_speed": "slower",
    "oscillate": "swing",
    "set_direction": "direction",
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
    "set_humidity": "humidity",
    "media_play": "play",
    "media_pause": "pause",
    "media_stop": "stop",
    "media_next_track": "next",
    "media_previous_track": "previous",
    "volume_set": "volume",
    "volume_up": "louder",
    "volume_down": "quieter",
    "volume_mute": "mute",
    "return_to_base": "return",
    "start_mowing": "start",
    "brightness_step": "by",
    "percentage_step": "by",
    "temperature_step": "by",
    "color_temp_kelvin": "kelvin",
    "percentage": "percent",
    "volume_level": "percent",
    "is_volume_muted": "muted",
    "hvac_mode": "mode",
}
"""Shorter words for actions and arguments; those that are missing stand for themselves."""

_EVERYTHING_VERBS = ("turn_on", "turn_off")


def short_word(name: str) -> str:
    """Return what an action or an argument is called in a line."""
    return _WORDS.get(name, name)


def _verb(action: Action) -> str:
    return short_word(action.name.partition(".")[2])


_ACTIONS = {(action.domain, _verb(action)): action for action in ACTIONS.values()}


def _plain(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a model wants, in the letters of one sentence.

    Args:
        action: ``domain.action``; the domain may be ``everything``, the action ``state``.
        devices: letters of devices.
        place: letter of a place, or ``all``.
        excluding: letters of devices that are left alone.
        arguments: by name, in people's units.

    """

    action: str
    devices: tuple[str, ...] = ()
    place: str | None = None
    excluding: tuple[str, ...] = ()
    arguments: Mapping[str, Value] = field(default_factory=dict)


def write_line(line: Line | Say) -> str:
    """Return a line, with its end."""
    if isinstance(line, Say):
        return f"{MARK} {SAY} {line.key}\n"
    domain, _, name = line.action.partition(".")
    text = f"{MARK} {short_word(name)} {domain}"
    if line.devices:
        text += " " + f"{_BETWEEN} ".join(line.devices)
    if line.place is not None:
        text += f"{_GROUP} {line.place}"
    if line.excluding:
        text += f"{_BETWEEN} {_BUT} " + f"{_BETWEEN} ".join(line.excluding)
    arguments = "".join(
        f"{_ARGUMENT}{short_word(k)} {_plain(v)}" for k, v in line.arguments.items()
    )
    return f"{text}{arguments}\n"


def read_line(text: str) -> Line | Say:
    """Return what is on a line without its end.

    Raises:
        ParseError: nothing that makes sense.

    """
    head, *arguments = map(str.strip, text.removeprefix(MARK).split(_ARGUMENT.strip()))
    verb, _, rest = head.partition(" ")
    if verb == SAY and rest in Say.KEYS:
        return Say(key=rest)
    named, is_group, place = rest.partition(f"{_GROUP} ")
    domain, _, devices = named.partition(" ")
    if not verb or domain not in (*DOMAINS, EVERYTHING):
        msg = f"not a line: {head}"
        raise ParseError(msg)
    place, is_but, others = place.partition(f"{_BETWEEN} {_BUT} ")
    action = _ACTIONS.get((domain, verb))
    return Line(
        # Somebody has to tell that there is no such action.
        action=_name(domain, verb) if action is None else action.name,
        devices=tuple(devices.split(f"{_BETWEEN} ")) if devices else (),
        place=place if is_group else None,
        excluding=tuple(others.split(f"{_BETWEEN} ")) if is_but else (),
        arguments=dict(_read_argument(action, argument) for argument in arguments),
    )


def _name(domain: str, verb: str) -> str:
    full = {short_word(name): name for name in _EVERYTHING_VERBS} if domain == EVERYTHING else {}
    return f"{domain}.{full.get(verb, verb)}"


def _read_argument(action: Action | None, text: str) -> tuple[str, Value]:
    word, _, said = text.partition(" ")
    for argument in action.listed if action is not None else ():
        if short_word(argument.name) == word:
            return argument.name, next((v for v in argument.values if _plain(v) == said), said)
    msg = f"no argument: {text}"
    raise ParseError(msg)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a letter of a sentence can be used for.

    Args:
        letter: the letter.
        domains: of the devices that it may name.
        is_place: whether it may name an area or a floor.

    """

    letter: str
    domains: tuple[str, ...] = ()
    is_place: bool = False


@lru_cache(maxsize=64)
def grammar_of(letters: tuple[Letter, ...], allowed: frozenset[str]) -> Grammar:
    """Return all that can be written about a sentence with these letters.

    Args:
        letters: of what the sentence names.
        allowed: the actions that may be asked for.

    """
    return _GrammarWriter(letters, actions_of(allowed)).write()


class _GrammarWriter:
    """Writes the automaton of all replies to one kind of sentence."""

    def __init__(self, letters: Sequence[Letter], actions: Collection[Action]) -> None:
        self._letters = letters
        self._actions = actions
        self._builder = GrammarBuilder()
        self._places = tuple(f" {letter.letter}" for letter in letters if letter.is_place)

    def write(self) -> Grammar:
        """Return one line or more."""
        builder = self._builder
        start, end, after_line = (builder.reserve() for _ in range(3))
        verbs = self._verbs(after_line)
        # What is said is all that is written: nobody thanks and switches a light in one sentence.
        say = builder.literal(f" {SAY}", self._keys(end))
        builder.fill(start, [builder.literal(MARK, builder.node([say, *verbs]))])
        more = builder.literal(MARK, builder.node(verbs))
        builder.fill(after_line, [more, builder.literal("", end)])
        builder.fill(end, [])
        return builder.build()

    def _verbs(self, after_line: int) -> list[Edge]:
        builder = self._builder
        verbs = dict.fromkeys(map(_verb, self._actions))
        edges = [builder.literal(f" {word}", self._domains(word, after_line)) for word in verbs]
        domains = dict.fromkeys(action.domain for action in self._actions)
        stated = [
            builder.literal(f" {domain}", self._targets(domain, [self._newline(after_line)]))
            for domain in domains
        ]
        if stated:
            edges.append(builder.literal(f" {STATE}", builder.node(stated)))
        return edges

    def _keys(self, end: int) -> int:
        builder = self._builder
        line_end = builder.node([builder.literal("\n", end)])
        keys = tuple(f" {key}" for key in Say.KEYS)
        return builder.node([builder.choice("keys", keys, line_end)])

    def _domains(self, verb: str, after_line: int) -> int:
        builder, edges = self._builder, []
        for action in self._actions:
            if _verb(action) == verb:
                rest = self._from_argument(action, 0, after_line, may_end=not action.needs)
                edges.append(
                    builder.literal(f" {action.domain}", self._targets(action.domain, rest))
                )
        if verb in map(short_word, _EVERYTHING_VERBS):
            newline = [self._newline(after_line)]
            edges.append(builder.literal(f" {EVERYTHING}", self._targets(EVERYTHING, newline)))
        return builder.node(edges)

    def _newline(self, after_line: int) -> Edge:
        return self._builder.literal("\n", after_line)

    def _targets(self, domain: str, rest: list[Edge]) -> int:
        """Return the node after a domain: devices, a place, or neither, and then ``rest``."""
        devices = tuple(
            f" {letter.letter}"
            for letter in self._letters
            if domain in letter.domains or (domain == EVERYTHING and letter.domains)
        )
        name = f"{domain} letters"
        named = self._devices(name, devices, rest) if domain != EVERYTHING else []
        return self._builder.node([*rest, *named, self._place(name, devices, rest)])

    def _devices(self, name: str, devices: tuple[str, ...], rest: list[Edge]) -> list[Edge]:
        """Return devices by their letters; after one of them, the place in which it is."""
        builder = self._builder
        if not devices:
            return []
        after = builder.reserve()
        device = builder.node([builder.choice(name, devices, after)])
        following = [builder.literal(_BETWEEN, device), *rest]
        if self._places:
            place = builder.node([builder.choice("places", self._places, builder.node(rest))])
            following.append(builder.literal(_GROUP, place))
        builder.fill(after, following)
        return [builder.choice(name, devices, after)]

    def _place(self, name: str, devices: tuple[str, ...], rest: list[Edge]) -> Edge:
        """Return a place, perhaps without some devices."""
        builder = self._builder
        following = list(rest)
        if devices:
            after = builder.reserve()
            left_alone = builder.node([builder.choice(name, devices, after)])
            builder.fill(after, [builder.literal(_BETWEEN, left_alone), *rest])
            but = builder.node([builder.literal(f" {_BUT}", left_alone)])
            following.append(builder.literal(_BETWEEN, but))
        places = (f" {ALL}", *self._places)
        place = builder.node([builder.choice("all places", places, builder.node(following))])
        return builder.literal(_GROUP, place)

    def _from_argument(
        self, action: Action, first: int, after_line: int, *, may_end: bool = True
    ) -> list[Edge]:
        """Return what may follow targets: the end, or arguments in their fixed order."""
        builder = self._builder
        edges = [self._newline(after_line)] if may_end else []
        for number, argument in enumerate(action.listed[first:], start=first):
            rest = builder.node(self._from_argument(action, number + 1, after_line))
            values = tuple(f" {_plain(value)}" for value in argument.values)
            value = builder.node([builder.choice(f"{argument.name} values", values, rest)])
            edges.append(builder.literal(f"{_ARGUMENT}{short_word(argument.name)}", value))
        return edges
