"""Adding the integration through its own config flow."""

from homeassistant.core import HomeAssistant

from playground.assistant import DOMAIN, async_add_assistant
from tests.playground.conftest import BuildHouse


async def test_the_flow_ends_in_an_agent(hass: HomeAssistant, build_house: BuildHouse) -> None:
    await build_house("devices: [{name: Lamp, kind: light}]")
    agent_id = await async_add_assistant(hass)
    assert agent_id.startswith("conversation.")
    assert hass.states.get(agent_id) is not None


async def test_it_is_added_once(hass: HomeAssistant, build_house: BuildHouse) -> None:
    await build_house("devices: [{name: Lamp, kind: light}]")
    first = await async_add_assistant(hass)
    assert await async_add_assistant(hass) == first
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1
