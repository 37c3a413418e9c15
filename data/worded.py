"""Wishes with words that are taken as they are: items of lists, names of timers, options."""

from collections.abc import Mapping

from home_llm_core.actions import ACTIONS
from home_llm_core.calls import Call, Wanted
from home_llm_core.formats.tiny_lines import BUY, verb_of
from home_llm_core.home import Entity, Value

from .banks import Group, Pattern
from .domains import domain_of, facts, kind_of_sort, sort_of
from .scenes import Draft, Scene
from .targets import Mention
from .templates import Spoken
from .values import duration, value

_SHOPPING = 0.6
_MANY = (2, 2, 2, 3)
_OPTIONS: Mapping[str, tuple[str, str]] = {
    # By slot: the argument, and its word in a line.
    "option": ("option", "name"),
    "source": ("source", "name"),
    "preset": ("preset_mode", "name"),
    "fan_mode": ("fan_mode", "name"),
    "mode": ("mode", "name"),
}
_IMPLIED = 0.2
_DO = "do"
_BOUGHT = (BUY, "bought")


def worded(scene: Scene, kind: str) -> Draft | None:
    """Return a wish with words that are taken as they are.

    Args:
        scene: where it is said.
        kind: ``timer``, ``todo`` or ``value``.

    """
    group, pattern = scene.patterns.worded(scene.rng, kind)
    if group.domain == "timer":
        return _timer(scene, group, pattern)
    if group.domain == "todo":
        return _item(scene, group, pattern)
    return _option(scene, group, pattern)


def _timer(scene: Scene, group: Group, pattern: Pattern) -> Draft | None:
    slots: dict[str, str | Spoken] = {}
    values: list[str] = []
    arguments: dict[str, Value] = dict(group.arguments)
    names = pattern.template.slot_names
    if "area" in names:
        areas = scene.house.home.areas
        if not areas:
            return None
        slots["area"] = scene.house.names[scene.rng.choice(areas).area_id]
    if "duration" in names:
        form = pattern.template.form_of("duration")
        parts, said = duration(scene.house.language, scene.rng, form)
        arguments |= parts
        slots["duration"] = said
        values.append(said)
    if "name" in names:
        slots["name"] = name = scene.jotted("timer_name")
        arguments["name"] = name
        values.append(name)
    for slot in sorted(names & facts().slots.keys()):
        number, said = value(slot, scene.house.language, scene.rng, pattern)
        arguments[facts().slots[slot].argument] = number
        slots[slot] = said
        values.append(said)
    if "timer" in names:
        slots["timer"] = scene.word("timer_word")
    wanted = Wanted(verb=verb_of(ACTIONS[group.action]), kind="timer", arguments=arguments)
    sentence = scene.sentence(pattern, slots, values=tuple(values))
    return Draft(kind="timer", sentence=sentence, speech="", calls=None, wanted=(wanted,))


def _item(scene: Scene, group: Group, pattern: Pattern) -> Draft | None:
    house, rng = scene.house, scene.rng
    is_shopping = group.verb_said in _BOUGHT
    is_shopping = is_shopping or (group.verb_said != _DO and rng.random() < _SHOPPING)
    count = rng.choice(_MANY) if "items" in pattern.template.slot_names else 1
    pool = "shopping_item" if is_shopping else "task_item"
    items = list(dict.fromkeys(scene.jotted(pool) for _ in range(count)))
    slots: dict[str, str | Spoken] = {"item": items[0], "items": scene.listed(items, "join")}
    mention: Mention | None = None
    if "target" in pattern.template.slot_names:
        lists = house.of("todo")
        if group.scope == "device":
            mention = scene.mentions.named(rng.choice(lists)) if lists else None
        else:
            mention = scene.mentions.device(rng.choice(lists)) if lists else None
        if mention is None:
            return None
        slots["target"] = mention
    verb = BUY if group.verb_said == BUY else verb_of(ACTIONS[group.action])
    target = mention.targets[0].said if mention is not None else Call(action="")
    wanted = tuple(
        Wanted(verb=verb, kind="todo", target=target, arguments={"item": item}) for item in items
    )
    sentence = scene.sentence(pattern, slots, ("todo",), mention, tuple(items))
    return Draft(kind="todo", sentence=sentence, speech="", calls=None, wanted=wanted)


def _option(scene: Scene, group: Group, pattern: Pattern) -> Draft | None:
    rng = scene.rng
    slot = next(iter(pattern.template.slot_names & _OPTIONS.keys()))
    argument, word = _OPTIONS[slot]
    able = [
        entity
        for entity in scene.house.home.entities
        if group.fits(sort_of(entity)) and entity.options.get(argument)
    ]
    if not able:
        return None
    entity = rng.choice(able)
    said = rng.choice(entity.options[argument]).lower()
    slots: dict[str, str | Spoken] = {slot: said}
    mention = _of(scene, entity)
    if mention is None:
        return None
    if "target" in pattern.template.slot_names:
        slots["target"] = mention
    elif "area" in pattern.template.slot_names:
        area = scene.house.area_of(entity)
        if area is None:
            return None
        slots["area"] = area
        mention = scene.mentions.implied_in(str(entity.area_id), sort_of(entity))
    else:
        mention = scene.mentions.implied(sort_of(entity))
        if mention is None:
            return None
    sort = sort_of(entity)
    wanted = Wanted(
        verb=verb_of(ACTIONS[f"{domain_of(sort)}.{group.verb}"]),
        kind=kind_of_sort(sort),
        target=mention.targets[0].said,
        arguments={word: said},
    )
    sentence = scene.sentence(pattern, slots, (sort,), mention, (said,))
    return Draft(kind="value", sentence=sentence, speech="", calls=None, wanted=(wanted,))


def _of(scene: Scene, entity: Entity) -> Mention | None:
    if scene.rng.random() < _IMPLIED:
        mention = scene.mentions.kind(sort_of(entity))
        if mention is not None:
            return mention
    return scene.mentions.device(entity)
