"""Tests of wishes that depend on something."""

import pytest

from data.commands import command
from data.conditions import condition
from data.houses import House
from data.scenes import Draft
from home_llm_core.calls import Call, Wanted
from tests.data.homes import device, home, house, only, scene

CLAUSE, WISH = "{target} {be} open", "turn off {target}"


@pytest.fixture
def rooms() -> House:
    return house(
        home(
            device("cover.a", "Roller", "study", state="open", device_class="blind"),
            device("light.b", "Desk Lamp", "study", state="on"),
            areas=("study",),
        )
    )


def drafts(where: House, *patterns: str) -> list[Draft]:
    known = only(*patterns)
    made = (condition(scene(where, seed, patterns=known)) for seed in range(150))
    found = [draft for draft in made if draft is not None]
    assert found
    return found


def test_a_clause_comes_before_the_wish_in_what_is_wanted(rooms: House) -> None:
    for draft in drafts(rooms, CLAUSE, WISH):
        first, second = draft.wanted
        assert isinstance(first, Wanted)
        assert first.verb in ("if", "unless")
        assert first.arguments == {"asked": "open"}
        assert isinstance(second, Call)
        assert second.action.endswith(".turn_off")
        assert [p.template.source for p in draft.sentence.patterns] == [CLAUSE, WISH]


def test_what_follows_from_the_home_is_not_known_yet(rooms: House) -> None:
    for draft in drafts(rooms, CLAUSE, WISH):
        assert draft.kind == "condition"
        assert draft.calls is None
        assert draft.speech == ""


@pytest.mark.parametrize(
    ("clause", "often", "seldom"), [(CLAUSE, "if", "unless"), ("nobody is home", "unless", "if")]
)
def test_a_clause_can_be_turned_round(clause: str, often: str, seldom: str) -> None:
    where = house(
        home(
            device("cover.a", "Roller", device_class="blind", state="open"),
            device("light.b", "Desk Lamp"),
            device("person.c", "Ada", state="home"),
        )
    )
    first = (draft.wanted[0] for draft in drafts(where, clause, WISH))
    verbs = [wanted.verb for wanted in first if isinstance(wanted, Wanted)]

    assert verbs.count(often) > verbs.count(seldom) > 0


def test_if_and_unless_are_said_as_they_are_meant(rooms: House) -> None:
    for draft in drafts(rooms, CLAUSE, WISH):
        (first, _), text = draft.wanted, draft.sentence.text
        assert isinstance(first, Wanted)
        if first.verb == "if":
            assert "unless" not in text
        else:
            assert {"unless", "except", "not"} & set(text.split())


def test_numbers_of_both_parts_are_told() -> None:
    where = house(
        home(
            device("sensor.a", "Probe", "attic", state="19", device_class="temperature"),
            device("light.b", "Desk Lamp", "attic", features=frozenset({"dim"})),
            areas=("attic",),
        )
    )
    found = drafts(
        where, "it's got hotter than {degrees} {area.in}", "set {target} to {brightness}"
    )

    for draft in found:
        first, second = draft.wanted
        assert isinstance(first, Wanted)
        assert first.arguments.keys() == {"above"}
        assert isinstance(second, Call)
        assert second.arguments.keys() == {"brightness"}
        assert len(draft.sentence.values) == 2


def test_a_wish_that_names_nothing_hangs_on_nothing() -> None:
    lamp = device("light.b", "Desk Lamp", "study", state="on", features=frozenset({"dim"}))
    door = device("lock.a", "Front Door", state="locked")
    where = house(home(lamp, door, areas=("study",)))
    known = only("{target} {be} locked", "more light [please]")
    scenes = [scene(where, seed, "study", known) for seed in range(50)]

    assert any(command(each, plain=True) for each in scenes)
    assert not any(condition(each) for each in scenes)
