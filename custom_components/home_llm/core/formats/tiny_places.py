"""What the letters of a sentence stand for: devices by their names, and places."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..called import Thing
from ..calls import EVERYWHERE, Call
from ..errors import ParseError
from ..home import Area, Entity, Home
from ..kinds import EVERYTHING, kind_of
from ..linking import Span
from ..outdoors import outdoor_areas
from .tiny_lines import ALL, HERE, OUTDOORS
from .tiny_names import Printed

WHOLE_HOUSE = Call(action="", devices=(EVERYWHERE,))
"""A call without an action to all that there is."""

_SENSORS = ("sensor", "binary_sensor")


@dataclass(frozen=True, kw_only=True)
class Places:
    """The devices and places of one sentence.

    Args:
        home: the home.
        spans: what the sentence names, by letter.
        area: where the speaker stands, if that is known.

    """

    home: Home
    spans: Mapping[str, Span]
    area: Area | None = None

    @property
    def printed(self) -> Printed:
        """What calls name things by."""
        return self.home.once(Printed)

    @cached_property
    def here(self) -> Call | None:
        """A call without an action to where the speaker is, if something is there."""
        line = self.printed.areas.get(self.area.area_id) if self.area is not None else None
        return Call(action="", area=line) if line is not None else None

    def lines(self, entities: Collection[Entity]) -> tuple[str, ...]:
        """Return what calls name devices by."""
        return tuple(self.printed.devices[entity.entity_id] for entity in entities)

    def span(self, letter: str) -> Span:
        """Return the words that a letter stands for.

        Raises:
            ParseError: it stands for none.

        """
        if letter not in self.spans:
            msg = f"nothing is called {letter}"
            raise ParseError(msg)
        return self.spans[letter]

    def devices(self, letter: str, kind: str) -> tuple[Entity, ...]:
        """Return the devices of a kind that a letter may stand for."""
        span = self.span(letter)
        found = self._entities(span.things)
        if kind == EVERYTHING:
            return found
        return _of(kind, found) or _of(kind, self._entities(span.parts))

    def fitting(self, letter: str, kind: str, place: str | None) -> tuple[Entity, ...]:
        """Return the devices of a name that are where it was said, else where the speaker is."""
        found = self.devices(letter, kind)
        if not found:
            msg = f"{letter} is no {kind}"
            raise ParseError(msg)
        if place is not None:
            there = {entity.entity_id for entity in self.in_places(place)}
            # What is nowhere may be there; what is elsewhere is not meant.
            return tuple(entity for entity in found if entity.entity_id in there) or tuple(
                entity for entity in found if entity.area_id is None
            )
        if self.area is None:
            return found
        return tuple(e for e in found if e.area_id == self.area.area_id) or found

    def left_alone(
        self, letters: Collection[str], kind: str, those: Collection[Entity]
    ) -> tuple[Entity, ...]:
        """Return which of some devices of a kind are left alone.

        Raises:
            ParseError: a letter stands for nothing that is there.

        """
        found: list[Entity] = []
        for letter in letters:
            is_device = any(thing.kind == "device" for thing in self.span(letter).things)
            named = self.devices(letter, kind) if is_device else ()
            if not named and self.is_place(letter):  # "Ellie's" lights, beside Ellie's window.
                named = self.in_places(letter)
            there = [entity for entity in named if entity in those]
            if not there:
                msg = f"{letter} is not there"
                raise ParseError(msg)
            found += there
        return unique(found)

    def is_place(self, letter: str) -> bool:
        """Return whether a letter may say where."""
        things = self.span(letter).things
        return any(thing.kind != "device" for thing in things) or bool(self._rooms(things))

    def places(self, letter: str) -> tuple[Call, ...]:
        """Return calls without an action to the places that a letter may stand for.

        An area goes before a floor of the same name, and the speaker's area before others. A sensor
        stands for the area that it is in: "set the kitchen temperature" is about no sensor.

        Raises:
            ParseError: it stands for no place.

        """
        if letter in (ALL, HERE):
            return ((self.here if letter == HERE else None) or WHOLE_HOUSE,)
        if letter == OUTDOORS:
            areas = [area.area_id for area in outdoor_areas(self.home)]
            return tuple(Call(action="", area=self.printed.areas[each]) for each in areas)
        things = self.span(letter).things
        areas = [thing.id for thing in things if thing.kind == "area"]
        floors = [thing.id for thing in things if thing.kind == "floor"]
        if not areas and not floors:
            areas = self._rooms(things)
        if not areas and not floors:
            msg = f"not a place: {letter}"
            raise ParseError(msg)
        if self.area is not None and self.area.area_id in areas:
            areas = [self.area.area_id]
        if areas:
            return tuple(Call(action="", area=self.printed.areas[each]) for each in areas)
        return tuple(Call(action="", floor=self.printed.floors[each]) for each in floors)

    def _rooms(self, things: Collection[Thing]) -> list[str]:
        """Return the areas of those things that are sensors."""
        sensors = [e for e in self._entities(things) if e.domain in _SENSORS]
        known = self.printed.areas
        return list(dict.fromkeys(e.area_id for e in sensors if e.area_id and e.area_id in known))

    def in_places(self, letter: str) -> tuple[Entity, ...]:
        """Return all devices in the places that a letter may stand for."""
        return unique([e for place in self.places(letter) for e in self.in_place(place)])

    def any_of(self, letter: str) -> tuple[Entity, ...]:
        """Return the devices that a letter stands for, or those in the place that it is."""
        is_device = any(thing.kind == "device" for thing in self.span(letter).things)
        return self.devices(letter, EVERYTHING) if is_device else self.in_places(letter)

    def in_place(self, place: Call) -> tuple[Entity, ...]:
        """Return all devices in a place, whether they are available or not."""
        home, printed = self.home, self.printed
        if place.area is not None:
            area_ids = {key for key, line in printed.areas.items() if line == place.area}
        elif place.floor is not None:
            floor_ids = {key for key, line in printed.floors.items() if line == place.floor}
            area_ids = {area.area_id for area in home.areas if area.floor_id in floor_ids}
        else:
            return home.entities
        return tuple(entity for entity in home.entities if entity.area_id in area_ids)

    def _entities(self, things: Collection[Thing]) -> tuple[Entity, ...]:
        return tuple(self.home.entity_by_id[t.id] for t in things if t.kind == "device")


def unique(entities: Collection[Entity]) -> tuple[Entity, ...]:
    """Return devices, each of them once."""
    return tuple({entity.entity_id: entity for entity in entities}.values())


def ids(entities: Collection[Entity]) -> tuple[str, ...]:
    """Return the ids of devices, each of them once."""
    return tuple(dict.fromkeys(entity.entity_id for entity in entities))


def _of(kind: str, entities: Collection[Entity]) -> tuple[Entity, ...]:
    return tuple(e for e in entities if kind in (e.domain, kind_of(e.domain, e.device_class)))
