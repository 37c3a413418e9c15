"""Tests of answers to questions."""

import pytest

from data.answers import question
from data.houses import House
from data.scenes import Draft
from tests.data.homes import device, home, house, only, scene


@pytest.fixture
def rooms() -> House:
    return house(
        home(
            device("light.a", "Desk Lamp", "study", state="on", attributes={"brightness": 80}),
            device("light.b", "Ceiling", "study"),
            device("light.c", "Spotty", "hall", state="on", attributes={"color": "red"}),
            device("light.d", "Shelf", "hall", state="unavailable"),
            device("fan.e", "Zephyr", "attic", state="on", attributes={"percentage": 33}),
            areas=("study", "hall", "attic"),
        )
    )


def answers(where: House, pattern: str, needed: str) -> list[Draft]:
    drafts = (question(scene(where, seed, patterns=only(pattern))) for seed in range(200))
    return [draft for draft in drafts if draft is not None and needed in draft.sentence.text]


@pytest.mark.parametrize(
    ("pattern", "needed", "expected"),
    [
        ("{be} {target} on", "desk lamp", "Yes, the desk lamp is"),
        ("{be} {target} on", "ceiling", "No, the ceiling is"),
        ("{be} {target} off", "ceiling", "Yes, the ceiling is off."),
        ("{be} {target} off", "desk lamp", "No, the desk lamp is"),
        ("{be} {target} on", "shelf", "shelf"),
        ("how bright {be} {target}", "desk lamp", "the desk lamp is at 80%."),
        ("how bright {be} {target}", "ceiling", "the ceiling is off."),
        ("what color {be} {target}", "spotty", "the spotty is red."),
        ("how fast {be} {target}", "zephyr", "33%."),
        ("how many {kinds} are on", "l", "wo lights are on."),
        ("is any {kind} on {area.in}", "in the study", "Yes, the desk lamp is on."),
        ("which {kinds} are on {area.in}", "in the hall", "Only the spotty is on."),
        ("are all the {kinds} off", "light", "No, the desk lamp and the spotty are on."),
    ],
)
def test_the_answer_is_what_the_home_says(
    rooms: House, pattern: str, needed: str, expected: str
) -> None:
    kinds = ("light", "lamp")
    found = answers(rooms, pattern, needed)
    if "{kind" in pattern:
        found = [d for d in found if any(kind in d.sentence.text for kind in kinds)]

    assert found
    assert all(expected in draft.speech for draft in found)
    assert all(not draft.calls for draft in found)


def test_what_cannot_be_reached_is_not_said_to_be_off(rooms: House) -> None:
    for draft in answers(rooms, "{be} {target} on", "shelf"):
        assert "off" not in draft.speech.replace("offline", "")
        assert "Yes" not in draft.speech
