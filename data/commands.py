"""Commands: a pattern, what it is about, and the calls that carry it out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from home_llm_core.actions import ACTIONS, features_needed, supports
from home_llm_core.calls import EVERYWHERE, Call, Wanted
from home_llm_core.errors import CallError
from home_llm_core.home import Entity, Value
from home_llm_core.parser import Say

from .banks import ANY, Group, Pattern
from .domains import domain_of
from .exclusions import all_but, another_left_alone, area, but_some, everywhere, floor
from .scenes import Draft, Scene, Wish
from .targets import Mention
from .templates import Spoken, Template
from .unclear import asking, unclear_wish

_TRIES = 8
_ABLE = 0.93
_OTHER_KIND = 0.5
_WITH_A_ROOM = 0.2
_THIRD = 0.15
_SOMETHING_ELSE = 0.4
_SAID_NOWHERE = 0.5
_VALUES = {
    "brightness": "brightness",
    "speed": "percentage",
    "position": "position",
    "volume": "volume_level",
    "humidity": "humidity",
    "degrees": "temperature",
}
_PLAIN_KINDS = ("direct", "value", "color", "temperature")
_Refer = Callable[[Scene, Wish], Mention | None]


def command(scene: Scene, kinds: tuple[str, ...] = (), *, plain: bool = False) -> Draft | None:
    """Return a command.

    Args:
        scene: where it is said.
        kinds: the kinds of pattern to choose from; by default any.
        plain: whether it must be one that can be carried out.

    """
    sort = _wished_for(scene)
    found = scene.patterns.command_for(sort, scene.rng, kinds)
    return command_of(scene, sort, *found, plain=plain) if found is not None else None


def command_of(
    scene: Scene, sort: str, group: Group, pattern: Pattern, *, plain: bool = False
) -> Draft | None:
    """Return a command that a pattern says.

    Args:
        scene: where it is said.
        sort: the sort of device that it is about.
        group: the pattern's group.
        pattern: the pattern.
        plain: whether it must be one that can be carried out.

    """
    if "target" not in pattern.template.slot_names and not group.sorts:
        # Who names no kind of thing means all that can do it.
        sort = domain_of(sort)
    others = {other for other in group.sorts if other != sort}
    if "target" not in pattern.template.slot_names and others & set(scene.house.sorts):
        return None  # "Let the sun in" means both blinds and curtains.
    wish = scene.wish(group, pattern, sort)
    slots: dict[str, str | Spoken] = {}
    mention: Mention | None
    if _says_what_it_is_about(wish):
        mention = _about(scene, wish, slots)
    elif scene.speaker is None and scene.rng.random() < _SAID_NOWHERE:
        return None
    else:
        mention = scene.mentions.implied(sort)
        if mention is None and not plain:
            return unclear_wish(scene, wish)
    return carried_out(scene, wish, mention, slots, plain=plain) if mention is not None else None


def left_alone(scene: Scene) -> Draft | None:
    """Return a command, and beside it what is left alone: one of those, or something else."""
    joints = scene.house.language.targets.get("left_alone")
    if joints is not None and scene.rng.random() < _SOMETHING_ELSE:
        return _something_else_left_alone(scene, joints["full"])
    sort = _wished_for(scene)
    found = scene.patterns.command_for(sort, scene.rng, _PLAIN_KINDS)
    if joints is None or found is None or "target" not in found[1].template.slot_names:
        return None
    wish = scene.wish(*found, sort)
    parts = but_some(scene, wish)
    if wish.one_by_one or wish.group.scope or parts is None:
        return None
    whole, _, but = parts
    mention = replace(scene.mentions.all_but(*parts), forms=whole.forms, plural=whole.plural)
    draft = carried_out(scene, wish, mention, {}, plain=True)
    if draft is None:
        return None
    joint = scene.rng.choice(joints["full"])
    text = joint.say(scene.rng, {"a": but, "b": draft.sentence.text})
    return replace(draft, sentence=replace(draft.sentence, text=text))


def _something_else_left_alone(scene: Scene, joints: Sequence[Template]) -> Draft | None:
    """Return a command for what it names, and beside it something that it is not about."""
    draft = command(scene, _PLAIN_KINDS, plain=True)
    if draft is None or not draft.calls or not all(map(_is_named, draft.said)):
        return None
    if not all("target" in p.template.slot_names for p in draft.sentence.patterns):
        return None
    other = another_left_alone(scene, frozenset(scene.touched(draft.calls)))
    if other is None:
        return None
    text = scene.rng.choice(joints).say(scene.rng, {"a": other, "b": draft.sentence.text})
    return replace(draft, kind="exclusion", sentence=replace(draft.sentence, text=text))


def _is_named(said: Call | Wanted | Say) -> bool:
    """Return whether devices were named, and nothing of them left out."""
    if not isinstance(said, Call) or said.excluding:
        return False
    return bool(said.devices) and EVERYWHERE not in said.devices


def _says_what_it_is_about(wish: Wish) -> bool:
    """Return whether a sentence names a thing or a place, if only the house."""
    named = not wish.pattern.template.slot_names.isdisjoint(("target", "area", "floor"))
    return named or wish.group.scope in ("only", "house", "here_or_house", "room")


def _about(scene: Scene, wish: Wish, slots: dict[str, str | Spoken]) -> Mention | None:
    """Return what a sentence is about that names it, and fill the slots for it."""
    names, sort = wish.pattern.template.slot_names, wish.sort
    if wish.group.scope in _SCOPES:
        return _SCOPES[wish.group.scope](scene, wish, slots)
    if "target" in names:
        return _mention(scene, wish)
    if "floor" in names:
        return _whole_floor(scene, wish, slots)
    if "area" in names:
        areas = scene.house.areas_with(sort)
        return _whole_area(scene, wish, scene.rng.choice(areas) if areas else None, slots)
    if wish.group.scope == "here_or_house":
        return scene.mentions.here_or_everywhere(sort)
    return scene.mentions.implied_everywhere(sort)


def _wished_for(scene: Scene) -> str:
    """Return a sort of the house: the more devices, the more often, though not in proportion."""
    return scene.rng.choices(scene.house.sorts, cum_weights=scene.house.sort_weights)[0]


def _only_one(scene: Scene, wish: Wish, slots: dict[str, str | Spoken]) -> Mention | None:
    """Return the only device of a sort, whatever room is spoken of."""
    areas, found = scene.house.home.areas, scene.house.of(wish.sort)
    if len(found) != 1 or not areas:
        return None
    slots["area"] = scene.house.names[scene.rng.choice(areas).area_id]
    is_named = "target" in wish.pattern.template.slot_names
    return scene.mentions.named(found[0]) if is_named else scene.mentions.device(found[0])


def _by_name(scene: Scene, wish: Wish, slots: dict[str, str | Spoken]) -> Mention | None:
    """Return a device that is called by its name, perhaps with the place where it is."""
    entity = _some(scene, wish)
    names = wish.pattern.template.slot_names
    return scene.by_name(entity, names, slots) if entity is not None else None


def _in_this_room(scene: Scene, wish: Wish, _: dict[str, str | Spoken]) -> Mention | None:
    """Return what is in the speaker's room, if that is known."""
    return scene.mentions.in_this_room(wish.sort)


