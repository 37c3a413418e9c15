"""What a model may write about a sentence, and what it cannot."""

import pytest
from syrupy.assertion import SnapshotAssertion

from home_llm_core.actions import DEFAULT_ALLOWED
from home_llm_core.formats import TINY
from home_llm_core.grammar import Grammar
from home_llm_core.home import Home

SAID = "counter, kettle, kitchen, upstairs and lena's fan"
"""A and E are a light and a fan, B is a switch; C and D are an area and a floor."""


@pytest.fixture
def grammar(house: Home) -> Grammar:
    """Return the grammar of a sentence with five letters."""
    hearing = TINY.hear(SAID, house)
    assert hearing.message == "light A, switch B, area C, floor D and fan E"
    return hearing.grammar


def reply(*lines: str) -> str:
    """Return a reply with these lines."""
    return "".join(f"> {line}\n" for line in lines)


@pytest.mark.parametrize(
    "line",
    [
        "on light A",
        "on light",
        "on light: all",
        "on light: C = brightness 30",
        "on light: D = color blue",
        "on light: all = brightness 5 = color red",
        "on light A = by -20",
        "on light A: C",
        "off light: C; but A",
        "on light: all; but A; A = color red",
        "toggle switch B",
        "speed fan E = percent 100",
        "swing fan: D = oscillating true",
        "off everything",
        "off everything: all",
        "off everything: C; but A; B; E",
        "unlock lock",
        "lock lock: C",
        "temperature climate: C = temperature 21.5",
        "state light A",
        "state switch: all",
        "state fan",
    ],
)
def test_what_can_be_done_can_be_written(grammar: Grammar, line: str) -> None:
    """Every way to say what is meant and to give arguments is there, also twice."""
    assert grammar.accepts(reply(line))
    assert grammar.accepts(reply(line, line))


@pytest.mark.parametrize(
    "line",
    [
        "on",
        "explode light A",
        "on light B",
        "on light F",
        "on light counter",
        "on light A; B",
        "on light: A",
        "on light: F",
        "on light: C; A",
        "on light: C; but B",
        "on light A = brightness 101",
        "on light A = color beyond",
        "on light A = percent 10",
        "on light A = color red = brightness 5",
        "speed fan E",
        "on everything A",
        "on everything: all = brightness 5",
        "toggle everything: all",
        "state everything: all",
        "say boo",
    ],
)
def test_what_makes_no_sense_cannot_be_written(grammar: Grammar, line: str) -> None:
    """No letter, place, action or value that the sentence and the domain do not have."""
    assert not grammar.accepts(reply(line))


def test_what_is_said_stands_alone(grammar: Grammar) -> None:
    """Nobody thanks and switches a light in one sentence."""
    assert grammar.accepts(reply("say thanks"))
    assert not grammar.accepts(reply("say thanks", "on light"))
    assert not grammar.accepts(reply("on light", "say thanks"))


def test_a_reply_is_whole_lines(grammar: Grammar) -> None:
    for text in ("", "Done.", "> on light", "> on light\nDone.", "\n> on light\n", "> on light\n>"):
        assert not grammar.accepts(text)


def test_actions_that_are_not_allowed_cannot_be_written(house: Home) -> None:
    narrow = TINY.hear(SAID, house, None, DEFAULT_ALLOWED - {"light.turn_on"}).grammar
    assert not narrow.accepts(reply("on light: all"))
    assert narrow.accepts(reply("off light: all"))
    assert narrow.accepts(reply("state light A"))


def test_a_sentence_that_names_nothing(house: Home) -> None:
    """Kinds, the house and words are left."""
    grammar = TINY.hear("good morning", house).grammar
    for line in ("on light", "on light: all", "off everything", "state fan", "say hello"):
        assert grammar.accepts(reply(line))
    for line in ("on light A", "on light: A", "on light: all; but A"):
        assert not grammar.accepts(reply(line))


def test_an_empty_home_can_only_be_talked_about() -> None:
    grammar = TINY.hear("hello", Home(), None, frozenset()).grammar
    assert grammar.accepts(reply("say hello"))
    assert not grammar.accepts(reply("on light: all"))


def test_the_digest_follows_what_is_named(house: Home) -> None:
    """A compiled grammar is good for every sentence that names the same kinds of things."""
    same = [TINY.hear(said, house).grammar.digest for said in ("counter on", "is the counter off")]
    other = [TINY.hear(said, house).grammar.digest for said in ("kettle on", "on")]
    assert same[0] == same[1]
    assert len({*same, *other}) == 3


def test_the_automaton(house: Home, snapshot: SnapshotAssertion) -> None:
    """The grammar as the engine gets it."""
    allowed = frozenset({"light.turn_on", "light.turn_off"})
    assert TINY.hear("counter in the kitchen", house, None, allowed).grammar.to_dict() == snapshot
