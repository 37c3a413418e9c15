"""Sentences that go back to the turn before: "and the bedroom", "the other one", "undo that"."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from ..actions import features_needed, supports
from ..calls import Call, ResolvedCall
from ..home import Entity, Value
from ..kinds import EVERYTHING, kind_of, of_kind
from ..parser import Event, Say, Unclear
from ..turns import Turn, one_by_one
from ..vocabulary import vocabulary
from ..words import words
from .tiny_grounding import Grounding
from .tiny_it import SAID_FOR_BOTH, in_its_words
from .tiny_lines import AGAIN, ALL, PICKED, UNDO, Line, action_of, short_word, verb_of
from .tiny_meant import Meant
from .tiny_places import ids, unique
from .undoing import undone

_WHAT = Say(key="what")
_ORDER: Mapping[str, int] = {"first": 0, "second": 1, "third": 2, "last": -1}


def follow_up(line: Line, grounding: Grounding, text: str) -> Iterator[Event]:
    """Yield what a line comes to that goes back to the turn before.

    Args:
        line: the line.
        grounding: what the sentence names.
        text: the sentence, folded.

    Raises:
        ParseError: the line uses a letter for what it does not stand for.

    """
    turn = grounding.turn or Turn()
    if line.verb == UNDO:
        known = grounding.home.entity_by_id
        before = {each: entity for each, entity in turn.before.items() if each in known}
        calls: Sequence[Event] = undone(replace(turn, before=before), grounding.lines)
        yield from calls or [_WHAT]
    elif line.verb == AGAIN:
        yield from _again(turn, grounding) or [_WHAT]
    elif turn.asked is not None:
        yield from _picked(line, grounding, turn.asked, text)
    elif turn.calls:
        yield from _the_same(line, grounding, turn)
    else:
        yield _WHAT


def _again(turn: Turn, grounding: Grounding) -> list[Event]:
    known = grounding.home.entity_by_id
    there = [(call, [known[e] for e in call.entity_ids if e in known]) for call in turn.calls]
    return [
        Call(action=call.action.name, devices=grounding.lines(entities), arguments=call.arguments)
        for call, entities in there
        if entities or not call.action.targets
    ]


def _picked(line: Line, grounding: Grounding, asked: Unclear, text: str) -> Iterator[Event]:
    """Yield what was asked for, done to what is meant of that which could be meant."""
    known = grounding.home.entity_by_id
    candidates = [known[each] for each in asked.entity_ids if each in known]
    chosen = _chosen(line, grounding, candidates, text)
    if not chosen:
        yield replace(asked, entity_ids=ids(candidates))
        return
    is_named = bool(line.devices) and line.devices[0] not in PICKED
    for arguments in one_by_one(asked):
        yield from _done_to(chosen, asked.verb, arguments, grounding, is_named=is_named)


def _chosen(line: Line, grounding: Grounding, candidates: list[Entity], text: str) -> list[Entity]:
    """Return which of the candidates is meant; none if that cannot be told."""
    if line.devices and line.devices[0] in PICKED:
        word = line.devices[0]
        if word == "all":
            return candidates
        at = _ORDER.get(word)
        return [candidates[at]] if at is not None and at < len(candidates) else []
    if not line.devices and line.place is None:
        return _by_a_word(candidates, text, grounding.home.language)
    found = candidates
    if line.devices:
        named = {e.entity_id for each in line.devices for e in grounding.devices(each, EVERYTHING)}
        found = [entity for entity in found if entity.entity_id in named]
    if line.place is not None and (len(found) > 1 or not line.devices):
        there = set(ids(grounding.in_places(line.place)))
        found = [entity for entity in found if entity.entity_id in there]
    return found


def _by_a_word(candidates: list[Entity], text: str, language: str) -> list[Entity]:
    """Return the only candidate that has a word of the sentence which no other has."""
    heard = set(words(text))
    # "The floor one" is not the one on the desk.
    for said in (heard - vocabulary(language).vague_words, heard):
        own = [said & {w for n in (e.name, *e.aliases) for w in words(n)} for e in candidates]
        telling = [
            entity
            for entity, those in zip(candidates, own, strict=True)
            if any(sum(word in other for other in own) == 1 for word in those)
        ]
        if len(telling) == 1:
            return telling
    return []


def _the_same(line: Line, grounding: Grounding, turn: Turn) -> Iterator[Event]:
    """Yield what was done before, done to something else."""
    known = grounding.home.entity_by_id
    for call in turn.calls:
        verb = verb_of(call.action)
        arguments = {short_word(name): value for name, value in call.arguments.items()}
        done = [known[each] for each in call.entity_ids if each in known]
        found = _something_else(line, grounding, done)
        if isinstance(found, Unclear):
            yield replace(found, verb=verb, arguments=arguments)
            return
        is_named = bool(line.devices) and line.devices[0] not in PICKED
        if not line.devices:
            found = _able(found, call) or found
        if found:
            yield from _done_to(found, verb, arguments, grounding, is_named=is_named)
        else:
            yield Say(key="absent")


def _able(found: list[Entity], call: ResolvedCall) -> list[Entity]:
    """Return which devices of a place can do what was done, or are of another domain."""
    needed = features_needed(call.action, call.arguments)
    return [
        entity
        for entity in found
        if entity.domain != call.action.domain or all(supports(entity, each) for each in needed)
    ]


def _something_else(line: Line, grounding: Grounding, done: list[Entity]) -> list[Entity] | Unclear:
    """Return what a line is about, after something was done to other devices."""
    if line.devices and line.devices[0] in PICKED:
        others = _others(done, grounding, line.devices[0])
        is_clear = len(others) <= 1 or line.devices[0] == "all"
        return others if is_clear else Unclear(entity_ids=ids(others))
    found: list[Entity] = []
    for letter in line.devices:
        fitting = grounding.fitting(letter, line.kind or EVERYTHING, line.place)
        # Of two that are called so, what is done is not meant again.
        fitting = tuple(e for e in fitting if e not in done) or fitting
        if len(fitting) > 1:
            return Unclear(entity_ids=ids(fitting))
        found += fitting
    if line.place is not None and not line.devices:
        home = grounding.home
        there = home.entities if line.place == ALL else grounding.in_places(line.place)
        for kind in dict.fromkeys(kind_of(e.domain, e.device_class) for e in done):
            found += of_kind(kind, there, {entity.domain for entity in done})
    return list(unique(found))


def _others(done: list[Entity], grounding: Grounding, which: str) -> list[Entity]:
    """Return what is like that which was spoken of: in the same room, else with a like name."""
    those = set(ids(done))
    domains = {(entity.domain, entity.area_id) for entity in done}
    others = [
        entity
        for entity in grounding.home.entities
        if (entity.domain, entity.area_id) in domains
        and (which == "all" or entity.entity_id not in those)
    ]
    if which == "all":
        return others
    # Beside the left bedside lamp "the other one" is the right one, not the reading lamp.
    shared = [max(_shared(other, entity) for entity in done) for other in others]
    alike = [other for other, count in zip(others, shared, strict=True) if count == max(shared)]
    return alike if len(alike) == 1 else others


def _shared(first: Entity, second: Entity) -> int:
    """Return how many words the names of two devices share."""
    return len({*words(first.name)} & {*words(second.name)})


def on_it(line: Line, grounding: Grounding, *, is_other: bool = False) -> Iterator[Event]:
    """Yield what is wished of that which was spoken of before.

    Args:
        line: the line.
        grounding: what the sentence names.
        is_other: whether it is wished of the other one: "turn the other one off".

    """
    turn = grounding.turn or Turn()
    known = grounding.home.entity_by_id
    entities = [known[each] for each in turn.entity_ids if each in known]
    if is_other:
        entities = _others(entities, grounding, "other")
        if len(entities) > 1:
            yield Unclear(entity_ids=ids(entities), verb=line.verb, arguments=line.arguments)
            return
    if not entities and line.verb in ("up", "down"):
        # Who says "turn it up" hears something.
        found = grounding.implied("media_player", ("media_player",), "louder")
        entities = list(found.entities) if isinstance(found, Meant) else []
    if not entities:
        yield _WHAT
        return
    done = tuple(_done_to(entities, line.verb, line.arguments, grounding))
    those = [entity for entity in entities if entity.domain != "lock"]
    for verb in SAID_FOR_BOTH.get(line.verb, ()):
        if done == (_WHAT,):
            done = tuple(_done_to(those, verb, line.arguments, grounding))
    if done == (_WHAT,):
        # "How warm is it in here?" - "Turn it up": not the sensor, but what is in its room.
        done = tuple(_done_to(_beside(entities, grounding), line.verb, line.arguments, grounding))
    yield from done


def _beside(entities: Collection[Entity], grounding: Grounding) -> list[Entity]:
    """Return the thermostats in the rooms of sensors."""
    areas = {e.area_id for e in entities if e.domain == "sensor" and e.area_id is not None}
    return [e for e in grounding.home.of_domain("climate") if e.area_id in areas]


def _done_to(
    entities: Collection[Entity],
    verb: str,
    given: Mapping[str, Value],
    grounding: Grounding,
    *,
    is_named: bool = False,
) -> Iterator[Event]:
    """Yield the calls that do something to devices, each domain in its own words."""
    is_done = False
    for domain in dict.fromkeys(entity.domain for entity in entities):
        those = tuple(entity for entity in entities if entity.domain == domain)
        meant = in_its_words(domain, verb, given)
        action = action_of(domain, meant[0]) if meant is not None else None
        if meant is None or action is None or action.name not in grounding.allowed:
            continue
        is_done = True
        line = Line(verb=meant[0], kind=domain, arguments=meant[1])
        is_open = action.one_by_one and not is_named and len(those) > 1
        found = Unclear(entity_ids=ids(those)) if is_open else Meant(entities=those)
        yield from grounding.carried_out(line, found, (domain,))
    if not is_done:
        yield _WHAT
