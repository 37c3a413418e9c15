"""What a model may write about a house, and what it cannot."""

import pytest
from syrupy.assertion import SnapshotAssertion

from home_llm_core.actions import DEFAULT_ALLOWED
from home_llm_core.formats import get_format
from home_llm_core.grammar import Grammar
from home_llm_core.home import Home

TINY = get_format("tiny-3")


@pytest.fixture
def grammar(house: Home) -> Grammar:
    """Return the grammar of the house."""
    grammar = TINY.grammar(house)
    assert grammar is not None
    return grammar


def fenced(*lines: str) -> str:
    """Return a reply with these lines in its fence."""
    return "```homeassistant\n" + "\n".join(lines) + "\n```\nDone."


@pytest.mark.parametrize(
    "line",
    [
        '{"service": "light.turn_on", "target_device": "light counter"}',
        '{"service": "light.turn_on", "target_device": "all"}',
        '{"service": "light.toggle", "target_device": ["light counter", "light kitchen ceiling"]}',
        '{"service": "light.turn_on", "target_area": "area kitchen", "brightness": 30}',
        '{"service": "light.turn_on", "target_floor": "floor upstairs", "color": "blue"}',
        '{"service": "light.turn_on", "target_device": "all", "brightness": 5, "color": "red"}',
        '{"service": "light.turn_on", "target_device": "light counter", "brightness_step": -20}',
        '{"service": "fan.set_percentage", "target_device": "fan lena\'s fan", "percentage": 100}',
        '{"service": "fan.oscillate", "target_area": "area bedroom", "oscillating": true}',
    ],
)
def test_what_can_be_done_can_be_written(grammar: Grammar, line: str) -> None:
    """Every way to name a target and to give arguments is there."""
    assert grammar.accepts(fenced(line))
    assert grammar.accepts(fenced(line, line))


@pytest.mark.parametrize(
    "line",
    [
        '{"service": "light.explode", "target_device": "light counter"}',
        '{"service": "lock.unlock", "target_device": "all"}',
        '{"service": "light.turn_on", "target_device": "light flux capacitor"}',
        '{"service": "light.turn_on", "target_device": "switch kettle"}',
        '{"service": "light.turn_on", "target_area": "area shed"}',
        '{"service": "fan.turn_on", "target_area": "area kitchen"}',
        '{"service": "fan.turn_on", "target_floor": "floor ground floor"}',
        '{"service": "light.turn_on", "target_device": "light counter", "brightness": 101}',
        '{"service": "light.turn_on", "target_device": "light counter", "color": "beyond"}',
        '{"service": "light.turn_on", "target_device": "light counter", "percentage": 10}',
        '{"service": "fan.set_percentage", "target_device": "fan lena\'s fan"}',
        '{"service": "light.turn_on"}',
    ],
)
def test_what_cannot_be_done_cannot_be_written(grammar: Grammar, line: str) -> None:
    """No device, place, action or value that the house does not have."""
    assert not grammar.accepts(fenced(line))


def test_speech_is_free_but_holds_no_fence(grammar: Grammar) -> None:
    """Plain speech is a reply; a fence within it is not."""
    assert grammar.accepts("There is no flux capacitor.")
    assert grammar.accepts("")
    assert not grammar.accepts("Done.\n```homeassistant")


def test_narrowed_actions_are_gone(house: Home) -> None:
    """What the user does not allow cannot be written."""
    narrow = TINY.grammar(house, DEFAULT_ALLOWED - {"light.turn_on"})
    assert narrow is not None
    assert not narrow.accepts(fenced('{"service": "light.turn_on", "target_device": "all"}'))
    assert narrow.accepts(fenced('{"service": "light.turn_off", "target_device": "all"}'))


def test_an_empty_home_can_only_be_talked_about() -> None:
    """Without devices there is nothing to call."""
    grammar = TINY.grammar(Home())
    assert grammar is not None
    assert grammar.accepts("Hello.")
    assert not grammar.accepts(fenced('{"service": "light.turn_on", "target_device": "all"}'))


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
