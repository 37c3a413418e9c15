"""What is wished of what was spoken of before: "turn it off", "a bit louder"."""

from collections.abc import Mapping

import pytest

from home_llm_core.actions import DEFAULT_ALLOWED
from home_llm_core.calls import Call, Wanted
from home_llm_core.home import Home, Value
from home_llm_core.kinds import IT
from home_llm_core.parser import Say, Unclear
from home_llm_core.turns import Turn
from tests.core.hearing import comes_to, done_to, heard, hearing, turn_of

WHAT = [Say(key="what")]


def call(action: str, *devices: str, **arguments: Value) -> Call:
    """Return a call to devices."""
    return Call(action=action, devices=devices, arguments=arguments)


SOFA_AT_30 = call("light.turn_on", "light sofa lamp", brightness=30)


@pytest.mark.parametrize(
    ("done", "line", "action", "arguments"),
    [
        (SOFA_AT_30, "off it", "light.turn_off", {}),
        (SOFA_AT_30, "on it = color blue", "light.turn_on", {"color": "blue"}),
        (SOFA_AT_30, "up it", "light.turn_on", {"brightness_step": 20}),
        (SOFA_AT_30, "down it = by 10", "light.turn_on", {"brightness_step": -10}),
        (SOFA_AT_30, "set it = value 50", "light.turn_on", {"brightness": 50}),
        (call("fan.turn_on", "fan breeze"), "up it", "fan.increase_speed", {}),
        (
            call("fan.turn_on", "fan breeze"),
            "down it = by 25",
            "fan.decrease_speed",
            {"percentage_step": 25},
        ),
        (
            call("media_player.media_play", "media_player radio"),
            "up it = by 20",
            "media_player.volume_up",
            {"volume_step": 20},
        ),
        (
            call("climate.turn_on", "climate thermostat"),
            "up it = by 10",
            "climate.set_temperature",
            {"temperature_step": 1},
        ),
        (
            call("climate.turn_on", "climate thermostat"),
            "down it",
            "climate.set_temperature",
            {"temperature_step": -2},
        ),
        (
            call("climate.turn_on", "climate thermostat"),
            "set it = value 21.5",
            "climate.set_temperature",
            {"temperature": 21.5},
        ),
        (call("cover.open_cover", "cover left blind"), "down it", "cover.close_cover", {}),
        (
            call("cover.open_cover", "cover left blind"),
            "set it = value 40",
            "cover.set_cover_position",
            {"position": 40},
        ),
        (
            call("number.set_value", "number boost minutes", value=5),
            "set it = value 7.5",
            "number.set_value",
            {"value": 7.5},
        ),
        (call("lock.lock", "lock front door"), "unlock it", "lock.unlock", {}),
        (call("vacuum.return_to_base", "vacuum rosie"), "on it", "vacuum.start", {}),
        (call("fan.turn_off", "fan breeze"), "start it", "fan.turn_on", {}),
    ],
)
def test_what_is_wished_of_it(
    villa: Home, done: Call, line: str, action: str, arguments: Mapping[str, Value]
) -> None:
    turn = turn_of(villa, done)
    found = heard(villa, "and now", line, turn=turn)
    assert found == [Call(action=action, devices=done.devices, arguments=arguments)]
    assert done_to(found[0], villa) == turn.entity_ids


@pytest.mark.parametrize(
    ("verb", "given", "line"),
    [
        ("on", {"brightness": 50}, "set it = value 50"),
        ("speed", {"percent": 50}, "set it = value 50"),
        ("position", {"position": 50}, "set it = value 50"),
        ("volume", {"percent": 50}, "set it = value 50"),
        ("temperature", {"temperature": 21.5}, "set it = value 21.5"),
        ("on", {"by": -10}, "down it = by 10"),
        ("on", {"by": 20}, "up it"),
        ("louder", {}, "up it"),
        ("slower", {"by": 10}, "down it = by 10"),
        # These say more than how much.
        ("temperature", {"by": 2}, "temperature it = by 2"),
        ("on", {"brightness": 50, "color": "red"}, "on it = brightness 50 = color red"),
        ("on", {}, "on it"),
    ],
)
def test_a_line_says_no_more_of_it_than_was_heard(
    villa: Home, verb: str, given: Mapping[str, Value], line: str
) -> None:
    wanted = Wanted(verb=verb, kind=IT, arguments=given)
    assert hearing(villa, "make it so").reply([wanted]) == f"> {line}\n"


