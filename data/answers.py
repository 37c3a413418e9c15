"""Questions about states and their answers, read off the home."""

from home_llm_core.calls import EVERYWHERE, Call
from home_llm_core.home import Entity

from .banks import Group, Pattern
from .domains import domain_of, facts, sort_of
from .scenes import Draft, Scene
from .templates import Spoken

_SWITCHED = ("light", "fan", "switch", "humidifier", "input_boolean")
_MOST_LISTED = 4
_MOST_COUNTED = 8
_LIT = 0.55
_IN_AREA = "_in_area"
_NONE_ON = {"count": "which_none", "which": "which_none", "all_off": "all_off"}
_SOME_ON = {"count": "count_on", "which": "which_on", "all_off": "not_all_off"}


def question(scene: Scene) -> Draft | None:
    """Return a question and its answer."""
    group, pattern = scene.patterns.question(scene.rng)
    if group.about:
        return _about_its_state(scene, group, pattern)
    if "target" in pattern.template.slot_names:
        return _about_one(scene, group.question, pattern)
    return _about_many(scene, group.question, pattern)


def _about_one(scene: Scene, asked: str, pattern: Pattern) -> Draft | None:
    pool = tuple(e for e in scene.house.home.entities if _is_switched(e))
    reading = facts().slots[asked].argument if asked in facts().slots else ""
    if reading:
        pool = tuple(e for e in pool if reading in facts().domains[e.domain].readings)
        pool = tuple(e for e in pool if e.state != "on" or reading in e.attributes)
    lit = tuple(e for e in pool if e.state == "on")
    pool = lit if lit and scene.rng.random() < _LIT else pool
    entity = scene.rng.choice(pool) if pool else None
    mention = scene.mentions.device(entity) if entity is not None else None
    if entity is None or mention is None:
        return None
    slots = {"subject": mention.subject, asked: str(entity.attributes.get(reading, ""))}
    speech = scene.reply(_key(asked, entity), slots, many=mention.many)
    sentence = scene.sentence(pattern, {"target": mention}, (sort_of(entity),), mention)
    asked_of = Call(action=f"{entity.domain}.state", devices=mention.targets[0].devices)
    return Draft(kind="question", sentence=sentence, speech=speech, wanted=(asked_of,))


def _is_switched(entity: Entity) -> bool:
    """Return whether a device is on or off, as far as is known, and nothing else."""
    return entity.domain in _SWITCHED and entity.state != "unknown"


def _about_its_state(scene: Scene, group: Group, pattern: Pattern) -> Draft | None:
    """Return a question about a state that has a word of its own: "is the door locked"."""
    words = scene.house.language.states.get(group.about, {})
    pool = [
        entity
        for entity in scene.house.home.of_domain(group.about)
        if entity.state in words or not entity.available
    ]
    entity = scene.rng.choice(pool) if pool else None
    mention = scene.mentions.device(entity) if entity is not None else None
    if entity is None or mention is None:
        return None
    if not entity.available:
        key = "unavailable"
    elif group.question == "is_state":
        key = "is_state" if entity.state == group.state else "is_not_state"
    else:
        key = "state"
    slots = {"subject": mention.subject, "state": words.get(entity.state, "")}
    speech = scene.reply(key, slots, many=mention.many)
    sentence = scene.sentence(pattern, {"target": mention}, (sort_of(entity),), mention)
    asked_of = Call(action=f"{entity.domain}.state", devices=mention.targets[0].devices)
    return Draft(kind="question", sentence=sentence, speech=speech, wanted=(asked_of,))


def _key(asked: str, entity: Entity) -> str:
    if not entity.available:
        return "unavailable"
    is_on = entity.state == "on"
    if asked == "is_on":
        return "is_on" if is_on else "is_not_on"
    if asked == "is_off":
        return "is_not_off" if is_on else "is_off"
    if asked in facts().slots and is_on:
        return f"reading_{asked}"
    return "state_on" if is_on else "state_off"


def _about_many(scene: Scene, asked: str, pattern: Pattern) -> Draft | None:
    house = scene.house
    sorts = [sort for sort in house.sorts if sort in _SWITCHED]
    if not sorts:
        return None
    sort = scene.rng.choice(sorts)
    slots = scene.kinds(sort)
    area_id = None
    if asked.endswith(_IN_AREA):
        areas = house.areas_with(sort)
        if not areas:
            return None
        area_id = scene.rng.choice(areas)
        slots["area"] = area = house.names[area_id]
        if any(f"{area.plain} {kind}" in house.called for kind in house.kind_words(sort)):
            return None
    on = [
        entity
        for entity in house.home.by_last_change
        if sort_of(entity) == sort and entity.state == "on" and area_id in (None, entity.area_id)
    ]
    what = asked.removesuffix(_IN_AREA)
    if len(on) > (_MOST_COUNTED if what == "count" else _MOST_LISTED):
        return None
    place = house.names[area_id].form("in") if area_id is not None else ""
    speech = _count(scene, what, on, scene.reply_kinds(sort) | {"place": place})
    sentence = scene.sentence(pattern, slots, (sort,))
    asked_of = Call(
        action=f"{domain_of(sort)}.state",
        devices=() if area_id is not None else (EVERYWHERE,),
        area=house.area_line[area_id] if area_id is not None else None,
    )
    return Draft(kind="question", sentence=sentence, speech=speech, wanted=(asked_of,))


def _count(scene: Scene, what: str, on: list[Entity], slots: dict[str, str | Spoken]) -> str:
    if not on:
        key = _NONE_ON.get(what, "none_on" if slots["place"] else "none_on_house")
        return scene.reply(key, slots)
    slots["count"] = scene.house.language.numbers[len(on)]
    slots["devices"] = scene.listed([scene.told_apart(entity) for entity in on], "join")
    return scene.reply(_SOME_ON.get(what, "some_on"), slots, many=len(on) > 1)
