"""What was done is told, and nothing is called done that failed."""

import pytest

from custom_components.home_llm.control import Outcome, Problem
from custom_components.home_llm.core.calls import Call
from custom_components.home_llm.core.home import Entity, Home, Value
from custom_components.home_llm.results import Results
from custom_components.home_llm.timers import Timer
from tests.integration.spoken import ENGLISH

NAMES = {
    "light.a": "Desk lamp",
    "light.b": "Worktop",
    "fan.a": "Tower fan",
    "cover.a": "Left blind",
    "lock.a": "Front door",
    "valve.a": "Sprinkler",
    "climate.a": "Bedroom heating",
    "humidifier.a": "Humidifier",
    "media_player.a": "Radio",
    "vacuum.a": "Rosie",
    "lawn_mower.a": "Billy",
    "scene.a": "Dinner",
    "script.a": "Good night",
    "button.a": "Doorbell",
    "number.a": "Boiler target",
    "select.a": "House mode",
    "todo.a": "Shopping",
}
HOME = Home(
    entities=tuple(
        Entity(
            entity_id=entity_id,
            name=name,
            state="on",
            attributes={"unit": "°C"} if entity_id == "number.a" else {},
        )
        for entity_id, name in NAMES.items()
    )
)
RESULTS = Results(ENGLISH, HOME)


def _done(action: str, *entity_ids: str, **arguments: Value) -> tuple[Call, Outcome]:
    domain = action.partition(".")[0]
    outcome = Outcome(entity_ids=entity_ids or (f"{domain}.a",))
    return Call(action=action, arguments=arguments), outcome


@pytest.mark.parametrize(
    ("action", "arguments", "said"),
    [
        ("light.turn_on", {}, "Turned on the desk lamp."),
        ("light.turn_on", {"brightness": 30}, "Set the desk lamp to 30 percent."),
        ("light.turn_on", {"brightness_step": -20}, "Made the desk lamp dimmer."),
        ("light.turn_on", {"color": "blue"}, "Made the desk lamp blue."),
        ("light.turn_on", {"rgb_color": (1, 2, 3)}, "Set the colour of the desk lamp."),
        ("light.turn_on", {"color_temp_kelvin": 3000}, "Set the desk lamp to 3000 kelvin."),
        ("fan.increase_speed", {"percentage_step": 10}, "Made the tower fan faster."),
        ("fan.oscillate", {"oscillating": False}, "Turned off the oscillation of the tower fan."),
        ("cover.open_cover", {}, "Opening the left blind."),
        ("cover.set_cover_position", {"position": 40}, "Setting the left blind to 40 percent."),
        ("cover.toggle", {}, "Moving the left blind."),
        ("valve.close_valve", {}, "Closing the sprinkler."),
        ("lock.lock", {}, "Locked the front door."),
        ("lock.open", {}, "Opened the front door."),
        ("climate.set_temperature", {"temperature": 21.5}, "Set the bedroom heating to 21.5 °C."),
        (
            *("climate.set_temperature", {"temperature_step": -2}),
            "Turned the bedroom heating down by 2 °C.",
        ),
        ("climate.set_hvac_mode", {"hvac_mode": "heat"}, "Set the bedroom heating to heating."),
        ("climate.set_preset_mode", {"preset_mode": "eco"}, "Set the bedroom heating to eco."),
        ("humidifier.set_humidity", {"humidity": 45}, "Set the humidifier to 45 percent."),
        ("media_player.media_pause", {}, "Paused Radio."),
        ("media_player.volume_set", {"volume_level": 30}, "Set the volume of Radio to 30 percent."),
        ("media_player.volume_up", {"volume_step": 10}, "Turned up Radio."),
        ("media_player.volume_mute", {"is_volume_muted": True}, "Muted Radio."),
        ("media_player.media_next_track", {}, "Skipped to the next track on Radio."),
        ("media_player.select_source", {"source": "Aux"}, "Switched Radio to Aux."),
        ("vacuum.start", {}, "Started Rosie."),
        ("vacuum.return_to_base", {}, "Sent Rosie back to the dock."),
        ("lawn_mower.dock", {}, "Sent Billy back to the dock."),
        ("scene.turn_on", {}, "Activated Dinner."),
        ("script.turn_on", {}, "Started Good night."),
        ("button.press", {}, "Pressed Doorbell."),
        ("number.set_value", {"value": 55}, "Set Boiler target to 55 °C."),
        ("select.select_option", {"option": "away"}, "Set the house mode to away."),
        ("todo.add_item", {"item": "milk"}, "Added milk to Shopping."),
        ("todo.complete_item", {"item": "milk"}, "Ticked off milk on Shopping."),
        ("light.explode", {}, "Done."),
    ],
)
def test_what_was_done(action: str, arguments: dict[str, Value], said: str) -> None:
    results = [_done(action, **arguments)]
    assert RESULTS.reply(results, None, understood=True) == said


