"""Actions reach the devices that they are meant for, in Home Assistant's words."""

from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.home_llm.control import Outcome, Problem
from custom_components.home_llm.core.errors import CallError
from tests.integration.carried_out import async_build, async_do

_VOLUME_STEP = 1024
_TURN_ON_OFF = 128 | 256


@pytest.mark.parametrize(
    ("device", "action", "arguments", "state", "attributes"),
    [
        ("kind: number, state: 3", "number.set_value", {"value": 7.5}, "7.5", {}),
        (
            "kind: input_number, state: 3, attributes: {min: 0, max: 10}",
            "input_number.set_value",
            {"value": 8},
            "8.0",
            {},
        ),
        (
            "kind: select, state: a, attributes: {options: [a, b]}",
            "select.select_option",
            {"option": "b"},
            "b",
            {},
        ),
        (
            "kind: input_select, state: a, attributes: {options: [a, b]}",
            "input_select.select_option",
            {"option": "b"},
            "b",
            {},
        ),
        (
            "kind: climate, state: heat, attributes: {preset_modes: [home, away]}",
            "climate.set_preset_mode",
            {"preset_mode": "away"},
            "heat",
            {"preset_mode": "away"},
        ),
        (
            "kind: climate, state: heat, attributes: {fan_modes: [low, high]}",
            "climate.set_fan_mode",
            {"fan_mode": "high"},
            "heat",
            {"fan_mode": "high"},
        ),
        (
            "kind: climate, state: heat, attributes: {temperature: 20}",
            "climate.set_temperature",
            {"temperature_step": -1.5},
            "heat",
            {"temperature": 18.5},
        ),
        (
            "kind: fan, attributes: {preset_modes: [auto, night]}",
            "fan.set_preset_mode",
            {"preset_mode": "night"},
            "on",
            {"preset_mode": "night"},
        ),
        (
            "kind: humidifier, state: on, attributes: {available_modes: [auto, baby]}",
            "humidifier.set_mode",
            {"mode": "baby"},
            "on",
            {"mode": "baby"},
        ),
        (
            "kind: media_player, state: on, attributes: {source_list: [Radio, HDMI 1]}",
            "media_player.select_source",
            {"source": "HDMI 1"},
            "on",
            {"source": "HDMI 1"},
        ),
    ],
)
async def test_settings(
    hass: HomeAssistant,
    tmp_path: Path,
    *,
    device: str,
    action: str,
    arguments: dict[str, Any],
    state: str,
    attributes: dict[str, Any],
) -> None:
    await async_build(hass, tmp_path, f"{{name: Thing, {device}}}")
    entity_id = f"{action.partition('.')[0]}.thing"
    outcome = await async_do(hass, action, entity_id, **arguments)
    assert outcome == Outcome(entity_ids=(entity_id,))
    thing = hass.states.get(entity_id)
    assert thing is not None
    assert thing.state == state
    assert thing.attributes == {**thing.attributes, **attributes}


async def test_an_option_that_is_not_there_is_refused(hass: HomeAssistant, tmp_path: Path) -> None:
    await async_build(hass, tmp_path, "{name: Thing, kind: select, attributes: {options: [a, b]}}")
    with pytest.raises(CallError, match="unknown_option"):
        await async_do(hass, "select.select_option", "select.thing", option="c")


