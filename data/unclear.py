"""Requests that could mean several things, so that the home asks back and does nothing."""

from collections.abc import Mapping

from home_llm_core.home import Entity

from .domains import domain_of, facts, sort_of
from .scenes import Draft, Scene, Wish
from .targets import Mention, Target
from .templates import Spoken

_MOST_CANDIDATES = 3
_BY_KIND = 0.3


def unclear(scene: Scene) -> Draft | None:
    """Return "turn on the light" where several could be meant."""
    house = scene.house
    sorts = [sort for sort in house.sorts if len(house.of(sort)) > 1]
    if not sorts:
        return None
    sort = scene.rng.choices(sorts, [facts().sorts[sort] for sort in sorts])[0]
    wish = scene.wish_for(sort)
    if wish is None:
        return None
    shared = _shared_names(scene, sort)
    if shared and scene.rng.random() >= _BY_KIND:
        name = scene.rng.choice(shared)
        found = house.called[name]
        forms, _ = scene.mentions.say("device", {"name": house.names[found[0].entity_id]})
        any_of_them = Target(sort=sort, devices=(house.device_line[found[0].entity_id],))
        return asking(scene, wish, Mention(forms=forms, targets=(any_of_them,)), found)
    mention = scene.mentions.some(sort)
    if mention is None or _is_clear(scene, sort):
        return None
    return asking(scene, wish, mention, house.of(sort))


def unclear_wish(scene: Scene, wish: Wish) -> Draft | None:
    """Return a wish that names nothing, where several things could be meant."""
    found = scene.house.of(wish.sort)
    if len(found) < 2 or _is_clear(scene, wish.sort):  # noqa: PLR2004 - one alone would be clear
        return None
    unnamed = Mention(forms={"full": "", "bare": ""}, targets=(Target(sort=wish.sort),))
    return asking(scene, wish, unnamed, found)


def _is_clear(scene: Scene, sort: str) -> bool:
    """Return whether a kind alone means something, if only the curtains for want of blinds."""
    domain = domain_of(sort)
    here = scene.speaker is not None and scene.house.home.in_area(scene.speaker, domain)
    return bool(here) or scene.mentions.implied(sort) is not None


def _shared_names(scene: Scene, sort: str) -> list[str]:
    """Return the names that several devices have, none of which is where the speaker stands."""
    return [
        name
        for name, found in sorted(scene.house.called.items())
        if len(found) > 1
        and all(sort_of(e) == sort for e in found)
        and all(e.area_id is None or e.area_id != scene.speaker for e in found)
    ]


def asking(
    scene: Scene,
    wish: Wish,
    mention: Mention,
    found: tuple[Entity, ...],
    slots: Mapping[str, str | Spoken] | None = None,
) -> Draft:
    """Return a wish that is answered by asking which of several devices is meant.

    Args:
        scene: where it is said.
        wish: what is wished.
        mention: how the devices are referred to.
        found: the devices.
        slots: what is said for slots other than the target.

    """
    spoken = scene.reply_kinds(wish.sort) | {"candidates": _candidates(scene, found)}
    speech = scene.reply("unclear", spoken, many=mention.plural)
    sentence = scene.wished(wish, mention, slots)
    said = wish.wanted(mention.targets)
    return Draft(kind="unclear", sentence=sentence, speech=speech, wanted=said)


def _candidates(scene: Scene, found: tuple[Entity, ...]) -> str:
    """Return what may be meant: rooms if they tell the devices apart, else names."""
    house = scene.house
    order = list(house.printed.devices.values())
    found = tuple(sorted(found, key=lambda entity: order.index(entity.entity_id)))
    areas = list(dict.fromkeys(e.area_id for e in found if e.area_id))
    if len(areas) == 1 or not all(e.area_id for e in found):
        names = [scene.told_apart(entity) for entity in found[:_MOST_CANDIDATES]]
    else:
        names = [_ones_in(scene, area_id, found) for area_id in areas[:_MOST_CANDIDATES]]
    return scene.listed(names, "or")


def _ones_in(scene: Scene, area_id: str, found: tuple[Entity, ...]) -> str:
    count = sum(entity.area_id == area_id for entity in found)
    templates = scene.house.language.replies["ones_in_area"]["one" if count == 1 else "many"]
    return scene.rng.choice(templates).say(scene.rng, {"area": scene.house.names[area_id]})
