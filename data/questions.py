"""Questions about the home, and clauses on which a wish depends."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from home_llm_core.calls import EVERYWHERE, Call, Wanted
from home_llm_core.home import Entity, Value
from home_llm_core.kinds import EVERYTHING, IT

from .banks import Group, Pattern, telling_words
from .domains import facts, kind_of_sort, sort_of
from .scenes import Draft, Scene, Sentence
from .targets import Mention
from .templates import Spoken
from .values import value

_NAMED = 0.62
_IN_AN_AREA = 0.6
_WITH_SOME = 0.85
_NOT_THERE = 0.08
_PRONOUN = 0.04
_BY_ITS_DEVICE = 0.7
_OF_A_PART = 0.4
_TRIES = 6


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked, and how it is said.

    Args:
        wanted: the question.
        sentence: the words.

    """

    wanted: Wanted
    sentence: Sentence


def question(scene: Scene) -> Draft | None:
    """Return a question; what is true is read off the home when it is answered."""
    group, pattern = scene.patterns.question(scene.rng)
    asked = asking_about(scene, group, pattern)
    if asked is None or scene.house.names_in(asked.sentence.text):
        return None
    return Draft(
        kind="question", sentence=asked.sentence, speech="", calls=(), wanted=(asked.wanted,)
    )


def asking_about(scene: Scene, group: Group, pattern: Pattern) -> Asked | None:
    """Return a question or a clause with something that it is about."""
    sort = _sort(scene, group, pattern)
    if sort is None or (group.scope == "room" and scene.speaker is None):
        return None
    # Who names no kind of thing means all that can tell.
    names = pattern.template.slot_names
    is_said = not names.isdisjoint(("target", "kind", "kinds"))
    kind = sort if sort == EVERYTHING else kind_of_sort(sort) if is_said else group.about[0]
    slots: dict[str, str | Spoken] = {}
    if sort != EVERYTHING:
        slots |= scene.kinds(sort)
    mention: Mention | None = None
    target = Call(action="")
    if "target" in names:
        is_named = group.scope == "device"
        part = _part(scene, sort, group, pattern) if not is_named else None
        mention = _named(scene, sort, names, slots) if is_named else part or _mention(scene, sort)
        if mention is None:
            return None
        slots["target"], target = mention, mention.targets[0].said
        if mention.scope == "pronoun":
            kind, target = IT, Call(action="")
    elif "area" in names or "floor" in names:
        found = _place(scene, sort, slots, "area" if "area" in names else "floor")
        if found is None:
            return None
        target = found
    elif group.scope == "house":
        target = Call(action="", devices=(EVERYWHERE,))
    arguments, said = looked_for(scene, group, pattern)
    verb = group.condition or group.query
    wanted = Wanted(verb=verb, kind=kind, target=replace(target, kind=""), arguments=arguments)
    sentence = scene.sentence(pattern, slots | said, (sort,) if sort != EVERYTHING else (), mention)
    return Asked(wanted=wanted, sentence=replace(sentence, values=tuple(said.values())))


def _sort(scene: Scene, group: Group, pattern: Pattern) -> str | None:
    """Return a sort that it can be about: mostly one that is there."""
    house, rng = scene.house, scene.rng
    fitting = [sort for sort in house.sorts if group.is_about(sort)]
    if EVERYTHING in group.about and rng.random() < 1 / len(group.about):
        return EVERYTHING if "target" not in pattern.template.slot_names else None
    parts = [sort for sort in fitting if sort in house.sorts_of_parts]
    if parts and rng.random() < _OF_A_PART:
        return rng.choice(parts)
    if not fitting or rng.random() < _NOT_THERE:
        if "target" in pattern.template.slot_names:
            return None
        fitting = [sort for sort in house.known if group.is_about(sort)]
    if not fitting:
        return None
    return rng.choices(fitting, [facts().sorts[sort] ** 0.5 for sort in fitting])[0]


