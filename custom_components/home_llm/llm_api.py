"""Our LLM API: one tool for each action, so that chat logs and traces show what a model does."""

from collections.abc import Callable, Collection
from dataclasses import asdict
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from .const import DEFAULT_NAME, DOMAIN
from .control import Outcome, Problem, async_carry_out
from .core.actions import (
    ACTIONS,
    DEFAULT_ALLOWED,
    Action,
    Argument,
    NumberArgument,
    RgbArgument,
    TextArgument,
    actions_for,
)
from .core.calls import Call, resolve
from .core.errors import CallError
from .core.home import Value
from .timers import Timer
from .view import HomeViews, View

_PREFIX = f"{DOMAIN}__"
_TARGETS = {"devices", "area", "floor", "excluding"}


def tool_input(call: Call) -> llm.ToolInput:
    """Return a model's call as Home Assistant logs and runs it."""
    targets: dict[str, Any] = {"devices": list(call.devices)} if call.devices else {}
    if call.area is not None:
        targets["area"] = call.area
    if call.floor is not None:
        targets["floor"] = call.floor
    if call.excluding:
        targets["excluding"] = list(call.excluding)
    return llm.ToolInput(tool_name=_tool_name(call.action), tool_args={**targets, **call.arguments})


def call_of(tool_input: llm.ToolInput) -> Call | None:
    """Return the call that a tool's input stands for; none if the tool is not ours."""
    return _call(tool_input) if tool_input.tool_name.startswith(_PREFIX) else None


def _call(tool_input: llm.ToolInput) -> Call:
    args = tool_input.tool_args
    return Call(
        action=_action_name(tool_input.tool_name),
        devices=tuple(map(str, args.get("devices", ()))),
        area=args.get("area"),
        floor=args.get("floor"),
        excluding=tuple(map(str, args.get("excluding", ()))),
        arguments={key: _value(value) for key, value in args.items() if key not in _TARGETS},
    )


def _value(value: Any) -> Value:  # noqa: ANN401 - it is checked where calls are resolved
    return tuple(value) if isinstance(value, list) else value


def outcome_of(
    tool_name: str, result: llm.ToolResult, allowed: Collection[str] = DEFAULT_ALLOWED
) -> Outcome:
    """Return what a tool's result says.

    Args:
        tool_name: the tool.
        result: what came of it; an error, if the tool is not there.
        allowed: the actions that may be asked for; without a device for one it has no tool.

    """
    if "problems" not in result.data:
        name = _action_name(tool_name)
        refused = "empty_target" if name in allowed else "action_not_allowed"
        reason = refused if name in ACTIONS else "unknown_action"
        return Outcome(problems=(Problem(reason=reason),))
    data: Any = result.data
    timers = data.get("timers")
    return Outcome(
        entity_ids=tuple(data["entity_ids"]),
        problems=tuple(Problem(**problem) for problem in data["problems"]),
        items=tuple(data.get("items", ())),
        timers=None if timers is None else tuple(Timer(**timer) for timer in timers),
    )


def _tool_name(action: str) -> str:
    return _PREFIX + action.replace(".", "__")


def _action_name(tool_name: str) -> str:
    return tool_name.removeprefix(_PREFIX).replace("__", ".", 1)


class HomeAPI(llm.API):
    """The actions that a model may call in this home, as tools."""

    def __init__(self, hass: HomeAssistant, views: HomeViews) -> None:
        """Offer what the views of a home allow."""
        super().__init__(hass=hass, id=DOMAIN, name=DEFAULT_NAME)
        self._views = views

    @override
    async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
        """Return the tools for the home as it is now."""
        views = self._views

        # Traces make deep copies of tools. A function is not copied; the views would be.
        def look() -> View:
            return views.now()

        view = look()

        def called(name: str) -> str:
            """Return what people call a device, also one that is gone when a call reaches it."""
            entity = view.home.entity_by_id.get(view.names.devices.get(name, ""))
            return name if entity is None else entity.name

        tools: list[llm.Tool] = [
            ActionTool(action, look, called) for action in actions_for(view.home, view.allowed)
        ]
        return llm.APIInstance(api=self, api_prompt="", llm_context=llm_context, tools=tools)


class ActionTool(llm.Tool):
    """Calls one of Home Assistant's actions on exposed entities, or does something to timers."""

    integration = DOMAIN

    def __init__(
        self, action: Action, look: Callable[[], View], called: Callable[[str], str]
    ) -> None:
        """Describe the action to Home Assistant."""
        self.name = _tool_name(action.name)
        self.title = action.name
        self.description = f"Calls {action.signature}{_where(action)}."
        self.parameters = _schema(action)
        self.annotations = llm.ToolAnnotations(
            read_only=action.name == "timer.status",
            destructive=False,
            idempotent=action.result is not None,
            open_world=False,
        )
        self._look = look
        self._called = called

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Check a call against the home once more, whatever the grammar said, and carry it out."""
        view = self._look()
        try:
            resolved = resolve(_call(tool_input), view.home, view.names, view.allowed)
        except CallError as err:
            problem = Problem(reason=err.reason, name=self._called(err.name))
            return tool_result(Outcome(problems=(problem,)))
        return tool_result(await async_carry_out(hass, resolved, view.home, llm_context))


def tool_result(outcome: Outcome) -> llm.ToolResult:
    """Return what came of a call as Home Assistant logs it; ``outcome_of`` reads it again."""
    data: JsonObjectType = {
        "entity_ids": list(outcome.entity_ids),
        "problems": [asdict(problem) for problem in outcome.problems],
    }
    if outcome.items:
        data["items"] = list(outcome.items)
    if outcome.timers is not None:
        data["timers"] = [asdict(timer) for timer in outcome.timers]
    return llm.ToolResult(data=data, error=bool(outcome.problems))


def _where(action: Action) -> str:
    if not action.targets:
        return ""
    return f" on {'devices, one by one' if action.one_by_one else 'devices, an area or a floor'}"


def _schema(action: Action) -> vol.Schema:
    arguments = {vol.Optional(argument.name): _validator(argument) for argument in action.arguments}
    return vol.Schema(_target_fields(action) | arguments)


def _target_fields(action: Action) -> dict[vol.Marker, Any]:
    if not action.targets:
        return {}
    if action.one_by_one:
        return {vol.Required("devices", description="Devices by kind and name."): [str]}
    return {
        vol.Optional("devices", description="Devices by kind and name, or all of them."): [str],
        vol.Optional("area", description="An area instead of devices."): str,
        vol.Optional("floor", description="A floor instead of devices."): str,
        vol.Optional("excluding", description="Devices of it that are left alone."): [str],
    }


def _validator(argument: Argument) -> Any:  # noqa: ANN401 - whatever a schema takes
    if isinstance(argument, RgbArgument):
        return [vol.All(int, vol.Range(min=0, max=255))]
    if isinstance(argument, NumberArgument):
        return vol.Coerce(float)
    if isinstance(argument, TextArgument):
        return vol.All(str, vol.Length(min=1))
    values = list(argument.values)
    if isinstance(values[0], bool):
        return bool
    if isinstance(values[0], str):
        return vol.In(values)
    is_whole = all(isinstance(value, int) for value in values)
    number = int if is_whole else vol.Coerce(float)
    return vol.All(number, vol.Range(min=min(values), max=max(values)))
