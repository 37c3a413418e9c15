"""Which devices are meant, where a sentence leaves it open: the table of ``semantics.md``, as code.

A model understands what a sentence wants, and of which of the things that it names. That a name
fits two lamps, that "the light" is the one in this room, that nobody unlocks a house with one word:
none of this has to be guessed.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ..actions import DEFAULT_ALLOWED, Action, can
from ..answers import holds
from ..calls import Call
from ..errors import ParseError
from ..gears import is_gear, speed_of
from ..home import Entity, Value
from ..kinds import EVERYTHING, IT, all_called, members, of_kind
from ..parser import Event, Query, Say, Unclear, Unmet
from ..turns import Turn
from ..vocabulary import vocabulary
from ..words import is_character, words
from .tiny_arguments import in_own_words, is_shopping_list, spoken_arguments
from .tiny_beside import wished_beside
from .tiny_everything import everything
from .tiny_items import each_item, without_its_list
from .tiny_lines import ALL, BUY, OUTDOORS, QUESTIONS, Line, action_of, domains_of
from .tiny_meant import Meant, in_air, out_or_in, those_playing
from .tiny_options import PLAYER, source_wished, that_has_it, with_its_option
from .tiny_places import WHOLE_HOUSE, Places, ids, unique
from .tiny_questions import query_said
from .tiny_rest import Rest
from .tiny_settings import setting_meant
from .tiny_sorts import (
    called_after_hosts,
    of_kind_said,
    of_sort,
    of_sort_elsewhere,
    only_one_called_so,
    only_one_with_a_word_said,
    pair_called_so,
    the_one_called_just_that,
    those_of_its_room,
)
from .tiny_steps import as_a_step, as_far_as_said

_SPEED, _POSITION = "percentage", "position"
_LOCK = "lock"
_PLAIN = 2
"""So many words of a name are enough of it to open a door."""

_SHORTEST_STEM = 4
_TICKED_OFF = ("complete", "remove")


def _as_it_is(text: str) -> str:
    return text


_SILENCE = Rest(text="", spans={}, language="en")


@dataclass(frozen=True, kw_only=True)
class Grounding(Places):
    """What the letters of one sentence stand for, and what goes without saying.

    Args:
        home: the home.
        spans: what the sentence names, by letter.
        area: where the speaker stands, if that is known.
        allowed: the actions that may be asked for.
        turn: the turn before.
        said: words of the sentence by those that stand in a line for them.
        rest: what the sentence says besides names.

    """

    allowed: Collection[str] = DEFAULT_ALLOWED
    turn: Turn | None = None
    said: Callable[[str], str] = field(default=_as_it_is)
    rest: Rest = _SILENCE

    def events(self, line: Line | Say) -> Iterator[Event]:
        """Yield what a line comes to.

        Raises:
            ParseError: it uses a letter for what it does not stand for.

        """
        if isinstance(line, Say):
            yield from self._source_said() if line.key == "absent" else [line]
        elif line.kind == "timer":
            action = _known(action_of("timer", "status" if line.verb == "state" else line.verb))
            yield Call(action=action.name, arguments=self.arguments(action, line, ()))
        elif line.verb in QUESTIONS:
            asked = self.query(line)
            is_open = line.kind == IT and not asked.entity_ids
            yield Say(key="what") if is_open else asked
        elif line.kind == EVERYTHING:
            yield from everything(line, self, self.allowed)
        else:
            if line.kind == "todo":
                line = without_its_list(line, self.spans, self.rest)
                yield from each_item(self._wish(line), self)
                return
            yield from self._wish(line)

    def query(self, line: Line) -> Query:
        """Return what a question is about."""
        return query_said(line, self, self.turn, self.rest)

    def condition(self, line: Line) -> Unmet | None:
        """Return why what follows a condition is not to be done; none if it is."""
        asked = self.query(replace(line, verb="is"))
        met = holds(asked, self.home)
        is_met = bool(met) if line.verb == "if" else met is False
        return None if is_met else Unmet(query=asked)

    def implied(self, kind: str, domains: Collection[str], verb: str = "") -> Meant | Unclear:
        """Return what is meant by a kind alone."""
        if kind == "todo":
            return self._list(verb)
        found = of_kind_said(kind, self.home.entities, domains, self.rest)
        if (here := self._pair(kind, found) or self._here(kind, found, verb)) is not None:
            return here
        if len(found) <= 1:
            # That there is none will be told like a place that has none.
            return Meant(entities=found, place=None if found else WHOLE_HOUSE)
        if called := only_one_called_so(kind, found, self.rest):
            return Meant(entities=called)
        if self.rest.says_all_of_it:
            return Meant(entities=found, place=WHOLE_HOUSE)
        playing = those_playing(Meant(entities=found), verb)
        those = playing.entities if verb != "lock" else self._doors(found)
        return Meant(entities=those) if len(those) == 1 else Unclear(entity_ids=ids(found))

    def _pair(self, kind: str, found: tuple[Entity, ...]) -> Meant | Unclear | None:
        """Return the two that are meant by "both lamps": those here, else the only ones."""
        if not self.rest.says_a_pair or len(found) <= 1 or kind == _LOCK:
            return None
        area_id = self.area.area_id if self.area is not None else None
        here = tuple(e for e in found if area_id is not None and e.area_id == area_id)
        both = pair_called_so(kind, here, self.rest) or pair_called_so(kind, found, self.rest)
        return (
            Meant(entities=both)
            if both
            else Unclear(entity_ids=ids(here if len(here) > 1 else found))
        )

    def _called_alike(self, kind: str) -> tuple[Entity, ...]:
        """Return those that alone are named, where all are wanted: "all spots off"."""
        if len(self.spans) != 1 or kind in self.rest.kinds_outside:
            return ()
        (letter,) = self.spans
        named = self.devices(letter, kind)
        return named if len(named) == len(self.span(letter).things) > 1 else ()

    def _here(self, kind: str, found: tuple[Entity, ...], verb: str) -> Meant | None:
        """Return what is meant of what is here; none if nothing is."""
        if verb == kind == _LOCK and (named := only_one_with_a_word_said(found, self.rest)):
            return Meant(entities=named)
        if self.area is None or self.here is None:
            return None
        here = tuple(entity for entity in found if entity.area_id == self.area.area_id)
        if not here:
            return None
        elsewhere = of_sort_elsewhere(kind, here, found, self.rest)
        meant = Meant(entities=here, place=self.here).of(of_sort(kind, here, self.rest))
        return Meant(entities=elsewhere) if elsewhere else those_playing(meant, verb)

    def _doors(self, locks: Collection[Entity]) -> tuple[Entity, ...]:
        """Return which of some locks are called a door, as the sentence has it."""
        doors = vocabulary(self.home.language).kind_words["door"]
        said = doors.intersection(words(self.rest.text))
        return tuple(lock for lock in locks if not said.isdisjoint(words(lock.name)))

    def left_alone(
        self, letters: Collection[str], kind: str, those: Collection[Entity]
    ) -> tuple[Entity, ...]:
        """Return which of some devices are left alone: those named, else those of a kind.

        Raises:
            ParseError: a letter stands for nothing that is there.

        """
        if letters:
            return super().left_alone(letters, kind, those)
        domains = {entity.domain for entity in those}
        return unique([e for x in self.rest.spared for e in of_kind(x, those, domains)])

    def leaves_alone(self, call: Call, letters: Collection[str]) -> bool:
        """Return whether a call to a place reaches nothing that letters stand for."""
        domain = call.action.partition(".")[0]
        reached = {entity.entity_id for entity in self._of_domain(domain, call)}
        named = (e for x in letters for e in self.any_of(x))
        return reached.isdisjoint(entity.entity_id for entity in named)

    def _list(self, verb: str) -> Meant | Unclear:
        """Return the list that is meant where none is named."""
        found = self.home.of_domain("todo")
        shopping = tuple(entity for entity in found if is_shopping_list(entity))
        if len(found) > 1 and verb == BUY and len(shopping) == 1:
            found = shopping
        if len(found) > 1:
            return Unclear(entity_ids=ids(found))
        return Meant(entities=found, place=None if found else WHOLE_HOUSE)

    def _wish(self, line: Line) -> Iterator[Event]:
        domains = tuple(
            domain
            for domain in domains_of(line.kind, line.verb)
            if _known(action_of(domain, line.verb)).name in self.allowed
        )
        if not domains:
            msg = f"nobody may {line.verb} {line.kind}"
            raise ParseError(msg)
        found = that_has_it(line, self.target(line.kind, domains, line), self, self._has_it)
        if isinstance(found, Meant):
            line = out_or_in(line, found, self.rest)
        if line.kind == "humidifier" and not line.devices and isinstance(found, Meant):
            line, found = in_air(line, found, self.rest)
        if line.kind == "climate" and not line.devices and isinstance(found, Meant):
            is_other = self.rest.is_of_another_sort(found.entities)
            found = Say(key="absent") if is_other else found
        spans = [self.span(letter) for letter in line.devices]
        # "Front" may be any of the front; "front door" is the "front door lock".
        is_guess = any(
            (not span.is_whole and span.count < _PLAIN)
            or span.is_plural
            or (len(span.things) > 1 and self.rest.says_both)
            for span in spans
        )
        if isinstance(found, Meant) and is_guess and self._is_one_by_one(line, domains):
            found = Unclear(entity_ids=ids(found.entities))  # "Put it back on" opens no back door.
        if line.verb == "open" and isinstance(found, Meant) and _only_unlock(found.entities):
            line = replace(line, verb="unlock")
        yield from self.carried_out(line, found, domains)

    def _source_said(self) -> Iterator[Event]:
        """Yield what is meant by that which seems to be absent, and is a source of a player."""
        wished = source_wished(self, self.rest)
        if wished is None:
            yield Say(key="absent")
        else:
            yield from self.carried_out(*wished, (PLAYER,))

    def _has_it(self, line: Line, entity: Entity) -> bool:
        """Return whether a device can be set to what a line says."""
        action = action_of(entity.domain, line.verb)
        return action is not None and can(entity, action, self.arguments(action, line, (entity,)))

    def _is_one_by_one(self, line: Line, domains: Collection[str]) -> bool:
        return any(_known(action_of(domain, line.verb)).one_by_one for domain in domains)

    def carried_out(
        self, line: Line, found: Meant | Unclear | Say, domains: Collection[str]
    ) -> Iterator[Event]:
        """Yield what it comes to that a line's verb is done to what is meant."""
        if isinstance(found, Say):
            yield found
            return
        if isinstance(found, Unclear):
            yield self._unclear(line, found.entity_ids)
            return
        action = _known(action_of(next(iter(domains)), line.verb))
        if action.one_by_one and found.place is not None and found.entities:
            if len(found.entities) > 1:
                yield self._unclear(line, ids(found.entities))
                return
            found = Meant(entities=found.entities)
        if not found.entities:
            yield self._nothing(line, found, domains)
            return
        line = as_far_as_said(line, found.entities, self.rest)
        line = with_its_option(line, found.entities, self.rest)
        line = setting_meant(line, found.entities, self.arguments, self.home.language)
        others = [
            each
            for each in wished_beside(line, self.rest)
            if all(self._has_it(each, entity) for entity in found.entities)
        ]
        is_mode = line.verb == "mode"  # Which comes first.
        for each in (line, *others) if is_mode else (*others, line):
            for domain in dict.fromkeys(entity.domain for entity in found.entities):
                yield from self._calls(each, found, domain)

    def _unclear(self, line: Line, entity_ids: tuple[str, ...]) -> Unclear:
        """Return that somebody has to ask; the answer is a sentence with letters of its own."""
        arguments = self._in_own_words(line)
        return Unclear(entity_ids=entity_ids, verb=line.verb, arguments=arguments)

    def _in_own_words(self, line: Line) -> dict[str, Value]:
        """Return the arguments of a line so that they can be understood without its sentence."""
        return in_own_words(line.kind, line.verb, line.arguments, self.said, self.home.language)

    def _nothing(self, line: Line, found: Meant, domains: Collection[str]) -> Call | Say:
        """Return a call that the checks refuse, so that it is told what there is none of."""
        action = _known(action_of(next(iter(domains)), line.verb))
        place = found.place or WHOLE_HOUSE
        if self._of_domain(action.domain, place):
            return Say(key="absent")
        return replace(place, action=action.name, arguments=self.arguments(action, line, ()))

    def _calls(self, line: Line, found: Meant, domain: str) -> Iterator[Call]:
        """Yield the calls to the devices of one domain; several where their options differ."""
        action = _known(action_of(domain, line.verb))
        groups: dict[tuple[tuple[str, Value], ...], list[Entity]] = {}
        for entity in found.entities:
            if entity.domain == domain:
                arguments = self.arguments(action, line, (entity,))
                groups.setdefault(tuple(arguments.items()), []).append(entity)
        if found.place is not None and len(groups) > 1:
            # It is enough that some of them have such an option.
            groups = {
                given: entities
                for given, entities in groups.items()
                if any(can(entity, action, dict(given)) for entity in entities)
            } or groups
        for given, entities in groups.items():
            target = self._target_of(entities, found, action, dict(given))
            yield replace(target, action=action.name, arguments=dict(given))

    def _target_of(
        self,
        entities: Collection[Entity],
        found: Meant,
        action: Action,
        arguments: Mapping[str, Value],
    ) -> Call:
        if found.place is None:
            return Call(action="", devices=self.lines(entities))
        whole = set(ids(self._of_domain(action.domain, found.place)))
        but = [e for e in found.excluded if e.entity_id in whole]
        if whole == {*ids(entities), *ids(but)}:
            return replace(found.place, excluding=self.lines(but))
        # It is enough that one of them can.
        able = [e for e in entities if e.available and can(e, action, arguments)]
        return Call(action="", devices=self.lines(able or entities))

    def arguments(
        self, action: Action, line: Line, entities: Collection[Entity]
    ) -> dict[str, Value]:
        """Return the arguments of a line as those of an action, for some devices."""
        language = self.home.language
        given = spoken_arguments(action, line.arguments, entities, self.said, language)
        speed = given.get(_SPEED) if action.domain == "fan" else None
        if isinstance(speed, int | float) and is_gear(speed, self.rest.outside, language):
            given[_SPEED] = speed_of(speed, next(iter(entities), None))
        position = given.get(_POSITION)
        if isinstance(position, int | float):
            given[_POSITION] = as_a_step(position, next(iter(entities), None), self.rest)
        return given

    def _spoken_of(self, found: Unclear) -> Meant | Unclear:
        """Return those of several that the turn before was about: they are to be blue, too.

        An item stands on one list, of however many it was told what they hold.
        """
        spoken_of = self.turn.entity_ids if self.turn is not None else ()
        those = [self.home.entity_by_id[e] for e in found.entity_ids if e in spoken_of]
        are_lists = len(those) > 1 and those[0].domain == "todo"
        return Meant(entities=tuple(those)) if those and not are_lists else found

    def target(self, kind: str, domains: Collection[str], line: Line) -> Meant | Unclear | Say:
        """Return what a line is about.

        Raises:
            ParseError: it uses a letter for what it does not stand for.

        """
        if line.devices:
            return self._named(kind, domains, line)
        if line.place == ALL and not line.excluding:
            if alike := self._called_alike(kind):
                return Meant(entities=alike)
            if self.rest.says_a_pair:
                return self.implied(kind, domains, line.verb)
        if line.place is None:
            theirs = called_after_hosts(kind, self.home.entities, domains, self.rest)
            implied = Meant(entities=theirs) if theirs else self.implied(kind, domains, line.verb)
            # Whatever was spoken of, what is to be ticked off is on the list that has it.
            if isinstance(implied, Unclear) and line.arguments and line.verb not in _TICKED_OFF:
                return self._spoken_of(implied)
            return (
                self._left_of(implied, kind, line.excluding)
                if isinstance(implied, Meant)
                else implied
            )
        return self._in_its_place(kind, domains, line, line.place)

    def _in_its_place(
        self, kind: str, domains: Collection[str], line: Line, where: str
    ) -> Meant | Unclear | Say:
        """Return what a line is about that says where it is."""
        places = self.places(where)
        if where == OUTDOORS:
            return self._outdoors(of_kind(kind, self.in_places(OUTDOORS), domains))
        # Who speaks of the fan in the guest room does not mean a guest bath without fans.
        with_some = [place for place in places if self._of_kind(kind, domains, place)]
        if len(with_some) > 1:
            found = [e for place in with_some for e in self._of_kind(kind, domains, place)]
            return Unclear(entity_ids=ids(found))
        is_careful = self._is_one_by_one(line, domains)  # Doors are named.
        if not with_some and where in self.spans and self.devices(where, kind) and not is_careful:
            # "The front ones" are those that are called so, where nothing of that sort is in front.
            return self._named(kind, domains, replace(line, devices=(where,), place=None))
        place = (with_some or list(places))[0]
        those = self._of_kind(kind, domains, place)
        if kind == "light":
            those = self._called(self.rest.word_after(where), those)
        those = of_sort(kind, those, self.rest) if not line.excluding else those
        if self.rest.says_a_pair:
            those = pair_called_so(kind, those, self.rest) or those
        return self._left_of(Meant(entities=those, place=place), kind, line.excluding)

    def _outdoors(self, found: tuple[Entity, ...]) -> Meant | Say:
        """Return what is meant out of doors: all of it, where no one place is named."""
        return Meant(entities=found) if found else Say(key="absent")

    def _left_of(self, meant: Meant, kind: str, letters: Collection[str]) -> Meant:
        """Return what is meant without what is left alone.

        Raises:
            ParseError: nothing is left, or a letter stands for nothing that is there.

        """
        excluded = self.left_alone(letters, kind, meant.entities)
        left = tuple(entity for entity in meant.entities if entity not in excluded)
        if meant.entities and not left:
            msg = "nothing is left"
            raise ParseError(msg)
        return replace(meant, entities=left, excluded=excluded)

    def _called(self, word: str, entities: tuple[Entity, ...]) -> tuple[Entity, ...]:
        """Return those of a place that are called by a word: the spots of "kitchen spots"."""
        stem = word[:-1] if len(word) > _SHORTEST_STEM else word
        if not stem:
            return entities
        called = tuple(e for e in entities if any(w.startswith(stem) for w in _sayable(e.name)))
        return called or entities

    def _named(self, kind: str, domains: Collection[str], line: Line) -> Meant | Unclear | Say:
        entities: list[Entity] = []
        for letter in line.devices:
            found = self.fitting(letter, kind, line.place)
            found = tuple(entity for entity in found if entity.domain in domains)
            if not found:
                return Say(key="absent")
            said = self.rest.text[self.span(letter).start : self.span(letter).end]
            found = the_one_called_just_that(said, kind, found, self.home) or found
            are_many = self.span(letter).is_plural or self.rest.is_of_many(letter)
            are_many = are_many or self.rest.says_all_of_it
            if len(found) > 1 and not are_many and not self.rest.says_both:
                return Unclear(entity_ids=ids(found))
            entities += those_of_its_room(found, kind, self.home) if are_many else found
        return Meant(entities=unique(entities))

    def _of_kind(self, kind: str, domains: Collection[str], place: Call) -> tuple[Entity, ...]:
        there = self.in_place(place)
        found = of_kind_said(kind, there, domains, self.rest)
        if place == WHOLE_HOUSE and self.rest.says_everything and members(kind, there, domains):
            found = all_called(kind, there, domains)
        if found or not domains_of(kind, "open") or kind in self.rest.kinds:
            return found
        # "Open the garage": what opens there, if there is but one such thing.
        others = tuple(entity for entity in there if entity.domain in domains)
        return others if len(others) == 1 else ()

    def _of_domain(self, domain: str, place: Call) -> tuple[Entity, ...]:
        return tuple(entity for entity in self.in_place(place) if entity.domain == domain)


def _sayable(name: str) -> tuple[str, ...]:
    """Return the words of a name, and where each is a character any two in a row."""
    own = words(name)
    return own + tuple(a + b for a, b in pairwise(own) if is_character(a))


def _only_unlock(entities: Collection[Entity]) -> bool:
    """Return whether they are locks that open no door: to open it is to unlock it."""
    opening = _known(action_of("lock", "open"))
    locks = [entity for entity in entities if entity.domain == "lock"]
    return (
        bool(locks) and len(locks) == len(entities) and not any(can(e, opening, {}) for e in locks)
    )


def _known(action: Action | None) -> Action:
    if action is None:
        msg = "there is no such action"
        raise ParseError(msg)
    return action
