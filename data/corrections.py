"""Slips of the tongue: another device, another value, or nothing after all, in the same breath."""

from collections.abc import Sequence
from dataclasses import replace

from home_llm_core.parser import Say

from .commands import carried_out, command
from .scenes import Draft, Scene, Wish
from .targets import Mention
from .templates import Spoken, Template

_KINDS = ("direct", "value", "color", "temperature")
_CANCELLED = 0.3
_A_VALUE = 0.5
_A_ROOM = 0.3
_TWO = 2
_NOTHING = "nothing"


def correction(scene: Scene) -> Draft | None:
    """Return a command that is corrected, or taken back, before the sentence is over."""
    scopes = scene.house.language.targets
    if "corrected" not in scopes or "cancelled" not in scopes:
        return None
    if scene.rng.random() < _CANCELLED:
        return _cancelled(scene, scopes["cancelled"]["full"])
    wish = _plain_wish(scene)
    if wish is None:
        return None
    is_value = len(wish.said) == 1 and scene.rng.random() < _A_VALUE
    correct = _another_value if is_value else _another_target
    return correct(scene, wish, scopes["corrected"]["full"])


def _cancelled(scene: Scene, joints: Sequence[Template]) -> Draft | None:
    """Return a command that is taken back."""
    draft = command(scene, _KINDS, plain=True)
    if draft is None:
        return None
    text = scene.rng.choice(joints).say(scene.rng, {"b": draft.sentence.text})
    return Draft(
        kind="not_a_request",
        sentence=replace(draft.sentence, text=text),
        speech=scene.reply(_NOTHING, {}),
        wanted=(Say(key=_NOTHING),),
    )


def _plain_wish(scene: Scene) -> Wish | None:
    """Return a wish whose words stand in the form in which a correction has them, too."""
    sort = scene.rng.choices(scene.house.sorts, cum_weights=scene.house.sort_weights)[0]
    found = scene.patterns.command_for(sort, scene.rng, _KINDS)
    if found is None or found[0].scope:
        return None
    template = found[1].template
    is_plain = not any(template.form_of(name) for name in template.slot_names)
    return scene.wish(*found, sort) if is_plain and "target" in template.slot_names else None


def _another_target(scene: Scene, wish: Wish, joints: Sequence[Template]) -> Draft | None:
    """Return a command for one thing, and then for another: "the lamp, no, the fan"."""
    both = _rooms(scene, wish) if scene.rng.random() < _A_ROOM else _devices(scene, wish)
    if len(both) != _TWO:
        return None
    wrong, right = both
    return _corrected(scene, joints, (wish, wrong), (wish, right), right)


def _another_value(scene: Scene, wish: Wish, joints: Sequence[Template]) -> Draft | None:
    """Return a command with one value, and then with another: "to fifty, no, sixty"."""
    meant = scene.wish(wish.group, wish.pattern, wish.sort)
    (said,) = meant.said.values()
    mentions = _devices(scene, meant)
    if not mentions or meant.arguments == wish.arguments or said in wish.said.values():
        return None
    return _corrected(scene, joints, (wish, mentions[0]), (meant, mentions[0]), said)


def _corrected(
    scene: Scene,
    joints: Sequence[Template],
    first: tuple[Wish, Mention],
    second: tuple[Wish, Mention],
    said: str | Spoken,
) -> Draft | None:
    """Return what is meant in the end, with what was said before; ``said`` is the correction."""
    draft = carried_out(scene, *second, {}, plain=True)
    if draft is None:
        return None
    before = scene.wished(*first).text
    text = scene.rng.choice(joints).say(scene.rng, {"a": said, "b": before})
    return replace(draft, sentence=replace(draft.sentence, text=text))


def _devices(scene: Scene, wish: Wish) -> list[Mention]:
    """Return two devices that a wish can be about, or as many as there are."""
    house = scene.house
    able = [e for e in house.of(wish.sort) if wish.can(e) and not house.has_namesakes(e)]
    chosen = scene.rng.sample(able, min(_TWO, len(able)))
    return [each for each in map(scene.mentions.device, chosen) if each is not None]


def _rooms(scene: Scene, wish: Wish) -> list[Mention]:
    """Return what is in two rooms, or in as many as have such a thing."""
    areas = scene.house.areas_with(wish.sort)
    chosen = scene.rng.sample(areas, min(_TWO, len(areas)))
    found = [scene.mentions.area(area_id, wish.sort) for area_id in chosen]
    return [each for each in found if each is not None]
