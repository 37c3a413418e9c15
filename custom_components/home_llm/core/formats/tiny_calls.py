"""How our own models write calls: one line each, in as few tokens as say it.

    > on light desk lamp; light lamp 2 = brightness 30
    > off light: area kitchen; but light desk lamp
    > off light: all

The mark, a word for the action, the devices as the prompt prints them, arguments. A colon stands
between a domain and a place, "all" is the whole house, and what follows "but" is left alone. The
marks are characters that no name holds (``text.py``). The same call as JSON takes three times as
many tokens, most of which say nothing.
"""

from collections.abc import Mapping
import json

from ..actions import ACTIONS, DOMAINS, Action
from ..calls import EVERYWHERE, Call
from ..errors import ParseError
from ..grammar import Edge, Grammar, GrammarBuilder
from ..home import Home, Value
from .tiny_names import Printed

MARK = ">"
"""What a line with a call begins with, and speech cannot hold."""

_BETWEEN = ";"
_GROUP = ":"
_BUT = "but "
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


def short_word(name: str) -> str:
    """Return what an action or an argument is called in a call."""
    return _WORDS.get(name, name)


def _verb(action: Action) -> str:
    return short_word(action.name.partition(".")[2])


_ACTIONS = {(action.domain, _verb(action)): action for action in ACTIONS.values()}


def _plain(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def write_call(call: Call) -> str:
    """Return the line of a call, with its end."""
    domain, _, name = call.action.partition(".")
    place = call.area or call.floor or (EVERYWHERE if call.devices == (EVERYWHERE,) else None)
    if place is None:
        targets = f"{_BETWEEN} ".join(call.devices)
    else:
        targets = f"{domain}{_GROUP} {place}"
        if call.excluding:
            targets += f"{_BETWEEN} {_BUT}" + f"{_BETWEEN} ".join(call.excluding)
    arguments = "".join(
        f"{_ARGUMENT}{short_word(k)} {_plain(v)}" for k, v in call.arguments.items()
    )
    return f"{MARK} {short_word(name)} {targets}{arguments}\n"


def read_call(line: str) -> Call:
    """Return the call on a line without its end.

    Raises:
        ParseError: there is none.

    """
    head, *arguments = map(str.strip, line.removeprefix(MARK).split(_ARGUMENT.strip()))
    verb, _, targets = head.partition(" ")
    before, is_group, place = targets.partition(f"{_GROUP} ")
    domain = before if is_group else before.partition(" ")[0]
    if domain not in DOMAINS or not verb:
        msg = f"no call: {head}"
        raise ParseError(msg)
    action = _ACTIONS.get((domain, verb))
    # Somebody has to tell that there is no such action.
    name = action.name if action is not None else f"{domain}.{verb}"
    given = dict(_read_argument(action, argument) for argument in arguments)
    if not is_group:
        devices = tuple(targets.split(f"{_BETWEEN} "))
        return Call(action=name, devices=devices, arguments=given)
    place, *others = place.split(f"{_BETWEEN} ")
    if others and not others[0].startswith(_BUT):
        msg = f"not a place: {head}"
        raise ParseError(msg)
    excluding = tuple(other.removeprefix(_BUT) for other in others)
    kind = place.partition(" ")[0]
    return Call(
        action=name,
        devices=(EVERYWHERE,) if place == EVERYWHERE else (),
        area=place if kind == "area" else None,
        floor=place if kind == "floor" else None,
        excluding=excluding,
        arguments=given,
    )


def _read_argument(action: Action | None, text: str) -> tuple[str, Value]:
    word, _, said = text.partition(" ")
    for argument in action.listed if action is not None else ():
        if short_word(argument.name) == word:
            return argument.name, next((v for v in argument.values if _plain(v) == said), said)
    msg = f"no argument: {text}"
    raise ParseError(msg)


class GrammarWriter:
    """Writes the automaton of all replies about one home."""

    def __init__(self, home: Home, actions: tuple[Action, ...]) -> None:
        """Allow these actions on what the home has."""
        self._home = home
        self._actions = actions
        self._names = Printed(home)
        self._builder = GrammarBuilder()

    def write(self) -> Grammar:
        """Return calls to what the home has, and then plain speech."""
        builder = self._builder
        start, after_call, verb, speech = (builder.reserve() for _ in range(4))
        builder.fill(speech, [], free=True)
        marked = [builder.literal(MARK, verb)] if self._actions else []
        # The first line may be speech at once, and so may each line after a call.
        builder.fill(start, marked, free=True)
        builder.fill(after_call, marked, free=True)
        verbs = dict.fromkeys(map(_verb, self._actions))
        builder.fill(
            verb, [builder.literal(f" {word}", self._targets(word, after_call)) for word in verbs]
        )
        return builder.build(fence=MARK)

    def _targets(self, verb: str, after_call: int) -> int:
        edges = []
        for action in self._actions:
            if _verb(action) == verb:
                edges += self._targets_of(action, after_call)
        return self._builder.node(edges)

    def _targets_of(self, action: Action, after_call: int) -> list[Edge]:
        builder, domain = self._builder, action.domain
        end = self._from_argument(action, 0, after_call, may_end=not action.needs)
        devices = tuple(
            f" {line}"
            for entity_id, line in self._names.devices.items()
            if entity_id.startswith(f"{domain}.")
        )
        places = (f" {EVERYWHERE}", *self._areas(domain), *self._floors(domain))
        after = self._after_devices(domain, devices, end)
        named = builder.choice(f"{domain} devices", devices, after)
        if action.one_by_one:
            return [named]
        left_alone = builder.node([builder.choice(f"{domain} devices", devices, after)])
        but = builder.literal(f"{_BETWEEN} {_BUT.strip()}", left_alone)
        place = builder.node(
            [builder.choice(f"{domain} places", places, builder.node([but, *end]))]
        )
        return [named, builder.literal(f" {domain}{_GROUP}", place)]

    def _after_devices(self, domain: str, devices: tuple[str, ...], end: list[Edge]) -> int:
        """Return the node after a device, which more of its domain may follow."""
        builder = self._builder
        after = builder.reserve()
        device = builder.node([builder.choice(f"{domain} devices", devices, after)])
        builder.fill(after, [builder.literal(_BETWEEN, device), *end])
        return after

    def _areas(self, domain: str) -> tuple[str, ...]:
        home, lines = self._home, self._names.areas
        areas = (area.area_id for area in home.areas)
        return tuple(f" {lines[area]}" for area in areas if home.in_area(area, domain))

    def _floors(self, domain: str) -> tuple[str, ...]:
        home, lines = self._home, self._names.floors
        floors = (floor.floor_id for floor in home.floors)
        return tuple(f" {lines[floor]}" for floor in floors if home.on_floor(floor, domain))

    def _from_argument(
        self, action: Action, first: int, after_call: int, *, may_end: bool = True
    ) -> list[Edge]:
        """Return what may follow targets: the end, or arguments in their fixed order."""
        builder = self._builder
        edges = [builder.literal("\n", after_call)] if may_end else []
        for number, argument in enumerate(action.listed[first:], start=first):
            rest = builder.node(self._from_argument(action, number + 1, after_call))
            values = tuple(f" {_plain(value)}" for value in argument.values)
            value = builder.node([builder.choice(f"{argument.name} values", values, rest)])
            edges.append(builder.literal(f"{_ARGUMENT}{short_word(argument.name)}", value))
        return edges
