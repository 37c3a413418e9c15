"""Tests of words that ask for nothing."""

import pytest

from data.houses import House
from data.scenes import Draft
from data.talk import talk
from home_llm_core.parser import Say
from tests.data.homes import ENGLISH, device, home, house, invented_houses, only, scene


@pytest.fixture
def rooms() -> House:
    return house(
        home(
            device("light.a", "Desk Lamp", "study"),
            device("lock.b", "Front Door", "hall", state="locked"),
            areas=("study", "hall"),
        )
    )


def drafts(where: House, kind: str, *patterns: str) -> list[Draft]:
    """Return what many people say with some patterns."""
    known = only(*patterns)
    made = (talk(scene(where, seed, patterns=known), kind) for seed in range(60))
    return [draft for draft in made if draft is not None]


@pytest.mark.parametrize("kind", ["not_a_request", "small_talk"])
def test_nothing_is_done(kind: str) -> None:
    houses = invented_houses("train", 10)
    found = [d for where in houses for seed in range(8) if (d := talk(scene(where, seed), kind))]

    assert len(found) > 40
    assert all(draft.kind == kind and not draft.calls and draft.speech for draft in found)
    assert all(isinstance(said, Say) for draft in found for said in draft.said)


def test_the_reply_is_one_of_those_that_fit(rooms: House) -> None:
    replies = {reply.source for reply in ENGLISH.replies["thanks"]["one"]}
    found = drafts(rooms, "small_talk", "thanks")

    assert found
    assert {draft.said for draft in found} == {(Say(key="thanks"),)}
    assert {draft.speech for draft in found} <= replies


def test_devices_and_the_devices_of_a_room_are_talked_about(rooms: House) -> None:
    texts = {d.sentence.text for d in drafts(rooms, "not_a_request", "i like {target}")}

    assert "i like the desk lamp" in texts
    assert any("lights" in text and "study" in text for text in texts)


def test_what_only_some_devices_can_do_is_said_of_those(rooms: House) -> None:
    found = drafts(rooms, "not_a_request", "lock {target} in {duration}")

    assert found
    assert all("lamp" not in draft.sentence.text for draft in found)
    assert drafts(lamp(), "not_a_request", "lock {target} in {duration}") == []


def test_nobody_talks_of_switching_what_cannot_be_switched() -> None:
    where = house(
        home(
            device("sensor.a", "Gauge", state="20", device_class="temperature"),
            device("person.b", "Ada", state="home"),
        )
    )

    assert drafts(where, "not_a_request", "don't turn off {target}") == []
    assert drafts(where, "not_a_request", "i don't trust {target}")


def test_words_agree_in_number_with_what_is_talked_about() -> None:
    pattern = "leave {target} as {they} {be}"
    lights = house(home(device("light.a", "Attic Lights")))

    texts = {draft.sentence.text for draft in drafts(lights, "not_a_request", pattern)}

    assert "leave the attic lights as they are" in texts
    assert all(text.endswith("they are" if "lights" in text else "it is") for text in texts)


def test_a_room_that_is_named(rooms: House) -> None:
    texts = {d.sentence.text for d in drafts(rooms, "not_a_request", "my brother is {area.in}")}

    assert texts == {"my brother is in the study", "my brother is in the hall"}
    assert drafts(lamp(), "not_a_request", "my brother is {area.in}") == []


def test_what_is_not_to_be_done_now_has_a_time(rooms: House) -> None:
    found = drafts(rooms, "not_a_request", "turn off {target} in {duration}")

    assert found
    assert all(draft.sentence.values == () for draft in found)
    for draft in found:
        assert any(
            unit in draft.sentence.text.rpartition(" in ")[2] for unit in ("h", "min", "sec")
        )


def test_a_scene_may_be_called_so() -> None:
    where = house(home(device("scene.a", "Good Night"), device("light.b", "Desk Lamp")))

    assert drafts(where, "small_talk", "good night") == []
    assert drafts(lamp(), "small_talk", "good night")


def lamp() -> House:
    """Return a house with nothing but a lamp."""
    return house(home(device("light.a", "Desk Lamp")))