def test_the_same_is_said_once() -> None:
    results = [_done("light.turn_on", "light.a"), _done("light.turn_on", "light.b")]
    assert RESULTS.told(results) == ["Turned on the desk lamp and Worktop."]


def test_things_for_a_list_are_gathered() -> None:
    results = [_done("todo.add_item", item="milk"), _done("todo.add_item", item="bread")]
    assert RESULTS.told(results) == ["Added milk and bread to Shopping."]
    call, _ = _done("todo.remove_item", item="milk")
    outcome = Outcome(entity_ids=("todo.a",), items=("Oat milk",))
    assert RESULTS.told([(call, outcome)]) == ["Removed Oat milk from Shopping."]


@pytest.mark.parametrize(
    ("verb", "arguments", "said"),
    [
        ("start", {"minutes": 10}, "Timer set for 10 minutes."),
        (
            *("start", {"hours": 1, "minutes": 30, "name": "pizza"}),
            "Pizza timer set for 1 hour and 30 minutes.",
        ),
        ("cancel", {}, "Cancelled the timer."),
        ("cancel", {"name": "pizza"}, "Cancelled the pizza timer."),
        ("cancel", {"minutes": 5}, "Cancelled the timer for 5 minutes."),
        ("cancel_all", {}, "Cancelled all timers."),
        ("pause", {}, "Paused the timer."),
        ("resume", {"name": "pizza"}, "Resumed the pizza timer."),
        ("add_time", {"minutes": 5}, "Added 5 minutes to the timer."),
        ("take_time", {"minutes": 1, "name": "egg"}, "Took 1 minute off the egg timer."),
    ],
)
def test_timers(verb: str, arguments: dict[str, Value], said: str) -> None:
    results = [(Call(action=f"timer.{verb}", arguments=arguments), Outcome())]
    assert RESULTS.reply(results, None, understood=True) == said


def _timer(name: str, seconds: int, *, is_active: bool = True) -> Timer:
    return Timer(name=name, seconds=seconds, seconds_left=seconds - 60, is_active=is_active)


@pytest.mark.parametrize(
    ("timers", "said"),
    [
        ((), "No timer is running."),
        ((_timer("", 260),), "The timer has 3 minutes and 20 seconds left."),
        ((_timer("pizza", 120, is_active=False),), "The pizza timer is paused with 1 minute left."),
        (
            (_timer("pizza", 120), _timer("", 600)),
            "The pizza timer has 1 minute left. The timer for 10 minutes has 9 minutes left.",
        ),
    ],
)
def test_what_is_left_of_timers(timers: tuple[Timer, ...], said: str) -> None:
    results = [(Call(action="timer.status"), Outcome(timers=timers))]
    assert RESULTS.reply(results, None, understood=True) == said


def _failed(*names: str, reason: str = "unavailable") -> tuple[None, Outcome]:
    return None, Outcome(problems=tuple(Problem(reason=reason, name=name) for name in names))


def test_names_are_gathered() -> None:
    results = [_failed("Lamp", "Fan"), _failed("Lamp"), _failed("Kettle", reason="unsupported")]
    assert RESULTS.reply(results, None, understood=True) == (
        "I cannot reach the lamp and the fan at the moment. That is not possible with Kettle."
    )


def test_nothing_is_called_done_that_is_not() -> None:
    done = _done("light.turn_on")
    assert RESULTS.reply([(None, Outcome())], None, understood=True) == "Done."
    assert RESULTS.reply([done, _failed("Lamp")], None, understood=True).endswith(
        "The rest is done."
    )
    assert "done" not in RESULTS.reply([_failed("Lamp")], None, understood=True)
    assert RESULTS.reply([done], "timeout", understood=True).endswith("Part of it is done.")
    assert "understand" in RESULTS.reply([], None, understood=False)


def test_a_failed_timer_is_told() -> None:
    call = Call(action="timer.cancel")
    failed = Outcome(problems=(Problem(reason="timer_not_found"),))
    assert RESULTS.reply([(call, failed)], None, understood=True) == "I found no such timer."


def test_what_is_said_of_an_error_becomes_a_sentence() -> None:
    problem = Problem(reason="failed", name="Worktop", detail="the bridge is busy")
    said = RESULTS.reply([(None, Outcome(problems=(problem,)))], None, understood=True)
    assert said == "That did not work with Worktop: the bridge is busy."
