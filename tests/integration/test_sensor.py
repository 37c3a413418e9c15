"""What the last answer took, as sensors: off by default, moved by answers and by nothing else."""

from collections.abc import Callable
from types import MappingProxyType

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm.figures import KEPT, Figures, Meter
from custom_components.home_llm.sensor import SENSORS
from tests.integration.conftest import AGENT, Say
from tests.integration.house import House
from tests.integration.model_server import serving
from tests.integration.remote import chunks, parts
from tests.integration.remote_agents import MODELS, agent_entry, async_ask, async_offer, calls
from tests.integration.test_ollama_model import shown

LATENCY, SPEED, ENTITIES = (
    f"sensor.home_llm_{name}"
    for name in ("last_response_time", "writing_speed", "visible_entities")
)
EXPOSED = 7
"""All lights, the fan and the switch of the house but one lamp."""


@pytest.fixture
def number(hass: HomeAssistant) -> Callable[[str], float]:
    """Return a function that reads a sensor."""

    def number(entity_id: str) -> float:
        state = hass.states.get(entity_id)
        assert state is not None
        return float(state.state)

    return number


async def _async_enable(hass: HomeAssistant, entry: MockConfigEntry) -> list[str]:
    """Switch all sensors of an entry on, and return their ids."""
    registry = er.async_get(hass)
    found = [
        each.entity_id
        for each in er.async_entries_for_config_entry(registry, entry.entry_id)
        if each.domain == "sensor"
    ]
    for entity_id in found:
        registry.async_update_entity(entity_id, disabled_by=None)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    return found


async def _async_server(hass: HomeAssistant, data: dict[str, str]) -> None:
    """Set up an agent of the same name with a model on a server, and its sensors."""
    entry = agent_entry("Home LLM", {"model": "tiny", **data}, {"llm_hass_api": ["counting"]})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await _async_enable(hass, entry)


async def test_they_are_off_and_belong_to_the_agent(
    hass: HomeAssistant, agent: MockConfigEntry
) -> None:
    registry = er.async_get(hass)
    of_agent = registry.async_get(AGENT)
    assert of_agent is not None
    for entity_id in (LATENCY, SPEED, ENTITIES):
        entry = registry.async_get(entity_id)
        assert entry is not None
        assert entry.disabled_by is er.RegistryEntryDisabler.INTEGRATION
        assert entry.entity_category == "diagnostic"
        assert entry.device_id == of_agent.device_id
        assert entry.config_subentry_id == of_agent.config_subentry_id
        assert hass.states.get(entity_id) is None


async def test_an_answer_moves_them(
    hass: HomeAssistant,
    house: House,
    agent: MockConfigEntry,
    say: Say,
    number: Callable[..., float],
) -> None:
    assert sorted(await _async_enable(hass, agent)) == sorted([LATENCY, SPEED, ENTITIES])
    for entity_id in (LATENCY, SPEED, ENTITIES):
        state = hass.states.get(entity_id)
        assert state is not None
        assert state.state == STATE_UNKNOWN
    await say("turn on the worktop")
    assert 0 < number(LATENCY) < 60_000
    assert number(SPEED) > 0
    assert number(ENTITIES) == EXPOSED
    house.hide("light.worktop")
    # Only an answer tells what was seen for it.
    assert number(ENTITIES) == EXPOSED
    await say("turn off the kettle")
    assert number(ENTITIES) == EXPOSED - 1


async def test_units(hass: HomeAssistant, agent: MockConfigEntry) -> None:
    await _async_enable(hass, agent)
    units = {}
    for entity_id in (LATENCY, SPEED, ENTITIES):
        state = hass.states.get(entity_id)
        assert state is not None
        units[entity_id] = state.attributes["unit_of_measurement"]
    assert units == {LATENCY: "ms", SPEED: "tokens/s", ENTITIES: "entities"}


