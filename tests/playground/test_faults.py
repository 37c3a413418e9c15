"""What is right, what is wrong and what is missed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from homeassistant.helpers.intent import IntentResponseErrorCode
import pytest

from playground.call_faults import call_faults, timer_faults
from playground.device_faults import device_faults
from playground.dialogue import Call, Exchange, Timings
from playground.readings import Look, Reading, Timer
from playground.reply_faults import holds, reply_faults
from playground.scenarios import (
    Expected,
    ExpectedCall,
    ExpectedTimer,
    Outcome,
    Scenario,
    outcome_of,
)

_LIGHT: dict[str, Any] = {"brightness": 80, "color": (0.0, 100.0), "color_temp_kelvin": None}
_RED, _BLUE, _WHITE = (0.0, 100.0), (240.0, 100.0), (0.0, 0.0)
_OFF = Reading(state="off", attributes=_LIGHT)
_ON = Reading(state="on", attributes=_LIGHT)


def _light(state: str = "on", **attributes: object) -> Reading:
    return Reading(state=state, attributes=_LIGHT | attributes)


def _outcome(entity_id: str, expected: Expected | None, was: Reading, now: Reading) -> Outcome:
    looks = (Look(devices={entity_id: reading}, timers=()) for reading in (was, now))
    return outcome_of(list(device_faults({entity_id: expected} if expected else {}, *looks)))


@pytest.mark.parametrize(
    ("expected", "was", "now", "outcome"),
    [
        (None, _ON, _ON, "right"),
        (None, _ON, _OFF, "wrong"),
        (None, _ON, _light(brightness=30), "wrong"),
        (None, _ON, _light(brightness=81), "right"),
        ({"state": "on"}, _OFF, _ON, "right"),
        ({"state": "on"}, _ON, _ON, "right"),
        ({"state": "on"}, _OFF, _OFF, "missed"),
        ({"state": "on"}, _OFF, _light(brightness=30), "wrong"),
        ({"state": "on", "brightness": 30}, _OFF, _light(brightness=30), "right"),
        ({"state": "on", "brightness": 30}, _OFF, _ON, "missed"),
        ({"state": "on", "brightness": 30}, _OFF, _light(brightness=50), "wrong"),
        ({"brightness": 30}, _ON, _light(brightness=30), "right"),
        ({"color": "blue"}, _ON, _light(color=_BLUE), "right"),
        ({"color": "blue"}, _ON, _ON, "missed"),
        ({"color": "blue"}, _ON, _light(color=(300.0, 76.1)), "wrong"),
        ({"color": "blue"}, _ON, _light(color=None, color_temp_kelvin=4000), "wrong"),
        ({"color": "white"}, _ON, _light(color=(359.0, 0.4)), "right"),
        ({"color_temp_kelvin": 2700}, _ON, _light(color=None, color_temp_kelvin=2702), "right"),
        ({"color_temp_kelvin": 2700}, _ON, _light(color=None, color_temp_kelvin=4000), "wrong"),
        ({"state": "off"}, _ON, _OFF, "right"),
    ],
)
def test_lights(
    expected: dict[str, Any] | None, was: Reading, now: Reading, outcome: Outcome
) -> None:
    assert _outcome("light.x", _expected(expected), was, now) == outcome


def _expected(told: Mapping[str, Any] | None) -> Expected | None:
    if told is None:
        return None
    attributes = {name: value for name, value in told.items() if name != "state"}
    return Expected(state=told.get("state"), attributes=attributes)


def _cover(position: int | None, state: str) -> Reading:
    return Reading(state=state, attributes={"position": position, "tilt_position": None})


@pytest.mark.parametrize(
    ("expected", "was", "now", "outcome"),
    [
        ({"state": "open"}, _cover(0, "closed"), _cover(100, "open"), "right"),
        ({"state": "open"}, _cover(40, "open"), _cover(100, "open"), "right"),
        ({"state": "open"}, _cover(0, "closed"), _cover(40, "open"), "wrong"),
        ({"state": "open"}, _cover(40, "open"), _cover(40, "open"), "missed"),
        ({"state": "open"}, _cover(None, "closed"), _cover(None, "open"), "right"),
        ({"position": 40}, _cover(0, "closed"), _cover(40, "open"), "right"),
        ({"position": 0}, _cover(40, "open"), _cover(0, "closed"), "right"),
        ({"state": "closed"}, _cover(40, "open"), _cover(0, "closed"), "right"),
        (
            {"state": "open", "position": 60},
            _cover(60, "opening"),
            _cover(60, "open"),
            "right",
        ),
    ],
)
def test_covers_move_all_the_way(
    expected: dict[str, Any], was: Reading, now: Reading, outcome: Outcome
) -> None:
    assert _outcome("cover.x", _expected(expected), was, now) == outcome


@pytest.mark.parametrize(
    ("entity_id", "expected", "was", "now", "outcome"),
    [
        ("number.x", {"state": "5"}, Reading(state="1.0"), Reading(state="5.0"), "right"),
        ("number.x", {"state": "5"}, Reading(state="1.0"), Reading(state="6.0"), "wrong"),
        ("select.x", {"state": "night"}, Reading(state="day"), Reading(state="night"), "right"),
        (
            "fan.x",
            {"state": "off"},
            Reading(state="on", attributes={"percentage": 50, "preset_mode": "breeze"}),
            Reading(state="off", attributes={"percentage": 50, "preset_mode": None}),
            "right",
        ),
        (
            "fan.x",
            {"state": "on"},
            Reading(state="off", attributes={"percentage": 50, "preset_mode": None}),
            Reading(state="on", attributes={"percentage": 20, "preset_mode": None}),
            "wrong",
        ),
        (
            "todo.x",
            {"items": ("Milk", "bread")},
            Reading(state=None, attributes={"items": ("bread",), "done": ()}),
            Reading(state=None, attributes={"items": ("bread", "milk"), "done": ()}),
            "right",
        ),
        (
            "todo.x",
            {"items": ()},
            Reading(state=None, attributes={"items": ("bread",), "done": ()}),
            Reading(state=None, attributes={"items": (), "done": ("bread",)}),
            "right",
        ),
        (
            "todo.x",
            {"items": ("bread", "milk")},
            Reading(state=None, attributes={"items": ("bread",), "done": ()}),
            Reading(state=None, attributes={"items": ("bread", "eggs"), "done": ()}),
            "wrong",
        ),
        (
            "media_player.x",
            {"is_volume_muted": True},
            Reading(state="playing", attributes={"is_volume_muted": False}),
            Reading(state="playing", attributes={"is_volume_muted": True}),
            "right",
        ),
    ],
)
def test_other_devices(
    entity_id: str, expected: dict[str, Any], was: Reading, now: Reading, outcome: Outcome
) -> None:
    assert _outcome(entity_id, _expected(expected), was, now) == outcome


def _scenario(**told: Any) -> Scenario:
    said: dict[str, Any] = {"path": Path("x"), "line": 1, "language": "en", "say": "x"}
    return Scenario(**said, kind="direct", **told)


def _call(action: str, *targets: str, **data: object) -> Call:
    return Call(action=action, targets=targets, data=data)


_NEXT = _call("media_player.media_next_track", "media_player.x")
_LAMP = {"light.lamp": Expected(state="on")}
_EXPECTS_NEXT = (ExpectedCall(action=_NEXT.action, targets=_NEXT.targets),)


@pytest.mark.parametrize(
    ("told", "calls", "outcome"),
    [
        ({}, [], "right"),
        ({}, [_call("light.turn_on", "light.lamp")], "wrong"),
        ({}, [_NEXT], "wrong"),
        ({"expect": _LAMP}, [_call("light.turn_off", "light.other")], "right"),
        ({"expect": _LAMP}, [_call("scene.turn_on", "scene.evening")], "right"),
        ({"expect": _LAMP}, [_NEXT], "wrong"),
        ({"expect": _LAMP}, [_call("button.press", "button.bell")], "wrong"),
        ({"expect": _LAMP}, [_call("notify.send", message="hi")], "wrong"),
        ({"calls": _EXPECTS_NEXT}, [_NEXT], "right"),
        ({"calls": _EXPECTS_NEXT}, [], "missed"),
        ({"calls": _EXPECTS_NEXT}, [_NEXT, _NEXT], "wrong"),
        ({"calls": (*_EXPECTS_NEXT, *_EXPECTS_NEXT)}, [_NEXT, _NEXT], "right"),
        ({"calls": _EXPECTS_NEXT}, [_NEXT, _call("light.turn_on", "light.lamp")], "wrong"),
        ({"calls": _EXPECTS_NEXT}, [_call(_NEXT.action, "media_player.y")], "wrong"),
        (
            {"calls": (ExpectedCall(action="script.turn_on", targets=("script.bye",)),)},
            [_call("script.bye")],
            "right",
        ),
        (
            {"calls": (ExpectedCall(action="a.b", targets=("a.x",), data={"n": 5}),)},
            [_call("a.b", "a.x", n=5, m=1)],
            "right",
        ),
        (
            {"calls": (ExpectedCall(action="a.b", targets=("a.x",), data={"n": 5}),)},
            [_call("a.b", "a.x", n=6)],
            "wrong",
        ),
    ],
)
def test_calls(told: dict[str, Any], calls: list[Call], outcome: Outcome) -> None:
    assert outcome_of(list(call_faults(_scenario(**told), calls))) == outcome


def _timer(seconds: int, name: str | None = None, *, paused: bool = False) -> Timer:
    return Timer(timer_id=f"{seconds}", name=name, seconds=seconds, paused=paused)


_TEN = ExpectedTimer(seconds=600)


@pytest.mark.parametrize(
    ("expected", "before", "after", "outcome"),
    [
        (None, [], [], "right"),
        (None, [], [_timer(600)], "wrong"),
        (None, [_timer(600)], [], "wrong"),
        ([_TEN], [], [_timer(600)], "right"),
        ([_TEN], [], [_timer(599)], "right"),
        ([_TEN], [], [], "missed"),
        ([_TEN], [], [_timer(60)], "wrong"),
        ([_TEN], [], [_timer(600), _timer(60)], "wrong"),
        ([_TEN], [], [_timer(600, paused=True)], "wrong"),
        ([ExpectedTimer(seconds=600, paused=True)], [], [_timer(600, paused=True)], "right"),
        ([ExpectedTimer(seconds=600, name="pizza")], [], [_timer(600, "Pizza timer")], "right"),
        ([ExpectedTimer(seconds=600, name="pizza")], [], [_timer(600)], "missed"),
        ([ExpectedTimer(seconds=600, name="pizza")], [], [_timer(600, "pasta")], "wrong"),
        ([], [_timer(600)], [], "right"),
        ([], [_timer(600)], [_timer(600)], "missed"),
        ([_TEN], [_timer(600), _timer(60)], [_timer(60)], "wrong"),
        ([ExpectedTimer(seconds=900)], [_timer(600)], [_timer(600)], "missed"),
    ],
)
def test_timers(
    expected: list[ExpectedTimer] | None,
    before: list[Timer],
    after: list[Timer],
    outcome: Outcome,
) -> None:
    assert outcome_of(list(timer_faults(expected, before, after, 0.2))) == outcome


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("Nothing is open.", "no", False),
        ("No, it is not.", "no", True),
        ("It isn’t locked", "isn't locked", True),
        ("It is 21.5 °C.", "21.5", True),
        ("It is 21.5 °C.", "21", False),
        ("It is 21.5 °C.", "5", False),
        ("It is 121 degrees", "21", False),
        ("It is 21.", "21", True),
        ("Es sind 21,5 Grad", "21", False),
        ("Ouvert à 40 %", "40", True),
        ("die Straßenlampe", "STRASSENLAMPE", True),
        ("リビングは２２度です。", "22", True),
        ("灯是开着的", "开着", True),
        ("The lights in the  kitchen", "the kitchen", True),
    ],
)
def test_words_in_a_reply(text: str, words: str, found: bool) -> None:
    assert holds(text, words) is found


def _exchange(speech: str, error: str | None = None) -> Exchange:
    return Exchange(
        speech=speech,
        error=error,
        calls=(),
        changed={},
        timings=Timings(total=1),
        conversation_id=None,
    )


@pytest.mark.parametrize(
    ("told", "speech", "outcome"),
    [
        ({}, "", "right"),
        ({"reply": (("yes", "it is"), ("hall",))}, "Yes, in the hall", "right"),
        ({"reply": (("yes", "it is"), ("hall",))}, "Yes.", "missed"),
        ({"not_in_reply": ("done",)}, "Done!", "missed"),
        ({"asks": True}, "Which one?", "right"),
        ({"asks": True}, "どれですか？ ", "right"),
        ({"asks": True}, "Which one.", "missed"),
    ],
)
def test_replies(told: dict[str, Any], speech: str, outcome: Outcome) -> None:
    assert outcome_of(list(reply_faults(_scenario(**told), _exchange(speech)))) == outcome


def test_an_assistant_that_fails_is_not_right() -> None:
    failed = _exchange("Something broke.", IntentResponseErrorCode.UNKNOWN)
    assert outcome_of(list(reply_faults(_scenario(), failed))) == "missed"
