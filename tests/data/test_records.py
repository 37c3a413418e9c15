"""Tests of the lines of a training set: every group of patterns, from the sentence to the call."""

from collections.abc import Callable, Mapping
from functools import lru_cache
import json
import random
from typing import Any

import pytest

from data.banks import Group, Pattern
from data.checks import check
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
from data.schema import load
from data.splits import SPLITS
from data.talk import talk
from data.templates import Slot
from data.worded import worded
from home_llm_core.calls import Wanted
from home_llm_core.formats import get_format
from home_llm_core.kinds import DOMAINS
from home_llm_core.turns import turn_from_dict
from tests.data.homes import CODES, Chosen, device, home, house, house_with, only, scene

TRIES = 150
HOUSES = 30
SIZES = ((1, 2), (6, 12), (20, 30))
MAKERS: Mapping[str, Callable[[Scene, str], Draft | None]] = {
    "action": lambda where, _: command(where),
    "everything": lambda where, _: everything(where),
    "query": lambda where, _: question(where),
    "condition": lambda where, _: condition(where),
    "follow": lambda where, _: follow_up(where),
    "worded": worded,
    "talk": talk,
}


def request_of(code: str, group: Group, pattern: Pattern) -> tuple[House, Request] | None:
    """Return a request that is said with a pattern and the house it is said in, if there is one."""
    known, sorts = Chosen(group, pattern, code), sorts_for(group)
    for seed in range(TRIES):
        where = house_of(code, pattern.split, sorts, seed % HOUSES)
        areas = where.home.areas
        speaker = areas[seed % len(areas)].area_id if areas and seed % 2 else None
        draft = MAKERS[group.role](scene(where, seed, speaker, known), group.kind)
        if draft is not None and pattern in draft.sentence.patterns:
            return where, said(draft, speaker)
    return None


def said(draft: Draft, speaker: str | None = None) -> Request:
    """Return a request that arrives as it is said."""
    heard = Distorted(text=draft.sentence.text, tags=(), courtesy=None)
    return Request(draft=draft, heard=heard, speaker=speaker)


def sorts_for(group: Group) -> tuple[str, ...]:
    """Return the sorts of devices of houses in which a group comes up."""
    domains = {group.domain} if group.domain in DOMAINS and not group.sorts else set()
    found = {
        sort
        for sort in facts().sorts
        if sort in group.sorts or group.is_about(sort) or domain_of(sort) in domains
    }
    if group.role == "condition":  # There must be something to be done, too.
        found.add("light")
    return tuple(sort for sort in facts().sorts if not found or sort in found)


@lru_cache(maxsize=4096)
def house_of(code: str, split: str, sorts: tuple[str, ...], number: int) -> House:
    """Return a house with devices of some sorts: a small one or a larger one."""
    return house_with(sorts, code, split, random.Random(number), SIZES[number % len(SIZES)])


def alike(group: Group, split: str) -> list[Pattern]:
    """Return patterns of a group in a split: one of all those with the same slots."""
    rng = random.Random(split)
    found: dict[frozenset[Slot], list[Pattern]] = {}
    for pattern in group.patterns:
        if pattern.split == split:
            found.setdefault(pattern.template.slots, []).append(pattern)
    return [rng.choice(patterns) for patterns in found.values()]


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("code", CODES)
def test_every_group_comes_up_and_what_comes_of_it_is_right(code: str, split: str) -> None:
    silent, unsaid, wrong = set(), [], {}
    for group in load(code).groups:
        for pattern in alike(group, split):
            found = request_of(code, group, pattern)
            if found is None:
                silent.add(pattern.id)
                continue
            where, request = found
            line = record(where, [request], 1)
            wrong[pattern.id] = list(check(line))
            if not line["requests"][0]["messages"][1]["content"]:
                unsaid.append(line["requests"][0]["record"]["text"])

    assert {name: problems for name, problems in wrong.items() if problems} == {}
    assert silent == set()
    assert len(unsaid) <= 0.02 * len(wrong), unsaid


def study(*, state: str = "off") -> House:
    return house(
        home(
            device("light.a", "Desk Lamp", "study", state=state),
            device("light.b", "Spotty", "hall"),
            areas=("study", "hall"),
        )
    )


def line_of(where: House, draft: Draft) -> dict[str, Any]:
    return record(where, [said(draft)], 7)


def drafted(make: Callable[[Scene], Draft | None], where: House, *patterns: str) -> Draft:
    """Return the first sentence that somebody makes with some patterns."""
    known = only(*patterns)
    made = (make(scene(where, seed, patterns=known)) for seed in range(100))
    return next(draft for draft in made if draft is not None)


def test_a_line_is_json_and_names_its_format() -> None:
    where = study()
    line = line_of(where, drafted(command, where, "turn on {target}"))

    assert json.loads(json.dumps(line)) == line
    assert line["id"] == "train-000007"
    assert (line["split"], line["language"], line["format"]) == ("train", "en", "tiny-6")
    assert get_format(line["format"]).name == "tiny-6"
    assert line["domains"] == list(where.domains)


def test_a_request_says_what_is_right() -> None:
    where = study()
    (request,) = line_of(where, drafted(command, where, "turn on {target}"))["requests"]

    assert [message["role"] for message in request["messages"]] == ["user", "assistant"]
    assert request["record"]["pattern"] == "onoff:turn on {target}"
    assert request["record"]["speech"]
    assert (request["record"]["before"], request["record"]["turn"]) == ("", None)
    for call in request["record"]["calls"]:
        assert call["action"].endswith(".turn_on")
        assert len({"devices", "area", "floor"} & call.keys()) == 1
        assert call["entity_ids"] == sorted(call["entity_ids"])


def test_a_follow_up_holds_the_turn_before() -> None:
    where = study()
    draft = drafted(follow_up, where, "turn on {target}", "the other one too")
    (request,) = line_of(where, draft)["requests"]
    turn = turn_from_dict(request["record"]["turn"], where.home)

    assert request["record"]["before"].startswith("turn on ")
    assert turn is not None
    assert [call.action.name for call in turn.calls] == ["light.turn_on"]
    assert request["messages"][1]["content"] == "> same other\n"


def test_calls_that_hang_on_the_turn_before_follow_from_the_reply() -> None:
    where = study()
    draft = drafted(follow_up, where, "turn off {target}", "same again")
    (request,) = line_of(where, draft)["requests"]

    assert draft.calls is None
    assert request["messages"][1]["content"] == "> again\n"
    assert [call["action"] for call in request["record"]["calls"]] == ["light.turn_off"]


def test_what_is_wished_on_a_condition_is_a_call_where_it_holds() -> None:
    known = only("{target} {be} on", "turn off {target}")
    found: dict[bool, list[bool]] = {True: [], False: []}
    for state in ("on", "off"):
        where = study(state=state)
        for seed in range(60):
            draft = condition(scene(where, seed, patterns=known))
            asked = draft.wanted[0] if draft is not None else None
            if draft is None or not isinstance(asked, Wanted):
                continue
            if asked.target.devices == ("light desk lamp",):
                is_met = (state == "on") == (asked.verb == "if")
                (request,) = line_of(where, draft)["requests"]
                found[is_met].append(bool(request["record"]["calls"]))

    assert {is_met: set(are_made) for is_met, are_made in found.items()} == {
        True: {True},
        False: {False},
    }
