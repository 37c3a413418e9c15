"""Sentences with several commands, lists, timers and questions among them."""

from dataclasses import replace

from home_llm_core.calls import EVERYWHERE, Call
from home_llm_core.errors import CallError

from .commands import command
from .domains import domain_of
from .questions import question
from .scenes import Draft, Scene, Sentence
from .worded import worded

_COUNTS = (2, 3, 4)
_COUNT_WEIGHTS = (70, 22, 8)
_TRIES_EACH = 4
_VARIED_LAST_JOINT = 0.6
_KINDS = ("direct", "elliptical", "value", "color", "relative", "temperature")
_ALIKE = 0.3
_ALIKE_KINDS = (("color", "temperature"), ("value",), ("value", "relative"))
_NOT_JOINED = ("exclusion", "several", "house")
_OTHER = 0.2
_WORDED = ("timer", "todo", "value")
_WITH_A_PRONOUN = 0.12


def several(scene: Scene) -> Draft | None:
    """Return two to four commands in one sentence."""
    count = scene.rng.choices(_COUNTS, _COUNT_WEIGHTS)[0]
    drafts: list[Draft] = []
    touched: set[str] = set()
    # "The left lamp blue and the right one red": the same is set to different values.
    kinds = scene.rng.choice(_ALIKE_KINDS) if scene.rng.random() < _ALIKE else _KINDS
    for _ in range(count * _TRIES_EACH):
        draft = _other(scene) if scene.rng.random() < _OTHER else _command(scene, kinds)
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
    return _joined(scene, drafts) if len(drafts) > 1 else None


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


def _joined(scene: Scene, drafts: list[Draft]) -> Draft:
    sentences = [draft.sentence for draft in drafts]
    return Draft(
        kind="several",
        sentence=Sentence(
            text=_in_one_sentence(scene, [sentence.text for sentence in sentences]),
            patterns=tuple(pattern for s in sentences for pattern in s.patterns),
            sorts=tuple(dict.fromkeys(sort for s in sentences for sort in s.sorts)),
            values=tuple(value for sentence in sentences for value in sentence.values),
        ),
        speech=scene.reply("several") if all(draft.calls for draft in drafts) else "",
        calls=_calls(drafts),
        wanted=tuple(each for draft in drafts for each in draft.said),
    )


def _calls(drafts: list[Draft]) -> tuple[Call, ...] | None:
    """Return all calls; none where one of them follows only from what is said."""
    if any(draft.calls is None for draft in drafts):
        return None
    return in_one_list(tuple(call for draft in drafts for call in draft.calls or ()))


def _in_one_sentence(scene: Scene, texts: list[str]) -> str:
    joints = scene.house.language.targets["commands"]["full"]
    text = texts[-1]
    for number, before in enumerate(reversed(texts[:-1])):
        # Mostly the first joint, "and", comes last; before it there is more variety.
        plain = number == 0 and scene.rng.random() >= _VARIED_LAST_JOINT
        joint = joints[0] if plain else scene.rng.choice(joints)
        text = joint.say(scene.rng, {"a": before, "b": text})
    return text


def in_one_list(calls: tuple[Call, ...]) -> tuple[Call, ...]:
    """Return calls with named devices of the same action and arguments in one list."""
    merged: list[Call] = []
    for call in calls:
        for at, other in enumerate(merged):
            same = call.action == other.action and call.arguments == other.arguments
            if same and _is_named(call) and _is_named(other):
                devices = tuple(dict.fromkeys(other.devices + call.devices))
                merged[at] = replace(other, devices=devices)
                break
        else:
            merged.append(call)
    return tuple(merged)


def _is_named(call: Call) -> bool:
    return bool(call.devices) and EVERYWHERE not in call.devices
