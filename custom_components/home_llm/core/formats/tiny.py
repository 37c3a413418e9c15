"""The format of the model that ships: every target is a line of the prompt, copied word for word.

It keeps the turns of the Home-LLM format (``home_llm.py``) and differs in what serves a model of a
few million parameters on a small computer:

- A device is named by its domain and its name in lower case (``light desk lamp``), not by an entity
  id, so that the sentence, the list and the call hold the same tokens, and a line is half as long.
- Devices stand below their area (``area kitchen``), areas below their floor (``floor upstairs``).
- What the house has of each domain, and what that can do, is summed up in one line.
- States stand at the end, only those that do not go without saying, the latest change last: when a
  light is switched on, the prompt grows by one line and the rest stays in the KV cache.
- Below a sentence stands what of the home it names (``retrieval.py``) with what a decision needs:
  what a device can do and how it is, what a room has. So a house of two hundred devices is no
  harder than one of five, and a word that nobody has heard is only copied.
- Calls come before the sentence, because somebody is waiting in the dark, one short line each
  (``tiny_calls.py``).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from ..actions import ACTIONS, DEFAULT_ALLOWED, DOMAINS, RESTING_STATE, actions_for
from ..calls import Call, Names
from ..chat import Message, Segment
from ..grammar import Grammar
from ..home import UNAVAILABLE, Area, Entity, Home
from ..parser import LineParser
from ..retrieval import Index
from ..text import fold, label
from .base import chatml, state_text
from .tiny_calls import MARK, GrammarWriter, read_call, write_call
from .tiny_names import Printed, area_line

_SAID = "+"
_ALIKE = "~"
_NAMED = frozenset(action.domain for action in ACTIONS.values() if action.one_by_one)
"""Domains of which a call may have to name a device where a room was said."""


@dataclass(frozen=True, kw_only=True)
class TinyFormat:
    """The format ``tiny-3``.

    Args:
        name: the name by which a model file asks for it.
        actions: what its models are taught.
        fence: what a line with a call begins with.

    """

    name: str = "tiny-3"
    actions: Collection[str] = frozenset(ACTIONS)
    fence: str = MARK

    def system(
        self,
        home: Home,
        allowed: Collection[str] = DEFAULT_ALLOWED,  # noqa: ARG002 - the grammar says what may be called
        *,
        now: datetime | None = None,  # noqa: ARG002 - nothing in this format depends on the time
    ) -> str:
        """Return the home: devices by floor and area, what there is in all, and states."""
        names = Printed(home)
        lines = ["Devices:", *device_lines(home, names), f"house: {_house(home, names)}"]
        return "\n".join([*lines, "States:", *state_lines(home, names)])

    def user(self, text: str, home: Home, area: Area | None = None) -> str:
        """Return the sentence, above it the speaker's area, below it what of the home it names."""
        shown = _Shown(home)
        lines = [shown.area(area)] if area is not None else []
        lines.append(fold(text))
        found = name_index(home, shown.names).find(text)
        for mark, those in ((_SAID, found.said), (_ALIKE, found.alike)):
            if those:
                lines.append(f"{mark} {'; '.join(map(shown.line, those))}")
        return "\n".join(lines)

    def earlier(self, text: str) -> str:
        """Return the sentence alone; what it named stands in the calls that answered it."""
        return fold(text)

    def reply(self, calls: Sequence[Call], speech: str) -> str:
        """Return the calls, a line each, then the sentence."""
        return "".join(map(write_call, calls)) + speech

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
        return GrammarWriter(home, actions_for(home, allowed)).write()

    def parser(self) -> LineParser:
        """Return a parser for one reply."""
        return LineParser(MARK, read_call)


