"""Tests of the lines of a training set: every pattern, from the sentence to the call and back."""

from functools import lru_cache
from itertools import cycle, islice
import json
import random
from typing import Any

import pytest

from data.answers import question
from data.banks import Group, Pattern
from data.builders import build
from data.checks import check
from data.commands import command
from data.domains import domain_of
from data.everything import everything
from data.houses import House
from data.noise import Distorted
from data.records import record
from data.requests import Request
from data.scenes import Draft, Scene
from data.splits import SPLITS
from data.talk import talk
from home_llm_core.actions import DOMAINS
from home_llm_core.formats import get_format
from tests.data.homes import ENGLISH, invented_houses, only_pattern, scene

TRIES = 150


def draft_of(group: Group, where: Scene) -> Draft | None:
    """Return a request of a group's kind."""
    if group.action:
        return command(where)
    if group.everything:
        return everything(where)
    return question(where) if group.question else talk(where, group.kind)


def request_of(group: Group, pattern: Pattern, houses: list[House]) -> tuple[House, Request]:
    """Return a request that is said with a pattern, and the house it is said in."""
    known = only_pattern(pattern)
    for seed, house in enumerate(islice(cycle(houses), TRIES)):
        areas = house.home.areas
        speaker = areas[seed % len(areas)].area_id if areas and seed % 2 else None
        draft = draft_of(group, scene(house, seed, speaker, known))
        if draft is not None:
            heard = Distorted(text=draft.sentence.text, tags=(), courtesy=None)
            return house, Request(draft=draft, heard=heard, speaker=speaker)
    raise AssertionError(f"nobody can say {pattern.id!r}")


def houses_for(group: Group, split: str) -> list[House]:
    """Return houses in which what a group is about comes up often."""
    domains = dict.fromkeys(domain_of(sort) for sort in group.sorts)
    about = group.about or group.domain
    if not domains and about in DOMAINS:
        domains = {about: None}
    if group.without:
        domains = {name: None for name in DOMAINS if name not in group.without}
    return houses_of(split, tuple(domains) or DOMAINS)


@lru_cache(maxsize=32)
def houses_of(split: str, domains: tuple[str, ...]) -> list[House]:
    """Return houses with devices of some domains, small ones and larger ones."""
    return [
        build("en", split, random.Random(f"{split} {number}"), size, domains)
        for number in range(30)
        for size in ((1, 2), (8, 16))
    ]


@pytest.mark.parametrize("split", SPLITS)
def test_every_pattern_survives_the_round_trip(split: str) -> None:
    for group in ENGLISH.groups:
        houses = houses_for(group, split)
        for pattern in group.patterns:
            if pattern.split == split:
                house, request = request_of(group, pattern, houses)
                assert list(check(record(house, [request], 1))) == [], pattern.id


@pytest.fixture(scope="module")
def line() -> dict[str, Any]:
    house = invented_houses("train", 1)[0]
    group = next(group for group in ENGLISH.groups if group.action == "*.turn_on")
    _, request = request_of(group, group.patterns[0], [house])
    return record(house, [request], 7)


def test_a_line_is_json_and_names_its_format(line: dict[str, Any]) -> None:
    assert json.loads(json.dumps(line)) == line
    assert line["id"] == "train-000007"
    assert (line["split"], line["language"], line["format"]) == ("train", "en", "tiny-4")
    assert get_format(line["format"]).name == "tiny-4"
    assert line["domains"] == list(DOMAINS)


def test_a_request_says_what_is_right(line: dict[str, Any]) -> None:
    (request,) = line["requests"]

    assert [message["role"] for message in request["messages"]] == ["user", "assistant"]
    assert request["record"]["pattern"] == "onoff:turn on {target}"
    assert request["record"]["speech"]
    for call in request["record"]["calls"]:
        assert call["action"].endswith(".turn_on")
        assert len({"devices", "area", "floor"} & call.keys()) == 1
        assert call["entity_ids"] == sorted(call["entity_ids"])