async def test_no_reply_moves_nothing(
    hass: HomeAssistant, agent: MockConfigEntry, say: Say
) -> None:
    await _async_enable(hass, agent)
    await say("light " * 10_000)
    state = hass.states.get(LATENCY)
    assert state is not None
    assert state.state == STATE_UNKNOWN


@pytest.mark.usefixtures("socket_enabled", "house")
async def test_openai(hass: HomeAssistant, number: Callable[..., float]) -> None:
    """All replies to a sentence count; a model that Assist shows nothing sees nothing."""
    async_offer(hass)
    called = calls("count", "{}", {}, usage={"completion_tokens": 20})
    said = chunks({"content": "Hello."}, usage={"completion_tokens": 10})
    async with serving(MODELS, MODELS, called, said) as server:
        await _async_server(hass, {"backend": "openai", "url": f"{server.url}/v1"})
        await async_ask(hass, "hello", AGENT)
    assert number(LATENCY) > 0
    # The whole of it was spent on 30 tokens.
    assert number(SPEED) >= 30 * 1000 / number(LATENCY)
    assert number(ENTITIES) == 0


@pytest.mark.usefixtures("socket_enabled", "house")
async def test_a_server_that_counts_nothing(
    hass: HomeAssistant, number: Callable[..., float]
) -> None:
    async_offer(hass)
    async with serving(MODELS, MODELS, chunks({"content": "Hello."})) as server:
        await _async_server(hass, {"backend": "openai", "url": f"{server.url}/v1"})
        await async_ask(hass, "hello", AGENT)
    assert number(LATENCY) > 0
    state = hass.states.get(SPEED)
    assert state is not None
    assert state.state == STATE_UNKNOWN


@pytest.mark.usefixtures("socket_enabled", "house")
async def test_ollama_tells_how_long_it_wrote(
    hass: HomeAssistant, number: Callable[..., float]
) -> None:
    async_offer(hass)
    able = shown("completion", "tools")
    reply = parts({"content": "Hello."}, eval_count=30, eval_duration=2 * 10**9)
    async with serving(able, able, reply) as server:
        await _async_server(hass, {"backend": "ollama", "url": server.url})
        await async_ask(hass, "hello", AGENT)
    assert number(SPEED) == 15


async def test_agents_have_figures_of_their_own(
    hass: HomeAssistant, agent: MockConfigEntry, say: Say
) -> None:
    other = ConfigSubentry(
        data=MappingProxyType({}), subentry_type="conversation", title="Other", unique_id=None
    )
    hass.config_entries.async_add_subentry(agent, other)
    await hass.async_block_till_done()
    assert len(await _async_enable(hass, agent)) == 2 * len(SENSORS)
    await say("turn on the worktop")
    states = {
        name: hass.states.get(f"sensor.{name}_last_response_time") for name in ("home_llm", "other")
    }
    assert [state is not None and state.state == STATE_UNKNOWN for state in states.values()] == [
        False,
        True,
    ]


def test_what_is_no_number_is_left_out() -> None:
    """A server may send a sentence where a number belongs."""
    figures = Figures.of(1.0, 2, [{}, {"tokens": "turn on", "total_ms": 5.0, "finish": "stop"}])
    assert figures.replies == [{"total_ms": 5.0}]
    assert figures.tokens_per_second is None


def test_the_oldest_figures_go() -> None:
    meter = Meter()
    called: list[bool] = []
    end = meter.async_listen(lambda: called.append(True))
    for latency in range(KEPT + 5):
        meter.async_note(Figures.of(latency, 0, [{"tokens": 1}]))
    end()
    meter.async_note(Figures.of(99, 0, [{"tokens": 1}]))
    meter.async_note(Figures.of(100, 0, [{}]))
    assert len(called) == KEPT + 5
    assert [meter.latest[0].latency_ms, meter.latest[-1].latency_ms, len(meter.latest)] == [
        6,
        99,
        KEPT,
    ]
