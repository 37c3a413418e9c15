"""Upstairs and downstairs: what people call the two floors of a house, whatever their names."""

from collections.abc import Sequence
from dataclasses import replace

from .home import Floor, Home
from .vocabulary import Vocabulary, vocabulary

_TWO = 2


def with_floors(home: Home) -> Home:
    """Return a home whose two floors above ground can also be called the upper and the lower.

    Which is which their levels tell, else a name: beside a ground floor the other is upstairs. A
    cellar is neither. In a house with more floors it depends on where one stands.
    """
    known = vocabulary(home.language)
    storeys = _in_order([f for f in home.floors if not _is_below_ground(f, known)], known)
    if len(storeys) != _TWO:
        return home
    called = {
        floor.floor_id: _also_called(floor, names)
        for floor, names in zip(storeys, (known.below, known.above), strict=True)
    }
    floors = tuple(called.get(floor.floor_id, floor) for floor in home.floors)
    return replace(home, floors=floors)


def _is_below_ground(floor: Floor, known: Vocabulary) -> bool:
    """Return whether a floor is a cellar, by its level or its name: some count from the cellar."""
    said = [known.words(name) for name in known.underground]
    is_called_so = any(known.words(name) in said for name in (floor.name, *floor.aliases))
    return is_called_so or (floor.level or 0) < 0


def _in_order(floors: Sequence[Floor], known: Vocabulary) -> list[Floor]:
    """Return two floors, the lower first; none if nobody can tell."""
    if len(floors) != _TWO:
        return []
    levels = {floor.level for floor in floors}
    if None not in levels and len(levels) == _TWO:
        return sorted(floors, key=lambda floor: floor.level or 0)
    lower = [floor for floor in floors if _is_called(floor, known.below, known)]
    upper = [floor for floor in floors if _is_called(floor, known.above, known)]
    for first, last in ((floors[0], floors[1]), (floors[1], floors[0])):
        if lower == [first] and upper in ([], [last]):
            return [first, last]
    return []


def _is_called(floor: Floor, names: Sequence[str], known: Vocabulary) -> bool:
    """Return whether a floor has one of some names, or a part of one: "Upper", "Ground"."""
    own = {known.words(name) for name in (floor.name, *floor.aliases)}
    said = [known.words(name) for name in names]
    return any(
        each in (name, name[: len(each)], name[-len(each) :])
        for each in filter(None, own)
        for name in said
    )


def _also_called(floor: Floor, names: Sequence[str]) -> Floor:
    """Return a floor with more names: the sayable first, then how people may have named it."""
    return replace(floor, aliases=tuple(dict.fromkeys((*floor.aliases, *names))))
