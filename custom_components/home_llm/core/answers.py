"""Which devices a question is about, and what is found when one looks."""

from collections.abc import Callable, Collection, Mapping

from .home import Entity, Home
from .kinds import DOMAINS, EVERYTHING, kind_of, of_kind
from .outdoors import is_outdoors
from .parser import Query
from .states import Test, passes, reading, shown
from .vocabulary import EVERY_LANGUAGE
from .words import words

SWITCHED = ("light", "fan", "switch", "media_player")
"""The domains of "everything", where it is asked about."""

_SHOWN_BY: Mapping[str, tuple[str, ...]] = {
    # Readings of other devices that tell as much as a sensor would.
    "temperature": ("current_temperature", "temperature"),
    "humidity": ("current_humidity", "humidity"),
    "pressure": ("pressure",),
    "wind": ("wind_speed",),
    "battery": ("battery",),
}
_MEASURING = ("climate", "humidifier", "weather", "vacuum", "lawn_mower")
_TARGETS = ("temperature", "humidity")
"""Readings that only the weather measures: of others they are what is to be."""

_SENSED: Mapping[str, str] = {
    "current_temperature": "temperature",
    "current_humidity": "humidity",
}
"""Sensors' device classes for readings that other devices call otherwise."""

_DOORS = ("door", "garage", "gate")
_OPENINGS = (*_DOORS, "window")
_OPEN, _LOCKED = ("open", "closed"), ("locked", "unlocked")
_REACHED = ("available", "unavailable")
_NO_DEVICES = ("person", "calendar", "todo", "weather", "scene", "script")
_KIND_WORDS = EVERY_LANGUAGE.kind_words
_SAID_ANYWAY = (
    _KIND_WORDS["lock"] | _KIND_WORDS["sensor"] | _KIND_WORDS["binary_sensor"]
) - _KIND_WORDS["door"]


def asked_about(kind: str, entities: Collection[Entity], word: str = "") -> tuple[Entity, ...]:
    """Return the devices that can tell about a kind.

    Args:
        kind: what is asked about.
        entities: what there is.
        word: what it is asked to be, if a word is asked for.

    """
    if kind == EVERYTHING:
        return _of_everything(entities, word)
    found = of_kind(kind, entities, DOMAINS)
    for attribute in () if found else _SHOWN_BY.get(kind, ()):
        showing = tuple(entity for entity in entities if _measures(entity, attribute))
        if showing:
            # Indoors first: the weather is what it is outside.
            return tuple(e for e in showing if e.domain != "weather") or showing
    if not found and kind == "air_quality":
        return of_kind("carbon_dioxide", entities, DOMAINS)
    if not found and kind == "rain":
        return tuple(entity for entity in entities if entity.domain == "weather")
    return found


def _of_everything(entities: Collection[Entity], word: str) -> tuple[Entity, ...]:
    """Return what anything may be: who asks whether it is open means doors and windows."""
    if word in _REACHED:
        return tuple(e for e in entities if e.domain in DOMAINS and e.domain not in _NO_DEVICES)
    if word not in _OPEN:
        return tuple(entity for entity in entities if entity.domain in SWITCHED)
    found = (e for each in _OPENINGS for e in of_kind(each, entities, DOMAINS))
    return tuple({e.entity_id: e for e in found if e.domain != "lock"}.values())


def _measures(entity: Entity, attribute: str) -> bool:
    if attribute in _TARGETS and entity.domain != "weather":
        return False
    return entity.domain in _MEASURING and attribute in entity.attributes


def told_by(found: Collection[Entity], test: Test | None, home: Home) -> tuple[Entity, ...]:
    """Return who can tell what is asked about some devices: of a lock whether its door is open."""
    word = test.word if test is not None else ""
    told: list[Entity] = []
    for entity in found:
        others: tuple[Entity, ...] = ()
        if word in _OPEN and entity.domain == "lock":
            others = _at_the_same(entity, home, lambda e: _kind(e) in _OPENINGS)
        elif word in _LOCKED and entity.domain in ("cover", "binary_sensor"):
            others = _at_the_same(entity, home, lambda e: e.domain == "lock")
        told += others or (entity,)
    return tuple({entity.entity_id: entity for entity in told}.values())


def sensed_as(of: str) -> str:
    """Return the device class of sensors that measure a reading of other devices."""
    return _SENSED.get(of, of)


def sensed_by(found: Collection[Entity], of: str, home: Home) -> tuple[Entity, ...]:
    """Return who can tell a reading of some devices: they, or sensors that are called alike.

    Args:
        found: the devices that a question is about.
        of: the reading.
        home: where sensors are looked for.

    """
    told: list[Entity] = []
    for entity in found:
        named = [] if shown(entity, of) is not None else _called_alike(entity, of, home)
        told += named or [entity]
    return tuple({entity.entity_id: entity for entity in told}.values())


