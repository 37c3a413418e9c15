"""Entries that earlier versions stored come up, and do what they did."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, flush_store

from custom_components.home_llm.const import DOMAIN
from custom_components.home_llm.migration import VERSION
from custom_components.home_llm.options import AgentOptions, ModelOptions
from tests.integration.conftest import AGENT, Say, speech_of

pytestmark = pytest.mark.usefixtures("house")

STORED_BY_VERSION_1 = {
    "created_at": "2026-11-21T08:23:00.000000+00:00",
    "data": {},
    "disabled_by": None,
    "discovery_keys": {},
    "domain": "home_llm",
    "entry_id": "01JD7Q0000000000000000AAAA",
    "minor_version": 1,
    "modified_at": "2026-11-21T08:23:00.000000+00:00",
    "options": {},
    "pref_disable_new_entities": False,
    "pref_disable_polling": False,
    "source": "user",
    "subentries": [
        {
            "data": {},
            "subentry_id": "01JD7Q0000000000000000BBBB",
            "subentry_type": "conversation",
            "title": "Home LLM",
            "unique_id": None,
        }
    ],
    "title": "Home LLM",
    "unique_id": "home-llm-tiny",
    "version": 1,
}
"""As it lies on the disk."""


@pytest.fixture
def stored(hass_storage: dict[str, Any]) -> dict[str, Any]:
    """Return the disk's contents, with an entry of version 1."""
    hass_storage["core.config_entries"] = {
        "version": 1,
        "minor_version": 5,
        "key": "core.config_entries",
        "data": {"entries": [STORED_BY_VERSION_1]},
    }
    return hass_storage


async def test_version_1(hass: HomeAssistant, stored: dict[str, Any], say: Say) -> None:
    """It is what it was: the shipped model, every default, the same agent."""
    await hass.config_entries.async_initialize()
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.version == 1
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert (entry.version, entry.minor_version) == (VERSION, 1)
    assert (entry.unique_id, entry.title, entry.data) == ("home-llm-tiny", "Home LLM", {})
    (agent,) = entry.subentries.values()
    assert (agent.subentry_id, agent.data) == ("01JD7Q0000000000000000BBBB", {})
    assert ModelOptions.of(entry.data) == ModelOptions()
    assert AgentOptions.of(agent.data) == AgentOptions()
    assert hass.states.get(AGENT) is not None
    assert speech_of(await say("turn on the worktop"))
    state = hass.states.get("light.worktop")
    assert state is not None
    assert state.state == "on"
    await flush_store(hass.config_entries._store)
    (kept,) = stored["core.config_entries"]["data"]["entries"]
    assert kept["version"] == VERSION


async def test_the_version_of_now_is_left_as_it_is(hass: HomeAssistant) -> None:
    """Also one that a later minor version wrote, which this one can read."""
    entry = MockConfigEntry(domain=DOMAIN, data={}, version=VERSION, minor_version=7)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert entry.minor_version == 7


async def test_a_later_version_is_not_touched(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(domain=DOMAIN, data={"new": 1}, version=VERSION + 1)
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.MIGRATION_ERROR
    assert entry.data == {"new": 1}
