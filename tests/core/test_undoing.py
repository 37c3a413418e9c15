"""What puts things back as they were."""

from collections.abc import Mapping

import pytest

from home_llm_core.actions import ACTIONS, Action
from home_llm_core.calls import Call, ResolvedCall, resolve
from home_llm_core.formats import TINY
from home_llm_core.formats.undoing import undone
from home_llm_core.home import Entity, Home, Value
from home_llm_core.turns import Turn
from tests.core.hearing import entity, turn_of

PARTLY = entity("cover.x", state="open", attributes={"position": 40}, features=("position", "stop"))
FAN = entity("fan.x", state="on", attributes={"percentage": 66}, features=("speed", "oscillate"))
RADIO = entity(
    "media_player.x",
    state="playing",
    attributes={"volume_level": 33.3, "is_volume_muted": False},
    features=("volume", "mute", "play", "stop", "tracks"),
)
HEATING = entity(
    "climate.x", state="heat", attributes={"temperature": 20.3}, features=("heat", "off", "target")
)
LAMP = entity(
    "light.x", state="on", attributes={"brightness": 80, "color": "red"}, features=("dim", "color")
)
VACUUM = entity("vacuum.x", state="docked", features=("pause", "return", "locate"))


def back(device: Entity, action: str, **arguments: Value) -> tuple[str, Mapping[str, Value]] | None:
    """Return what undoes an action, done to one device."""
    home = Home(entities=(device,))
    (line,) = TINY.names(home).devices
    name = f"{device.domain}.{action}"
    turn = turn_of(home, Call(action=name, devices=(line,), arguments=arguments))
    calls = undone(turn, lambda entities: (line,) * len(entities))
    for call in calls:
        # It can be done, and the device is what it is done to.
        assert resolve(call, home, TINY.names(home)).entity_ids == (device.entity_id,)
    return (calls[0].action.partition(".")[2], calls[0].arguments) if calls else None


@pytest.mark.parametrize(
    ("device", "action", "arguments", "expected"),
    [
        (entity("light.x", state="off"), "turn_on", {}, ("turn_off", {})),
        (entity("light.x", state="on"), "turn_off", {}, ("turn_on", {})),
        (LAMP, "turn_off", {}, ("turn_on", {"brightness": 80, "color": "red"})),
        (LAMP, "turn_on", {"brightness": 5}, ("turn_on", {"brightness": 80, "color": "red"})),
        (LAMP, "toggle", {}, ("turn_on", {"brightness": 80, "color": "red"})),
        # What a lamp that cannot be dimmed shows is not set.
        (
            entity("light.x", state="on", attributes={"brightness": 100}),
            "turn_off",
            {},
            ("turn_on", {}),
        ),
        # It was so already.
        (entity("switch.x", state="on"), "turn_on", {}, ("turn_on", {})),
        (entity("lock.x", state="locked"), "lock", {}, ("lock", {})),
        (entity("cover.x", state="open"), "open_cover", {}, ("open_cover", {})),
        (entity("lock.x", state="unlocked"), "lock", {}, ("unlock", {})),
        (entity("lock.x", state="locked"), "unlock", {}, ("lock", {})),
        (entity("cover.x", state="closed"), "open_cover", {}, ("close_cover", {})),
        (entity("valve.x", state="open"), "close_valve", {}, ("open_valve", {})),
        (PARTLY, "open_cover", {}, ("set_cover_position", {"position": 40})),
        (PARTLY, "set_cover_position", {"position": 70}, ("set_cover_position", {"position": 40})),
        (PARTLY, "stop_cover", {}, ("set_cover_position", {"position": 40})),
        (FAN, "set_percentage", {"percentage": 10}, ("set_percentage", {"percentage": 66})),
        (FAN, "increase_speed", {}, ("set_percentage", {"percentage": 66})),
        (FAN, "oscillate", {"oscillating": True}, ("oscillate", {"oscillating": False})),
        (
            entity("fan.x", state="off", features=("speed",)),
            "set_percentage",
            {"percentage": 50},
            ("turn_off", {}),
        ),
        (
            entity("fan.x", state="on", features=("reverse",)),
            "set_direction",
            {"direction": "reverse"},
            ("set_direction", {"direction": "forward"}),
        ),
        (RADIO, "volume_up", {}, ("volume_set", {"volume_level": 33})),
        (
            RADIO,
            "volume_mute",
            {"is_volume_muted": True},
            ("volume_mute", {"is_volume_muted": False}),
        ),
        (RADIO, "media_pause", {}, ("media_play", {})),
        (RADIO, "media_stop", {}, ("media_play", {})),
        (RADIO, "media_next_track", {}, ("media_previous_track", {})),
        (RADIO, "turn_off", {}, ("turn_on", {})),
        (
            HEATING,
            "set_temperature",
            {"temperature": 25},
            ("set_temperature", {"temperature": 20.5}),
        ),
        (
            HEATING,
            "set_temperature",
            {"temperature_step": 2},
            ("set_temperature", {"temperature": 20.5}),
        ),
        (HEATING, "set_hvac_mode", {"hvac_mode": "off"}, ("set_hvac_mode", {"hvac_mode": "heat"})),
        (HEATING, "turn_off", {}, ("set_hvac_mode", {"hvac_mode": "heat"})),
        (VACUUM, "start", {}, ("return_to_base", {})),
        (VACUUM, "locate", {}, None),
        (
            entity("lawn_mower.x", state="mowing", features=("dock",)),
            "dock",
            {},
            ("start_mowing", {}),
        ),
        (entity("number.x", state="7.5"), "set_value", {"value": 3}, ("set_value", {"value": 7.5})),
        (
            entity("select.x", state="Eco", options={"option": ("Eco", "Boost")}),
            "select_option",
            {"option": "Boost"},
            ("select_option", {"option": "Eco"}),
        ),
        (
            entity("todo.x", state="2"),
            "add_item",
            {"item": "Milk"},
            ("remove_item", {"item": "Milk"}),
        ),
        # Nobody can take back what a scene, a script or a button did.
        (entity("scene.x", state="unknown"), "turn_on", {}, None),
        (entity("script.x", state="off"), "turn_on", {}, None),
        (entity("button.x", state="unknown"), "press", {}, None),
        (entity("todo.x", state="2"), "complete_item", {"item": "Milk"}, None),
        # How it was, nobody knew: the opposite of what was done.
        (entity("switch.x", state="unknown"), "turn_on", {}, ("turn_off", {})),
        (entity("lock.x", state="unknown"), "unlock", {}, ("lock", {})),
        (entity("cover.x", state="unknown"), "close_cover", {}, ("open_cover", {})),
        (entity("number.x", state="unknown"), "set_value", {"value": 3}, None),
    ],
)
def test_what_undoes_an_action(
    device: Entity,
    action: str,
    arguments: Mapping[str, Value],
    expected: tuple[str, Mapping[str, Value]] | None,
) -> None:
    assert back(device, action, **arguments) == expected


