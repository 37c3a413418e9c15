"""Rooms that only names tell of: in many homes no device is in an area, but called after a room.

"Kitchen ceiling" and "Kitchen counter" are in the kitchen, whether or not somebody has put them
into an area of that name. What one thing alone is called after is part of its name and no room.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from .called import Words, is_inflected
from .home import Area, Entity, Home
from .vocabulary import Vocabulary, vocabulary

_DOMAINS = frozenset(
    {
        *("light", "switch", "fan", "cover", "climate", "humidifier", "media_player", "valve"),
        *("sensor", "binary_sensor"),
    }
)
_ENTRANCES = ("garage", "gate", "door", "garage_door", "window")
"""Classes of what leads to a room, and is not in it."""

_LEAST = 2
_SHORTEST_HEAD = 3


def with_rooms(home: Home) -> Home:
    """Return a home in which devices without an area are in the room that they are called after."""
    known = vocabulary(home.language)
    called = dict(_called_after_rooms(home, known))
    areas = {known.words(name): a for a in home.areas for name in (a.name, *a.aliases)}
    counts: dict[Words, int] = {}
    for room in called.values():
        counts[room] = counts.get(room, 0) + 1
    ids = {
        room: areas[room].area_id if room in areas else f"room {' '.join(room)}"
        for room, count in counts.items()
        if room in areas or count >= _LEAST
    }
    if not ids:
        return home
    new = [
        Area(area_id=area_id, name=_spelled(room).capitalize())
        for room, area_id in sorted(ids.items())
        if room not in areas
    ]
    entities = (
        replace(entity, area_id=ids.get(called.get(entity.entity_id, ()), entity.area_id))
        for entity in home.entities
    )
    return replace(home, entities=tuple(entities), areas=(*home.areas, *new))


def _called_after_rooms(home: Home, known: Vocabulary) -> Iterator[tuple[str, Words]]:
    for entity in home.entities:
        if entity.area_id is None and _is_in_a_room(entity):
            room = _room_of(entity.name, known)
            if room is not None:
                yield entity.entity_id, room


def _is_in_a_room(entity: Entity) -> bool:
    return entity.domain in _DOMAINS and entity.device_class not in _ENTRANCES


@lru_cache(maxsize=4096)
def _room_of(name: str, known: Vocabulary) -> Words | None:
    """Return the room whose name a name begins or ends with."""
    own = known.words(name)
    for room in known.rooms:
        rows = (own[: len(room)], own[-len(room) :])
        if len(own) > len(room) and any(_is_room(row, room, known) for row in rows):
            return room
        if known.compounds and len(room) == 1 and own and _is_compound(own[0], room[0]):
            return room
    return None


def _is_room(row: Words, room: Words, known: Vocabulary) -> bool:
    if row == room:
        return True
    return known.inflected and all(map(is_inflected, row, room))


def _is_compound(word: str, room: str) -> bool:
    """Return whether a word begins with a room: the "küchenlicht" with the "küche"."""
    return len(room) > _SHORTEST_HEAD and len(word) > len(room) + 1 and word.startswith(room)


def _spelled(room: Words) -> str:
    return ("" if all(len(word) == 1 for word in room) else " ").join(room)
