"""Views are cheap: names stay until the structure of the home changes."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.conftest import views_of
from tests.integration.house import House


async def test_a_state_keeps_the_names(
    hass: HomeAssistant, house: House, agent: MockConfigEntry
) -> None:
    views = views_of(hass, agent)
    before = views.now()
    await house.lamp("light.worktop").async_turn_on()
    after = views.now()
    assert after.home.entity_by_id["light.worktop"].state == "on"
    assert after.names is before.names


@pytest.mark.parametrize("change", ["name", "area", "exposure"])
async def test_a_change_of_structure_makes_new_names(
    hass: HomeAssistant, house: House, agent: MockConfigEntry, change: str
) -> None:
    views = views_of(hass, agent)
    before = views.now()
    if change == "name":
        er.async_get(hass).async_update_entity("light.worktop", name="Counter")
    elif change == "area":
        ar.async_get(hass).async_update("kitchen", name="Scullery")
    else:
        house.hide("light.worktop")
    await hass.async_block_till_done()
    after = views.now()
    assert after.names != before.names
