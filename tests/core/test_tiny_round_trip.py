"""From what is wanted to a reply, and from the reply to devices, in houses made by chance."""

from collections.abc import Sequence
import random

import pytest

from home_llm_core.actions import ACTIONS
from home_llm_core.calls import Call, Wanted, resolve
from home_llm_core.formats import TINY
from home_llm_core.formats.tiny_hearing import Hearing
from home_llm_core.formats.tiny_lines import domains_of, short_word, verb_of
from home_llm_core.home import Home
from home_llm_core.kinds import DOMAINS, KINDS, kind_of, of_kind
from home_llm_core.parser import BadCall, Event, Query, Say, Unclear, Unmet
from home_llm_core.states import WORDS
from tests.core.hearing import turn_of
from tests.core.houses import TEXT, house, numbers, wishes

SEEDS = range(25)


def understood(hearing: Hearing, wanted: Sequence[Call | Wanted | Say]) -> list[Event]:
    """Return what a right reply comes to, which a model may write."""
    reply = hearing.reply(wanted)
    assert hearing.grammar.accepts(reply, hearing.words), (hearing.message, reply)
    parser = hearing.parser()
    events = [*parser.feed(reply), *parser.close()]
    assert not [event for event in events if isinstance(event, BadCall)], (hearing.message, reply)
    return events


def reached(event: Event, home: Home) -> set[str]:
    """Return the ids of what a call reaches."""
    assert isinstance(event, Call), event
    return set(resolve(event, home, TINY.names(home)).entity_ids)


