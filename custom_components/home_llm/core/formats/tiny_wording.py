"""From what is wanted to lines: what a model should write about a sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

from ..actions import ACTIONS, TextArgument
from ..calls import EVERYWHERE, Call, Wanted
from ..errors import CannotBeSaidError
from ..home import Value
from ..kinds import DOMAINS, EVERYTHING, IT, KINDS, kind_of
from ..parser import Unclear
from .tiny_grounding import Grounding
from .tiny_it import as_heard
from .tiny_lines import (
    ALL,
    CONDITIONS,
    HERE,
    QUESTIONS,
    SAME,
    Line,
    arguments_of,
    domains_of,
    short_word,
    verb_of,
)
from .tiny_meant import Meant

_COVERS = ("blind", "curtain", "shade", "shutter")
_ALIKE = (
    _COVERS,
    ("media_player", "speaker", "tv"),
    ("door", "lock"),
)
"""Kinds for which people use each other's words, or none."""


@dataclass(frozen=True, kw_only=True)
class Wording:
    """Writes what is wanted in the letters of one sentence.

    Args:
        grounding: what the letters stand for.
        shown: returns the words of the message for words of the sentence, or none.
        kinds: that the sentence has words for, besides names.

    """

    grounding: Grounding
    shown: Callable[[str], str | None]
    kinds: frozenset[str] = frozenset()

    def line(self, wanted: Call | Wanted) -> Line:
        """Return the line for what is wanted.

        Raises:
            CannotBeSaidError: the sentence does not name it.

        """
        if isinstance(wanted, Wanted):
            verb, given = wanted.verb, wanted.arguments
            if wanted.kind == IT and verb not in (*QUESTIONS, *CONDITIONS):
                verb, given = as_heard(verb, given)
            line = self._targets(wanted.target, verb, wanted.kind)
            devices = (wanted.picked,) if wanted.picked else line.devices
            arguments = self._arguments(wanted.kind, verb, given)
            return self._of_a_heard_kind(replace(line, devices=devices, arguments=arguments))
        domain, _, name = wanted.action.partition(".")
        kind = wanted.kind or (kind_of(domain, None) if domain in DOMAINS else domain)
        if domain == EVERYTHING:
            return self._targets(wanted, short_word(name), kind)
        action = ACTIONS[wanted.action]
        line = self._targets(wanted, verb_of(action), kind)
        given = {short_word(key): value for key, value in wanted.arguments.items()}
        arguments = self._arguments(line.kind, line.verb, given)
        return self._of_a_heard_kind(replace(line, arguments=arguments))

    def _of_a_heard_kind(self, line: Line) -> Line:
        """Return a line with the kind that was said, or the first of those that look alike.

        Who reads only the sentence cannot know that "the blinds" here are shutters, or what keeps
        the sun out.
        """
        alike = next((kinds for kinds in _ALIKE if line.kind in kinds), ())
        if not alike or line.devices or line.kind in self.kinds:
            return line
        able = [
            replace(line, kind=kind)
            for kind in sorted(alike, key=lambda each: each not in self.kinds)
            if domains_of(kind, line.verb) or line.verb in (*QUESTIONS, *CONDITIONS)
        ]
        reached = self._reached(line)
        found = next((other for other in able if self._reached(other) == reached), line)
        if (
            found.kind not in self.kinds
            and line.kind in _COVERS
            and not self.kinds.isdisjoint(_COVERS)
        ):
            _unsaid(line)  # Where there are blinds, whoever says so does not mean the curtains.
        return found

    def _reached(self, line: Line) -> object:
        """Return the devices that a line is about."""
        if line.verb in (*QUESTIONS, *CONDITIONS):
            return self.grounding.query(line).entity_ids
        found = self._target(line)
        if isinstance(found, Meant):
            return {entity.entity_id for entity in found.entities}
        return found

    def _arguments(self, kind: str, verb: str, given: Mapping[str, Value]) -> dict[str, Value]:
        """Return arguments in their order, with text as the message shows it."""
        if verb in (*QUESTIONS, *CONDITIONS):
            return dict(given)
        written: dict[str, Value] = {}
        for argument in arguments_of(kind, verb):
            word = short_word(argument.name)
            if word in given:
                value = given[word]
                if isinstance(argument, TextArgument):
                    value = self.shown(str(value)) or _unsaid(value)
                written[word] = value
        return written

    def _targets(self, call: Call, verb: str, kind: str) -> Line:
        """Return a line about what a call is about."""
        line = Line(verb=verb, kind=kind)
        if call.devices == (HERE,):
            left_alone = tuple(self._letter_of_any(each) for each in call.excluding)
            return replace(line, place=HERE, excluding=left_alone)
        if kind in (IT, "timer", "") and verb != SAME:
            return line
        excluding = tuple(self._letter_of_any(each) for each in call.excluding)
        if call.area is not None or call.floor is not None or call.devices == (EVERYWHERE,):
            return self._in_place(replace(line, excluding=excluding), call)
        if not call.devices:
            return line
        if not any(self._find("device", each) for each in call.devices):
            return line if self._is_implied(line, call) else _unsaid(call)
        letters = tuple(dict.fromkeys(self._letter("device", each) for each in call.devices))
        line = replace(line, devices=letters, place=self._where(letters, call, kind))
        if verb != SAME and not self._is_it(line, call):
            _unsaid(call)
        return line

    def _in_place(self, line: Line, call: Call) -> Line:
        place = self._place(call)
        if place is None and not line.excluding and self._is_implied(line, call):
            return line
        line = replace(line, place=place or _unsaid(call))
        if call.excluding and line.kind != EVERYTHING:
            found = self._target(line)
            excluded = found.excluded if isinstance(found, Meant) else ()
            if set(self.grounding.lines(excluded)) != self._left_alone(call):
                _unsaid(call)
        return line

    def _left_alone(self, call: Call) -> set[str]:
        devices, lines = self.grounding.printed.devices, set(call.excluding)
        areas = self.grounding.printed.areas
        there = {
            devices[e.entity_id]
            for e in self.grounding.home.entities
            if areas.get(e.area_id or "") in lines and e.entity_id in devices
        }
        return (lines & set(devices.values())) | there

    def _is_it(self, line: Line, call: Call) -> bool:
        """Return whether a line is about what is meant: it may be asked which, but no other."""
        found = self._target(line)
        if isinstance(found, Unclear):
            return len(call.devices) == 1
        lines = self.grounding.printed.devices
        return isinstance(found, Meant) and {lines[e.entity_id] for e in found.entities} == set(
            call.devices
        )

    def _target(self, line: Line) -> object:
        grounding, kind = self.grounding, line.kind
        if line.verb in (*QUESTIONS, *CONDITIONS):
            asked = grounding.query(replace(line, arguments={}))
            known = grounding.home.entity_by_id
            return Meant(entities=tuple(known[each] for each in asked.entity_ids))
        return grounding.target(kind, domains_of(kind, line.verb), line)

    def _is_implied(self, line: Line, call: Call) -> bool:
        """Return whether what is meant goes without saying."""
        found = self._target(line) if line.kind in KINDS else None
        if not isinstance(found, Meant):
            return False
        if call.devices and call.devices != (EVERYWHERE,):
            return set(self.grounding.lines(found.entities)) == set(call.devices)
        where = (call.area, call.floor, call.devices)
        return found.place is not None and where == (
            found.place.area,
            found.place.floor,
            found.place.devices,
        )

    def _where(self, letters: tuple[str, ...], call: Call, kind: str) -> str | None:
        """Return the place that tells a device from others of its name, if it was said."""
        if len(letters) > 1 or len(self.grounding.devices(letters[0], kind)) == 1:
            return None
        home, printed = self.grounding.home, self.grounding.printed
        known = {line: entity_id for entity_id, line in printed.devices.items()}
        area_id = home.entity_by_id[known[call.devices[0]]].area_id or ""
        return self._find("area", printed.areas[area_id]) if area_id in printed.areas else None

    def _place(self, call: Call) -> str | None:
        if call.area is None and call.floor is None:
            return ALL
        kind, line = ("area", call.area) if call.area is not None else ("floor", call.floor)
        where = Call(action="", area=call.area, floor=call.floor)
        letter = self._find(kind, str(line)) or self._sensor_in(call)
        # Of several places of that name it would be another one.
        return letter if letter and self.grounding.places(letter) == (where,) else None

    def _sensor_in(self, call: Call) -> str | None:
        """Return the letter of a sensor that stands for its room: "the kitchen temperature"."""
        areas = self.grounding.printed.areas
        for letter, span in self.grounding.spans.items():
            entities = [self.grounding.home.entity_by_id.get(thing.id) for thing in span.things]
            if span.is_whole and all(
                e is not None
                and e.domain in ("sensor", "binary_sensor")
                and areas.get(e.area_id or "") == call.area
                for e in entities
            ):
                return letter
        return None

    def _letter_of_any(self, line: str) -> str:
        return self._find("device", line) or self._find("area", line) or _unsaid(line)

    def _letter(self, kind: str, line: str) -> str:
        return self._find(kind, line) or _unsaid(line)

    def _find(self, kind: str, line: str) -> str | None:
        """Return the letter of something by what calls name it by; the one that tells most."""
        printed, spans = self.grounding.printed, self.grounding.spans
        lines = {"device": printed.devices, "area": printed.areas, "floor": printed.floors}[kind]
        found = [
            letter
            for letter, span in spans.items()
            for thing in (*span.things, *span.parts)
            if thing.kind == kind and lines.get(thing.id) == line
        ]
        return min(
            found,
            key=lambda letter: (not spans[letter].is_whole, len(spans[letter].things)),
            default=None,
        )


def _unsaid(what: object) -> NoReturn:
    msg = f"the sentence does not name {what}"
    raise CannotBeSaidError(msg)
