"""The tools check every call once more, and tell what really happened."""

import asyncio
from typing import Any

from homeassistant.components.intent import async_register_timer_handler
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, llm
import probatio
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_capture_events,
)

from custom_components.home_llm import control
from custom_components.home_llm.control import Outcome, Problem
from custom_components.home_llm.core.actions import ACTIONS, Action
from custom_components.home_llm.core.calls import Call
from custom_components.home_llm.llm_api import (
    ActionTool,
    HomeAPI,
    call_of,
    outcome_of,
    tool_input,
    tool_result,
)
from custom_components.home_llm.timers import Timer
from custom_components.home_llm.view import View
from tests.integration.conftest import views_of
from tests.integration.house import House


async def _tools(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    context: Context | None = None,
    device_id: str | None = None,
) -> llm.APIInstance:
    llm_context = llm.LLMContext(
        platform="home_llm",
        context=context or Context(),
        language="en",
        assistant="conversation",
        device_id=device_id,
    )
    return await HomeAPI(hass, views_of(hass, entry)).async_get_api_instance(llm_context)


async def _run(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    action: str,
    context: Context | None = None,
    **args: Any,
) -> llm.ToolResult:
    instance = await _tools(hass, entry, context)
    name = f"home_llm__{action.replace('.', '__')}"
    return await instance.async_call_tool(llm.ToolInput(tool_name=name, tool_args=args))


def _problems(result: llm.ToolResult) -> list[tuple[str, str]]:
    assert result.error == bool(result.data["problems"])
    return [(problem["reason"], problem["name"]) for problem in result.data["problems"]]


async def test_tools_follow_the_rules_of_home_assistant(
    hass: HomeAssistant, agent: MockConfigEntry
) -> None:
    instance = await _tools(hass, agent)
    names = [tool.name for tool in instance.tools]
    assert "home_llm__light__turn_on" in names
    assert len(names) == len(set(names))
    for tool in instance.tools:
        assert tool.name.startswith("home_llm__")
        assert tool.integration == "home_llm"
        assert not tool.annotations.open_world
        assert probatio.to_openapi(tool.parameters, openapi_version="3.1.0")["type"] == "object"


@pytest.mark.parametrize("action", ACTIONS.values(), ids=str)
def test_every_action_can_be_a_tool(action: Action) -> None:
    tool = ActionTool(action, _no_view, str)
    schema = probatio.to_openapi(tool.parameters, openapi_version="3.1.0")
    properties: Any = schema["properties"]
    assert set(properties) >= {argument.name for argument in action.arguments}
    assert ("devices" in properties) == action.targets
    assert tool.description.startswith(f"Calls {action.name}(")


@pytest.mark.parametrize(
    ("action", "argument", "schema"),
    [
        ("light.turn_on", "brightness", {"type": "integer", "minimum": 0, "maximum": 100}),
        ("climate.set_temperature", "temperature", {"type": "number", "minimum": 5, "maximum": 95}),
        ("number.set_value", "value", {"type": "number"}),
        ("todo.add_item", "item", {"type": "string", "minLength": 1}),
        ("timer.start", "minutes", {"type": "integer", "minimum": 1, "maximum": 120}),
        ("fan.oscillate", "oscillating", {"type": "boolean"}),
        ("fan.set_direction", "direction", {"type": "string", "enum": ["forward", "reverse"]}),
    ],
)
def test_schemas_say_what_arguments_can_be(
    action: str, argument: str, schema: dict[str, Any]
) -> None:
    tool = ActionTool(ACTIONS[action], _no_view, str)
    properties: Any = probatio.to_openapi(tool.parameters, openapi_version="3.1.0")["properties"]
    assert properties[argument] == schema


def _no_view() -> View:
    raise NotImplementedError


async def test_timers_have_tools_in_every_home(hass: HomeAssistant, agent: MockConfigEntry) -> None:
    names = [tool.name for tool in (await _tools(hass, agent)).tools]
    assert "home_llm__timer__start" in names


async def test_timers_ring_on_the_satellite(hass: HomeAssistant, agent: MockConfigEntry) -> None:
    satellite = dr.async_get(hass).async_get_or_create(
        config_entry_id=agent.entry_id, identifiers={("test", "satellite")}
    )
    heard: list[str] = []
    async_register_timer_handler(hass, satellite.id, lambda event, _: heard.append(event))
    instance = await _tools(hass, agent, device_id=satellite.id)
    results = [
        await instance.async_call_tool(
            llm.ToolInput(tool_name=f"home_llm__timer__{name}", tool_args=args)
        )
        for name, args in (("start", {"minutes": 5}), ("status", {}), ("cancel", {}))
    ]
    assert [_problems(result) for result in results] == [[], [], []]
    assert heard == ["started", "cancelled"]
    outcome = outcome_of("home_llm__timer__status", results[1])
    assert outcome.timers is not None
    assert [(timer.name, timer.seconds) for timer in outcome.timers] == [("", 300)]
    assert outcome_of("home_llm__timer__start", results[0]).timers is None


