"""Houses made by chance, with devices of every domain and class, for tests of the round trip."""

from collections.abc import Iterator, Mapping
import random

from home_llm_core.actions import ACTIONS, Action, Argument, NumberArgument, TextArgument
from home_llm_core.formats.tiny_lines import domains_of, verb_of
from home_llm_core.home import Area, Entity, Floor, Home, Value
from home_llm_core.kinds import DOMAINS, KINDS, kind_of

ROOMS = ("Attic", "Bathroom", "Cellar", "Garden", "Kitchen", "Pantry", "Veranda", "Workshop")
NAMES = (
    *("Bookcase", "Chandelier", "Dragon", "Lantern", "Mirror", "Niche", "Spotty", "Zephyr"),
    *("Gustav", "Pelican", "Old Harbour", "Red Baron", "Quokka", "Rosie", "Umbra", "Wanda"),
)
TEXT = "Mango Tea"
"""What is said wherever words of the sentence are wanted."""

_STATES = ("on", "off", "open", "closed", "locked", "playing", "docked", "21.5", "home", "rainy")


def house(rng: random.Random) -> Home:
    """Return a house; devices of several rooms may be called the same."""
    rooms = rng.sample(ROOMS, rng.randint(1, 6))
    floors = tuple(Floor(floor_id=f, name=f.title()) for f in ("upstairs", "downstairs"))
    things = {(rng.choice(rooms), rng.choice(NAMES)) for _ in range(rng.randint(2, 30))}
    called = [name for _, name in things]
    # What nobody else is called need not be anywhere.
    lost = {name for name in called if called.count(name) == 1 and rng.random() < 0.2}
    entities = (
        _device(rng, number, None if name in lost else room.lower(), name)
        for number, (room, name) in enumerate(sorted(things))
    )
    return Home(
        areas=tuple(
            Area(area_id=room.lower(), name=room, floor_id=rng.choice(floors).floor_id)
            for room in rooms
        ),
        floors=floors,
        entities=tuple(entities),
    )


def _device(rng: random.Random, number: int, area_id: str | None, name: str) -> Entity:
    domain = rng.choice(DOMAINS)
    classes = {
        device_class
        for kind in KINDS.values()
        for device_class in kind.members.get(domain) or ()
        if device_class
    }
    actions = [action for action in ACTIONS.values() if action.domain == domain]
    known = [argument for action in actions for argument in action.arguments]
    able = {action.feature for action in actions} | {argument.feature for argument in known}
    able |= {str(value) for argument in known if argument.is_feature for value in argument.values}
    return Entity(
        entity_id=f"{domain}.{number}",
        name=name,
        area_id=area_id,
        state=rng.choice(_STATES),
        device_class=rng.choice([None, *sorted(classes)]),
        features=frozenset(feature for feature in able if feature),
        options={argument.name: ("Black coffee", TEXT) for argument in known},
        attributes={"temperature": 20, "volume_level": 30, "percentage": 40, "position": 60},
    )


def wishes(rng: random.Random, entity: Entity) -> Iterator[tuple[Action, str, dict[str, Value]]]:
    """Yield what can be done to a device: an action, its kind, and arguments."""
    for action in ACTIONS.values():
        if action.domain != entity.domain:
            continue
        kinds = (entity.domain, kind_of(entity.domain, entity.device_class))
        able = [kind for kind in kinds if entity.domain in domains_of(kind, verb_of(action))]
        least = 1 if action.needs else 0
        chosen = rng.sample(action.listed, rng.randint(least, min(2, len(action.listed))))
        ordered = [argument for argument in action.listed if argument in chosen]
        yield action, able[-1], {argument.name: _value(rng, argument) for argument in ordered}


def numbers(arguments: Mapping[str, Value]) -> str:
    """Return the numbers of arguments as a sentence has them."""
    given = (v for v in arguments.values() if isinstance(v, int | float))
    return "".join(f" {abs(value):g}%" for value in given)


def _value(rng: random.Random, argument: Argument) -> Value:
    if isinstance(argument, NumberArgument):
        return rng.choice((0, 7, -3, 12.5, 0.25, 1000))
    return TEXT if isinstance(argument, TextArgument) else rng.choice(argument.values)
