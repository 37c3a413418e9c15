"""Tests of sentences that go back to the turn before."""

import pytest

from data.follow_ups import follow_up
from data.houses import House
from data.scenes import Draft
from home_llm_core.calls import Call, Wanted
from tests.data.homes import device, home, house, only, scene

LAMP = frozenset({"dim", "color"})
ON = "turn on {target}"


@pytest.fixture
def rooms() -> House:
    return house(
        home(
            device("light.a", "Desk Lamp", "study", features=LAMP),
            device("light.b", "Ceiling Lamp", "study", features=LAMP),
            device("light.c", "Spotty Lamp", "hall", features=LAMP),
            areas=("study", "hall"),
            floors={"study": "upstairs", "hall": "downstairs"},
        )
    )


def drafts(where: House, *patterns: str) -> list[Draft]:
    """Return what many people say after something was done or asked back."""
    known = only(*patterns)
    made = (follow_up(scene(where, seed, patterns=known)) for seed in range(200))
    return [draft for draft in made if draft is not None]


def said(where: House, pattern: str) -> list[tuple[Draft, Wanted]]:
    """Return what is wanted by a pattern that goes back."""
    found = []
    for draft in drafts(where, pattern, ON):
        (wanted,) = draft.wanted
        assert isinstance(wanted, Wanted)
        if draft.sentence.patterns[0].template.source == pattern:
            found.append((draft, wanted))
    assert found
    return found


def test_it_hangs_on_the_home_what_is_right(rooms: House) -> None:
    for draft in drafts(rooms, "again", ON):
        assert draft.kind == "follow_up"
        assert draft.calls is None
        assert draft.before.startswith("turn on ")
        assert draft.turn is not None
        assert draft.turn.entity_ids


def test_a_pronoun_is_what_was_spoken_of(rooms: House) -> None:
    found = [d for d in drafts(rooms, "again", ON) if d.sentence.patterns[0].template.source == ON]

    assert found
    for draft in found:
        assert draft.wanted == (Wanted(verb="on", kind="it"),)
        assert "lamp" not in draft.sentence.text


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("undo that", Wanted(verb="undo")),
        ("again", Wanted(verb="again")),
        ("the other one too", Wanted(verb="same", picked="other")),
        ("a bit more", Wanted(verb="up", kind="it", arguments={"by": 10})),
    ],
)
def test_words_that_name_nothing(rooms: House, pattern: str, wanted: Wanted) -> None:
    assert all(found == wanted for _, found in said(rooms, pattern))


def test_another_device_of_the_sort(rooms: House) -> None:
    for draft, wanted in said(rooms, "and {target}"):
        assert draft.turn is not None
        (line,) = wanted.target.devices
        assert (wanted.verb, wanted.kind) == ("same", "light")
        assert rooms.printed.devices[line] not in draft.turn.entity_ids


def test_another_room(rooms: House) -> None:
    found = [wanted.target for _, wanted in said(rooms, "and {area.in}")]

    assert {target.area for target in found} == {"area study", "area hall"}
    assert all(target == Call(action="", area=target.area) for target in found)


def test_a_number_alone_is_a_value() -> None:
    where = house(home(device("light.a", "Desk Lamp", features=LAMP)))
    for draft, wanted in said(where, "set it to {value}"):
        assert (wanted.verb, wanted.kind) == ("set", "it")
        assert wanted.arguments.keys() == {"value"}
        assert draft.sentence.values[0] in draft.sentence.text


@pytest.mark.parametrize("pattern", ["the first one", "the {word} one", "the one {area.in}"])
def test_which_one_is_told_after_it_was_asked(rooms: House, pattern: str) -> None:
    for draft, wanted in said(rooms, pattern):
        assert wanted.verb == "same"
        assert draft.turn is not None
        assert draft.turn.asked is not None
        assert len(draft.turn.asked.entity_ids) > 1


def test_a_part_of_a_name_fits_no_other(rooms: House) -> None:
    words = {draft.sentence.text.split()[1] for draft, _ in said(rooms, "the {word} one")}

    assert words <= {"desk", "ceiling", "spotty"}
