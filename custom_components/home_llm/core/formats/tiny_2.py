"""The format of the model that ships so far; ``tiny.py`` is its successor.

Services stand above the devices, calls are JSON in a fence, and what a sentence names stands below
it without anything that is known about it. It goes when a model of the new format is better.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
import json
from typing import Any

from ..actions import ACTIONS, DEFAULT_ALLOWED, Action, actions_for
from ..calls import EVERYWHERE, Call, Names
from ..chat import Message, Segment
from ..errors import ParseError
from ..grammar import Edge, Grammar, GrammarBuilder
from ..home import Area, Home, Value
from ..parser import FenceParser
from ..text import fold
from .base import chatml
from .tiny import device_lines, name_index, state_lines
from .tiny_names import Printed, area_line

_FENCE_OPEN = "```homeassistant\n"
_FENCE_CLOSE = "\n```\n"
_TARGET_KEYS = ("target_device", "target_area", "target_floor")


@dataclass(frozen=True, kw_only=True)
class Tiny2Format:
    """The format ``tiny-2``."""

    name: str = "tiny-2"
    actions: Collection[str] = frozenset(ACTIONS)
    fence: str = "`"

    def system(
        self,
        home: Home,
        allowed: Collection[str] = DEFAULT_ALLOWED,
        *,
        now: datetime | None = None,  # noqa: ARG002 - nothing in this format depends on the time
    ) -> str:
        """Return the home: services, devices by floor and area, and states."""
        services = ", ".join(action.signature for action in actions_for(home, allowed))
        names = Printed(home)
        lines = [f"Services: {services}", "Devices:", *device_lines(home, names)]
        states = list(state_lines(home, names))
        return "\n".join([*lines, "States:", *states])

    def user(self, text: str, home: Home, area: Area | None = None) -> str:
        """Return the sentence, above it the speaker's area, below it what of the home it names."""
        lines = [area_line(area)] if area is not None else []
        lines.append(fold(text))
        found = name_index(home, Printed(home)).find(text)
        for title, names in (("said", found.said), ("like", found.alike)):
            if names:
                lines.append(f"{title}: {'; '.join(names)}")
        return "\n".join(lines)

    def earlier(self, text: str) -> str:
        """Return the sentence alone."""
        return fold(text)

    def reply(self, calls: Sequence[Call], speech: str) -> str:
        """Return the calls in a fence, then the sentence."""
        if not calls:
            return speech
        return _FENCE_OPEN + "\n".join(map(_to_json, calls)) + _FENCE_CLOSE + speech

    def prompt(self, messages: Sequence[Message]) -> tuple[Segment, ...]:
        """Return the messages in ChatML, with the assistant's turn opened."""
        return chatml(messages)

    def names(self, home: Home) -> Names:
        """Return the lines of the prompt that can be a target."""
        printed = Printed(home)
        return Names(
            devices={line: entity_id for entity_id, line in printed.devices.items()},
            areas={line: area_id for area_id, line in printed.areas.items()},
            floors={line: floor_id for floor_id, line in printed.floors.items()},
        )

    def grammar(self, home: Home, allowed: Collection[str] = DEFAULT_ALLOWED) -> Grammar:
        """Return plain speech, or calls to what the home has and then plain speech."""
        return _GrammarWriter(home, actions_for(home, allowed)).write()

    def parser(self) -> FenceParser:
        """Return a parser for one reply."""
        return FenceParser(_from_json)


def _to_json(call: Call) -> str:
    data: dict[str, Any] = {"service": call.action}
    if call.area is not None:
        data["target_area"] = call.area
    elif call.floor is not None:
        data["target_floor"] = call.floor
    else:
        data["target_device"] = call.devices[0] if len(call.devices) == 1 else list(call.devices)
    return json.dumps(data | dict(call.arguments), ensure_ascii=False)


