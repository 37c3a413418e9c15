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


def lamp() -> House:
    """Return a house with nothing but a lamp that stands in no room."""
    return house(home(device("light.a", "Desk Lamp", features=LAMP)))


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
    found = drafts(rooms, "again", ON)

    assert found
    for draft in found:
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


def test_one_device_is_not_spoken_of_as_several() -> None:
    several = {"them", "those", "these", "ones"}
    made = drafts(lamp(), "again", ON)
    found = [d for d in made if d.sentence.patterns[0].template.source == ON]

    assert found
    assert all(several.isdisjoint(draft.sentence.text.split()) for draft in found)


def test_another_device_of_the_sort(rooms: House) -> None:
    for draft, wanted in said(rooms, "and {target}"):
        assert draft.turn is not None
        (line,) = wanted.target.devices
        assert (wanted.verb, wanted.kind) == ("same", "light")
        assert rooms.printed.devices[line] not in draft.turn.entity_ids


def test_nothing_of_another_sort_is_meant() -> None:
    lamps = [device("light.a", "Desk Lamp"), device("light.b", "Spotty Lamp")]
    where = house(home(*lamps, device("lock.c", "Front Door", state="locked")))
    lines = {wanted.target.devices for _, wanted in said(where, "and {target}")}

    assert lines == {("light desk lamp",), ("light spotty lamp",)}


def test_another_room(rooms: House) -> None:
    found = [wanted.target for _, wanted in said(rooms, "and {area.in}")]

    assert {target.area for target in found} == {"area study", "area hall"}
    assert all(target == Call(action="", area=target.area) for target in found)


def test_another_floor(rooms: House) -> None:
    found = [wanted.target for _, wanted in said(rooms, "and {floor.in}")]

    assert {target.floor for target in found} == {"floor upstairs", "floor downstairs"}
    assert all(target == Call(action="", floor=target.floor) for target in found)


@pytest.mark.parametrize("pattern", ["and {target}", "and {area.in}", "and {floor.in}"])
def test_nothing_else_is_there(pattern: str) -> None:
    texts = {draft.sentence.patterns[0].template.source for draft in drafts(lamp(), pattern, ON)}

    assert texts == {ON}


def test_some_words_only_follow_what_was_done_to_some_sorts(rooms: House) -> None:
    blind = house(home(device("cover.a", "Roller", device_class="blind", state="open")))
    found = [d.wanted for d in drafts(blind, "wide open", "close {target}")]

    assert (Wanted(verb="open", kind="it"),) in found
    assert {d.sentence.patterns[0].template.source for d in drafts(rooms, "wide open", ON)} == {ON}


def test_a_pronoun_does_not_unlock_a_door() -> None:
    where = house(
        home(device("lock.a", "Front Door", state="locked", features=frozenset({"open"})))
    )
    sources = {
        draft.sentence.patterns[0].template.source
        for draft in drafts(where, "again", "unlock {target}")
    }

    assert sources == {"again"}


def test_a_number_alone_is_a_value() -> None:
    for draft, wanted in said(lamp(), "set it to {value}"):
        assert (wanted.verb, wanted.kind) == ("set", "it")
        assert wanted.arguments.keys() == {"value"}
        assert draft.sentence.values[0] in draft.sentence.text


@pytest.mark.parametrize(
    "pattern",
    [
        "the first one",
        "the {word} one",
        "the one {area.in}",
        "{floor.the}, i mean",
        "{target.bare}",
    ],
)
def test_which_one_is_told_after_it_was_asked(rooms: House, pattern: str) -> None:
    for draft, wanted in said(rooms, pattern):
        assert wanted.verb == "same"
        assert draft.turn is not None
        assert draft.turn.asked is not None
        assert len(draft.turn.asked.entity_ids) > 1


def test_a_part_of_a_name_fits_no_other(rooms: House) -> None:
    words = {draft.sentence.text.split()[1] for draft, _ in said(rooms, "the {word} one")}

    assert words == {"desk", "ceiling", "spotty"}


def test_no_word_of_a_name_tells_namesakes_apart() -> None:
    twins = [device(f"light.{area}", "Lamp", area) for area in ("study", "hall")]
    where = house(home(*twins, areas=("study", "hall")))
    patterns = {
        draft.sentence.patterns[0].template.source
        for draft in drafts(where, "the {word} one", "the one {area.in}", ON)
    }

    assert patterns == {"the one {area.in}", ON}


def test_nothing_is_asked_where_it_is_clear_what_is_meant() -> None:
    sources = {d.sentence.patterns[0].template.source for d in drafts(lamp(), "the first one", ON)}

    assert sources == {ON}
