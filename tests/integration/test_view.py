"""Views are cheap: names and grammar stay until the structure of the home changes."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.house import House


async def test_a_state_keeps_the_grammar(
    hass: HomeAssistant, house: House, agent: MockConfigEntry
) -> None:
    views = agent.runtime_data.views
    before = views.now()
    await house.lamp("light.worktop").async_turn_on()
    after = views.now()
    assert after.home.entity_by_id["light.worktop"].state == "on"
    assert after.grammar is before.grammar
    assert after.names is before.names


@pytest.mark.parametrize("change", ["name", "area", "exposure", "features"])
async def test_a_change_of_structure_makes_a_new_grammar(
    hass: HomeAssistant, house: House, agent: MockConfigEntry, change: str
) -> None:
    views = agent.runtime_data.views
    before = views.now()
    if change == "name":
        er.async_get(hass).async_update_entity("light.worktop", name="Counter")
    elif change == "area":
        ar.async_get(hass).async_update("kitchen", name="Scullery")
    elif change == "exposure":
        house.hide("light.worktop")
    else:
        house.lamp("light.worktop")._attr_supported_color_modes = {"brightness"}
        house.lamp("light.worktop")._attr_color_mode = "brightness"
        await house.lamp("light.worktop").async_turn_on()
    await hass.async_block_till_done()
    after = views.now()
    assert after.grammar is not before.grammar
    assert (after.grammar.digest == before.grammar.digest) == (change == "features")
