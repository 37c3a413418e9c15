"""The format of the model that ships: every target is a line of the prompt, copied word for word.

It is a superset of the Home-LLM format (``home_llm.py``): the same turns, the same ``Services``
and ``Devices``, the same fence with one JSON object a line. What differs serves a model of a few
million parameters on a small computer:

- A device is named by its domain and its name in lower case (``light desk lamp``), not by an entity
  id, so that the sentence, the list and the call hold the same tokens, and a line is half as long.
- Devices stand below their area (``area kitchen``), areas below their floor (``floor upstairs``).
- States stand at the end, only those that do not go without saying, the latest change last: when a
  light is switched on, the prompt grows by one line and the rest stays in the KV cache.
- Below a sentence stands what of the home it names (``retrieval.py``): so that a house of two
  hundred devices is no harder than one of five, and a word that nobody has heard is only copied.
- Calls come before the sentence, because somebody is waiting in the dark.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
import json
from typing import Any

from ..actions import ACTIONS, DEFAULT_ALLOWED, DOMAINS, RESTING_STATE, Action, actions_for
from ..calls import EVERYWHERE, Call, Names
from ..chat import Message, Segment
from ..errors import ParseError
from ..grammar import Edge, Grammar, GrammarBuilder
from ..home import Area, Entity, Home, Value
from ..parser import FenceParser
from ..retrieval import Index
from ..text import fold, label
from .base import chatml, state_text

_FENCE_OPEN = "```homeassistant\n"
_FENCE_CLOSE = "\n```\n"
_TARGET_KEYS = ("target_device", "target_area", "target_floor")


@dataclass(frozen=True, kw_only=True)
class TinyFormat:
    """The format ``tiny-2``."""

    name: str = "tiny-2"
    actions: Collection[str] = frozenset(ACTIONS)

    def system(
        self,
        home: Home,
        allowed: Collection[str] = DEFAULT_ALLOWED,
        *,
        now: datetime | None = None,  # noqa: ARG002 - nothing in this format depends on the time
    ) -> str:
        """Return the home: services, devices by floor and area, and states."""
        services = ", ".join(action.signature for action in actions_for(home, allowed))
        names = _Printed(home)
        lines = [f"Services: {services}", "Devices:", *_device_lines(home, names)]
        states = list(_state_lines(home, names))
        return "\n".join([*lines, "States:", *states])

    def user(self, text: str, home: Home, area: Area | None = None) -> str:
        """Return the sentence, above it the speaker's area, below it what of the home it names."""
        lines = [_area_line(area)] if area is not None else []
        lines.append(fold(text))
        found = _index(home).find(text)
        for title, names in (("said", found.said), ("like", found.alike)):
            if names:
                lines.append(f"{title}: {'; '.join(names)}")
        return "\n".join(lines)

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
        printed = _Printed(home)
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


class _Printed:
    """What is printed for each id; no two devices, areas or floors share a line."""

    def __init__(self, home: Home) -> None:
        self.floors = _unique(
            {f.floor_id: f"floor {_name(f.name, f.floor_id)}" for f in home.floors}
        )
        self.areas = _unique({a.area_id: _area_line(a) for a in home.areas})
        self.devices = _unique(_device_names(home))


def _index(home: Home) -> Index:
    """Return the names of a home, by the lines of the prompt."""
    printed = _Printed(home)
    things = (
        (printed.devices, ((e.entity_id, e) for e in home.entities)),
        (printed.areas, ((a.area_id, a) for a in home.areas)),
        (printed.floors, ((f.floor_id, f) for f in home.floors)),
    )
    called = tuple(
        (lines[key], (lines[key].partition(" ")[2], thing.name, *thing.aliases))
        for lines, those in things
        for key, thing in those
        if key in lines
    )
    return _index_of(called, (*printed.areas.values(), *printed.floors.values()))


@lru_cache(maxsize=8)
def _index_of(called: tuple[tuple[str, tuple[str, ...]], ...], places: tuple[str, ...]) -> Index:
    return Index(dict(called), places)


def _area_line(area: Area) -> str:
    """Return what is printed for an area."""
    return f"area {_name(area.name, area.area_id)}"


def _name(name: str, identifier: str) -> str:
    """Return the label of a name, or the words of the id where nothing is left of the name."""
    return label(name) or label(identifier.rpartition(".")[2].replace("_", " ")) or "x"


def _device_names(home: Home) -> dict[str, str]:
    shown = [entity for entity in home.entities if entity.domain in DOMAINS]
    names = {entity.entity_id: _name(entity.name, entity.entity_id) for entity in shown}
    short = {entity.entity_id: f"{entity.domain} {names[entity.entity_id]}" for entity in shown}
    count = Counter(short.values())
    for entity in shown:
        area = home.area_by_id.get(entity.area_id or "")
        if count[short[entity.entity_id]] > 1 and area is not None:
            place = _area_line(area).removeprefix("area ")
            short[entity.entity_id] = f"{entity.domain} {place} {names[entity.entity_id]}"
    return short


def _unique(lines: Mapping[str, str]) -> dict[str, str]:
    """Number the lines that occur more than once, in their order."""
    taken = set(lines.values())
    seen: set[str] = set()
    unique = {}
    for key, line in lines.items():
        number, candidate = 2, line
        while candidate in seen or (candidate != line and candidate in taken):
            candidate, number = f"{line} {number}", number + 1
        seen.add(candidate)
        unique[key] = candidate
    return unique


def _device_lines(home: Home, names: _Printed) -> Iterator[str]:
    yield from _lines_in(None, home, names)
    placed = {floor.floor_id for floor in home.floors}
    for area in home.areas:
        if area.floor_id not in placed:
            yield from _area_lines(area, home, names)
    for floor in home.floors:
        yield _with_aliases(names.floors[floor.floor_id], floor.aliases)
        for area in home.areas:
            if area.floor_id == floor.floor_id:
                yield from _area_lines(area, home, names)


def _area_lines(area: Area, home: Home, names: _Printed) -> Iterator[str]:
    yield _with_aliases(names.areas[area.area_id], area.aliases)
    yield from _lines_in(area.area_id, home, names)


def _lines_in(area_id: str | None, home: Home, names: _Printed) -> Iterator[str]:
    """Yield the devices of an area; those without an area that the home knows for ``None``."""
    for entity in home.entities:
        own = entity.area_id if entity.area_id in home.area_by_id else None
        if own == area_id and entity.entity_id in names.devices:
            yield _device_line(entity, names)


def _device_line(entity: Entity, names: _Printed) -> str:
    line = _with_aliases(names.devices[entity.entity_id], entity.aliases)
    return f"{line}: {' '.join(sorted(entity.features))}" if entity.features else line


def _with_aliases(line: str, aliases: tuple[str, ...]) -> str:
    return " / ".join([line, *filter(None, map(label, aliases))])


def _state_lines(home: Home, names: _Printed) -> Iterator[str]:
    for entity in home.by_last_change:
        # The state of a scene or a button is the time of its last use.
        resting = RESTING_STATE.get(entity.domain, entity.state if entity.available else "")
        if entity.entity_id in names.devices and entity.state != resting:
            yield f"{names.devices[entity.entity_id]} = {state_text(entity)}"


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
        self._names = _Printed(home)
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
        return builder.build()

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


TINY = TinyFormat()