async def test_only_domains_of_the_home_have_tools(
    hass: HomeAssistant, house: House, agent: MockConfigEntry
) -> None:
    hass.states.async_remove("switch.kettle")
    names = [tool.name for tool in (await _tools(hass, agent)).tools]
    assert not [name for name in names if "switch" in name]


@pytest.mark.parametrize(
    ("args", "changed"),
    [
        ({"devices": ["light worktop"]}, {"light.worktop"}),
        ({"devices": ["light worktop", "light desk lamp"]}, {"light.worktop", "light.desk_lamp"}),
        ({"area": "area kitchen"}, {"light.kitchen_ceiling", "light.worktop"}),
        ({"floor": "floor upstairs"}, {"light.bedside_lamp", "light.desk_lamp"}),
    ],
)
async def test_targets(
    hass: HomeAssistant, agent: MockConfigEntry, args: dict[str, Any], changed: set[str]
) -> None:
    result = await _run(hass, agent, "light.turn_on", **args)
    assert set(result.data["entity_ids"]) == changed
    on = {state.entity_id for state in hass.states.async_all("light") if state.state == "on"}
    assert on == changed
    assert _problems(result) == []


async def test_arguments_reach_the_device_in_home_assistants_units(
    hass: HomeAssistant, agent: MockConfigEntry
) -> None:
    await _run(hass, agent, "light.turn_on", devices=["light desk lamp"], brightness=30)
    assert hass.states.get("light.desk_lamp").attributes["brightness"] == round(0.3 * 255)
    await _run(hass, agent, "light.turn_on", devices=["light floor lamp"], color="blue")
    assert hass.states.get("light.floor_lamp").attributes["rgb_color"] == (0, 0, 255)
    await _run(hass, agent, "fan.set_percentage", devices=["fan tower fan"], percentage=80)
    assert hass.states.get("fan.tower_fan").attributes["percentage"] == 80


async def test_nought_percent_is_off(
    hass: HomeAssistant, house: House, agent: MockConfigEntry
) -> None:
    await _run(hass, agent, "light.turn_on", devices=["light desk lamp"])
    result = await _run(hass, agent, "light.turn_on", devices=["light desk lamp"], brightness=0)
    assert hass.states.get("light.desk_lamp").state == "off"
    assert _problems(result) == []


@pytest.mark.parametrize(
    ("action", "args", "problem"),
    [
        # The lamp exists, but people did not expose it.
        (
            "light.turn_on",
            {"devices": ["light safe light"]},
            ("unknown_target", "light safe light"),
        ),
        ("light.turn_on", {"area": "area cellar"}, ("unknown_target", "area cellar")),
        ("fan.turn_on", {"area": "area kitchen"}, ("empty_target", "area kitchen")),
        ("light.turn_on", {"devices": ["switch kettle"]}, ("wrong_domain", "Kettle")),
        (
            "light.turn_on",
            {"devices": ["light worktop"], "brightness": 50},
            ("unsupported", "Worktop"),
        ),
        (
            "light.turn_on",
            {"devices": ["light desk lamp"], "brightness": 130},
            ("invalid_argument", "brightness"),
        ),
        (
            "light.turn_on",
            {"devices": ["light desk lamp"], "flash": "long"},
            ("invalid_argument", "flash"),
        ),
    ],
)
async def test_refused(
    hass: HomeAssistant,
    agent: MockConfigEntry,
    action: str,
    args: dict[str, Any],
    problem: tuple[str, str],
) -> None:
    calls = async_capture_events(hass, "call_service")
    result = await _run(hass, agent, action, **args)
    assert _problems(result) == [problem]
    assert result.data["entity_ids"] == []
    assert calls == []


async def test_unavailable_is_refused(
    hass: HomeAssistant, house: House, agent: MockConfigEntry
) -> None:
    house.set_available("light.worktop", available=False)
    result = await _run(hass, agent, "light.turn_on", devices=["light worktop"])
    assert _problems(result) == [("unavailable", "Worktop")]


async def test_exposure_is_asked_at_the_time_of_the_call(
    hass: HomeAssistant, house: House, agent: MockConfigEntry
) -> None:
    instance = await _tools(hass, agent)
    house.hide("light.worktop")
    result = await instance.async_call_tool(
        llm.ToolInput(
            tool_name="home_llm__light__turn_on", tool_args={"devices": ["light worktop"]}
        )
    )
    assert _problems(result) == [("unknown_target", "Worktop")]
    assert hass.states.get("light.worktop").state == "off"


