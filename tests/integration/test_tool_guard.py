"""What a model does by Home Assistant's own tools keeps to what people allow."""

from collections.abc import AsyncGenerator
import json
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import intent, llm
import pytest

from custom_components.home_llm.core.actions import ACTIONS
from custom_components.home_llm.tool_effects import Effect, effects
from custom_components.home_llm.tool_guard import GuardedAPI
from tests.integration.conftest import speech_of
from tests.integration.doors import Door, async_add_doors
from tests.integration.house import House
from tests.integration.model_server import ModelServer, serving
from tests.integration.remote_agents import (
    MODELS,
    TURN_ON,
    async_add_server_agent,
    async_ask,
    calls,
    is_on,
    text,
)

TURN_OFF = "intent__HassTurnOff"
UNLOCK = calls(TURN_OFF, '{"name": "Front Door", "domain": ["lock"]}')
NOT_ALLOWED = "I am not allowed to do that."
ASKED = "Do you really want me to unlock the Front Door?"


@pytest.fixture
async def server(socket_enabled: None) -> AsyncGenerator[ModelServer]:
    """Return a server that is there."""
    async with serving(MODELS) as server:
        yield server


@pytest.fixture
async def door(hass: HomeAssistant, house: House) -> Door:
    """Return the front door of the house."""
    return await async_add_doors(hass)


def _told(server: ModelServer) -> dict[str, Any]:
    """Return what came of the last call, as the model reads it."""
    told: dict[str, Any] = json.loads(server.asked[-1].body["messages"][-1]["content"])
    return told


async def test_what_is_not_allowed_is_not_done(
    hass: HomeAssistant, house: House, server: ModelServer
) -> None:
    allowed = [name for name in ACTIONS if name != "light.turn_on"]
    await async_add_server_agent(hass, server, actions=allowed)
    # What a model says that has done nothing is not believed.
    server.answers += [calls(TURN_ON, '{"name": "Worktop"}'), text("The worktop is on.")]
    assert speech_of(await async_ask(hass, "turn on the worktop")) == NOT_ALLOWED
    assert not is_on(hass)
    assert "does not allow light.turn_on" in json.dumps(_told(server))


@pytest.mark.parametrize("arguments", ['{"name": "Front Door"}', '{"domain": ["lock"]}'])
async def test_all_that_a_call_would_do_is_allowed_or_none_of_it(
    hass: HomeAssistant, door: Door, server: ModelServer, arguments: str
) -> None:
    allowed = [name for name in ACTIONS if name != "lock.unlock"]
    await async_add_server_agent(hass, server, actions=allowed)
    server.answers += [calls(TURN_OFF, arguments), text("I may not do that.")]
    await async_ask(hass, "open up")
    assert door.is_locked
    assert "does not allow lock.unlock" in json.dumps(_told(server))
    # Locking is still allowed.
    door.is_open = False
    server.answers += [calls(TURN_ON, arguments), text("It is locked.")]
    assert speech_of(await async_ask(hass, "lock up")) == "It is locked."


async def test_unless_asked_for_nobody_is_asked(
    hass: HomeAssistant, door: Door, server: ModelServer
) -> None:
    await async_add_server_agent(hass, server)
    server.answers += [UNLOCK, text("It is open.")]
    assert speech_of(await async_ask(hass, "unlock the front door")) == "It is open."
    assert not door.is_locked


async def test_people_are_asked_and_agree(
    hass: HomeAssistant, door: Door, server: ModelServer
) -> None:
    await async_add_server_agent(hass, server, confirm_unlock=True)
    server.answers += [UNLOCK]
    asked = await async_ask(hass, "unlock the front door")
    assert (speech_of(asked), asked.continue_conversation) == (ASKED, True)
    assert asked.response.error_code is None
    assert door.is_locked
    # The model does not have to call it again: it sees what came of it, and answers.
    server.answers += [text("It is open.")]
    result = await async_ask(hass, "yes", conversation_id=asked.conversation_id)
    assert speech_of(result) == "It is open."
    assert not door.is_locked
    assert _told(server)["error"] is False


