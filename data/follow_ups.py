"""Sentences that go back to the turn before: "make it blue", "and the bedroom", "undo that"."""

from dataclasses import dataclass, field, replace

from home_llm_core.actions import ACTIONS
from home_llm_core.calls import EVERYWHERE, Call, Wanted
from home_llm_core.errors import CannotBeSaidError
from home_llm_core.formats.tiny_lines import PICKED, SAME, short_word, verb_of
from home_llm_core.home import Entity, Value
from home_llm_core.kinds import IT, kind_of
from home_llm_core.parser import Unclear
from home_llm_core.turns import Turn

from .banks import Group, Pattern
from .commands import command
from .domains import facts, kind_of_sort, sort_of
from .houses import FORMAT
from .scenes import Draft, Scene, Sentence
from .targets import Mention
from .templates import Spoken
from .unclear import unclear
from .values import value

_KINDS = ("direct", "elliptical", "value", "color", "relative", "temperature")
_REPLIES = ("pick", "part", "first", "second", "third", "last")
_WITH_A_PRONOUN = 0.4


@dataclass(frozen=True, kw_only=True)
class _Before:
    """The turn before.

    Args:
        draft: what was said.
        turn: what came of it.

    """

    draft: Draft
    turn: Turn

    @property
    def sort(self) -> str:
        """The sort of device that it was about."""
        return self.draft.sentence.sorts[0]

    def followed_by(self, sentence: Sentence, wanted: Wanted) -> Draft:
        """Return a sentence that goes back to it."""
        return Draft(
            kind="follow_up",
            sentence=sentence,
            speech="",
            calls=None,
            wanted=(wanted,),
            turn=self.turn,
            before=self.draft.sentence.text,
        )


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What a sentence that goes back says.

    Args:
        wanted: what is wanted.
        slots: what is said for its slots.
        mention: the device that is named, if one is.

    """

    wanted: Wanted
    slots: dict[str, str | Spoken] = field(default_factory=dict)
    mention: Mention | None = None


def follow_up(scene: Scene) -> Draft | None:
    """Return a sentence that goes back to the turn before."""
    if scene.rng.random() < _WITH_A_PRONOUN:
        return _about_it(scene)
    group, pattern = scene.patterns.follow_up(scene.rng)
    if group.follow in _REPLIES:
        return _reply(scene, group, pattern)
    if group.follow == "it":
        return _done_to_it(scene, group, pattern)
    return _the_same(scene, group, pattern)


def _before(scene: Scene) -> _Before | None:
    """Return a command, and the turn that it makes."""
    draft = command(scene, _KINDS, plain=True)
    if draft is None or not draft.calls:
        return None
    calls = tuple(scene.resolve(draft.calls))
    known = scene.house.home.entity_by_id
    before = {each: known[each] for call in calls for each in call.entity_ids}
    return _Before(draft=draft, turn=Turn(calls=calls, before=before))


def _about_it(scene: Scene) -> Draft | None:
    """Return a command whose device is only a pronoun."""
    before = _before(scene)
    wish = scene.wish_for(before.sort) if before is not None else None
    if before is None or wish is None or wish.one_by_one:
        return None
    mention = scene.mentions.pronoun(before.sort, many=_are_many(scene, before))
    (said,) = wish.wanted(mention.targets)
    if not isinstance(said, Call):
        return None
    arguments = {short_word(name): each for name, each in said.arguments.items()}
    wanted = Wanted(verb=verb_of(ACTIONS[said.action]), kind=IT, arguments=arguments)
    return before.followed_by(scene.wished(wish, mention), wanted)


def _are_many(scene: Scene, before: _Before) -> bool:
    """Return whether several devices were spoken of, or one that is called like several."""
    ids, house = before.turn.entity_ids, scene.house
    return len(ids) > 1 or any(house.is_plural(house.names[each]) for each in ids)


def _done_to_it(scene: Scene, group: Group, pattern: Pattern) -> Draft | None:
    """Return "turn it up", "back off": words that stand for no device at all."""
    before = _before(scene)
    if before is None or (group.about and kind_of_sort(before.sort) not in group.about):
        return None
    arguments: dict[str, Value] = dict(group.arguments)
    slots = scene.kinds(before.sort)
    values = []
    for slot in sorted(pattern.template.slot_names & facts().slots.keys()):
        argument = short_word(facts().slots[slot].argument)
        arguments[argument], said = value(slot, scene.house.language, scene.rng, pattern)
        slots[slot] = said
        values.append(said)
    sorts = before.draft.sentence.sorts
    sentence = scene.sentence(pattern, slots, sorts, None, tuple(values))
    return before.followed_by(sentence, Wanted(verb=group.verb_said, kind=IT, arguments=arguments))


def _the_same(scene: Scene, group: Group, pattern: Pattern) -> Draft | None:
    """Return "and the bedroom", "the other one too", "undo that", "again"."""
    before = _before(scene)
    if before is None:
        return None
    said: _Said | None
    if group.follow in ("undo", "again"):
        said = _Said(wanted=Wanted(verb=group.follow))
    elif group.follow in PICKED:
        said = _picked(scene, group, before.sort)
    elif group.scope == "house":
        everywhere = Call(action="", devices=(EVERYWHERE,))
        said = _Said(wanted=Wanted(verb=SAME, target=everywhere))
    else:
        said = _another(scene, pattern, before)
    return _drafted(scene, pattern, before, said)


def _picked(scene: Scene, group: Group, sort: str) -> _Said:
    return _Said(wanted=Wanted(verb=SAME, picked=group.follow), slots=scene.kinds(sort))


def _another(scene: Scene, pattern: Pattern, before: _Before) -> _Said | None:
    """Return another device of the sort that it was about, or its place."""
    touched = set(before.turn.entity_ids)
    others = [
        entity
        for entity in scene.house.home.entities
        if sort_of(entity) == before.sort and entity.entity_id not in touched
    ]
    return _named(scene, pattern, scene.rng.choice(others)) if others else None


def _reply(scene: Scene, group: Group, pattern: Pattern) -> Draft | None:
    """Return what is said to the question which one is meant."""
    draft = unclear(scene)
    asked = _asked(scene, draft) if draft is not None else None
    if draft is None or asked is None:
        return None
    before = _Before(draft=draft, turn=Turn(asked=asked))
    known = scene.house.home.entity_by_id
    found = [known[each] for each in asked.entity_ids]
    entity = scene.rng.choice(found)
    said = _picked(scene, group, sort_of(entity))
    if group.follow == "part":
        word = _own_word(scene, entity, found)
        if word is None:
            return None
        said = _Said(wanted=Wanted(verb=SAME), slots=said.slots | {"word": word})
    elif group.follow not in PICKED:
        return _drafted(scene, pattern, before, _named(scene, pattern, entity))
    return _drafted(scene, pattern, before, said)


def _asked(scene: Scene, draft: Draft) -> Unclear | None:
    """Return what is asked back to an unclear wish."""
    house = scene.house
    area = house.home.area_by_id[scene.speaker] if scene.speaker is not None else None
    heard = FORMAT.hear(draft.sentence.text, house.home, area, house.allowed)
    try:
        reply = heard.reply(draft.said, draft.speech)
    except CannotBeSaidError:
        return None
    events = list(heard.parser().feed(reply))
    return events[0] if len(events) == 1 and isinstance(events[0], Unclear) else None


def _own_word(scene: Scene, entity: Entity, others: list[Entity]) -> str | None:
    """Return a word of a name that no other candidate has."""
    parts = scene.house.language.parts
    own = parts(entity.name.lower())
    rest = {word for other in others if other is not entity for word in parts(other.name.lower())}
    telling = [word for word in own if word not in rest and word.isalpha()]
    return telling[0] if telling else None


def _named(scene: Scene, pattern: Pattern, entity: Entity) -> _Said | None:
    """Return what a pattern says that names a device, or the place that it is in."""
    house, names = scene.house, pattern.template.slot_names
    slots = scene.kinds(sort_of(entity))
    if "target" in names:
        mention = scene.mentions.device(entity)
        if mention is None:
            return None
        target = replace(mention.targets[0].said, kind="")
        kind = kind_of(entity.domain, entity.device_class)
        wanted = Wanted(verb=SAME, kind=kind, target=target)
        return _Said(wanted=wanted, slots=slots | {"target": mention}, mention=mention)
    if "area" in names and entity.area_id is not None:
        slots["area"] = house.names[entity.area_id]
        target = Call(action="", area=house.area_line[entity.area_id])
        return _Said(wanted=Wanted(verb=SAME, target=target), slots=slots)
    area = house.home.area_by_id.get(entity.area_id or "")
    if "floor" in names and area is not None and area.floor_id in house.floor_line:
        slots["floor"] = house.names[str(area.floor_id)]
        target = Call(action="", floor=house.floor_line[str(area.floor_id)])
        return _Said(wanted=Wanted(verb=SAME, target=target), slots=slots)
    return None


def _drafted(scene: Scene, pattern: Pattern, before: _Before, said: _Said | None) -> Draft | None:
    if said is None:
        return None
    sorts = before.draft.sentence.sorts
    sentence = scene.sentence(pattern, said.slots, sorts, said.mention)
    return before.followed_by(sentence, said.wanted)