def sensed_outdoors(of: str, home: Home) -> tuple[Entity, ...]:
    """Return the sensors of a reading that are out of doors, by their names or their places.

    Args:
        of: the reading.
        home: where sensors are looked for.

    """
    areas = {area.area_id: area.name for area in home.areas}
    return tuple(
        sensor
        for sensor in home.of_domain("sensor")
        if sensor.device_class == of
        and any(
            is_outdoors(text, home.language)
            for text in (sensor.name, *sensor.aliases, areas.get(sensor.area_id or "", ""))
        )
    )


def _called_alike(entity: Entity, of: str, home: Home) -> list[Entity]:
    """Return the sensors of a reading whose names say whose it is, and no other device's."""
    names = _telling_names(entity, home)
    others = [
        name
        for other in home.entities
        if other is not entity and other.domain not in ("sensor", "binary_sensor")
        for name in _telling_names(other, home)
    ]
    found = []
    for sensor in home.of_domain("sensor"):
        said = set(words(sensor.name))
        own = max((len(name) for name in names if name <= said), default=0)
        rivals = any(name <= said and len(name) > own for name in others)
        if own and not rivals and sensor.device_class == sensed_as(of):
            found.append(sensor)
    return found


def _telling_names(entity: Entity, home: Home) -> list[set[str]]:
    """Return the words of each name but for those of its kind, where more than a room is left."""
    area = home.area_by_id.get(entity.area_id or "")
    place = set(words(area.name)) if area is not None else set[str]()
    kinds = _SAID_ANYWAY | _KIND_WORDS.get(_kind(entity), frozenset())
    own = [set(words(name)) for name in (entity.name, *entity.aliases)]
    return [name - kinds if name - kinds - place else name for name in own if name - place]


def _kind(entity: Entity) -> str:
    return kind_of(entity.domain, entity.device_class) if entity.domain in DOMAINS else ""


def _at_the_same(entity: Entity, home: Home, fits: Callable[[Entity], bool]) -> tuple[Entity, ...]:
    """Return what else is at the same door, by its name or as the only one in the room."""
    others = [e for e in home.entities if e is not entity and fits(e)]
    name = _own_words(entity)
    named = [e for e in others if name and name <= _own_words(e)]
    here = [e for e in others if e.area_id is not None and e.area_id == entity.area_id]
    # A window may be in the same room as the lock of a door.
    doors = [
        e
        for e in here
        if _is_at_a_door(e) and _is_at_a_door(entity) and not _is_of_another(e, entity, home)
    ]
    return tuple(named or (doors if len(doors) == 1 else ()))


def _is_of_another(entity: Entity, door: Entity, home: Home) -> bool:
    """Return whether names tell two doors: the back door is not that of the fridge."""
    doors = tuple(_KIND_WORDS["door"])
    if not any(word.endswith(doors) for word in _own_words(door)):
        return False
    area = home.area_by_id.get(entity.area_id or "")
    place = set(words(area.name)) if area is not None else set[str]()
    own = _own_words(entity) - _KIND_WORDS["door"] - place
    return bool(own) and own.isdisjoint(_own_words(door))


def _is_at_a_door(entity: Entity) -> bool:
    return _kind(entity) in (*_DOORS, "lock")


def _own_words(entity: Entity) -> set[str]:
    return set(words(entity.name)) - _SAID_ANYWAY


def measured(entity: Entity, query: Query) -> float | None:
    """Return the number that a device shows for what a question is about."""
    if query.of:
        return reading(entity, query.of)
    for attribute in _SHOWN_BY.get(query.kind, ()):
        if _measures(entity, attribute):
            return reading(entity, attribute)
    return reading(entity)


def passing(query: Query, home: Home) -> dict[str, bool | None]:
    """Return for each device that a question is about whether it is as it is asked to be."""
    test = query.test or Test(word="on")
    found: dict[str, bool | None] = {}
    for entity_id in query.entity_ids:
        entity = home.entity_by_id.get(entity_id)
        if entity is None:
            continue
        if test.word:
            found[entity_id] = passes(entity, test)
        else:
            number = measured(entity, query) if entity.available else None
            found[entity_id] = None if number is None else _in_limits(number, test)
    return found


def _in_limits(number: float, test: Test) -> bool:
    above = test.above is None or number > test.above
    return above and (test.below is None or number < test.below)


def holds(query: Query, home: Home) -> bool | None:
    """Return whether what is asked is so of one device, or of all; none if nobody knows."""
    known = [each for each in passing(query, home).values() if each is not None]
    if not known:
        return None
    return all(known) if query.verb == "all" else any(known)
