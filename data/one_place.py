"""Commands that share a place, or the same for two: "in the kitchen, lights on and fan off"."""

from dataclasses import dataclass

from home_llm_core.home import Entity

from .commands import carried_out
from .domains import domain_of
from .joining import COMMANDS, in_one_sentence, is_one_clause, joined
from .names import Name
from .scenes import Draft, Scene, Wish
from .targets import Mention
from .templates import Spoken
from .writing import split_words

_IN_ROOMS = ("light", "switch", "fan", "cover", "climate", "humidifier", "media_player", "valve")
"""Domains of which every room may have its own; the vacuum is not the kitchen's."""

_TRIES_EACH = 5
_WAYS = 3
_SHORTEST = 0.75
_CLIPPED = 0.5
_FLOOR = 0.15
_BY_NAME = 0.25
_SAID_FIRST = 0.3
_MOST_BEFORE = 2
_TOGGLED = 0.15


@dataclass(frozen=True, kw_only=True)
class _Place:
    """A room or a floor.

    Args:
        name: what it is called.
        sorts: the sorts of device that are there.
        area_id: the room.
        floor_id: the floor.

    """

    name: Name
    sorts: tuple[str, ...]
    area_id: str | None = None
    floor_id: str | None = None

    def devices(self, scene: Scene, sort: str) -> tuple[Entity, ...]:
        """Return the devices of a sort that are there."""
        if self.area_id is not None:
            return scene.house.in_area(self.area_id, sort)
        return scene.house.on_floor(self.floor_id or "", sort)


def in_one_place(scene: Scene, count: int) -> Draft | None:
    """Return commands for what is in a room or on a floor, which is said once."""
    place = _some_place(scene)
    if place is None:
        return None
    kinds = ("elliptical",) if scene.rng.random() < _CLIPPED else COMMANDS
    is_first = place.area_id is not None and scene.rng.random() < _SAID_FIRST
    drafts: list[Draft] = []
    touched: set[str] = set()
    for _ in range(count * _TRIES_EACH):
        draft = _command(scene, place, kinds, says_it=is_first and not drafts)
        found = scene.touched(draft.calls or ()) if draft is not None else set()
        if draft is None or found & touched:
            continue
        touched |= found
        drafts.append(draft)
        if len(drafts) == count:
            break
    if len(drafts) < 2:  # noqa: PLR2004 - several
        return None
    text = in_one_sentence(scene, drafts, scene.house.language.shared["joints"])
    if is_first:
        return joined(scene, drafts, text) if begins_with(text, place.name) else None
    template = scene.rng.choice(scene.house.language.shared["place"])
    return joined(scene, drafts, template.say(scene.rng, {"area": place.name, "a": text}))


def the_same_elsewhere(scene: Scene) -> Draft | None:
    """Return a command for what is in a room, and the same for another room."""
    house, rng = scene.house, scene.rng
    sort = rng.choices(house.sorts, cum_weights=house.sort_weights)[0]
    areas = house.areas_with(sort)
    wish = _short_wish(scene, sort, COMMANDS)
    if domain_of(sort) not in _IN_ROOMS or len(areas) < 2 or wish is None:  # noqa: PLR2004 - a pair
        return None
    first, second = rng.sample(areas, 2)
    mention = scene.mentions.area(first, sort)
    other = scene.mentions.kind_in(sort, area_id=second)
    if mention is None or other is None:
        return None
    draft = carried_out(scene, wish, mention, {}, plain=True)
    again = carried_out(scene, wish, other, {}, plain=True)
    if draft is None or again is None or not draft.calls or not again.calls:
        return None
    if scene.touched(draft.calls) & scene.touched(again.calls):
        return None
    slots: dict[str, str | Spoken] = {"a": draft.sentence.text, "area": house.names[second]}
    text = rng.choice(house.language.shared["same"]).say(rng, slots)
    return joined(scene, (draft, again), text)


def begins_with(text: str, name: Name) -> bool:
    """Return whether a sentence begins with a place, but for an article or the like."""
    before, found, _ = text.partition(name.plain)
    return bool(found) and len(split_words(before)) <= _MOST_BEFORE


def ends_with(text: str, name: Name) -> bool:
    """Return whether a sentence ends with a place."""
    return any(text.endswith(form) for form in (name.plain, name.form("the"), name.form("in")))


def is_of_a_room(sort: str) -> bool:
    """Return whether every room may have its own devices of a sort."""
    return domain_of(sort) in _IN_ROOMS


def _some_place(scene: Scene) -> _Place | None:
    """Return a place with devices of several sorts, or with several devices."""
    house, rng = scene.house, scene.rng
    sorts = tuple(filter(is_of_a_room, house.sorts))
    if house.home.floors and rng.random() < _FLOOR:
        floor_id = rng.choice(house.home.floors).floor_id
        there = tuple(sort for sort in sorts if house.on_floor(floor_id, sort))
        place = _Place(name=house.names[floor_id], sorts=there, floor_id=floor_id)
    elif house.home.areas:
        area_id = rng.choice(house.home.areas).area_id
        there = tuple(sort for sort in sorts if house.in_area(area_id, sort))
        place = _Place(name=house.names[area_id], sorts=there, area_id=area_id)
    else:
        return None
    return place if place.sorts and place.name.plain not in house.called else None


def _command(scene: Scene, place: _Place, kinds: tuple[str, ...], *, says_it: bool) -> Draft | None:
    """Return a command for what is in a place, which is said in it only if ``says_it``."""
    sort = scene.rng.choice(place.sorts)
    wish = _short_wish(scene, sort, kinds)
    if wish is None:
        return None
    if says_it:
        mention = scene.mentions.area(place.area_id or "", sort)
    elif scene.rng.random() < _BY_NAME:
        mention = _named(scene, place, wish)
    else:
        mention = scene.mentions.kind_in(sort, area_id=place.area_id, floor_id=place.floor_id)
    draft = carried_out(scene, wish, mention, {}, plain=True) if mention is not None else None
    return draft if draft is not None and draft.calls else None


def _named(scene: Scene, place: _Place, wish: Wish) -> Mention | None:
    able = [entity for entity in place.devices(scene, wish.sort) if wish.can(entity)]
    if not able:
        return None
    entity = scene.rng.choice(able)
    if place.floor_id is not None and scene.house.has_namesakes(entity):
        return None
    return scene.mentions.there(entity)


def _short_wish(scene: Scene, sort: str, kinds: tuple[str, ...]) -> Wish | None:
    """Return a wish that leaves it open where, mostly the shortest of a few."""
    ways = [scene.patterns.command_for(sort, scene.rng, kinds) for _ in range(_WAYS)]
    found = [
        (group, pattern)
        for group, pattern in filter(None, ways)
        if pattern.template.slot_names & {"target", "area", "floor"} == {"target"}
        and not group.scope
        and is_one_clause(pattern.template.source)
        and (group.verb != "toggle" or scene.rng.random() < _TOGGLED)
    ]
    if not found:
        return None
    if scene.rng.random() < _SHORTEST:
        found.sort(key=lambda each: len(each[1].template.plain()))
    wish = scene.wish(*found[0], sort)
    return None if wish.one_by_one else wish