def test_what_it_cannot_do(villa: Home) -> None:
    turn = turn_of(villa, call("vacuum.start", "vacuum rosie"))
    for line in ("up it", "set it = value 50", "open it"):
        assert heard(villa, "and now", line, turn=turn) == WHAT
    allowed = DEFAULT_ALLOWED - {"vacuum.return_to_base"}
    sentence = hearing(villa, "and now", None, allowed, turn)
    assert comes_to(sentence, "return it") == WHAT


def test_the_other_one_with_a_verb_of_its_own(villa: Home) -> None:
    turn = turn_of(villa, SOFA_AT_30)
    (event,) = heard(villa, "now turn the other one off", "off it", turn=turn)
    assert done_to(event, villa) == ("light.corner",)
    turn = turn_of(villa, call("lock.lock", "lock front door"))
    assert heard(villa, "open the other one", "open it", turn=turn) == WHAT


def test_what_was_asked_about_is_it(villa: Home) -> None:
    turn = Turn(spoken_of=("light.desk", "fan.bedroom"))
    found = heard(villa, "turn it on", "on it", turn=turn)
    assert found == [call("light.turn_on", "light desk lamp"), call("fan.turn_on", "fan breeze")]


def test_who_says_turn_it_up_hears_something(villa: Home) -> None:
    (event,) = heard(villa, "turn it up", "up it")
    assert done_to(event, villa) == ("media_player.radio",)
    silent = Home(entities=tuple(e for e in villa.entities if e.state != "playing"))
    assert heard(silent, "turn it up", "up it") == WHAT


def test_a_sensor_stands_for_what_is_in_its_room(villa: Home) -> None:
    """How warm is it in the living room? Turn it up."""
    turn = Turn(spoken_of=("sensor.living",))
    expected = call("climate.set_temperature", "climate thermostat", temperature_step=2)
    assert heard(villa, "turn it up", "up it", turn=turn) == [expected]
    turn = Turn(spoken_of=("sensor.study",))
    assert heard(villa, "turn it up", "up it", turn=turn) == WHAT


@pytest.mark.parametrize(
    ("done", "line", "action"),
    [
        (call("cover.close_cover", "cover left blind"), "on it", "cover.open_cover"),
        (call("cover.open_cover", "cover left blind"), "off it", "cover.close_cover"),
        (SOFA_AT_30, "open it", "light.turn_on"),
        (SOFA_AT_30, "close it", "light.turn_off"),
    ],
)
def test_what_it_is_decides_between_opening_and_switching_on(
    villa: Home, done: Call, line: str, action: str
) -> None:
    (event,) = heard(villa, "\u6253\u5f00\u5b83", line, turn=turn_of(villa, done))
    assert isinstance(event, Call)
    assert event.action == action


def test_no_lock_is_opened_by_switching_it_on(villa: Home) -> None:
    turn = turn_of(villa, call("lock.lock", "lock front door"))
    assert heard(villa, "turn it on", "on it", turn=turn) == WHAT


def test_of_several_those_are_meant_that_were_spoken_of(villa: Home) -> None:
    """In some languages "make it blue" says as little as "blue"."""
    turn = turn_of(villa, SOFA_AT_30)
    (done,) = heard(villa, "make it blue", "on light = color blue", turn=turn)
    assert done == call("light.turn_on", "light sofa lamp", color="blue")
    # What is only switched may be another one; and nobody guesses where nothing was said before.
    for line, before in (("off light", turn), ("on light = color blue", None)):
        (asked,) = heard(villa, "and now", line, turn=before)
        assert isinstance(asked, Unclear)
