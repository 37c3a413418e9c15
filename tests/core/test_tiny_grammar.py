"""What a model may write about a sentence, and what it cannot."""

import re

import pytest

from home_llm_core.actions import DEFAULT_ALLOWED
from home_llm_core.formats import TINY
from home_llm_core.formats.tiny_hearing import Hearing
from home_llm_core.home import Area, Home
from home_llm_core.kinds import KINDS
from home_llm_core.parser import Say
from home_llm_core.states import WORDS
from tests.core.hearing import entity, reply

SAID = "counter, kettle, kitchen, upstairs and lena's fan"
"""A and E are a light and a fan, B is a switch; C and D are an area and a floor."""


@pytest.fixture
def sentence(house: Home) -> Hearing:
    """Return a sentence with five letters."""
    hearing = TINY.hear(SAID, house)
    assert hearing.message == "light A, switch B, area C, floor D and fan E"
    return hearing


def accepts(sentence: Hearing, *lines: str) -> bool:
    """Return whether a model may write lines about a sentence."""
    return sentence.grammar.accepts(reply(*lines), sentence.words)


@pytest.mark.parametrize(
    "line",
    [
        "on light A",
        "on light",
        "on light: all",
        "on light: here",
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
        "open blind: D",
        "press button",
        "temperature climate: C = temperature 21.5",
        "temperature climate = by -0.5",
        "set number = value 0.25",
        "set number = value -12",
        "add todo = item fan",
        "add todo = item light A switch",
        "start timer = hours 1 = minutes 30 = name and fan",
        "start timer = seconds 90",
        "cancel timer",
        "clear timer",
        "state timer",
        "status timer = name fan",
        "off it",
        "up it",
        "down it = by 40",
        "set it = value 21.5",
        "state light A",
        "state switch: all",
        "state fan",
        "state it",
        "state light A = of brightness",
        "state everything: C",
        "is light A = on",
        "is temperature: C = above 21.5",
        "is light A = of brightness = below 50",
        "is it = locked",
        "any window: here = open",
        "all door = closed",
        "count light: all",
        "count light: all = on",
        "which light: D = off",
        "where person",
        "list todo",
        "list calendar = day tomorrow",
        "forecast weather",
        "forecast weather = day monday",
        "forecast weather = rainy = day tomorrow",
        "forecast weather = of temperature = day weekend",
        "if temperature: C = above 23",
        "unless person: all = home",
        "if everything: C = on",
        "same",
        "same other",
        "same all",
        "same: C",
        "same light A",
        "same fan E: D",
        "undo",
        "again",
    ],
)
def test_what_can_be_said_can_be_written(sentence: Hearing, line: str) -> None:
    """Every way to say what is meant and to give arguments is there, also twice."""
    assert accepts(sentence, line)
    assert accepts(sentence, line, line)


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
        "on light: C; but B F",
        "on light A; but E",
        "on light A = brightness 101",
        "on light A = color beyond",
        "on light A = percent 10",
        "on light A = color red = brightness 5",
        "speed fan E",
        "set number",
        "set number = value",
        "set number = value 1.",
        "set number = value .5",
        "set number = value 1.255",
        "set number = value 1.5.5",
        "set number = value --5",
        "add todo",
        "add todo = item",
        "add todo = item dragon",
        "add todo = item fan light",
        "add todo: C",
        "start timer",
        "start timer A",
        "start timer: C = minutes 5",
        "off it A",
        "off it: C",
        "up light A",
        "on everything A",
        "on everything: all = brightness 5",
        "toggle everything: all",
        "is light A",
        "is light A = dragon",
        "is light A = above",
        "is light A = brightness 30",
        "any light",
        "if light A",
        "state light A = on",
        "state light A = of dragon",
        "where person = home",
        "list light",
        "list todo = day someday",
        "forecast light",
        "same fan A",
        "same dragon",
        "same A",
        "undo light A",
        "undo it",
        "again light",
        "say boo",
        "say",
        "on light A ",
        "on  light A",
        "ON LIGHT A",
    ],
)
def test_what_makes_no_sense_cannot_be_written(sentence: Hearing, line: str) -> None:
    """No letter, place, action or value that the sentence and the domain do not have."""
    assert not accepts(sentence, line)


@pytest.mark.parametrize("kind", KINDS)
def test_everything_can_be_asked_about_every_kind(sentence: Hearing, kind: str) -> None:
    for word in WORDS:
        assert accepts(sentence, f"is {kind} = {word}")
        assert accepts(sentence, f"if {kind}: C = {word}")