_SCOPES: Mapping[str, Callable[[Scene, Wish, dict[str, str | Spoken]], Mention | None]] = {
    "only": _only_one,
    "device": _by_name,
    "room": _in_this_room,
}


def _whole_area(
    scene: Scene, wish: Wish, area_id: str | None, slots: dict[str, str | Spoken]
) -> Mention | None:
    """Return what is meant where a room stands for what is in it."""
    if area_id is None or scene.house.names[area_id].plain in scene.house.called:
        return None
    slots["area"] = scene.house.names[area_id]
    return scene.mentions.implied_in(area_id, wish.sort)


def _whole_floor(scene: Scene, wish: Wish, slots: dict[str, str | Spoken]) -> Mention | None:
    """Return what is meant where a floor stands for what is on it."""
    home = scene.house.home
    floors = [f.floor_id for f in home.floors if scene.house.on_floor(f.floor_id, wish.sort)]
    if not floors:
        return None
    floor_id = scene.rng.choice(floors)
    slots["floor"] = scene.house.names[floor_id]
    return scene.mentions.implied_on(floor_id, wish.sort)


def carried_out(
    scene: Scene, wish: Wish, mention: Mention, slots: dict[str, str | Spoken], *, plain: bool
) -> Draft | None:
    """Return the command that does what is wished to what is mentioned."""
    if wish.one_by_one:
        for target in mention.targets:
            found = scene.mentions.meant(target)
            if len(found) > 1 and not target.named:
                return None if plain else asking(scene, wish, mention, found, slots)
    said = wish.wanted(mention.targets)
    if wish.one_by_one:
        mention = scene.mentions.by_name(mention)
    calls = wish.calls(scene.able(wish, mention.targets))
    try:
        scene.resolve(calls)
    except CallError as error:
        known = error.reason in ("unavailable", "unsupported") and not _is_to_unlock(wish, error)
        if plain or not known or len(calls) > 1 or mention.scope in ("several", "exclusion"):
            return None
        key = _refusal(scene, error, calls[0])
        kind = "unavailable" if key == "unavailable" else "absent_ability"
        speech = scene.reply(key, {"subject": mention.subject}, many=mention.many)
        sentence = scene.wished(wish, mention, slots)
        return Draft(kind=kind, sentence=sentence, speech=speech, wanted=said)
    values = dict(wish.said)
    for slot, argument in _VALUES.items():
        if argument in wish.arguments:
            values[slot] = str(wish.arguments[argument])
    if "hvac_mode" in wish.arguments:
        values["hvac_mode"] = _plain_word("hvac_mode", wish.arguments["hvac_mode"], scene)
    spoken = {"subject": mention.subject, **values}
    speech = scene.reply(wish.group.reply, spoken, many=mention.many)
    kind = _kind(wish.group.kind, mention.scope)
    sentence = scene.wished(wish, mention, slots)
    return Draft(kind=kind, sentence=sentence, speech=speech, calls=calls, wanted=said)