def _mention(scene: Scene, sort: str) -> Mention | None:
    house, rng = scene.house, scene.rng
    if rng.random() < _PRONOUN:
        return scene.mentions.pronoun(sort, many=True)
    for _ in range(_TRIES):
        mention = _one_mention(scene, sort, rng.random())
        if mention is not None:
            return mention
    found = [entity for entity in house.home.entities if sort_of(entity) == sort]
    return scene.mentions.device(rng.choice(found)) if found else None


def _part(scene: Scene, sort: str, group: Group, pattern: Pattern) -> Mention | None:
    """Return a sensor by the name of its device: who asks how cold the fridge is means one."""
    house, rng = scene.house, scene.rng
    found = [e for e in house.home.entities if sort_of(e) == sort and e.entity_id in house.after]
    if not found or group.of or rng.random() >= _BY_ITS_DEVICE:
        return None
    entity = rng.choice(found)
    name = house.after[entity.entity_id]
    others = {sort_of(each) for each in house.called_after(name) if each is not entity}
    if name.plain in house.places or any(map(group.is_about, others)):
        return None
    # What is asked of the other ones as well does not tell which is meant.
    known = (house.language.words_about[other] for other in others)
    is_telling = not frozenset[str]().union(*known).issuperset(telling_words(pattern))
    return scene.mentions.called_so(entity, name) if is_telling else None


def _named(
    scene: Scene, sort: str, names: Collection[str], slots: dict[str, str | Spoken]
) -> Mention | None:
    found = [entity for entity in scene.house.home.entities if sort_of(entity) == sort]
    return scene.by_name(scene.rng.choice(found), names, slots) if found else None


def _one_mention(scene: Scene, sort: str, chance: float) -> Mention | None:
    house, rng = scene.house, scene.rng
    if chance < _NAMED:
        found: list[Entity] = [e for e in house.home.entities if sort_of(e) == sort]
        return scene.mentions.device(rng.choice(found)) if found else None
    areas = house.areas_with(sort)
    if rng.random() < _IN_AN_AREA:
        return scene.mentions.area(rng.choice(areas), sort) if areas else None
    floors = [f.floor_id for f in house.home.floors if house.on_floor(f.floor_id, sort)]
    if floors and rng.random() < _IN_AN_AREA:
        return scene.mentions.floor(rng.choice(floors), sort)
    if rng.random() < _IN_AN_AREA:
        return scene.mentions.kind(sort)
    return scene.mentions.everywhere(sort)


def _place(scene: Scene, sort: str, slots: dict[str, str | Spoken], slot: str) -> Call | None:
    """Return the place that a question names, as a call without an action."""
    house, rng = scene.house, scene.rng
    if slot == "floor":
        floors = house.home.floors
        if not floors:
            return None
        floor_id = rng.choice(floors).floor_id
        slots["floor"] = house.names[floor_id]
        return Call(action="", floor=house.floor_line[floor_id])
    there = house.areas_with(sort) if sort != EVERYTHING else []
    areas = there if there and rng.random() < _WITH_SOME else [a.area_id for a in house.home.areas]
    if not areas:
        return None
    area_id = rng.choice(areas)
    if house.names[area_id].plain in house.called:
        return None
    slots["area"] = house.names[area_id]
    return Call(action="", area=house.area_line[area_id])


def looked_for(
    scene: Scene, group: Group, pattern: Pattern
) -> tuple[dict[str, Value], dict[str, str]]:
    """Return what is asked for as arguments, and what is said for its number."""
    arguments: dict[str, Value] = {}
    said: dict[str, str] = {}
    if group.of:
        arguments["of"] = group.of
    if group.asked:
        arguments["asked"] = group.asked
    for limit, slot in group.limits.items():
        arguments[limit], said[slot] = value(slot, scene.house.language, scene.rng, pattern)
    if group.day:
        arguments["day"] = group.day
    return arguments, said
