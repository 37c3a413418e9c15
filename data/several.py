"""Sentences with several commands, lists, timers and questions among them."""

from collections.abc import Callable
from dataclasses import replace

from home_llm_core.calls import Call
from home_llm_core.errors import CallError

from .commands import command
from .domains import domain_of
from .joining import in_one_sentence, joined
from .one_place import begins_with, ends_with, in_one_place, is_of_a_room, the_same_elsewhere
from .one_verb import in_two_places, with_one_verb
from .questions import question
from .scenes import Draft, Scene
from .worded import worded

_COUNTS = (2, 3, 4)
_COUNT_WEIGHTS = (70, 22, 8)
_TRIES_EACH = 4
_KINDS = ("direct", "elliptical", "value", "color", "relative", "temperature")
_ALIKE = 0.3
_ALIKE_KINDS = (("color", "temperature"), ("value",), ("value", "relative"))
_NOT_JOINED = ("exclusion", "several", "house")
_OTHER = 0.2
_WORDED = ("timer", "todo", "value")
_WITH_A_PRONOUN = 0.12
_SHARED = 0.42
_CLIPPED = 0.1
_SHARED_WEIGHTS = (42, 38, 10, 10)  # A place, a verb, all but the place, the kind.
_TRIES = 8


def several(scene: Scene) -> Draft | None:
    """Return two to four commands in one sentence."""
    count = scene.rng.choices(_COUNTS, _COUNT_WEIGHTS)[0]
    chance = scene.rng.random()
    if not scene.house.language.shared or chance >= _SHARED + _CLIPPED:
        return _one_after_another(scene, count)
    if chance >= _SHARED:
        return _one_after_another(scene, count, clipped=True)
    makers: tuple[Callable[[], Draft | None], ...] = (
        lambda: in_one_place(scene, count),
        lambda: with_one_verb(scene, count),
        lambda: the_same_elsewhere(scene),
        lambda: in_two_places(scene),
    )
    make = scene.rng.choices(makers, _SHARED_WEIGHTS)[0]
    # It seldom comes to something at the first go.
    tries = (make() for _ in range(_TRIES))
    return next((draft for draft in tries if draft is not None), None)


def _one_after_another(scene: Scene, count: int, *, clipped: bool = False) -> Draft | None:
    """Return commands that share nothing; clipped ones are as short as they can be."""
    language = scene.house.language
    joints = language.shared["joints"] if clipped else language.targets["commands"]["full"]
    drafts: list[Draft] = []
    touched: set[str] = set()
    # "The left lamp blue and the right one red": the same is set to different values.
    kinds = scene.rng.choice(_ALIKE_KINDS) if scene.rng.random() < _ALIKE else _KINDS
    kinds = ("elliptical",) if clipped else kinds
    for _ in range(count * _TRIES_EACH):
        is_other = not clipped and scene.rng.random() < _OTHER
        draft = _other(scene) if is_other else _command(scene, kinds)
        if draft is None:
            continue
        found = scene.touched(draft.calls or ())
        if found & touched:
            continue
        touched |= found
        drafts.append(draft)
        if len(drafts) == count:
            break
    if len(drafts) > 1 and scene.rng.random() < _WITH_A_PRONOUN:
        drafts[1:] = [_done_to_it(scene, drafts[0]) or drafts[1]]
    if len(drafts) < 2:  # noqa: PLR2004 - several
        return None
    text = in_one_sentence(scene, drafts, joints)
    return None if _seems_shared(scene, drafts, text) else joined(scene, drafts, text)


def _seems_shared(scene: Scene, drafts: list[Draft], text: str) -> bool:
    """Return whether a room seems to be said for all: "blinds down and fan off in the den"."""
    is_open = any(
        draft.kind in ("satellite", "only_one") and any(map(is_of_a_room, draft.sentence.sorts))
        for draft in drafts
    )
    said = [each for draft in drafts for each in draft.said if isinstance(each, Call)]
    printed = scene.house.printed
    ids = {printed.areas[c.area] for c in said if c.area} | {
        printed.floors[c.floor] for c in said if c.floor
    }
    names = [scene.house.names[each] for each in ids]
    return is_open and any(begins_with(text, n) or ends_with(text, n) for n in names)


def _command(scene: Scene, kinds: tuple[str, ...]) -> Draft | None:
    draft = command(scene, kinds, plain=True)
    if draft is None or not draft.calls or draft.kind in _NOT_JOINED:
        return None
    return draft if _names_something(draft) else None


def _other(scene: Scene) -> Draft | None:
    """Return what is asked for along with commands: an item, a timer, an option, an answer."""
    kind = scene.rng.choice((*_WORDED, "question"))
    return question(scene) if kind == "question" else worded(scene, kind)


def _done_to_it(scene: Scene, first: Draft) -> Draft | None:
    """Return another command for what the first one is about: "turn it on and set it to 30 %"."""
    said = first.said[0] if len(first.said) == 1 else None
    if first.calls is None or not isinstance(said, Call):
        return None
    sort = first.sentence.sorts[0]
    wish = scene.wish_for(sort)
    if wish is None or wish.one_by_one or said.action.split(".")[0] != domain_of(sort):
        return None
    ids = scene.touched(first.calls)
    house = scene.house
    many = len(ids) > 1 or any(house.is_plural(house.names[each]) for each in ids)
    mention = scene.mentions.pronoun(sort, many=many)
    (asked,) = wish.wanted(mention.targets)
    if not isinstance(asked, Call) or asked.action == said.action:
        return None
    action, arguments = asked.action, asked.arguments
    calls = tuple(replace(call, action=action, arguments=arguments) for call in first.calls)
    try:
        scene.resolve(calls)
    except CallError:
        return None
    return Draft(
        kind=first.kind,
        sentence=scene.wished(wish, mention),
        speech="",
        calls=calls,
        wanted=(replace(said, action=action, arguments=arguments),),
    )


def _names_something(draft: Draft) -> bool:
    """Return whether it says what it is about: "and dimmer" would mean what comes before."""
    return all(p.template.slot_names & {"target", "area"} for p in draft.sentence.patterns)
