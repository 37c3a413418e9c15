"""What a model may write about a house, and what it cannot."""

import pytest
from syrupy.assertion import SnapshotAssertion

from home_llm_core.actions import DEFAULT_ALLOWED
from home_llm_core.formats import get_format
from home_llm_core.grammar import Grammar
from home_llm_core.home import Area, Entity, Home

TINY = get_format("tiny-3")


@pytest.fixture
def grammar(house: Home) -> Grammar:
    """Return the grammar of the house."""
    grammar = TINY.grammar(house)
    assert grammar is not None
    return grammar


def reply(*lines: str) -> str:
    """Return a reply with these calls."""
    return "".join(f"> {line}\n" for line in lines) + "Done."


@pytest.mark.parametrize(
    "line",
    [
        "on light counter",
        "on light: all",
        "toggle light counter; light kitchen ceiling",
        "on light: area kitchen = brightness 30",
        "on light: floor upstairs = color blue",
        "on light: all = brightness 5 = color red",
        "on light counter = by -20",
        "off light: area kitchen; but light counter",
        "on light: all; but light counter; light kitchen ceiling = color red",
        "speed fan lena's fan = percent 100",
        "swing fan: area bedroom = oscillating true",
    ],
)
def test_what_can_be_done_can_be_written(grammar: Grammar, line: str) -> None:
    """Every way to name a target and to give arguments is there."""
    assert grammar.accepts(reply(line))
    assert grammar.accepts(reply(line, line))


@pytest.mark.parametrize(
    "line",
    [
        "explode light counter",
        "unlock lock: all",
        "on light flux capacitor",
        "on light: area shed",
        "on fan: area kitchen",
        "on fan: floor ground floor",
        "on light counter; switch kettle",
        "on light: area kitchen; but switch kettle",
        "on light: area kitchen; light counter",
        "on light counter = brightness 101",
        "on light counter = color beyond",
        "on light counter = percent 10",
        "on light counter = color red = brightness 5",
        "speed fan lena's fan",
        "on",
    ],
)
def test_what_cannot_be_done_cannot_be_written(grammar: Grammar, line: str) -> None:
    """No device, place, action or value that the house does not have."""
    assert not grammar.accepts(reply(line))


def test_speech_is_free_but_holds_no_call(grammar: Grammar) -> None:
    """Plain speech is a reply; a call after it is not."""
    assert grammar.accepts("There is no flux capacitor.")
    assert grammar.accepts("")
    assert not grammar.accepts("Done.\n> on light: all\n")


def test_narrowed_actions_are_gone(house: Home) -> None:
    """What the user does not allow cannot be written."""
    narrow = TINY.grammar(house, DEFAULT_ALLOWED - {"light.turn_on"})
    assert narrow is not None
    assert not narrow.accepts(reply("on light: all"))
    assert narrow.accepts(reply("off light: all"))


def test_nobody_unlocks_a_house_with_one_sentence() -> None:
    """Locks are locked together, and unlocked one by one."""
    locks = tuple(Entity(entity_id=f"lock.{n}", name=n, area_id="hall") for n in ("front", "back"))
    home = Home(entities=locks, areas=(Area(area_id="hall", name="Hall"),))
    grammar = TINY.grammar(home)
    assert grammar is not None
    assert grammar.accepts(reply("lock lock: all"))
    assert grammar.accepts(reply("unlock lock front; lock back"))
    assert not grammar.accepts(reply("unlock lock: all"))
    assert not grammar.accepts(reply("unlock lock: area hall"))


def test_an_empty_home_can_only_be_talked_about() -> None:
    """Without devices there is nothing to call."""
    grammar = TINY.grammar(Home())
    assert grammar is not None
    assert grammar.accepts("Hello.")
    assert not grammar.accepts(reply("on light: all"))


def test_the_digest_follows_the_registry_and_not_the_states(house: Home) -> None:
    """A change of state leaves the compiled grammar valid; a change of devices does not."""
    resting = Home(entities=house.entities, areas=house.areas, floors=house.floors)
    smaller = Home(entities=house.entities[1:], areas=house.areas, floors=house.floors)
    digests = [TINY.grammar(home).digest for home in (house, resting, smaller)]  # type: ignore[union-attr]
    assert digests[0] == digests[1] != digests[2]


def test_the_automaton(sample_home: Home, snapshot: SnapshotAssertion) -> None:
    """The grammar as the engine gets it."""
    grammar = TINY.grammar(sample_home)
    assert grammar is not None
    assert grammar.to_dict() == snapshot
