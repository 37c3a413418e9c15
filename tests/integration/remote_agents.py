"""Agents whose model is on a server that says what a test tells it to."""

import asyncio
import re
from types import MappingProxyType
from typing import Any

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
from homeassistant.util.json import JsonObjectType
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.home_llm.const import DOMAIN
from tests.integration.model_server import Answer, ModelServer, says
from tests.integration.remote import chunks

MODELS = says({"object": "list", "data": [{"id": "tiny"}]})
"""What a server says to the question whether it is there."""

SERVER_AGENT = "conversation.server"
TURN_ON = "intent__HassTurnOn"
TOO_LONG = says({"error": {"code": "context_length_exceeded", "message": "too long"}}, 400)


def agent_entry(title: str, data: dict[str, Any], agent: dict[str, Any]) -> MockConfigEntry:
    """Return an entry with an agent of the same name."""
    subentry = ConfigSubentryData(
        data=MappingProxyType(agent), subentry_type="conversation", title=title, unique_id=None
    )
    return MockConfigEntry(domain=DOMAIN, title=title, data=data, subentries_data=[subentry])


async def async_add_server_agent(
    hass: HomeAssistant, server: ModelServer, **agent: Any
) -> MockConfigEntry:
    """Set up an agent with a model on a server; its options are ``agent``."""
    data = {"backend": "openai", "url": f"{server.url}/v1", "model": "tiny"}
    entry = agent_entry("Server", data, agent)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


def calls(
    name: str, arguments: str, *more: dict[str, Any], usage: dict[str, int] | None = None
) -> Answer:
    """Return a reply that calls a tool."""
    function = {"name": name, "arguments": arguments}
    call = {"index": 0, "id": "call", "type": "function", "function": function}
    return chunks({"tool_calls": [call]}, *more, usage=usage)


def text(said: str) -> Answer:
    """Return a reply that says something."""
    return chunks(
        {"role": "assistant"}, *({"content": word} for word in re.findall(r"\S+\s*", said))
    )


async def async_ask(
    hass: HomeAssistant, sentence: str, agent_id: str = SERVER_AGENT, **more: Any
) -> conversation.ConversationResult:
    """Say something to an agent; unless told otherwise, wait until all is done."""
    settle = more.pop("settle", True)
    result = await conversation.async_converse(
        hass,
        sentence,
        more.pop("conversation_id", None),
        Context(),
        more.pop("language", "en"),
        agent_id,
        **more,
    )
    if settle:
        await hass.async_block_till_done()
    return result


class Counter(llm.Tool):
    """Counts how often it is called, and fails as it is told to."""

    name = "count"
    description = "Counts"
    parameters = vol.Schema({vol.Optional("by"): int})
    integration = "test"

    def __init__(self, error: Exception | None = None) -> None:
        """Have counted nothing."""
        self.error = error
        self.gate: asyncio.Event | None = None
        self.called: list[dict[str, Any]] = []

    async def async_call(
        self,
        hass: HomeAssistant,  # noqa: ARG002 - tools take it
        tool_input: llm.ToolInput,
        llm_context: llm.LLMContext,  # noqa: ARG002 - tools take it
    ) -> llm.ToolResult:
        """Count, or fail."""
        self.called.append(tool_input.tool_args)
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        data: JsonObjectType = {"count": len(self.called)}
        return llm.ToolResult(data=data)


class CounterAPI(llm.API):
    """An LLM API of another integration."""

    def __init__(self, hass: HomeAssistant, counter: Counter) -> None:
        """Offer one tool."""
        super().__init__(hass=hass, id="counting", name="Counting")
        self._counter = counter

    async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
        """Return the tool."""
        return llm.APIInstance(
            api=self,
            api_prompt="Count whatever can be counted.",
            llm_context=llm_context,
            tools=[self._counter],
        )


def async_offer(hass: HomeAssistant, error: Exception | None = None) -> Counter:
    """Register an LLM API with a tool that counts."""
    counter = Counter(error)
    llm.async_register_api(hass, CounterAPI(hass, counter))
    return counter


async def async_change(hass: HomeAssistant, entry: MockConfigEntry, **options: Any) -> None:
    """Give the only agent of an entry other options."""
    (subentry,) = entry.subentries.values()
    hass.config_entries.async_update_subentry(entry, subentry, data=options)
    await hass.async_block_till_done()


def is_on(hass: HomeAssistant, entity_id: str = "light.worktop") -> bool:
    """Return whether a light is on."""
    state = hass.states.get(entity_id)
    assert state is not None
    return state.state == "on"