@pytest.mark.parametrize("action", [a for a in ACTIONS.values() if a.targets], ids=str)
def test_every_action_can_be_undone_or_not(action: Action) -> None:
    """Whatever a device was before, also what nobody has heard of."""
    given = [{a.name: a.values[0]} for a in action.arguments if a.values]
    for state in ("on", "off", "unknown", "unavailable", "open", "locked", "dragon", "7"):
        device = entity(f"{action.domain}.x", state=state, attributes={"position": 40})
        for arguments in (*given, {}):
            done = ResolvedCall(action=action, entity_ids=(device.entity_id,), arguments=arguments)
            turn = Turn(calls=(done,), before={device.entity_id: device})
            calls = undone(turn, lambda entities: ("x",) * len(entities))
            assert all(call.action in ACTIONS for call in calls)


def test_the_last_call_is_undone_first(house: Home) -> None:
    """Each device goes back to what it was."""
    turn = turn_of(
        house,
        Call(action="light.turn_off", area="area kitchen"),
        Call(action="fan.turn_off", devices=("fan lena's fan",)),
    )
    names = {entity_id: line for line, entity_id in TINY.names(house).devices.items()}
    calls = undone(turn, lambda entities: tuple(names[each.entity_id] for each in entities))
    assert [(call.action, call.devices) for call in calls] == [
        ("fan.turn_on", ("fan lena's fan",)),
        ("light.turn_on", ("light kitchen ceiling",)),
        ("light.turn_off", ("light counter",)),
    ]


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ("timer.start", "timer.cancel"),
        ("timer.pause", "timer.resume"),
        ("timer.resume", "timer.pause"),
        ("timer.add_time", "timer.take_time"),
        ("timer.cancel", None),
    ],
)
def test_timers(done: str, expected: str | None) -> None:
    arguments: dict[str, Value] = {"minutes": 5, "name": "Tea"}
    turn = turn_of(Home(), Call(action=done, arguments=arguments))
    calls = undone(turn, lambda _: ())
    assert calls == ([Call(action=expected, arguments=arguments)] if expected else [])
