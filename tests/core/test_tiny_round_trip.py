"""From what is wanted to a reply, and from the reply to devices, in houses made by chance."""

from collections.abc import Iterator
import random

import pytest

from home_llm_core.calls import Call, resolve
from home_llm_core.formats import TINY
from home_llm_core.home import Area, Entity, Home
from home_llm_core.parser import Query

ROOMS = ("Attic", "Bathroom", "Cellar", "Garden", "Kitchen", "Pantry", "Veranda", "Workshop")
NAMES = ("Bookcase", "Chandelier", "Dragon", "Lantern", "Mirror", "Niche", "Spotty", "Zephyr")
DOMAINS = ("light", "fan", "switch")


def house(rng: random.Random) -> Home:
    """Return a house in which devices of several rooms may be called the same."""
    rooms = rng.sample(ROOMS, rng.randint(1, 5))
    things = {(rng.choice(rooms), rng.choice(NAMES)) for _ in range(rng.randint(1, 12))}
    return Home(
        areas=tuple(Area(area_id=room.lower(), name=room) for room in rooms),
        entities=tuple(
            Entity(
                entity_id=f"{rng.choice(DOMAINS)}.{number}",
                name=name,
                area_id=room.lower(),
                state="off",
            )
            for number, (room, name) in enumerate(sorted(things))
        ),
    )


def wishes(home: Home) -> Iterator[tuple[str, Call, set[str]]]:
    """Yield sentences with what is wanted and which devices that is."""
    names = TINY.names(home)
    lines = {entity_id: line for line, entity_id in names.devices.items()}
    for entity in home.entities:
        said = f"{entity.name} in the {entity.area_id} on"
        call = Call(action=f"{entity.domain}.turn_on", devices=(lines[entity.entity_id],))
        yield said, call, {entity.entity_id}
        for room, area_id in names.areas.items():
            there = {e.entity_id for e in home.in_area(area_id, entity.domain)}
            action = f"{entity.domain}.turn_off"
            if there:
                yield f"{area_id} off", Call(action=action, area=room), there
            if entity.area_id == area_id and len(there) > 1:
                but = Call(action=action, area=room, excluding=(lines[entity.entity_id],))
                yield f"{area_id} off but {entity.name}", but, there - {entity.entity_id}
    for domain in dict.fromkeys(entity.domain for entity in home.entities):
        everywhere = {entity.entity_id for entity in home.of_domain(domain)}
        yield f"all {domain}s off", Call(action=f"{domain}.turn_off", devices=("all",)), everywhere


@pytest.mark.parametrize("seed", range(40))
def test_what_is_wanted_is_what_is_done(seed: int) -> None:
    """Whoever says it, and wherever they stand."""
    home = house(random.Random(seed))
    for number, (said, wanted, entity_ids) in enumerate(wishes(home)):
        hearing = TINY.hear(said, home, (None, *home.areas)[number % (len(home.areas) + 1)])
        reply = hearing.reply([wanted])
        assert hearing.grammar.accepts(reply), (said, reply)
        (event,) = hearing.parser().feed(reply)
        assert isinstance(event, Call), (said, reply, event)
        assert set(resolve(event, home, TINY.names(home)).entity_ids) == entity_ids, (said, reply)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_asked_is_what_is_looked_at(seed: int) -> None:
    home = house(random.Random(seed))
    for said, wanted, entity_ids in wishes(home):
        domain = wanted.action.partition(".")[0]
        asked = Call(action=f"{domain}.state", devices=wanted.devices, area=wanted.area)
        hearing = TINY.hear(said, home)
        reply = hearing.reply([asked])
        assert hearing.grammar.accepts(reply), (said, reply)
        (event,) = hearing.parser().feed(reply)
        assert isinstance(event, Query)
        assert set(event.entity_ids) >= entity_ids
