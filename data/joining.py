"""Several commands become one sentence, and one list of what is wanted."""

from collections.abc import Sequence
from dataclasses import replace
import re

from home_llm_core.calls import EVERYWHERE, Call

from .scenes import Draft, Scene, Sentence
from .templates import Template

COMMANDS = ("direct", "elliptical", "value", "color", "relative", "temperature")
"""Kinds of requests that can share a verb or a place with others."""

SLOT = re.compile(r"\{[^}]*\}")
"""A slot of a pattern."""

_STOPS = re.compile(r"[,.;:?!，、。；：？！]")  # noqa: RUF001
_VARIED_LAST_JOINT = 0.6


def is_one_clause(source: str) -> bool:
    """Return whether a pattern has no stops, besides those in slots."""
    return _STOPS.search(SLOT.sub("", source)) is None


def joined(scene: Scene, drafts: Sequence[Draft], text: str) -> Draft:
    """Return commands as one request; ``text`` is how they are said together."""
    sentences = [draft.sentence for draft in drafts]
    return Draft(
        kind="several",
        sentence=Sentence(
            text=text,
            patterns=tuple(pattern for s in sentences for pattern in s.patterns),
            sorts=tuple(dict.fromkeys(sort for s in sentences for sort in s.sorts)),
            values=tuple(value for sentence in sentences for value in sentence.values),
        ),
        speech=scene.reply("several") if all(draft.calls for draft in drafts) else "",
        calls=_calls(drafts),
        wanted=tuple(each for draft in drafts for each in draft.said),
    )


def in_one_sentence(scene: Scene, drafts: Sequence[Draft], joints: Sequence[Template]) -> str:
    """Return commands one after another; the first joint is the plainest."""
    texts = [draft.sentence.text for draft in drafts]
    text = texts[-1]
    for number, before in enumerate(reversed(texts[:-1])):
        # Mostly the first joint, "and", comes last; before it there is more variety.
        plain = number == 0 and scene.rng.random() >= _VARIED_LAST_JOINT
        joint = joints[0] if plain else scene.rng.choice(joints)
        text = joint.say(scene.rng, {"a": before, "b": text})
    return text


def _calls(drafts: Sequence[Draft]) -> tuple[Call, ...] | None:
    """Return all calls; none where one of them follows only from what is said."""
    if any(draft.calls is None for draft in drafts):
        return None
    return in_one_list(tuple(call for draft in drafts for call in draft.calls or ()))


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
