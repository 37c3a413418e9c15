"""What is seen of a sentence; Home Assistant's own agent answers, so that no model is needed."""

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
import pytest

from playground.dialogue import Address, Call, Change, async_say
from playground.registry import async_add_speaker
from tests.playground.conftest import BuildHouse

_AGENT = Address(agent_id=conversation.HOME_ASSISTANT_AGENT)
_HOUSE = """
areas: [Kitchen, Hall]
devices:
  - {name: Ceiling, kind: light, area: Kitchen, features: [dim]}
  - {name: Counter, kind: light, area: Kitchen}
  - {name: Lamp, kind: light, area: Hall, features: [dim], state: on, attributes: {brightness: 80}}
  - {name: Evening, kind: scene, attributes: {sets: {light.lamp: off}}}
"""


async def test_calls_that_differ_only_in_their_target_are_one(
    hass: HomeAssistant, build_house: BuildHouse
) -> None:
    await build_house(_HOUSE)
    exchange = await async_say(hass, "turn on the kitchen lights", _AGENT)
    assert exchange.speech == "Turned on the lights"
    assert exchange.error is None
    (call,) = exchange.calls
    assert call.action == "light.turn_on"
    assert set(call.targets) == {"light.ceiling", "light.counter"}
    assert {entity_id: change.new for entity_id, change in exchange.changed.items()} == {
        "light.ceiling": "on",
        "light.counter": "on",
    }


async def test_data_and_changed_attributes(hass: HomeAssistant, build_house: BuildHouse) -> None:
    await build_house(_HOUSE)
    exchange = await async_say(hass, "set the lamp brightness to 30 percent", _AGENT)
    assert exchange.calls == (
        Call(action="light.turn_on", targets=("light.lamp",), data={"brightness_pct": 30}),
    )
    assert exchange.changed == {
        "light.lamp": Change(old="on", new="on", attributes={"brightness": (204, 76)})
    }


async def test_the_satellite_tells_where_the_speaker_stands(
    hass: HomeAssistant, build_house: BuildHouse
) -> None:
    entry = await build_house(_HOUSE)
    device_id = async_add_speaker(hass, entry.entry_id, "Hall")
    address = Address(agent_id=_AGENT.agent_id, device_id=device_id)
    exchange = await async_say(hass, "turn off the lights", address)
    assert list(exchange.changed) == ["light.lamp"]


async def test_what_a_scene_does_is_a_change_but_no_call(
    hass: HomeAssistant, build_house: BuildHouse
) -> None:
    await build_house(_HOUSE)
    exchange = await async_say(hass, "activate the evening scene", _AGENT)
    assert [call.action for call in exchange.calls] == ["scene.turn_on"]
    assert exchange.changed["light.lamp"] == Change(
        old="on", new="off", attributes=exchange.changed["light.lamp"].attributes
    )


async def test_what_others_do_meanwhile_is_no_call(
    hass: HomeAssistant, build_house: BuildHouse
) -> None:
    await build_house(_HOUSE)

    async def interfere(*_args: object) -> None:
        target = {"entity_id": "light.lamp"}
        await hass.services.async_call("light", "turn_off", target, blocking=True)

    hass.bus.async_listen_once("state_changed", interfere)
    exchange = await async_say(hass, "turn on the kitchen lights", _AGENT)
    assert {action.action for action in exchange.calls} == {"light.turn_on"}
    assert exchange.changed["light.lamp"].new == "off"


async def test_areas_in_a_call_are_resolved(hass: HomeAssistant, build_house: BuildHouse) -> None:
    await build_house(_HOUSE)
    _register_agent_that_calls(hass, {"area_id": "kitchen"})
    exchange = await async_say(hass, "do it", _AGENT)
    assert exchange.calls == (
        Call(action="light.turn_on", targets=("light.ceiling", "light.counter"), data={}),
    )


async def test_all_in_a_call_is_resolved(hass: HomeAssistant, build_house: BuildHouse) -> None:
    await build_house(_HOUSE)
    _register_agent_that_calls(hass, {"entity_id": "all"})
    exchange = await async_say(hass, "do it", _AGENT)
    assert exchange.calls == (
        Call(
            action="light.turn_on",
            targets=("light.ceiling", "light.counter", "light.lamp"),
            data={},
        ),
    )


def _register_agent_that_calls(hass: HomeAssistant, target: dict[str, str]) -> None:
    """Let Home Assistant's agent answer "do it" with an action on a target."""
    manager = conversation.get_agent_manager(hass)

    async def do_it(user_input: conversation.ConversationInput, _result: object) -> str:
        context = user_input.context
        await hass.services.async_call("light", "turn_on", target, blocking=True, context=context)
        return "done"

    manager.register_trigger(["do it"], do_it)


async def test_nothing_understood_changes_nothing(
    hass: HomeAssistant, build_house: BuildHouse
) -> None:
    await build_house(_HOUSE)
    exchange = await async_say(hass, "flibber the flux capacitor", _AGENT)
    assert exchange.error == intent.IntentResponseErrorCode.NO_INTENT_MATCH
    assert not exchange.failed
    assert (exchange.calls, exchange.changed) == ((), {})


async def test_as_json(hass: HomeAssistant, build_house: BuildHouse) -> None:
    await build_house(_HOUSE)
    told = (await async_say(hass, "turn off the lamp", _AGENT)).as_dict()
    assert told["calls"] == [{"action": "light.turn_off", "targets": ["light.lamp"], "data": {}}]
    assert told["changed"]["light.lamp"]["old"] == "on"
    assert told["changed"]["light.lamp"]["new"] == "off"
    expected = {"speech", "error", "calls", "changed", "timings_ms", "confidence", "misunderstood"}
    assert set(told) == expected
    assert set(told["timings_ms"]) == {"load", "prompt", "first_token", "total", "tokens"}
    assert told["timings_ms"]["total"] > 0
    assert told["timings_ms"]["tokens"] is None


async def test_timings_come_from_the_trace(
    hass: HomeAssistant, build_house: BuildHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await build_house(_HOUSE)

    async def think(_input: conversation.ConversationInput, _result: object) -> str:
        kind = conversation.ConversationTraceEventType.AGENT_DETAIL
        timings = {"load_ms": 1.5, "prompt_ms": 2, "first_token_ms": 3, "tokens": 4}
        conversation.async_conversation_trace_append(kind, {"home_llm": timings})
        return "done"

    conversation.get_agent_manager(hass).register_trigger(["think"], think)
    timings = (await async_say(hass, "think", _AGENT)).timings
    assert (timings.load, timings.prompt, timings.first_token, timings.tokens) == (1.5, 2, 3, 4)
    assert timings.total > 0
