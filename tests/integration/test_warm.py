"""The home is read ahead, so that only the words of people are left to evaluate."""

import asyncio
import os
from typing import Any

from homeassistant.components import conversation
from homeassistant.components.conversation.trace import async_get_traces
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm import home_prompt, local_model, warm
from custom_components.home_llm.const import DOMAIN
from custom_components.home_llm.errors import ModelError
from custom_components.home_llm.local_model import LocalModel
from custom_components.home_llm.view import View
from tests.integration.conftest import AGENT, RunWith, Say
from tests.integration.house import House

Prepared = asyncio.Queue[str]


@pytest.fixture
async def prepared(monkeypatch: pytest.MonkeyPatch, house: House) -> Prepared:
    """Return a queue of the system messages that have been read ahead; nobody has to wait long."""
    queue: Prepared = asyncio.Queue()
    real = LocalModel.async_prepare

    async def watched(model: LocalModel, view: View) -> None:
        await real(model, view)
        queue.put_nowait(model.system(view))

    monkeypatch.setattr(LocalModel, "async_prepare", watched)
    monkeypatch.setattr(warm, "COOLDOWN", 0.05)
    monkeypatch.setattr(warm, "SHARE", 1000.0)
    return queue


@pytest.fixture
def broken_loads(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> asyncio.Queue[str]:
    """Return a queue of the levels at which failed loads were logged."""
    queue: asyncio.Queue[str] = asyncio.Queue()
    real = LocalModel.async_load

    async def watched(model: LocalModel) -> None:
        try:
            await real(model)
        except ModelError:
            lines = [r for r in caplog.records if "language model failed" in r.message]
            queue.put_nowait(lines[-1].levelname)
            raise

    monkeypatch.setattr(LocalModel, "async_load", watched)
    monkeypatch.setattr(warm, "COOLDOWN", 0.05)
    return queue


@pytest.fixture(autouse=True)
def plain_model(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let the model pass for one that reads the home; the format of ours has nothing to be read."""
    for field in ("FORMAT_FIELD", "TEMPLATE_FIELD"):
        monkeypatch.setattr(home_prompt, field, "a field that no file has")
    hass.config_entries.async_update_entry(entry, data={"format": "home-llm-1"})
    monkeypatch.setattr(local_model, "MAX_TOKENS", 8)


def _timings() -> dict[str, Any]:
    events = async_get_traces()[-1].as_dict()["events"]
    return next(e["data"]["home_llm"] for e in events if "home_llm" in (e["data"] or {}))


async def test_home_is_read_ahead_after_setup(
    prepared: Prepared, agent: MockConfigEntry, say: Say
) -> None:
    await prepared.get()
    await say("turn on the flux capacitor")
    assert _timings()["evaluated_tokens"] < 40 < _timings()["cached_tokens"]


async def test_a_change_is_read_ahead(
    house: House, prepared: Prepared, agent: MockConfigEntry, say: Say
) -> None:
    assert "light.worktop 'Worktop' = off" in await prepared.get()
    await house.lamp("light.worktop").async_turn_on()
    assert "light.worktop 'Worktop' = on" in await prepared.get()
    await say("turn on the flux capacitor")
    assert _timings()["evaluated_tokens"] < 40 < _timings()["cached_tokens"]


async def test_reading_ahead_is_left_for_a_while_after_a_slow_one(
    hass: HomeAssistant,
    house: House,
    prepared: Prepared,
    agent: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(warm, "SHARE", 1e-9)
    await prepared.get()
    await house.lamp("light.worktop").async_turn_on()
    await asyncio.sleep(10 * warm.COOLDOWN)
    assert prepared.empty()
    # Who begins to speak does not wait for that.
    await conversation.async_prepare_agent(hass, AGENT, "en")
    assert "light.worktop 'Worktop' = on" in await prepared.get()


@pytest.mark.parametrize(("seconds", "pause"), [(0.001, 1.5), (0.4, 8.0), (14.0, 60.0)])
def test_the_pause_grows_with_what_was_spent(seconds: float, pause: float) -> None:
    assert warm.pause_after(seconds) == pytest.approx(pause)


async def test_registries_are_watched(
    hass: HomeAssistant, house: House, prepared: Prepared, agent: MockConfigEntry
) -> None:
    await prepared.get()
    er.async_get(hass).async_update_entity("light.worktop", name="Counter")
    assert "light.worktop 'Counter'" in await prepared.get()
    house.hide("light.worktop")
    assert "light.worktop" not in await prepared.get()


async def test_what_no_prompt_shows_is_not_read(
    hass: HomeAssistant, house: House, prepared: Prepared, agent: MockConfigEntry
) -> None:
    await prepared.get()
    hass.states.async_set("sensor.power", "12.5")
    state = hass.states.get("light.worktop")
    assert state is not None
    hass.states.async_set("light.worktop", state.state, {**state.attributes, "power": 3})
    await asyncio.sleep(4 * warm.COOLDOWN)
    assert prepared.empty()


async def test_nothing_is_read_before_home_assistant_has_started(
    hass: HomeAssistant, prepared: Prepared, entry: MockConfigEntry
) -> None:
    hass.set_state(CoreState.starting)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await asyncio.sleep(4 * warm.COOLDOWN)
    assert prepared.empty()
    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await prepared.get()


async def test_listening_prepares(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    say: Say,
) -> None:
    """A pipeline calls this when it begins to listen."""
    monkeypatch.setattr(warm, "COOLDOWN", 3600.0)  # Nothing else does.
    assert await hass.config_entries.async_setup(entry.entry_id)
    await conversation.async_prepare_agent(hass, AGENT, "en")
    await say("turn on the flux capacitor")
    assert _timings()["evaluated_tokens"] < 40 < _timings()["cached_tokens"]


async def test_two_conversations_share_what_was_read(
    house: House, prepared: Prepared, agent: MockConfigEntry, say: Say
) -> None:
    await prepared.get()
    for conversation_id in ("kitchen", "bedroom", "kitchen"):
        await say("turn on the flux capacitor", conversation_id=conversation_id)
        assert _timings()["evaluated_tokens"] < 60 < _timings()["cached_tokens"]


async def test_what_was_read_survives_a_restart(
    hass: HomeAssistant, house: House, prepared: Prepared, agent: MockConfigEntry, say: Say
) -> None:
    await prepared.get()
    for number in range(20):
        hass.states.async_set(f"light.spare_{number}", "off", {"friendly_name": f"Spare {number}"})
    while "light.spare_19" not in await prepared.get():
        pass
    assert await hass.config_entries.async_unload(agent.entry_id)
    (name,) = os.listdir(hass.config.cache_path(DOMAIN))  # noqa: PTH208 - it blocks no longer
    assert name.endswith(".state")
    # Nothing is read ahead this time.
    hass.set_state(CoreState.starting)
    assert await hass.config_entries.async_setup(agent.entry_id)
    await say("turn on the flux capacitor")
    assert _timings()["evaluated_tokens"] < 40
    assert _timings()["cached_tokens"] > 400


async def test_preparing_a_broken_model_raises_nothing(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, run_with: RunWith
) -> None:
    run_with(path="/nowhere/model.gguf")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await conversation.async_prepare_agent(hass, AGENT, "en")


async def test_a_broken_model_is_tried_in_silence(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    run_with: RunWith,
    broken_loads: asyncio.Queue[str],
) -> None:
    run_with(path="/nowhere/model.gguf")
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert await broken_loads.get() == "WARNING"
    await house.lamp("light.worktop").async_turn_on()
    assert await broken_loads.get() == "DEBUG"