async def test_error_of_a_device_is_told_with_its_reason(
    hass: HomeAssistant, house: House, agent: MockConfigEntry
) -> None:
    house.lamp("light.worktop").error = HomeAssistantError("the bridge is busy")
    result = await _run(hass, agent, "light.turn_on", area="area kitchen")
    assert result.data["entity_ids"] == ["light.kitchen_ceiling"]
    assert result.data["problems"] == [
        {"reason": "failed", "name": "Worktop", "detail": "the bridge is busy"}
    ]


async def test_bug_of_another_integration_ends_nothing(
    hass: HomeAssistant,
    house: House,
    agent: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    house.lamp("light.worktop").error = ZeroDivisionError("not meant for people")
    result = await _run(hass, agent, "light.turn_on", devices=["light worktop"])
    assert result.data["problems"] == [{"reason": "failed", "name": "Worktop", "detail": ""}]
    assert "ZeroDivisionError" in caplog.text


async def test_device_that_does_not_follow_is_unconfirmed(
    hass: HomeAssistant,
    house: House,
    agent: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(control, "CONFIRMATION_TIMEOUT", 0.05)
    house.lamp("light.worktop").deaf = True
    result = await _run(hass, agent, "light.turn_on", area="area kitchen")
    assert result.data["entity_ids"] == ["light.kitchen_ceiling"]
    assert _problems(result) == [("unconfirmed", "Worktop")]


async def test_late_state_counts(hass: HomeAssistant, house: House, agent: MockConfigEntry) -> None:
    lamp = house.lamp("light.worktop")
    lamp.deaf = True

    def obey() -> None:
        lamp._attr_is_on = True
        lamp.async_write_ha_state()

    hass.loop.call_later(0.1, obey)
    result = await _run(hass, agent, "light.turn_on", devices=["light worktop"])
    assert result.data["entity_ids"] == ["light.worktop"]


async def test_off_and_on_again_is_done_in_turn(
    hass: HomeAssistant, house: House, agent: MockConfigEntry
) -> None:
    calls = [
        _run(hass, agent, f"light.turn_{state}", devices=["light worktop"])
        for state in ("on", "off", "on")
    ]
    assert [_problems(result) for result in await asyncio.gather(*calls)] == [[], [], []]
    assert house.lamp("light.worktop").is_on


async def test_endless_action_is_unconfirmed(
    hass: HomeAssistant, agent: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "ACTION_TIMEOUT", 0.05)
    released = asyncio.Event()

    async def hang(_call: ServiceCall) -> None:
        await released.wait()

    hass.services.async_register("light", "turn_on", hang)
    result = await _run(hass, agent, "light.turn_on", devices=["light worktop"])
    released.set()
    assert _problems(result) == [("unconfirmed", "Worktop")]


async def test_rights_of_the_user_hold(
    hass: HomeAssistant, hass_read_only_user: MockUser, agent: MockConfigEntry
) -> None:
    context = Context(user_id=hass_read_only_user.id)
    result = await _run(hass, agent, "light.turn_on", context, devices=["light worktop"])
    assert [reason for reason, _ in _problems(result)] == ["failed"]
    assert hass.states.get("light.worktop").state == "off"


async def test_context_of_the_user_is_kept(hass: HomeAssistant, agent: MockConfigEntry) -> None:
    context = Context()
    await _run(hass, agent, "light.turn_on", context, devices=["light worktop"])
    assert hass.states.get("light.worktop").context is context


@pytest.mark.parametrize(
    "call",
    [
        Call(action="light.turn_on", devices=("light worktop",), arguments={"brightness": 30}),
        Call(action="light.turn_off", area="area kitchen"),
        Call(action="fan.turn_on", floor="floor upstairs"),
        Call(action="light.turn_on", devices=("all",), arguments={"rgb_color": (1, 2, 3)}),
        Call(action="timer.start", arguments={"minutes": 5, "name": "Pizza"}),
        Call(action="timer.cancel_all"),
        Call(action="todo.add_item", devices=("todo list",), arguments={"item": "Oat milk"}),
        Call(action="number.set_value", devices=("number x",), arguments={"value": 21.5}),
    ],
)
def test_call_survives_the_chat_log(call: Call) -> None:
    assert call_of(tool_input(call)) == call


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(entity_ids=("light.a", "light.b")),
        Outcome(problems=(Problem(reason="failed", name="Lamp", detail="the bridge is busy"),)),
        Outcome(entity_ids=("todo.list",), items=("Oat milk",)),
        Outcome(timers=()),
        Outcome(timers=(Timer(name="tea", seconds=300, seconds_left=12, is_active=False),)),
    ],
)
def test_outcome_survives_the_chat_log(outcome: Outcome) -> None:
    assert outcome_of("home_llm__light__turn_on", tool_result(outcome)) == outcome


def test_tools_of_others_are_not_ours() -> None:
    assert call_of(llm.ToolInput(tool_name="intent__HassTurnOn", tool_args={})) is None
