"""Every kind of virtual device does as Home Assistant's actions tell it."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from tests.playground.conftest import BuildHouse

_LIGHT = "kind: light, features: [dim, color, white]"
_FAN = "kind: fan, features: [speed, oscillate, reverse], attributes: {preset_modes: [a, b]}"
_TILTING = "kind: cover, features: [position, stop, tilt]"
_TARGET = (
    "kind: climate, state: heat, attributes: {temperature: 20, humidity: 40, "
    "fan_modes: [low, high], preset_modes: [home, away]}"
)
_RANGE = "kind: climate, state: heat_cool, attributes: {target_temp_low: 18, target_temp_high: 24}"
_HUMID = "kind: humidifier, state: on, attributes: {humidity: 40, available_modes: [a, b]}"
_PLAYER = "kind: media_player, state: on, attributes: {source_list: [a, b]}"
_ROBOT = "kind: vacuum, state: cleaning, attributes: {fan_speed_list: [low, high]}"
_CHOICE = "attributes: {options: [a, b]}"
_TODO = "kind: todo, attributes: {items: [milk, {summary: eggs, done: true}]}"


@pytest.mark.parametrize(
    ("device", "action", "data", "state", "attributes"),
    [
        ("kind: light", "light.turn_on", {}, "on", {"color_mode": "onoff"}),
        ("kind: light, state: on", "light.turn_off", {}, "off", {}),
        ("kind: light, state: on", "light.toggle", {}, "off", {}),
        ("kind: light, features: [dim]", "light.turn_on", {}, "on", {"brightness": 255}),
        (
            "kind: light, features: [dim], state: off, attributes: {brightness: 40}",
            "light.turn_on",
            {},
            "on",
            {"brightness": 102},
        ),
        (
            "kind: light, features: [dim], state: on, attributes: {brightness: 40}",
            "light.turn_on",
            {"brightness_step_pct": 20},
            "on",
            {"brightness": 153},
        ),
        (_LIGHT, "light.turn_on", {"brightness_pct": 30}, "on", {"brightness": 76}),
        (f"{_LIGHT}, state: on", "light.turn_on", {"brightness_pct": 0}, "off", {}),
        (
            _LIGHT,
            "light.turn_on",
            {"color_name": "blue"},
            "on",
            {"rgb_color": (0, 0, 255), "color_mode": "hs"},
        ),
        (
            _LIGHT,
            "light.turn_on",
            {"color_temp_kelvin": 3000},
            "on",
            {"color_temp_kelvin": 3000, "color_mode": "color_temp"},
        ),
        ("kind: fan", "fan.turn_on", {}, "on", {}),
        ("kind: fan, state: on", "fan.turn_off", {}, "off", {}),
        (_FAN, "fan.turn_on", {"percentage": 30}, "on", {"percentage": 30}),
        (
            "kind: fan, features: [speed], state: on",
            "fan.set_percentage",
            {"percentage": 0},
            "off",
            {"percentage": 0},
        ),
        (_FAN, "fan.increase_speed", {"percentage_step": 10}, "on", {"percentage": 10}),
        (_FAN, "fan.oscillate", {"oscillating": True}, "off", {"oscillating": True}),
        (_FAN, "fan.set_direction", {"direction": "reverse"}, "off", {"direction": "reverse"}),
        (_FAN, "fan.set_preset_mode", {"preset_mode": "b"}, "on", {"preset_mode": "b"}),
        ("kind: switch", "switch.turn_on", {}, "on", {}),
        ("kind: switch, state: on", "switch.turn_off", {}, "off", {}),
        ("kind: cover", "cover.open_cover", {}, "open", {"current_position": 100}),
        ("kind: cover, state: open", "cover.close_cover", {}, "closed", {"current_position": 0}),
        (
            "kind: cover",
            "cover.set_cover_position",
            {"position": 30},
            "open",
            {"current_position": 30},
        ),
        ("kind: cover, state: opening", "cover.stop_cover", {}, "open", {}),
        ("kind: cover, features: []", "cover.open_cover", {}, "open", {}),
        (_TILTING, "cover.open_cover_tilt", {}, "closed", {"current_tilt_position": 100}),
        (
            _TILTING,
            "cover.set_cover_tilt_position",
            {"tilt_position": 40},
            "closed",
            {"current_tilt_position": 40},
        ),
        (
            "kind: cover, features: [tilt], attributes: {tilt_position: 60}",
            "cover.close_cover_tilt",
            {},
            "closed",
            {"current_tilt_position": 0},
        ),
        ("kind: valve", "valve.open_valve", {}, "open", {}),
        ("kind: valve, state: open", "valve.close_valve", {}, "closed", {}),
        (
            "kind: valve, features: [position]",
            "valve.set_valve_position",
            {"position": 40},
            "open",
            {"current_position": 40},
        ),
        ("kind: valve, features: [stop], state: opening", "valve.stop_valve", {}, "open", {}),
        ("kind: lock", "lock.unlock", {}, "unlocked", {}),
        ("kind: lock, state: jammed", "lock.lock", {}, "locked", {}),
        ("kind: lock, features: [open]", "lock.open", {}, "open", {}),
        (_TARGET, "climate.set_temperature", {"temperature": 22.5}, "heat", {"temperature": 22.5}),
        (
            _TARGET,
            "climate.set_temperature",
            {"temperature": 22, "hvac_mode": "off"},
            "off",
            {"temperature": 22},
        ),
        (_TARGET, "climate.turn_off", {}, "off", {}),
        ("kind: climate", "climate.turn_on", {}, "heat", {}),
        ("kind: climate", "climate.set_hvac_mode", {"hvac_mode": "heat"}, "heat", {}),
        (_TARGET, "climate.set_humidity", {"humidity": 55}, "heat", {"humidity": 55}),
        (_TARGET, "climate.set_fan_mode", {"fan_mode": "high"}, "heat", {"fan_mode": "high"}),
        (
            _TARGET,
            "climate.set_preset_mode",
            {"preset_mode": "away"},
            "heat",
            {"preset_mode": "away"},
        ),
        (
            _RANGE,
            "climate.set_temperature",
            {"target_temp_low": 19, "target_temp_high": 23},
            "heat_cool",
            {"target_temp_low": 19, "target_temp_high": 23},
        ),
        (_HUMID, "humidifier.turn_off", {}, "off", {}),
        ("kind: humidifier", "humidifier.turn_on", {}, "on", {}),
        (_HUMID, "humidifier.set_humidity", {"humidity": 60}, "on", {"humidity": 60}),
        (_HUMID, "humidifier.set_mode", {"mode": "b"}, "on", {"mode": "b"}),
        ("kind: media_player", "media_player.turn_on", {}, "on", {}),
        (_PLAYER, "media_player.turn_off", {}, "off", {}),
        (_PLAYER, "media_player.media_play", {}, "playing", {}),
        (_PLAYER, "media_player.media_pause", {}, "paused", {}),
        (_PLAYER, "media_player.media_stop", {}, "idle", {}),
        (_PLAYER, "media_player.media_next_track", {}, "on", {"media_track": 2}),
        (_PLAYER, "media_player.media_previous_track", {}, "on", {"media_track": 1}),
        (_PLAYER, "media_player.volume_set", {"volume_level": 0.3}, "on", {"volume_level": 0.3}),
        (_PLAYER, "media_player.volume_up", {}, "on", {"volume_level": 0.6}),
        (_PLAYER, "media_player.volume_down", {}, "on", {"volume_level": 0.4}),
        (
            _PLAYER,
            "media_player.volume_mute",
            {"is_volume_muted": True},
            "on",
            {"is_volume_muted": True},
        ),
        (_PLAYER, "media_player.select_source", {"source": "b"}, "on", {"source": "b"}),
        ("kind: vacuum", "vacuum.start", {}, "cleaning", {}),
        (_ROBOT, "vacuum.pause", {}, "paused", {}),
        (_ROBOT, "vacuum.stop", {}, "idle", {}),
        (_ROBOT, "vacuum.return_to_base", {}, "docked", {}),
        (_ROBOT, "vacuum.locate", {}, "cleaning", {}),
        (_ROBOT, "vacuum.set_fan_speed", {"fan_speed": "high"}, "cleaning", {"fan_speed": "high"}),
        ("kind: lawn_mower", "lawn_mower.start_mowing", {}, "mowing", {}),
        ("kind: lawn_mower, state: mowing", "lawn_mower.pause", {}, "paused", {}),
        ("kind: lawn_mower, state: mowing", "lawn_mower.dock", {}, "docked", {}),
        ("kind: number, state: 5", "number.set_value", {"value": 7}, "7.0", {}),
        (f"kind: select, state: a, {_CHOICE}", "select.select_option", {"option": "b"}, "b", {}),
        (_TODO, "todo.add_item", {"item": "bread"}, "2", {}),
        (_TODO, "todo.update_item", {"item": "milk", "status": "completed"}, "0", {}),
        (_TODO, "todo.remove_item", {"item": "milk"}, "0", {}),
        ("kind: input_boolean", "input_boolean.turn_on", {}, "on", {}),
        (
            "kind: input_number, state: 5, attributes: {min: 0, max: 10}",
            "input_number.set_value",
            {"value": 7},
            "7.0",
            {},
        ),
        (
            f"kind: input_select, state: a, {_CHOICE}",
            "input_select.select_option",
            {"option": "b"},
            "b",
            {},
        ),
        ("kind: input_text, state: a", "input_text.set_value", {"value": "b"}, "b", {}),
    ],
)
async def test_action(  # noqa: PLR0917 - one column of the table each
    hass: HomeAssistant,
    build_house: BuildHouse,
    device: str,
    action: str,
    data: dict[str, Any],
    state: str,
    attributes: dict[str, Any],
) -> None:
    await build_house(f"devices: [{{name: Thing, {device}}}]")
    domain, _, service = action.partition(".")
    entity_id = f"{domain}.thing"
    before = hass.states.get(entity_id)
    await hass.services.async_call(domain, service, {"entity_id": entity_id, **data}, blocking=True)
    await hass.async_block_till_done()
    after = hass.states.get(entity_id)
    assert before is not None
    assert after is not None
    assert after.state == state
    assert {name: after.attributes.get(name) for name in attributes} == attributes
    visible = service not in ("locate", "media_previous_track")
    assert (after != before) == visible


@pytest.mark.parametrize(
    ("device", "action", "data"),
    [
        ("kind: light", "light.turn_on", {"color_name": "blue"}),
        ("kind: light, features: [dim]", "light.turn_on", {"color_name": "blue"}),
    ],
)
async def test_a_light_ignores_what_it_cannot_do(
    hass: HomeAssistant, build_house: BuildHouse, device: str, action: str, data: dict[str, Any]
) -> None:
    await build_house(f"devices: [{{name: Thing, {device}}}]")
    await hass.services.async_call("light", "turn_on", {"entity_id": "light.thing", **data}, True)
    light = hass.states.get("light.thing")
    assert light is not None
    assert light.state == "on"
    assert light.attributes.get("rgb_color") is None


@pytest.mark.parametrize(
    ("device", "action", "data"),
    [
        ("kind: fan", "fan.set_percentage", {"percentage": 5}),
        ("kind: cover, features: []", "cover.set_cover_position", {"position": 5}),
        ("kind: valve", "valve.set_valve_position", {"position": 5}),
        ("kind: lock", "lock.open", {}),
        ("kind: climate", "climate.set_temperature", {"temperature": 20}),
        ("kind: humidifier", "humidifier.set_mode", {"mode": "a"}),
        ("kind: media_player, features: []", "media_player.media_pause", {}),
        ("kind: vacuum, features: []", "vacuum.locate", {}),
        ("kind: lawn_mower, features: []", "lawn_mower.pause", {}),
    ],
)
async def test_a_device_refuses_what_it_cannot_do(
    hass: HomeAssistant, build_house: BuildHouse, device: str, action: str, data: dict[str, Any]
) -> None:
    await build_house(f"devices: [{{name: Thing, {device}}}]")
    domain, _, service = action.partition(".")
    target = {"entity_id": f"{domain}.thing"}
    with pytest.raises(HomeAssistantError):
        await hass.services.async_call(domain, service, target | data, blocking=True)


@pytest.mark.parametrize("kind", ["light", "fan", "cover", "lock", "climate", "media_player"])
async def test_an_unavailable_device_does_nothing(
    hass: HomeAssistant, build_house: BuildHouse, kind: str
) -> None:
    await build_house(f"devices: [{{name: Thing, kind: {kind}, unavailable: true}}]")
    services = {"cover": "open_cover", "lock": "unlock"}
    service, target = services.get(kind, "turn_on"), {"entity_id": f"{kind}.thing"}
    await hass.services.async_call(kind, service, target, blocking=True)
    thing = hass.states.get(f"{kind}.thing")
    assert thing is not None
    assert thing.state == "unavailable"


@pytest.mark.parametrize("kind", ["light", "fan", "switch", "cover", "valve", "lock", "climate"])
async def test_an_unknown_state_is_unknown(
    hass: HomeAssistant, build_house: BuildHouse, kind: str
) -> None:
    await build_house(f"devices: [{{name: Thing, kind: {kind}, state: unknown}}]")
    thing = hass.states.get(f"{kind}.thing")
    assert thing is not None
    assert thing.state == "unknown"


async def test_buttons_are_pressed(hass: HomeAssistant, build_house: BuildHouse) -> None:
    await build_house("devices: [{name: A, kind: button}, {name: B, kind: input_button}]")
    for entity_id in ("button.a", "input_button.b"):
        domain = entity_id.partition(".")[0]
        await hass.services.async_call(domain, "press", {"entity_id": entity_id}, blocking=True)
        button = hass.states.get(entity_id)
        assert button is not None
        assert button.state != "unknown"


async def test_timers_run(hass: HomeAssistant, build_house: BuildHouse) -> None:
    await build_house("devices: [{name: Egg, kind: timer, attributes: {duration: 0:05:00}}]")
    for service, state in (("start", "active"), ("pause", "paused"), ("cancel", "idle")):
        await hass.services.async_call("timer", service, {"entity_id": "timer.egg"}, True)
        timer = hass.states.get("timer.egg")
        assert timer is not None
        assert (timer.state, timer.attributes["duration"]) == (state, "0:05:00")


async def test_scenes_and_scripts_act(hass: HomeAssistant, build_house: BuildHouse) -> None:
    await build_house("""
        devices:
          - {name: Lamp, kind: light, features: [dim]}
          - {name: Door, kind: lock, state: unlocked}
          - name: Evening
            kind: scene
            attributes: {sets: {light.lamp: {state: on, brightness: 51}}}
          - name: Leave
            kind: script
            attributes:
              sequence:
                - {action: light.turn_off, target: {entity_id: light.lamp}}
                - {action: lock.lock, target: {entity_id: lock.door}}
    """)
    await hass.services.async_call("scene", "turn_on", {"entity_id": "scene.evening"}, True)
    await hass.async_block_till_done()
    lamp = hass.states.get("light.lamp")
    assert lamp is not None
    assert (lamp.state, lamp.attributes["brightness"]) == ("on", 51)
    await hass.services.async_call("script", "turn_on", {"entity_id": "script.leave"}, True)
    await hass.async_block_till_done()
    assert hass.states.is_state("light.lamp", "off")
    assert hass.states.is_state("lock.door", "locked")


async def test_people_are_where_the_file_says(hass: HomeAssistant, build_house: BuildHouse) -> None:
    await build_house("""
        devices:
          - {name: Anna, kind: person}
          - {name: Ben, kind: person, state: not_home}
          - {name: Eva, kind: person, state: The gym}
          - {name: Tom, kind: person, state: unknown}
    """)
    people = {state.name: state.state for state in hass.states.async_all("person")}
    assert people == {"Anna": "home", "Ben": "not_home", "Eva": "The gym", "Tom": "unknown"}


async def test_items_events_and_forecast_are_those_of_the_file(
    hass: HomeAssistant, build_house: BuildHouse, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-11-21 20:00:00+00:00")  # noon in the time zone of the tests
    await build_house("""
        devices:
          - name: List
            kind: todo
            attributes: {items: [{summary: plants, due: tomorrow}, {summary: eggs, done: true}]}
          - name: Family
            kind: calendar
            attributes:
              events:
                - {summary: Later, start: tomorrow 09:00, end: tomorrow 10:00}
                - {summary: Now, start: today 11:00, end: today 13:00, location: here}
          - name: Weather
            kind: weather
            state: rainy
            attributes: {temperature: 12, forecast: [{condition: sunny, temperature: 15}]}
    """)
    asked: dict[str, tuple[str, dict[str, Any]]] = {
        "todo.get_items": ("todo.list", {}),
        "calendar.get_events": ("calendar.family", {"duration": {"days": 2}}),
        "weather.get_forecasts": ("weather.weather", {"type": "daily"}),
    }
    told: dict[str, Any] = {}
    for action, (entity_id, data) in asked.items():
        domain, _, service = action.partition(".")
        response = await hass.services.async_call(
            domain, service, {"entity_id": entity_id, **data}, blocking=True, return_response=True
        )
        assert response is not None
        told[domain] = response[entity_id]
    assert [(i["summary"], i["status"], i.get("due")) for i in told["todo"]["items"]] == [
        ("plants", "needs_action", "2026-11-22"),
        ("eggs", "completed", None),
    ]
    assert [event["summary"] for event in told["calendar"]["events"]] == ["Now", "Later"]
    assert told["weather"]["forecast"][0]["temperature"] == 15
    family = hass.states.get("calendar.family")
    assert family is not None
    assert (family.state, family.attributes["message"]) == ("on", "Now")


async def test_readings(hass: HomeAssistant, build_house: BuildHouse) -> None:
    await build_house("""
        devices:
          - name: Power
            kind: sensor
            state: 430
            attributes: {device_class: power, unit_of_measurement: W}
          - {name: Phase, kind: sensor, state: b, attributes: {device_class: enum, options: [a, b]}}
          - name: Due
            kind: sensor
            state: "2026-11-21T18:00:00+00:00"
            attributes: {device_class: timestamp}
          - {name: Day, kind: sensor, state: 2026-11-21, attributes: {device_class: date}}
          - {name: Door, kind: binary_sensor, state: on, attributes: {device_class: door}}
    """)
    states = {state.name: state.state for state in hass.states.async_all()}
    assert states == states | {
        "Power": "430",
        "Phase": "b",
        "Due": "2026-11-21T18:00:00+00:00",
        "Day": "2026-11-21",
        "Door": "on",
    }