@pytest.mark.parametrize("key", Say.KEYS)
def test_what_is_said_stands_alone(sentence: Hearing, key: str) -> None:
    """Nobody thanks and switches a light in one sentence."""
    assert accepts(sentence, f"say {key}")
    assert not accepts(sentence, f"say {key}", "on light")
    assert not accepts(sentence, "on light", f"say {key}")


def test_a_reply_is_whole_lines(sentence: Hearing) -> None:
    for text in ("", "Done.", "> on light", "> on light\nDone.", "\n> on light\n", "> on light\n>"):
        assert not sentence.grammar.accepts(text, sentence.words)


def test_words_are_those_of_the_message(house: Home) -> None:
    """Without marks and punctuation, and as they stand there: a name is a kind and a letter."""
    sentence = TINY.hear('Add "Pie" (apple), the ceiling & the corner to it!', house)
    assert sentence.message == "add pie (apple), the light A* & the corner ~area B to it!"
    assert accepts(sentence, "add todo = item pie apple the light A")
    assert accepts(sentence, "add todo = item corner area B")
    assert accepts(sentence, "add todo = item to it")
    assert not accepts(sentence, 'add todo = item "pie"')
    assert not accepts(sentence, "add todo = item ceiling")


def test_a_sensor_stands_for_its_room() -> None:
    """Who says "set the kitchen temperature" sets no sensor."""
    home = Home(
        areas=(Area(area_id="kitchen", name="Kitchen"),),
        entities=(
            entity(
                "sensor.k",
                "Kitchen temperature",
                device_class="temperature",
                area_id="kitchen",
            ),
            entity("sensor.o", "Outdoor humidity", device_class="humidity"),
            entity("light.d", "Desk lamp", area_id="kitchen"),
        ),
    )
    sentence = TINY.hear("kitchen temperature, outdoor humidity and desk lamp", home)
    assert sentence.message == "temperature A, humidity B and light C"
    assert accepts(sentence, "temperature climate: A = temperature 20")
    for line in ("temperature climate: B = temperature 20", "on light: C", "on light A"):
        assert not accepts(sentence, line)


def test_actions_that_are_not_allowed_cannot_be_written(house: Home) -> None:
    narrow = TINY.hear(SAID, house, None, DEFAULT_ALLOWED - {"light.turn_on"})
    assert not accepts(narrow, "on light: all")
    for line in ("off light: all", "state light A", "on it", "on fan", "on everything"):
        assert accepts(narrow, line)


def test_a_sentence_that_names_nothing(house: Home) -> None:
    """Kinds, the house and words are left."""
    sentence = TINY.hear("good morning", house)
    for line in ("on light", "on light: all", "off everything", "state fan", "say hello"):
        assert accepts(sentence, line)
    for line in ("on light A", "on light: A", "on light: all; but A", "same light A", "same: A"):
        assert not accepts(sentence, line)


def test_an_empty_home_can_only_be_talked_about() -> None:
    sentence = TINY.hear("hello", Home(), None, frozenset())
    for line in ("say hello", "state light", "undo", "up it"):
        assert accepts(sentence, line)
    for line in ("on light: all", "on it", "off everything", "start timer = minutes 5"):
        assert not accepts(sentence, line)


def test_the_digest_follows_what_is_named(house: Home) -> None:
    """A compiled grammar is good for every sentence that names the same kinds of things."""
    same = [TINY.hear(said, house).grammar.digest for said in ("counter on", "is the counter off")]
    other = [TINY.hear(said, house).grammar.digest for said in ("kettle on", "on")]
    assert same[0] == same[1]
    assert len({*same, *other}) == 3


def test_no_token_spans_two_strings(sentence: Hearing) -> None:
    """So what the grammar forces is the very tokenization that the model saw in training."""
    cut = re.compile(r"|>|\n|;|:|\.|\d| -?| =| -?\w+(?:\.\d)?| = ?\w+")
    strings = {s for those in sentence.grammar.sets.values() for s in those}
    assert {s for s in strings if not cut.fullmatch(s)} == set()


def test_a_grammar_is_small(sentence: Hearing) -> None:
    """What leads on alike is there once: it is compiled while somebody waits."""
    assert len(sentence.grammar.nodes) < 600
    assert all(sentence.grammar.nodes[: sentence.grammar.text or 0])
    ends = [number for number, node in enumerate(sentence.grammar.nodes) if not node]
    assert len(ends) == 1
