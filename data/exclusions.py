"""All but some: "the lights but the desk lamp", "all lights except those in the kitchen"."""

from home_llm_core.home import Entity

from .domains import domain_of
from .scenes import Scene, Wish
from .targets import Mention

Parts = tuple[Mention, tuple[Entity, ...], Mention]
"""What is said of all, the devices that are meant, and what is said of those that are not."""

_MOST_NAMED = 8
_LEFT_OUT = (1, 2, 3)
_LEFT_OUT_WEIGHTS = (70, 22, 8)
_WITHOUT_A_ROOM = 0.2
_WHERE = (45, 15, 40)
_OF_A_FLOOR = 0.35
_TWO_ROOMS = 0.35
_AND_A_DEVICE = 0.3
_TOUCHED = ("light", "switch", "fan", "cover", "climate", "media_player", "humidifier", "vacuum")
"""Of which people say that nobody is to touch it."""


def all_but(scene: Scene, wish: Wish) -> Mention | None:
    """Return a mention of all but some devices, or but those of a room."""
    parts = but_some(scene, wish)
    return scene.mentions.all_but(*parts) if parts is not None else None


def but_some(scene: Scene, wish: Wish) -> Parts | None:
    """Return a mention of all of a sort, and one of some of them or of a room."""
    if scene.rng.random() < _WITHOUT_A_ROOM:
        return _but_a_room(scene, wish)
    whole = scene.rng.choices((area, floor, everywhere), _WHERE)[0](scene, wish)
    if whole is None:
        return None
    found = scene.mentions.meant(whole.targets[0])
    count = scene.rng.choices(_LEFT_OUT, _LEFT_OUT_WEIGHTS)[0]
    single = [entity for entity in found if not scene.house.has_namesakes(entity)]
    left_out = scene.rng.sample(single, min(count, len(single)))
    others = tuple(entity for entity in found if entity not in left_out and wish.can(entity))
    named = [scene.mentions.device(entity) for entity in left_out]
    but = scene.mentions.all_of([each for each in named if each is not None])
    most = _MOST_NAMED if whole.targets[0].named else len(found)
    if None in named or but is None or len(but.targets) > 1 or not 0 < len(others) <= most:
        return None
    return whole, others, but


def _but_a_room(scene: Scene, wish: Wish) -> Parts | None:
    whole = (floor if scene.rng.random() < _OF_A_FLOOR else everywhere)(scene, wish)
    found = scene.mentions.meant(whole.targets[0]) if whole is not None else ()
    areas = sorted({entity.area_id for entity in found if entity.area_id})
    if whole is None or len(areas) < len(_LEFT_OUT):
        return None
    rooms = scene.rng.sample(areas, 2 if scene.rng.random() < _TWO_ROOMS else 1)
    others = tuple(e for e in found if e.area_id not in rooms and wish.can(e))
    named = [scene.mentions.those_in(area_id, wish.sort) for area_id in rooms]
    if scene.rng.random() < _AND_A_DEVICE:
        single = [entity for entity in others if not scene.house.has_namesakes(entity)]
        left_out = scene.rng.choice(single) if single else None
        others = tuple(entity for entity in others if entity is not left_out)
        named += [scene.mentions.device(left_out)] if left_out is not None else []
    but = scene.mentions.all_of([each for each in named if each is not None])
    return (whole, others, but) if others and but is not None and None not in named else None


def another_left_alone(scene: Scene, touched: frozenset[str]) -> Mention | None:
    """Return a mention of a device that a command is not about, as "but not the hall light"."""
    house = scene.house
    found = [
        entity
        for sort in house.sorts
        if domain_of(sort) in _TOUCHED
        for entity in house.of(sort)
        if entity.entity_id not in touched and not house.has_namesakes(entity)
    ]
    return scene.mentions.device(scene.rng.choice(found)) if found else None


def area(scene: Scene, wish: Wish) -> Mention | None:
    """Return a mention of those in a room."""
    areas = scene.house.areas_with(wish.sort)
    return scene.mentions.area(scene.rng.choice(areas), wish.sort) if areas else None


def floor(scene: Scene, wish: Wish) -> Mention | None:
    """Return a mention of those on a floor."""
    home = scene.house.home
    floors = [f.floor_id for f in home.floors if scene.house.on_floor(f.floor_id, wish.sort)]
    return scene.mentions.floor(scene.rng.choice(floors), wish.sort) if floors else None


def everywhere(scene: Scene, wish: Wish) -> Mention | None:
    """Return a mention of those in the whole house."""
    return scene.mentions.everywhere(wish.sort)