@pytest.mark.parametrize("said", ["no", "what time is it?"])
async def test_whatever_else_they_say_nothing_is_unlocked(
    hass: HomeAssistant, door: Door, server: ModelServer, said: str
) -> None:
    await async_add_server_agent(hass, server, confirm_unlock=True)
    server.answers += [UNLOCK]
    asked = await async_ask(hass, "unlock the front door")
    server.answers += [text("All right.")]
    await async_ask(hass, said, conversation_id=asked.conversation_id)
    # A late "yes" is no answer to that question; and the model cannot agree in their place.
    server.answers += [UNLOCK]
    late = await async_ask(hass, "yes", conversation_id=asked.conversation_id)
    assert speech_of(late) == ASKED
    assert door.is_locked


async def test_what_else_was_done_is_told(
    hass: HomeAssistant, door: Door, server: ModelServer
) -> None:
    await async_add_server_agent(hass, server, confirm_unlock=True)
    server.answers += [calls(TURN_ON, '{"name": "Worktop"}'), UNLOCK]
    result = await async_ask(hass, "turn on the worktop and unlock the front door")
    assert speech_of(result).endswith(ASKED)
    assert speech_of(result) != ASKED
    assert is_on(hass)
    assert door.is_locked


@pytest.mark.parametrize(
    ("allowed", "asks"), [(set(ACTIONS), True), (set(ACTIONS) - {"lock.unlock"}, False)]
)
async def test_nothing_is_said_later_that_would_not_be_done_now(
    hass: HomeAssistant, door: Door, allowed: set[str], asks: bool
) -> None:
    """A timer can be given a command for its end, which another agent would carry out."""
    guard = GuardedAPI.of(await _assist(hass), allowed, asks=asks)
    (handler,) = (h for h in intent.async_get(hass) if h.intent_type == intent.INTENT_START_TIMER)
    guard.tools = [llm.IntentTool("timer", handler, integration="intent")]
    arguments = {"seconds": 1, "conversation_command": "unlock the front door"}
    with pytest.raises(HomeAssistantError) as raised:
        await guard.async_call_tool(llm.ToolInput(tool_name="timer", tool_args=arguments))
    assert raised.value.translation_key == "tool_not_allowed"


async def _assist(hass: HomeAssistant) -> llm.APIInstance:
    context = llm.LLMContext(
        platform="home_llm",
        context=Context(),
        language="en",
        assistant="conversation",
        device_id=None,
    )
    return await llm.async_get_api(hass, "assist", context)


async def _effects(
    hass: HomeAssistant, tool_name: str, arguments: dict[str, Any]
) -> tuple[Effect, ...]:
    api = await _assist(hass)
    (tool,) = (tool for tool in api.tools if tool.name == tool_name)
    return effects(hass, tool, arguments, api.llm_context)


@pytest.mark.parametrize(
    ("name", "arguments", "found"),
    [
        (TURN_ON, {"name": "Worktop"}, {("light.turn_on", "light.worktop")}),
        (TURN_ON, {"name": "Front Door"}, {("lock.lock", "lock.front_door")}),
        (TURN_OFF, {"name": "Shed"}, {("lock.unlock", "lock.shed")}),
        (
            "light__HassLightSet",
            {"name": "Worktop", "brightness": 5},
            {("light.turn_on", "light.worktop")},
        ),
        ("fan__HassFanSetSpeed", {"name": "Nothing", "percentage": 5}, set()),
        (TURN_ON, {"domain": 7}, set()),
    ],
)
async def test_what_a_call_would_do(
    hass: HomeAssistant,
    door: Door,
    name: str,
    arguments: dict[str, Any],
    found: set[tuple[str, str]],
) -> None:
    seen = await _effects(hass, name, arguments)
    assert {(effect.action, effect.entity_id) for effect in seen} == found