def _from_json(data: Mapping[str, Any]) -> Call:
    arguments = dict(data)
    action = arguments.pop("service", None)
    devices, area, floor = (arguments.pop(key, None) for key in _TARGET_KEYS)
    several = devices if isinstance(devices, list) else [devices]
    texts = [*several, area, floor]
    named = [text for text in texts if isinstance(text, str) and text]
    if not isinstance(action, str) or not named or len(named) != len(texts) - texts.count(None):
        msg = "a call needs a service and a target"
        raise ParseError(msg)
    if not all(isinstance(value, (str, int, float)) for value in arguments.values()):
        msg = "an argument is a plain value"
        raise ParseError(msg)
    devices = tuple(device for device in several if device is not None)
    return Call(action=action, devices=devices, area=area, floor=floor, arguments=arguments)


class _GrammarWriter:
    """Writes the automaton of all replies about one home."""

    def __init__(self, home: Home, actions: tuple[Action, ...]) -> None:
        self._home = home
        self._actions = actions
        self._names = Printed(home)
        self._builder = GrammarBuilder()

    def write(self) -> Grammar:
        builder = self._builder
        start, service, after_call, speech = (builder.reserve() for _ in range(4))
        builder.fill(speech, [], free=True)
        actions = [
            builder.literal(f'{action.name}", "target_', self._target(action, after_call))
            for action in self._actions
        ]
        builder.fill(service, actions)
        builder.fill(
            after_call,
            [builder.literal('\n{"service": "', service), builder.literal(_FENCE_CLOSE, speech)],
        )
        opening = [builder.literal(_FENCE_OPEN + '{"service": "', service)] if actions else []
        builder.fill(start, opening, free=True)
        return builder.build(fence="`")

    def _target(self, action: Action, after_call: int) -> int:
        builder, domain = self._builder, action.domain
        one_end, list_end = (
            self._arguments(action, '"', after_call),
            self._arguments(action, '"]', after_call),
        )
        devices = tuple(
            line
            for entity_id, line in self._names.devices.items()
            if entity_id.startswith(f"{domain}.")
        )
        in_list = builder.reserve()
        more = builder.node([builder.literal('", "', in_list), *list_end])
        builder.fill(in_list, [builder.choice(f"{domain} devices", devices, more)])
        one = builder.node(
            [
                builder.choice(f"{domain} devices", devices, builder.node(one_end)),
                builder.literal(EVERYWHERE, builder.node(one_end)),
            ]
        )
        edges = [builder.literal('device": "', one)]
        if len(devices) > 1:
            edges.append(builder.literal('device": ["', in_list))
        for kind, lines in (("area", self._areas(domain)), ("floor", self._floors(domain))):
            if lines:
                value = builder.node(
                    [builder.choice(f"{domain} {kind}s", lines, builder.node(one_end))]
                )
                edges.append(builder.literal(f'{kind}": "', value))
        return builder.node(edges)

    def _areas(self, domain: str) -> tuple[str, ...]:
        home = self._home
        return tuple(
            self._names.areas[a.area_id] for a in home.areas if home.in_area(a.area_id, domain)
        )

    def _floors(self, domain: str) -> tuple[str, ...]:
        home = self._home
        return tuple(
            self._names.floors[f.floor_id] for f in home.floors if home.on_floor(f.floor_id, domain)
        )

    def _arguments(self, action: Action, closing: str, after_call: int) -> list[Edge]:
        """Return what may follow a target: the end, or arguments in their fixed order."""
        builder = self._builder
        following = [] if action.needs else [builder.literal(f"{closing}}}", after_call)]
        return following + self._from_argument(action, 0, closing, after_call)

    def _from_argument(
        self, action: Action, first: int, closing: str, after_call: int
    ) -> list[Edge]:
        builder, edges = self._builder, []
        for number, argument in enumerate(action.listed[first:], start=first):
            textual = isinstance(argument.values[0], str)
            end = '"' if textual else ""
            rest = [builder.literal(f"{end}}}", after_call)]
            rest += self._from_argument(action, number + 1, end, after_call)
            values = tuple(f" {_json_open(value)}" for value in argument.values)
            value = builder.node(
                [builder.choice(f"{argument.name} values", values, builder.node(rest))]
            )
            edges.append(builder.literal(f'{closing}, "{argument.name}":', value))
        return edges


def _json_open(value: Value) -> str:
    """Return a value as JSON, without a string's closing quote."""
    text = json.dumps(value, ensure_ascii=False)
    return text[:-1] if isinstance(value, str) else text


TINY_2 = Tiny2Format()
