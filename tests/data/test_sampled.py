"""Tests of requests in Home Assistant's words: its own recognizer understands them as we do."""

from collections.abc import Iterator
import random
from typing import Any

from hassil import Intents, recognize_all
from hassil.intents import TextSlotList
import pytest

from data.builders import build
from data.checks import check
from data.houses import House
from data.intent_files import files_of
from data.phrasings import phrasings
from data.records import record
from data.requests import Mixture, requests
from data.sampled import sampled
from data.scenes import Draft, Scene
from home_llm_core.calls import Call
from home_llm_core.kinds import DOMAINS
from tests.data.homes import CODES

EVEN = ("en", "zh-Hans")
"""Languages whose words do not bend, so that nearly all sentences can be used."""

LEAST = {"es": 80, "fr": 90, "pl": 50, "ja": 0}
"""How many of a hundred and twenty requests at least have their words, where it is not most."""


def drafts(code: str, split: str, count: int) -> Iterator[tuple[Scene, Draft]]:
    rng = random.Random(f"{code} {split}")
    for _ in range(count):
        house = build(code, split, rng, (4, 12), DOMAINS)
        areas = house.home.areas
        for _ in range(6):
            speaker = rng.choice(areas).area_id if areas and rng.random() < 0.5 else None
            patterns = phrasings(code, split)
            scene = Scene(house=house, rng=rng, speaker=speaker, patterns=patterns)
            draft = sampled(scene)
            if draft is not None:
                yield scene, draft


def slot_lists(house: House) -> dict[str, TextSlotList]:
    """Return the names of a house as Home Assistant's recognizer takes them."""
    entities = house.home.entity_by_id
    names = [
        (text, [e.entity_id for e in found], {"domain": entities[found[0].entity_id].domain})
        for text, found in house.called.items()
    ]
    places = {
        "area": [house.names[area.area_id].plain for area in house.home.areas],
        "floor": [house.names[floor.floor_id].plain for floor in house.home.floors],
    }
    return {
        "name": TextSlotList.from_tuples(names, allow_template=False, name="name"),
        **{
            key: TextSlotList.from_strings(texts, allow_template=False, name=key)
            for key, texts in places.items()
        },
    }


def named(draft: Draft, house: House) -> set[str]:
    """Return the ids of the devices that a request names."""
    targets = [each if isinstance(each, Call) else getattr(each, "target", None)
               for each in draft.said]  # fmt: skip
    lines = [line for target in targets if target is not None for line in target.devices]
    return {house.printed.devices[line] for line in lines if line in house.printed.devices}


@pytest.mark.parametrize("code", EVEN)
def test_home_assistant_understands_them_as_the_same_intent(code: str) -> None:
    intents = Intents.from_dict(files_of(code)[0].data)
    count, echoes = 0, []
    for scene, draft in drafts(code, "train", 13):
        house = scene.house
        here = {"area": house.names[scene.speaker].plain} if scene.speaker else {}
        lists: dict[str, Any] = slot_lists(house)
        found = [
            result
            for result in recognize_all(
                draft.sentence.text, intents, slot_lists=lists, intent_context=here
            )
            if result.intent.name in draft.sentence.patterns[0].id
        ]
        # Of "the front door door" we say one.
        echoes += [] if found else [draft.sentence.text]
        ids = [each.entities["name"].value for each in found if "name" in each.entities]
        if draft.sentence.sorts and ids and isinstance(ids[0], list):
            assert named(draft, house) <= {entity_id for those in ids for entity_id in those}
        count += 1
    assert count > 40
    assert len(echoes) < 0.06 * count, echoes


@pytest.mark.parametrize("split", ["train", "validation", "test"])
@pytest.mark.parametrize("code", CODES)
def test_lines_are_right(code: str, split: str) -> None:
    rng = random.Random(3)
    made = 0
    for number in range(12):
        house = build(code, split, rng, (4, 20), DOMAINS)
        line = record(house, requests(house, rng, 10, Mixture(intents=1.0)), number)
        assert list(check(line)) == []
        made += sum(r["record"]["pattern"].startswith("intents:") for r in line["requests"])
    assert made >= LEAST.get(code, 102)


def test_the_share_is_kept() -> None:
    rng = random.Random(5)
    ours = theirs = 0
    for _ in range(40):
        house = build("en", "train", rng, None, DOMAINS)
        for request in requests(house, rng, 10, Mixture(intents=0.3)):
            is_theirs = request.draft.sentence.patterns[0].topic.startswith("intents:")
            theirs, ours = theirs + is_theirs, ours + (not is_theirs)
    assert 0.24 < theirs / (theirs + ours) < 0.36


def test_what_is_said_of_this_room_needs_a_speaker_in_one() -> None:
    for code in EVEN:
        for scene, draft in drafts(code, "train", 12):
            groups = [
                group
                for group in phrasings(code, "train")._groups
                if any(p.id == draft.sentence.patterns[0].id for p in group[1])
            ]
            if all(group.scope == "room" for group, _ in groups):
                assert scene.speaker is not None