async def test_a_number_out_of_range_is_told_with_its_reason(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    await async_build(
        hass, tmp_path, "{name: Thing, kind: number, state: 3, attributes: {min: 0, max: 9}}"
    )
    outcome = await async_do(hass, "number.set_value", "number.thing", value=10)
    assert [problem.reason for problem in outcome.problems] == ["failed"]
    assert "10" in outcome.problems[0].detail
    assert not outcome.is_done


async def test_buttons_are_pressed(hass: HomeAssistant, tmp_path: Path) -> None:
    await async_build(hass, tmp_path, "{name: A, kind: button}, {name: B, kind: input_button}")
    for entity_id in ("button.a", "input_button.b"):
        domain = entity_id.partition(".")[0]
        assert (await async_do(hass, f"{domain}.press", entity_id)).is_done
        assert not hass.states.is_state(entity_id, "unknown")


@pytest.mark.parametrize(
    ("action", "arguments", "volume"),
    [
        ("volume_up", {}, 0.7),
        ("volume_down", {}, 0.3),
        ("volume_up", {"volume_step": 7}, 0.57),
        ("volume_up", {"volume_step": 60}, 1.0),
        ("volume_down", {"volume_step": 60}, 0.0),
    ],
)
async def test_volume_steps(
    hass: HomeAssistant, tmp_path: Path, action: str, arguments: dict[str, Any], volume: float
) -> None:
    await async_build(
        hass, tmp_path, "{name: Radio, kind: media_player, state: playing, features: [volume]}"
    )
    outcome = await async_do(hass, f"media_player.{action}", "media_player.radio", **arguments)
    assert outcome == Outcome(entity_ids=("media_player.radio",))
    radio = hass.states.get("media_player.radio")
    assert radio is not None
    assert radio.attributes["volume_level"] == pytest.approx(volume)


@pytest.mark.parametrize("attributes", [{"volume_level": 0.5}, {}])
async def test_a_player_whose_volume_cannot_be_set_takes_its_own_step(
    hass: HomeAssistant, tmp_path: Path, attributes: dict[str, Any]
) -> None:
    await async_build(
        hass, tmp_path, "{name: Radio, kind: media_player, state: playing, features: []}"
    )
    supported = {"supported_features": _TURN_ON_OFF | _VOLUME_STEP}
    hass.states.async_set("media_player.radio", "playing", {**supported, **attributes})
    calls = async_mock_service(hass, "media_player", "volume_up")
    await async_do(hass, "media_player.volume_up", "media_player.radio", volume_step=30)
    assert [call.data for call in calls] == [{"entity_id": "media_player.radio"}]


async def test_what_home_assistant_refuses_is_unsupported(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    await async_build(
        hass, tmp_path, "{name: Radio, kind: media_player, state: playing, features: []}"
    )
    supported = {"supported_features": _TURN_ON_OFF | _VOLUME_STEP}
    hass.states.async_set("media_player.radio", "playing", supported)
    outcome = await async_do(hass, "media_player.volume_set", "media_player.radio", volume_level=30)
    assert outcome.problems == (Problem(reason="unsupported", name="Radio"),)


@pytest.mark.parametrize(
    ("action", "arguments", "percentage"),
    [
        ("increase_speed", {}, 60),
        ("decrease_speed", {}, 20),
        ("increase_speed", {"percentage_step": 5}, 45),
    ],
)
async def test_speed_steps(
    hass: HomeAssistant, tmp_path: Path, action: str, arguments: dict[str, Any], percentage: int
) -> None:
    await async_build(
        hass,
        tmp_path,
        "{name: Fan, kind: fan, features: [speed], state: on, attributes: {percentage: 40}}",
    )
    await async_do(hass, f"fan.{action}", "fan.fan", **arguments)
    fan = hass.states.get("fan.fan")
    assert fan is not None
    assert fan.attributes["percentage"] == percentage


async def test_a_fan_of_few_speeds_goes_to_the_next(hass: HomeAssistant, tmp_path: Path) -> None:
    await async_build(hass, tmp_path, "{name: Fan, kind: fan, features: [speed], state: on}")
    fan = hass.states.get("fan.fan")
    assert fan is not None
    hass.states.async_set("fan.fan", "on", {**fan.attributes, "percentage_step": 100 / 3})
    calls = async_mock_service(hass, "fan", "increase_speed")
    await async_do(hass, "fan.increase_speed", "fan.fan")
    assert [call.data for call in calls] == [{"entity_id": "fan.fan"}]
