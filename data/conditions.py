"""Wishes that depend on something: "if it is above twenty, close the blinds"."""

from dataclasses import replace

from .commands import command
from .questions import asking_about
from .scenes import Draft, Scene, Sentence

_TURNED_ROUND = 0.15
_OTHER = {"if": "unless", "unless": "if"}
_KINDS = ("direct", "value", "color", "relative", "temperature")


def condition(scene: Scene) -> Draft | None:
    """Return a command with a clause on which it depends."""
    group, pattern = scene.patterns.condition(scene.rng)
    asked = asking_about(scene, group, pattern)
    wish = command(scene, _KINDS, plain=True)
    if asked is None or wish is None or not _names_something(wish):
        return None
    joint, verb = "if", group.condition
    if scene.rng.random() < _TURNED_ROUND:
        joint, verb = "unless", _OTHER[verb]
    joints = scene.house.language.targets["conditional"][joint]
    text = scene.rng.choice(joints).say(
        scene.rng, {"a": asked.sentence.text, "b": wish.sentence.text}
    )
    clause, command_said = asked.sentence, wish.sentence
    return Draft(
        kind="condition",
        sentence=Sentence(
            text=text,
            patterns=(*clause.patterns, *command_said.patterns),
            sorts=tuple(dict.fromkeys((*command_said.sorts, *clause.sorts))),
            values=(*clause.values, *command_said.values),
        ),
        speech="",
        calls=None,
        wanted=(replace(asked.wanted, verb=verb), *wish.said),
    )


def _names_something(draft: Draft) -> bool:
    return all(p.template.slot_names & {"target", "area"} for p in draft.sentence.patterns)
