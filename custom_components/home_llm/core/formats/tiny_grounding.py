"""Which devices are meant, where a sentence leaves it open: the table of ``semantics.md``, as code.

A model understands what a sentence wants, and of which of the things that it names. That a name
fits two lamps, that "the light" is the one in this room, that nobody unlocks a house with one word:
none of this has to be guessed.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from ..actions import ACTIONS, DEFAULT_ALLOWED
from ..calls import EVERYWHERE, Call
from ..errors import ParseError
from ..home import Area, Entity, Home
from ..linking import Span
from ..parser import Event, Query, Say, Unclear
from .tiny_calls import ALL, EVERYTHING, STATE, Line
from .tiny_names import Printed

_EVERYTHING: Mapping[str, tuple[str, ...]] = {
    "turn_on": ("light", "fan", "switch"),
    "turn_off": ("light", "fan", "switch", "media_player"),
}
"""The domains of "everything on" and "everything off": no climate, no lock, no cover."""


@dataclass(frozen=True, kw_only=True)
class Grounding:
    """What the letters of one sentence stand for, and what goes without saying.

    Args:
        home: the home.
        spans: what the sentence names, by letter.
        area: where the speaker stands, if that is known.
        allowed: the actions that may be asked for.

    """

    home: Home
    spans: Mapping[str, Span]
    area: Area | None = None
    allowed: Collection[str] = DEFAULT_ALLOWED

    @cached_property
    def printed(self) -> Printed:
        """What calls name things by."""
        return Printed(self.home)

    def events(self, line: Line | Say) -> Iterator[Event]:
        """Yield what a line comes to.

        Raises:
            ParseError: it uses a letter for what it does not stand for.

        """
        if isinstance(line, Say):
            yield line
            return
        domain, _, verb = line.action.partition(".")
        if verb == STATE:
            yield self._query(domain, line)
        elif domain == EVERYTHING:
            yield from self._everything(verb, line)
        else:
            yield self._call(domain, line)

    def devices(self, letter: str, domain: str) -> tuple[Entity, ...]:
        """Return the devices of a domain that a letter may stand for."""
        found = self._span(letter).things
        entities = (self.home.entity_by_id[t.id] for t in found if t.kind == "device")
        return tuple(entity for entity in entities if entity.domain == domain)

    def places(self, letter: str) -> tuple[Call, ...]:
        """Return calls without an action to the places that a letter may stand for.

        An area goes before a floor of the same name, and the speaker's area before others.
        """
        if letter == ALL:
            return (Call(action="", devices=(EVERYWHERE,)),)
        things = self._span(letter).things
        areas = [thing.id for thing in things if thing.kind == "area"]
        floors = [thing.id for thing in things if thing.kind == "floor"]
        if not areas and not floors:
            msg = f"not a place: {letter}"
            raise ParseError(msg)
        if self.area is not None and self.area.area_id in areas:
            areas = [self.area.area_id]
        if areas:
            return tuple(Call(action="", area=self.printed.areas[each]) for each in areas)
        return tuple(Call(action="", floor=self.printed.floors[each]) for each in floors)

    def implied(self, domain: str) -> Call | Unclear:
        """Return what is meant by a kind alone."""
        if self.area is not None and self.home.in_area(self.area.area_id, domain):
            return Call(action="", area=self.printed.areas[self.area.area_id])
        found = self.home.of_domain(domain)
        if len(found) > 1:
            return Unclear(domain=domain, entity_ids=_ids(found))
        # That there is none will be told like a place that has none.
        return Call(action="", devices=self._lines(found) or (EVERYWHERE,))

    def _call(self, domain: str, line: Line) -> Call | Unclear | Say:
        found = self.target(domain, line)
        if not isinstance(found, Call):
            return found
        action = ACTIONS.get(line.action)
        if action is not None and action.one_by_one and not _is_named(found):
            meant = self._meant(domain, found)
            left_alone = {self.printed.devices[e.entity_id] for e in meant} & set(found.excluding)
            others = [e for e in meant if self.printed.devices[e.entity_id] not in left_alone]
            if len(others) > 1:
                return Unclear(domain=domain, entity_ids=_ids(others))
            # What is left alone but is not there is a misunderstanding; the checks will say so.
            if others and len(left_alone) == len(found.excluding):
                found = Call(action="", devices=self._lines(others))
        return replace(found, action=line.action, arguments=line.arguments)

    def target(self, domain: str, line: Line) -> Call | Unclear | Say:
        """Return what a line is about, as a call without an action.

        Raises:
            ParseError: it uses a letter for what it does not stand for.

        """
        if line.devices:
            return self._named(domain, line)
        if line.place is None:
            return self.implied(domain)
        places = self.places(line.place)
        # Who speaks of the fan in the guest room does not mean a guest bath without fans.
        with_some = [place for place in places if self._meant(domain, place)]
        if len(with_some) > 1:
            return Unclear(domain=domain, entity_ids=_ids(self._in_any(domain, line.place)))
        found = (with_some or places)[0]
        excluding = [e for letter in line.excluding for e in self._any(letter, domain)]
        meant = self._meant(domain, found)
        # Of two lamps of that name only the one in this place can have been left out.
        there = [entity for entity in excluding if entity in meant]
        return replace(found, excluding=self._lines(there or excluding))

    def _any(self, letter: str, domain: str) -> tuple[Entity, ...]:
        found = self.devices(letter, domain)
        if not found:
            msg = f"{letter} is no {domain}"
            raise ParseError(msg)
        return found

    def _named(self, domain: str, line: Line) -> Call | Unclear | Say:
        lines: list[str] = []
        for letter in line.devices:
            found = self._fitting(letter, domain, line.place)
            if not found:
                return Say(key="absent")
            if len(found) > 1:
                return Unclear(domain=domain, entity_ids=_ids(found))
            lines += self._lines(found)
        return Call(action="", devices=tuple(dict.fromkeys(lines)))

    def _fitting(self, letter: str, domain: str, place: str | None) -> tuple[Entity, ...]:
        """Return the devices of a name that are where it was said, else where the speaker is."""
        found = self._any(letter, domain)
        if place is not None:
            there = self._in_any(domain, place)
            # What is nowhere may be there; what is elsewhere is not meant.
            return tuple(entity for entity in found if entity in there) or tuple(
                entity for entity in found if entity.area_id is None
            )
        if self.area is None:
            return found
        return tuple(e for e in found if e.area_id == self.area.area_id) or found

    def _everything(self, verb: str, line: Line) -> Iterator[Event]:
        said = line.place or ALL
        place, *others = self.places(said)
        if others:
            for domain in _EVERYTHING.get(verb, ()):
                if found := self._in_any(domain, said):
                    yield Unclear(domain=domain, entity_ids=_ids(found))
                    return
        # The speaker may stand where there is nothing to be controlled.
        here = self.printed.areas.get(self.area.area_id) if self.area is not None else None
        if line.place is None and here is not None:
            place = Call(action="", area=here)
        domains = [d for d in _EVERYTHING.get(verb, ()) if f"{d}.{verb}" in self.allowed]
        there = {e.entity_id for d in domains for e in self._meant(d, place)}
        for letter in line.excluding:
            left = {e.entity_id for d in domains for e in self.devices(letter, d)}
            if not left & there:
                msg = f"{letter} is not there"
                raise ParseError(msg)
        present = [d for d in domains if self._reachable(d, place)]
        for domain in present or domains[:1]:
            named = [e for letter in line.excluding for e in self.devices(letter, domain)]
            but = [entity for entity in named if entity.entity_id in there]
            if set(self._reachable(domain, place)) - set(_ids(but)) or not present:
                yield replace(place, action=f"{domain}.{verb}", excluding=self._lines(but))

    def _reachable(self, domain: str, place: Call) -> list[str]:
        return [e.entity_id for e in self._meant(domain, place) if e.available]

    def _query(self, domain: str, line: Line) -> Query:
        if line.devices:
            letters = line.devices
            found = tuple(e for each in letters for e in self._fitting(each, domain, line.place))
        elif line.place is not None:
            found = self._in_any(domain, line.place)
        else:
            found, implied = self.home.of_domain(domain), self.implied(domain)
            if isinstance(implied, Call):
                found = self._meant(domain, implied)
        return Query(domain=domain, entity_ids=_ids(found))

    def _in_any(self, domain: str, letter: str) -> tuple[Entity, ...]:
        """Return the devices of a domain in all the places that a letter may stand for."""
        return tuple(e for place in self.places(letter) for e in self._meant(domain, place))

    def _meant(self, domain: str, call: Call) -> tuple[Entity, ...]:
        """Return the devices of a domain that a call reaches, whether they are available or not."""
        home, printed = self.home, self.printed
        if call.area is not None:
            area_ids = [key for key, line in printed.areas.items() if line == call.area]
            return home.in_area(area_ids[0], domain)
        if call.floor is not None:
            floor_ids = [key for key, line in printed.floors.items() if line == call.floor]
            return home.on_floor(floor_ids[0], domain)
        if _is_named(call):
            lines = set(call.devices)
            return tuple(e for e in home.entities if printed.devices.get(e.entity_id) in lines)
        return home.of_domain(domain)

    def _span(self, letter: str) -> Span:
        if letter not in self.spans:
            msg = f"nothing is called {letter}"
            raise ParseError(msg)
        return self.spans[letter]

    def _lines(self, entities: Collection[Entity]) -> tuple[str, ...]:
        return tuple(self.printed.devices[entity.entity_id] for entity in entities)


def _is_named(call: Call) -> bool:
    return bool(call.devices) and call.devices != (EVERYWHERE,)


def _ids(entities: Collection[Entity]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entity.entity_id for entity in entities))
