"""Wishes about all that can be switched in a room or in the house."""

from collections.abc import Collection
from dataclasses import dataclass

from home_llm_core.calls import EVERYWHERE, Call
from home_llm_core.formats.tiny_lines import HERE
from home_llm_core.home import Entity
from home_llm_core.kinds import EVERYTHING
from home_llm_core.vocabulary import vocabulary

from .banks import Group
from .scenes import Draft, Scene
from .templates import Spoken

_DEVICES = {"here": (HERE,), "house": (EVERYWHERE,)}
_LEFT_OUT = (1, 2, 3)
_LEFT_OUT_WEIGHTS = (70, 22, 8)
_A_ROOM = 0.3
_LIGHT = "light"


@dataclass(frozen=True, kw_only=True)
class _But:
    """What a place is meant without.

    Args:
        said: the words for it.
        subject: the same in a reply.
        lines: devices, or a room, as calls name them.
        entities: what they come to.

    """

    said: Spoken
    subject: str | Spoken
    lines: tuple[str, ...]
    entities: tuple[Entity, ...]


def everything(scene: Scene) -> Draft | None:
    """Return a wish about everything in a place, perhaps but for one device."""
    group, pattern = scene.patterns.everything(scene.rng)
    meant = {action.partition(".")[0] for action in group.everything}
    entities = [e for e in scene.house.home.entities if e.available and e.domain in meant]
    slots: dict[str, str | Spoken] = {}
    area_id = None
    but: _But | None = None
    if group.scope in ("area", "here"):
        areas = sorted({entity.area_id for entity in entities if entity.area_id})
        if group.scope == "here":
            areas = [area for area in areas if area == scene.speaker]
        if not areas:
            return None
        area_id = scene.rng.choice(areas)
        entities = [entity for entity in entities if entity.area_id == area_id]
        slots["area"] = scene.house.names[area_id]
    if "except" in pattern.template.slot_names:
        but = _some_left_out(scene, entities, area_id)
        if but is None:
            return None
        slots["except"] = but.said
        entities = [entity for entity in entities if entity not in but.entities]
    calls = _all_of_each(scene, group, entities, area_id, but.entities if but else ())
    spoken: dict[str, str | Spoken] = {"place": _place(scene, area_id)}
    if but is not None:
        spoken["except"] = but.subject
    if not calls:
        return None
    domains = tuple(call.action.partition(".")[0] for call in calls)
    sentence = scene.sentence(pattern, slots, domains)
    if "except" not in slots and scene.house.names_in(sentence.text):
        return None  # "Everything off" is a scene here.
    speech = scene.reply(group.reply, spoken)
    kind, verb = EVERYTHING, group.everything[0].partition(".")[2]
    if verb == "turn_off" and _is_about_lights(scene, sentence.text, but):
        kind, calls = _LIGHT, tuple(c for c in calls if c.action.startswith(_LIGHT))
    whole = Call(
        action=f"{kind}.{verb}",
        devices=_DEVICES.get(group.scope, ()),
        area=scene.house.area_line[area_id] if group.scope == "area" and area_id else None,
        excluding=but.lines if but is not None else (),
    )
    draft = Draft(kind=group.kind, sentence=sentence, speech=speech, calls=calls, wanted=(whole,))
    return draft if calls else None


def _is_about_lights(scene: Scene, said: str, but: _But | None) -> bool:
    """Return whether a lamp alone is to stay on: that is about lights, and not about the fridge."""
    if but is None:
        return False
    lamps = {line for line in but.lines if line in scene.house.device_line.values()}
    is_lamp = len(lamps) == len(but.lines) and all(e.domain == _LIGHT for e in but.entities)
    known = vocabulary(scene.house.home.language)
    return is_lamp and not known.says_everything(said)


def _some_left_out(scene: Scene, entities: list[Entity], area_id: str | None) -> _But | None:
    """Return what a place is meant without; of the whole house that may be a room."""
    if area_id is None and scene.rng.random() < _A_ROOM:
        return _room_left_out(scene, entities)
    return _left_out(scene, entities)


def _room_left_out(scene: Scene, entities: list[Entity]) -> _But | None:
    house = scene.house
    areas = sorted({entity.area_id for entity in entities if entity.area_id})
    if not areas:
        return None
    area_id = scene.rng.choice(areas)
    name = house.names[area_id]
    there = tuple(entity for entity in entities if entity.area_id == area_id)
    return _But(said=name, subject=name, lines=(house.area_line[area_id],), entities=there)


def _left_out(scene: Scene, entities: list[Entity]) -> _But | None:
    """Return one to three devices, each of which a name alone tells."""
    count = scene.rng.choices(_LEFT_OUT, _LEFT_OUT_WEIGHTS)[0]
    named = [entity for entity in entities if not scene.house.has_namesakes(entity)]
    chosen = scene.rng.sample(named, min(count, len(named)))
    mentions = [scene.mentions.device(entity) for entity in chosen]
    mention = scene.mentions.all_of([each for each in mentions if each is not None])
    if mention is None:
        return None
    lines = tuple(line for target in mention.targets for line in target.devices)
    known = scene.house.device_line
    there = tuple(entity for entity in entities if known[entity.entity_id] in lines)
    return _But(said=mention, subject=mention.subject, lines=lines, entities=there)


def _place(scene: Scene, area_id: str | None) -> str:
    if area_id is not None:
        return scene.house.names[area_id].form("in")
    return scene.rng.choice(scene.house.language.replies["everywhere"]["one"]).source


def _all_of_each(
    scene: Scene,
    group: Group,
    entities: list[Entity],
    area_id: str | None,
    excluded: Collection[Entity] = (),
) -> tuple[Call, ...]:
    """Return a call for each kind of device that is there, with the place named."""
    lines = scene.house.device_line
    present = {entity.domain for entity in entities}
    actions = [action for action in group.everything if action.partition(".")[0] in present]
    line = scene.house.area_line[area_id] if area_id is not None else None
    devices = (EVERYWHERE,) if line is None else ()
    return tuple(
        Call(
            action=action,
            devices=devices,
            area=line,
            excluding=tuple(
                lines[entity.entity_id]
                for entity in excluded
                if entity.domain == action.partition(".")[0]
            ),
        )
        for action in actions
    )