def _is_to_unlock(wish: Wish, error: CallError) -> bool:
    """Return whether a lock that opens no door is to be opened: then it is unlocked instead."""
    is_opened = domain_of(wish.sort) == "lock" and wish.group.verb == "open"
    return is_opened and error.reason == "unsupported"


def _plain_word(slot: str, value: Value, scene: Scene) -> str:
    """Return the first of the words that the banks have for a value."""
    phrases = scene.house.language.values[slot]
    return next((p.say[0].source for p in phrases if p.value == value), str(value))


def _refusal(scene: Scene, error: CallError, call: Call) -> str:
    """Return the key of the reply for a call that cannot be carried out."""
    if error.reason == "unavailable":
        return "unavailable"
    action = ACTIONS[call.action]
    wanted = features_needed(action, call.arguments)
    found = [e for e in scene.house.home.of_domain(action.domain) if e.name == error.name]
    lacking = [f for f in wanted if not all(supports(entity, f) for entity in found)]
    key = f"cannot_{(lacking or wanted)[0]}"
    return key if key in scene.house.language.replies else "cannot"


def _kind(kind: str, scope: str) -> str:
    """Return the kind of request: what it refers to tells more than how it is worded."""
    if scope in ("satellite", "only_one") and kind == "implicit":
        return kind
    if scope in ("satellite", "only_one", "exclusion", "several"):
        return scope
    if kind == "direct" and scope in ("area", "floor", "house"):
        return scope
    return kind


def _mention(scene: Scene, wish: Wish) -> Mention | None:
    if wish.sort not in scene.house.sorts:
        return None
    for _ in range(_TRIES):
        refer, _weight = scene.rng.choices(_REFERENCES, cum_weights=_WEIGHTS)[0]
        mention = refer(scene, wish)
        if mention is not None:
            return mention
    return _device(scene, wish)


def _some(scene: Scene, wish: Wish) -> Entity | None:
    found = scene.house.of(wish.sort)
    able = [entity for entity in found if wish.can(entity)]
    pool = able if able and scene.rng.random() < _ABLE else found
    return scene.rng.choice(pool) if pool else None


def _device(scene: Scene, wish: Wish) -> Mention | None:
    entity = _some(scene, wish)
    return scene.mentions.device(entity) if entity is not None else None


def _pair(scene: Scene, wish: Wish) -> Mention | None:
    """Return a mention of two or three things."""
    rng, other = scene.rng, wish
    if wish.group.domain == ANY and rng.random() < _OTHER_KIND:
        sort = rng.choice(scene.house.sorts)
        if wish.group.fits(sort):
            other = scene.wish(wish.group, wish.pattern, sort)
    parts = [_device(scene, wish)]
    parts.append((area if rng.random() < _WITH_A_ROOM else _device)(scene, other))
    if rng.random() < _THIRD:
        parts.append(_device(scene, wish))
    mentions = [part for part in parts if part is not None]
    if len(mentions) < len(parts) or not _apart(scene, wish, mentions):
        return None
    whole = mentions[-1]
    for mention in reversed(mentions[:-1]):
        whole = scene.mentions.both(mention, whole)
    return whole


def _apart(scene: Scene, wish: Wish, mentions: list[Mention]) -> bool:
    """Return whether things can all be reached and have no device in common."""
    touched: set[str] = set()
    try:
        for mention in mentions:
            found = scene.touched(wish.calls(mention.targets))
            if found & touched:
                return False
            touched |= found
    except CallError:
        return False
    return True


def _kind_alone(scene: Scene, wish: Wish) -> Mention | None:
    return scene.mentions.kind(wish.sort)


def _here(scene: Scene, wish: Wish) -> Mention | None:
    return scene.mentions.kind(wish.sort, here=True)


_REFERENCES: tuple[tuple[_Refer, int], ...] = (
    (_device, 50),
    (_pair, 8),
    (area, 18),
    (floor, 8),
    (everywhere, 5),
    (_kind_alone, 16),
    (_here, 4),
    (all_but, 8),
)
_WEIGHTS = tuple(accumulate(weight for _, weight in _REFERENCES))
