"""People speak, and the shipped model does what they mean."""

from collections.abc import Callable

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.intent import IntentResponseType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.conftest import Say, speech_of
from tests.integration.house import House

States = dict[str, str]


def _states(hass: HomeAssistant) -> States:
    states = hass.states.async_all(("light", "fan", "switch"))
    return {state.entity_id: state.state for state in states}


@pytest.fixture
def changes(hass: HomeAssistant, agent: MockConfigEntry) -> Callable[[], States]:
    """Return a function that returns the states that are others than at the start."""
    before = _states(hass)
    return lambda: dict(_states(hass).items() - before.items())


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "turn on the kitchen lights",
            {"light.kitchen_ceiling": "on", "light.worktop": "on"},
        ),
        ("turn off the fan in the bedroom", {"fan.tower_fan": "off"}),
        ("turn on the desk lamp", {"light.desk_lamp": "on"}),
        ("switch on the kettle", {"switch.kettle": "on"}),
        (
            "bedside lamp on and tower fan off",
            {"light.bedside_lamp": "on", "fan.tower_fan": "off"},
        ),
    ],
)
async def test_commands(
    say: Say, changes: Callable[[], States], sentence: str, expected: States
) -> None:
    result = await say(sentence)
    assert changes() == expected
    assert result.response.response_type is IntentResponseType.ACTION_DONE
    assert speech_of(result)


async def test_rooms_of_a_home_without_areas(
    hass: HomeAssistant, house: House, say: Say, changes: Callable[[], States]
) -> None:
    for entity_id, name in (("kitchen_ceiling", "Kitchen ceiling"), ("worktop", "Kitchen worktop")):
        er.async_get(hass).async_update_entity(f"light.{entity_id}", name=name)
    for area in tuple(ar.async_get(hass).async_list_areas()):
        ar.async_get(hass).async_delete(area.id)
    await hass.async_block_till_done()
    await say("turn on the lights in the kitchen")
    assert changes() == {"light.kitchen_ceiling": "on", "light.worktop": "on"}


async def test_light_on_and_off_again(say: Say, changes: Callable[[], States]) -> None:
    await say("turn on the desk lamp")
    assert changes() == {"light.desk_lamp": "on"}
    await say("turn off the desk lamp")
    assert changes() == {}


async def test_all_lights_off(hass: HomeAssistant, house: House, say: Say, changes: object) -> None:
    for lamp in ("light.worktop", "light.desk_lamp", "light.bedside_lamp"):
        await house.lamp(lamp).async_turn_on()
    await say("all lights off")
    lights = hass.states.async_all("light")
    assert {state.state for state in lights} == {"off"}


async def test_brightness(hass: HomeAssistant, agent: MockConfigEntry, say: Say) -> None:
    await say("dim the desk lamp to 30 percent")
    state = hass.states.get("light.desk_lamp")
    assert state is not None
    assert (state.state, state.attributes["brightness"]) == ("on", round(0.3 * 255))


async def test_color(hass: HomeAssistant, agent: MockConfigEntry, say: Say) -> None:
    await say("make the living room blue")
    state = hass.states.get("light.floor_lamp")
    assert state is not None
    assert (state.state, state.attributes["rgb_color"]) == ("on", (0, 0, 255))


async def test_what_is_not_there(say: Say, changes: Callable[[], States]) -> None:
    result = await say("turn on the flux capacitor")
    assert changes() == {}
    assert speech_of(result) == "I cannot find that here."


async def test_a_kind_that_is_not_there_at_all(say: Say, changes: Callable[[], States]) -> None:
    """No tool is offered for covers where there are none; that is no question of permission."""
    result = await say("close the garage door")
    assert changes() == {}
    assert speech_of(result) == "I found nothing there that can do that."


async def test_what_is_not_exposed_is_not_there(say: Say, changes: Callable[[], States]) -> None:
    result = await say("turn on the safe light")
    assert "light.safe_light" not in changes()
    assert speech_of(result)


async def test_unavailable_is_told(house: House, say: Say, changes: Callable[[], States]) -> None:
    house.set_available("light.desk_lamp", available=False)
    result = await say("turn on the desk lamp")
    assert changes() == {"light.desk_lamp": "unavailable"}
    assert "desk lamp" in speech_of(result).lower()


async def test_room_of_the_satellite(
    hass: HomeAssistant, agent: MockConfigEntry, say: Say, changes: Callable[[], States]
) -> None:
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=agent.entry_id, identifiers={("test", "satellite")}
    )
    dr.async_get(hass).async_update_device(device.id, area_id="kitchen")
    await say("turn on the lights", device_id=device.id)
    assert changes() == {"light.kitchen_ceiling": "on", "light.worktop": "on"}
