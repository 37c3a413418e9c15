"""Tests of the lines of a training set: every pattern, from the sentence to the call and back."""

from collections.abc import Callable, Mapping
from functools import lru_cache
import random
from typing import Any

from data.banks import Group, Pattern
from data.commands import command
from data.conditions import condition
from data.domains import domain_of, facts
from data.everything import everything
from data.follow_ups import follow_up
from data.houses import House
from data.noise import Distorted
from data.questions import question
from data.records import record
from data.requests import Request
from data.scenes import Draft, Scene
from data.talk import talk
from data.templates import Slot
from data.worded import worded
from home_llm_core.kinds import DOMAINS
from tests.data.homes import Chosen, scene

TRIES = 150
HOUSES = 30
SIZES = ((1, 2), (6, 12), (20, 30))
NOT_YET = ("same", "house")
"""The grammar has no "> same: all"."""

MAKERS: Mapping[str, Callable[[Scene, str], Draft | None]] = {
    "action": lambda where, _: command(where),
    "everything": lambda where, _: everything(where),
    "query": lambda where, _: question(where),
    "condition": lambda where, _: condition(where),
    "follow": lambda where, _: follow_up(where),
    "worded": worded,
    "talk": talk,
}


def request_of(group: Group, pattern: Pattern) -> tuple[House, Request] | None:
    """Return a request that is said with a pattern and the house it is said in, if there is one."""
    known, sorts = Chosen(group, pattern), sorts_for(group)
    for seed in range(TRIES):
        where = house_of(pattern.split, sorts, seed % HOUSES)
        areas = where.home.areas
        speaker = areas[seed % len(areas)].area_id if areas and seed % 2 else None
        draft = MAKERS[group.role](scene(where, seed, speaker, known), group.kind)
        if draft is not None and pattern in draft.sentence.patterns:
            heard = Distorted(text=draft.sentence.text, tags=(), courtesy=None)
            return where, Request(draft=draft, heard=heard, speaker=speaker)
    return None


@lru_cache(maxsize=4096)
def sorts_for(group: Group) -> tuple[str, ...]:
    """Return the sorts of devices of houses in which a group comes up."""
    domains = {group.domain} if group.domain in DOMAINS else set()
    if group.without:
        domains = {*DOMAINS}.difference(group.without)
    found = [
        sort
        for sort in facts().sorts
        if sort in group.sorts or group.is_about(sort) or domain_of(sort) in domains
    ]
    if group.role == "condition":  # There must be something to be done, too.
        found.append("light")
    return tuple(found or facts().sorts)


@lru_cache(maxsize=4096)
def house_of(split: str, sorts: tuple[str, ...], number: int) -> House:
    """Return a house with devices of some sorts: a small one or a larger one."""
    return house_with(sorts, split, random.Random(number), SIZES[number % len(SIZES)])


def line_of(where: House, request: Request, number: int = 1) -> dict[str, Any]:
    return record(where, [request], number)


def alike(group: Group, split: str) -> list[Pattern]:
    """Return patterns of a group in a split: one of all those with the same slots."""
    rng = random.Random(split)
    found: dict[frozenset[Slot], list[Pattern]] = {}
    for pattern in group.patterns:
        if pattern.split == split:
            found.setdefault(pattern.template.slots, []).append(pattern)
    return [rng.choice(patterns) for patterns in found.values()]