def lines_of(home: Home) -> dict[str, str]:
    """Return what calls name things by, by their ids."""
    names = TINY.names(home)
    return {each: line for those in (names.devices, names.areas) for line, each in those.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_wanted_of_a_device_is_done_to_it(seed: int) -> None:
    """With all its arguments, whoever says it and wherever they stand."""
    rng = random.Random(seed)
    home = house(rng)
    lines = lines_of(home)
    for entity in home.entities:
        room = home.area_by_id[entity.area_id].name if entity.area_id else "house"
        speaker = rng.choice([None, *home.areas])
        for action, kind, arguments in wishes(rng, entity):
            said = f"do {TEXT}{numbers(arguments)} to the {entity.name} in the {room}"
            hearing = TINY.hear(said, home, speaker)
            devices = (lines[entity.entity_id],)
            call = Call(action=action.name, devices=devices, arguments=arguments, kind=kind)
            (event,) = understood(hearing, [call])
            assert reached(event, home) == {entity.entity_id}
            assert isinstance(event, Call)
            assert (event.action, event.arguments) == (action.name, arguments)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_wanted_in_a_room_is_done_there(seed: int) -> None:
    """To all of a kind, and to none of another."""
    rng = random.Random(seed)
    home = house(rng)
    lines = lines_of(home)
    for area in home.areas:
        there = [entity for entity in home.entities if entity.area_id == area.area_id]
        for entity in there:
            for action, kind, arguments in wishes(rng, entity):
                hearing = TINY.hear(f"{TEXT}{numbers(arguments)} the {area.name}", home)
                domains = domains_of(kind, verb_of(action))
                meant = {e.entity_id for e in of_kind(kind, there, domains)}
                place = lines[area.area_id]
                call = Call(action=action.name, area=place, arguments=arguments, kind=kind)
                events = understood(hearing, [call])
                if action.one_by_one and len(meant) > 1:
                    assert [type(event) for event in events] == [Unclear]
                else:
                    done = set[str]().union(*(reached(event, home) for event in events))
                    assert done == meant


@pytest.mark.parametrize("seed", SEEDS)
def test_all_but_one_is_left_alone(seed: int) -> None:
    rng = random.Random(seed)
    home = house(rng)
    lines = lines_of(home)
    for entity in home.entities:
        alike = {e.entity_id for e in home.of_domain(entity.domain)} - {entity.entity_id}
        unique = [e for e in home.entities if e.name == entity.name] == [entity]
        for action, _, arguments in wishes(rng, entity):
            if alike and unique and not action.one_by_one and action.domain in KINDS:
                said = f"{TEXT}{numbers(arguments)} for all but the {entity.name}"
                hearing = TINY.hear(said, home)
                call = Call(
                    action=action.name,
                    devices=("all",),
                    excluding=(lines[entity.entity_id],),
                    arguments=arguments,
                )
                (event,) = understood(hearing, [call])
                assert reached(event, home) == alike


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_asked_is_looked_at(seed: int) -> None:
    """A question does nothing; a wish that depends on one is done or not, and nothing else."""
    rng = random.Random(seed)
    home = house(rng)
    lines = lines_of(home)
    for entity in home.entities:
        room = home.area_by_id[entity.area_id].name if entity.area_id else "house"
        hearing = TINY.hear(f"the {entity.name} in the {room} is so", home)
        target = Call(action="", devices=(lines[entity.entity_id],))
        kind = kind_of(entity.domain, entity.device_class)
        arguments = rng.choice(
            ({"asked": rng.choice(WORDS)}, {"above": 20.5}, {"of": "battery", "below": 5})
        )
        for verb in ("is", "any", "all", "which", "count"):
            asked = Wanted(verb=verb, kind=kind, target=target, arguments=arguments)
            (event,) = understood(hearing, [asked])
            assert isinstance(event, Query)
            assert arguments.get("asked") in ("open", "closed", "locked", "unlocked") or (
                event.entity_ids == (entity.entity_id,)
            )
        if "turn_on" in [a.partition(".")[2] for a in ACTIONS if a.startswith(entity.domain)]:
            condition = Wanted(verb="if", kind=kind, target=target, arguments=arguments)
            call = Call(action=f"{entity.domain}.turn_on", devices=target.devices, kind=kind)
            (event,) = understood(hearing, [condition, call])
            assert isinstance(event, Unmet) or reached(event, home) == {entity.entity_id}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_is_done_to_something_else(seed: int) -> None:
    rng = random.Random(seed)
    home = house(rng)
    lines = lines_of(home)
    for domain in dict.fromkeys(entity.domain for entity in home.entities):
        first, *others = home.of_domain(domain)
        for action, kind, arguments in wishes(rng, first) if others else ():
            other = rng.choice(others)
            room = home.area_by_id[other.area_id].name if other.area_id else "house"
            done = Call(
                action=action.name,
                devices=(lines[first.entity_id],),
                arguments=arguments,
                kind=kind,
            )
            turn = turn_of(home, done)
            hearing = TINY.hear(f"and {other.name} in the {room}", home, None, ACTIONS, turn)
            same = Wanted(
                verb="same",
                kind=kind_of(domain, other.device_class),
                target=Call(action="", devices=(lines[other.entity_id],)),
            )
            (event,) = understood(hearing, [same])
            assert isinstance(event, Call)
            assert reached(event, home) == {other.entity_id}
            assert (event.action, event.arguments) == (action.name, arguments)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_done_can_be_gone_back_to(seed: int) -> None:
    """Whatever it was: undone, done again, or done to "it"."""
    rng = random.Random(seed)
    home = house(rng)
    lines = lines_of(home)
    for entity in home.entities:
        for action, kind, arguments in wishes(rng, entity):
            devices = (lines[entity.entity_id],)
            done = Call(action=action.name, devices=devices, arguments=arguments, kind=kind)
            said = f"{TEXT}{numbers(arguments)} that"
            hearing = TINY.hear(said, home, None, ACTIONS, turn_of(home, done))
            (event,) = understood(hearing, [Wanted(verb="again")])
            assert reached(event, home) == {entity.entity_id}
            (event,) = understood(hearing, [Wanted(verb="undo")])
            assert event == Say(key="what") or reached(event, home) == {entity.entity_id}
            given = {short_word(name): value for name, value in arguments.items()}
            it = Wanted(verb=verb_of(action), kind="it", arguments=given)
            (event,) = understood(hearing, [it])
            assert reached(event, home) == {entity.entity_id}


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_is_what_people_mean_by_it(seed: int) -> None:
    rng = random.Random(seed)
    home = house(rng)
    for area in home.areas:
        hearing = TINY.hear(f"everything in the {area.name} off", home)
        place = lines_of(home)[area.area_id]
        wanted = Call(action="everything.turn_off", area=place)
        events = understood(hearing, [wanted])
        meant = {
            entity.entity_id
            for entity in home.entities
            if entity.area_id == area.area_id
            and entity.domain in ("light", "fan", "switch", "media_player")
        }
        assert meant == (
            set[str]().union(*(reached(event, home) for event in events)) if meant else set()
        )


def test_every_domain_is_in_some_house() -> None:
    """Else the tests above would say little."""
    homes = [house(random.Random(seed)) for seed in SEEDS]
    assert {entity.domain for home in homes for entity in home.entities} == set(DOMAINS)
