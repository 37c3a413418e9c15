"""Tests of requests for what is not there."""

import random

from data.absences import (
    ABSENT,
    absent_asked,
    absent_device,
    absent_kind,
    absent_room,
    absent_verb,
)
from data.builders import build
from data.domains import domain_of
from data.patterns import patterns_of
from home_llm_core.calls import Call
from home_llm_core.home import Home
from tests.data.homes import device, home, house, invented_houses, scene


def test_nothing_is_done_and_the_absent_name_is_said() -> None:
    count = 0
    for where in invented_houses("train", 20):
        for seed in range(10):
            for make in (absent_asked, absent_device, absent_room):
                draft = make(scene(where, seed))
                if draft is not None:
                    count += 1
                    assert not draft.calls
                    assert draft.said == ABSENT
                    assert not draft.speech.endswith("?")
    assert count > 150


def test_an_absent_name_is_no_name_of_the_house() -> None:
    for where in invented_houses("train", 40):
        for seed in range(10):
            draft = absent_device(scene(where, seed))
            if draft is not None:
                said = draft.sentence.text.split()
                for name in where.called:
                    words = name.split()
                    spans = (said[n : n + len(words)] for n in range(len(said)))
                    assert len(words) == 1 or words not in spans


def test_names_are_often_near_to_present_ones() -> None:
    where = house(home(device("light.a", "Crooked Dresser Lamp"), device("light.b", "Lamp B")))
    drafts = (absent_device(scene(where, seed)) for seed in range(60))
    texts = [draft.sentence.text for draft in drafts if draft is not None]

    assert any("dresser lamp" in text for text in texts)
    assert not any("crooked dresser lamp" in text for text in texts)


def test_a_room_without_a_fan() -> None:
    where = house(
        home(
            device("light.a", "Spotty", "hall"),
            device("fan.b", "Zephyr", "attic"),
            areas=("hall", "attic"),
        )
    )
    drafts = [d for seed in range(150) if (d := absent_kind(scene(where, seed))) is not None]
    hall = [d for d in drafts if "hall" in d.sentence.text and d.sentence.sorts == ("fan",)]

    assert hall
    assert all("fan" in draft.speech and "in the hall" in draft.speech for draft in hall)
    said = [call for draft in hall for call in draft.said if isinstance(call, Call)]
    assert {call.area for call in said} == {"area hall"}
    assert not any(
        "attic" in draft.sentence.text for draft in drafts if draft.sentence.sorts == ("fan",)
    )


def test_a_room_that_could_be_part_of_a_name_is_not_absent() -> None:
    where = house(home(device("light.a", "Attic Spotty", "hall"), areas=("hall",)))
    drafts = (absent_room(scene(where, seed)) for seed in range(300))

    assert not any(" attic" in draft.sentence.text for draft in drafts if draft is not None)


def test_what_no_device_of_a_kind_can_do() -> None:
    found = 0
    for where in invented_houses("train", 20):
        for seed in range(20):
            draft = absent_verb(scene(where, seed))
            if draft is not None:
                found += 1
                assert (draft.kind, draft.said) == ("absent_ability", ABSENT)
                (sort,) = draft.sentence.sorts
                assert domain_of(sort) not in ("scene", "script", "select", "number")
    assert found > 50


def test_a_gate_that_has_a_lock_can_be_locked() -> None:
    gate = device("cover.g", "Paddock Gate", "yard", device_class="gate")
    lock = device("lock.g", "Padlock", "yard")
    alone, locked = (home(*those, areas=("yard",)) for those in ((gate,), (gate, lock)))

    assert any("lock" in text for text in texts(alone))
    assert not any("lock" in text for text in texts(locked) if "gate" in text)


def texts(where: Home) -> list[str]:
    drafts = (absent_verb(scene(house(where), seed)) for seed in range(200))
    return [draft.sentence.text for draft in drafts if draft is not None]


def test_in_chinese_lamps_are_opened_and_not_locked() -> None:
    texts = []
    for number in range(30):
        where = build("zh-Hans", "train", random.Random(number), (6, 24))
        for seed in range(10):
            draft = absent_verb(scene(where, seed, patterns=patterns_of("zh-Hans", "train")))
            if draft is not None and draft.sentence.values == ():
                texts.append(draft.sentence.text)
    assert len(texts) > 10
    assert not [text for text in texts if text.endswith(("开一下", "打开"))]