class _Shown:
    """A home as a sentence about it is shown: what is named, with what a decision needs."""

    def __init__(self, home: Home) -> None:
        self.names = Printed(home)
        self._home = home
        self._areas = {line: area_id for area_id, line in self.names.areas.items()}
        self._floors = {line: floor_id for floor_id, line in self.names.floors.items()}
        self._devices = {line: entity_id for entity_id, line in self.names.devices.items()}

    def area(self, area: Area) -> str:
        """Return the line of the area in which somebody speaks, perhaps one with nothing in it."""
        if area.area_id not in self.names.areas:
            return area_line(area)
        return self.line(self.names.areas[area.area_id])

    def line(self, line: str) -> str:
        """Return a line of the prompt with what is known about it."""
        home = self._home
        if line in self._devices:
            entity = home.entity_by_id[self._devices[line]]
            return " = ".join(filter(None, (_able(line, entity.features), _state(entity))))
        if line in self._areas:
            areas = {self._areas[line]}
        else:
            floor_id = self._floors[line]
            areas = {area.area_id for area in home.areas if area.floor_id == floor_id}
        present = self._present(entity for entity in home.entities if entity.area_id in areas)
        return f"{line}: {present}" if present else line

    def _present(self, entities: Iterable[Entity]) -> str:
        """Return the domains in a place, each with what at least one of its devices can do."""
        parts = []
        for domain, those in _by_domain(entities):
            able = [entity for entity in those if entity.available]
            if domain in _NAMED and len(able) == 1:
                parts.append(_only(able[0], self.names))
            else:
                parts.append(" ".join([domain, *(_features(able) if able else UNAVAILABLE)]))
        return ", ".join(parts)


def _able(line: str, features: Collection[str]) -> str:
    return f"{line}: {' '.join(sorted(features))}" if features else line


def _state(entity: Entity) -> str:
    # The state of a scene or a button is the time of its last use.
    shown = entity.domain in RESTING_STATE or not entity.available
    return state_text(entity).replace(";", " ") if shown else ""


def _by_domain(entities: Iterable[Entity]) -> Iterator[tuple[str, list[Entity]]]:
    found: dict[str, list[Entity]] = {}
    for entity in entities:
        found.setdefault(entity.domain, []).append(entity)
    yield from ((domain, found[domain]) for domain in DOMAINS if domain in found)


def _features(entities: Iterable[Entity]) -> list[str]:
    return sorted(frozenset[str]().union(*(entity.features for entity in entities)))


def _house(home: Home, names: Printed) -> str:
    """Return the domains of the house, with the name of what there is only one of."""
    return ", ".join(
        _only(those[0], names) if len(those) == 1 else " ".join([domain, *_features(those)])
        for domain, those in _by_domain(home.entities)
    )


def _only(entity: Entity, names: Printed) -> str:
    return f"only {_able(names.devices[entity.entity_id], entity.features)}"


def name_index(home: Home, printed: Printed) -> Index:
    """Return the names of a home, by the lines of the prompt."""
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


def device_lines(home: Home, names: Printed) -> Iterator[str]:
    """Yield the lines of devices by floor and area."""
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


def _area_lines(area: Area, home: Home, names: Printed) -> Iterator[str]:
    yield _with_aliases(names.areas[area.area_id], area.aliases)
    yield from _lines_in(area.area_id, home, names)


def _lines_in(area_id: str | None, home: Home, names: Printed) -> Iterator[str]:
    """Yield the devices of an area; those without an area that the home knows for ``None``."""
    for entity in home.entities:
        own = entity.area_id if entity.area_id in home.area_by_id else None
        if own == area_id and entity.entity_id in names.devices:
            yield _device_line(entity, names)


def _device_line(entity: Entity, names: Printed) -> str:
    line = _with_aliases(names.devices[entity.entity_id], entity.aliases)
    return f"{line}: {' '.join(sorted(entity.features))}" if entity.features else line


def _with_aliases(line: str, aliases: tuple[str, ...]) -> str:
    return " / ".join([line, *filter(None, map(label, aliases))])


def state_lines(home: Home, names: Printed) -> Iterator[str]:
    """Yield the states that do not go without saying, the latest change last."""
    for entity in home.by_last_change:
        # The state of a scene or a button is the time of its last use.
        resting = RESTING_STATE.get(entity.domain, entity.state if entity.available else "")
        if entity.entity_id in names.devices and entity.state != resting:
            yield f"{names.devices[entity.entity_id]} = {state_text(entity)}"


TINY = TinyFormat()
