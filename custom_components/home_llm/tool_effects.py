"""What a call of Home Assistant's own tools would do: which of its actions, to which devices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.components.cover import DOMAIN as COVER
from homeassistant.components.lock import DOMAIN as LOCK
from homeassistant.components.valve import DOMAIN as VALVE
from homeassistant.const import SERVICE_TURN_OFF, SERVICE_TURN_ON
from homeassistant.core import DOMAIN as HOMEASSISTANT, Context, HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import intent, llm
import voluptuous as vol

_SCRIPT = "script"

_ON_OFF: Mapping[tuple[str, str], str] = {
    # What the intents for on and off come to where nothing can be turned on or off.
    (COVER, SERVICE_TURN_ON): "cover.open_cover",
    (COVER, SERVICE_TURN_OFF): "cover.close_cover",
    (LOCK, SERVICE_TURN_ON): "lock.lock",
    (LOCK, SERVICE_TURN_OFF): "lock.unlock",
    (VALVE, SERVICE_TURN_ON): "valve.open_valve",
    (VALVE, SERVICE_TURN_OFF): "valve.close_valve",
    ("button", SERVICE_TURN_ON): "button.press",
    ("input_button", SERVICE_TURN_ON): "input_button.press",
}

_BY_INTENT: Mapping[str, str] = {
    # Intents that do one thing, and find what they do it to by themselves.
    "HassClimateSetTemperature": "climate.set_temperature",
    "HassClimateSetFanMode": "climate.set_fan_mode",
    "HassHumidifierSetpoint": "humidifier.set_humidity",
    "HassHumidifierMode": "humidifier.set_mode",
    "HassMediaSearchAndPlay": "media_player.media_play",
    "HassVacuumCleanArea": "vacuum.start",
    "HassListAddItem": "todo.add_item",
    "HassListCompleteItem": "todo.complete_item",
    "HassListRemoveItem": "todo.remove_item",
    intent.INTENT_START_TIMER: "timer.start",
    intent.INTENT_CANCEL_TIMER: "timer.cancel",
    intent.INTENT_CANCEL_ALL_TIMERS: "timer.cancel_all",
    intent.INTENT_INCREASE_TIMER: "timer.add_time",
    intent.INTENT_DECREASE_TIMER: "timer.take_time",
    intent.INTENT_PAUSE_TIMER: "timer.pause",
    intent.INTENT_UNPAUSE_TIMER: "timer.resume",
    intent.INTENT_TIMER_STATUS: "timer.status",
}

_BY_TOOL: Mapping[str, str] = {
    # Tools that are no intents.
    "media_player__play_media": "media_player.media_play",
}

_LOUDER_OR_QUIETER = "HassSetVolumeRelative"

LATER = "conversation.process"
"""What a timer does at its end that was given a command: whatever that says, by another agent."""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Something that a tool would do.

    Args:
        action: the name of Home Assistant's action, such as ``lock.unlock``.
        entity_id: of what it would be done to; empty where the tool finds that by itself.

    """

    action: str
    entity_id: str = ""


def effects(
    hass: HomeAssistant, tool: llm.Tool, arguments: Mapping[str, Any], context: llm.LLMContext
) -> tuple[Effect, ...]:
    """Return what a call would do to this home.

    Of tools that are not Home Assistant's own nothing is known, and nothing of calls that fail.
    """
    while isinstance(tool, llm.NamespacedTool):
        tool = tool.tool
    if isinstance(tool, llm.IntentTool):
        return _of_intent(hass, tool, arguments, context)
    action = "script.turn_on" if tool.integration == _SCRIPT else _BY_TOOL.get(tool.name)
    return (Effect(action=action),) if action else ()


def _of_intent(
    hass: HomeAssistant,
    tool: llm.IntentTool,
    arguments: Mapping[str, Any],
    context: llm.LLMContext,
) -> tuple[Effect, ...]:
    if tool.intent_type == _LOUDER_OR_QUIETER:
        step = arguments.get("volume_step")
        is_louder = step == "up" or (isinstance(step, int | float) and step > 0)
        return (Effect(action=f"media_player.volume_{'up' if is_louder else 'down'}"),)
    if action := _BY_INTENT.get(tool.intent_type):
        is_told = tool.intent_type == intent.INTENT_START_TIMER
        later = is_told and arguments.get("conversation_command")
        return (Effect(action=action), *((Effect(action=LATER),) if later else ()))
    asked = _intent(hass, tool, arguments, context)
    for handler in intent.async_get(hass):
        if handler.intent_type == tool.intent_type:
            return _of_handler(handler, asked)
    return ()


def _intent(
    hass: HomeAssistant,
    tool: llm.IntentTool,
    arguments: Mapping[str, Any],
    context: llm.LLMContext,
) -> intent.Intent:
    filled = {k: v for k, v in arguments.items() if not intent.is_blank_slot_value(v)}
    slots = {name: {"value": value} for name, value in filled.items()}
    return intent.Intent(
        hass,
        platform=context.platform,
        intent_type=tool.intent_type,
        slots=slots,
        text_input=None,
        context=context.context or Context(),
        language=context.language or hass.config.language,
        assistant=context.assistant,
        device_id=context.device_id,
    )


def _of_handler(handler: intent.IntentHandler, asked: intent.Intent) -> tuple[Effect, ...]:
    if not isinstance(handler, intent.DynamicServiceIntentHandler):
        return ()
    try:
        targets = _targets(handler, asked)
        return tuple(
            Effect(action=_action(handler, asked, state), entity_id=state.entity_id)
            for state in targets
        )
    except HomeAssistantError, vol.Invalid:
        # The tool will say so itself.
        return ()


def _targets(handler: intent.DynamicServiceIntentHandler, asked: intent.Intent) -> list[State]:
    """Return all that the call may mean: more than it does, if the room of the speaker decides."""
    slots = handler.async_validate_slots(asked.slots)
    said = {name: slot["value"] for name, slot in slots.items()}
    name = said.get("name")
    constraints = intent.MatchTargetsConstraints(
        name=None if name == "all" else name,
        area_name=said.get("area"),
        floor_name=said.get("floor"),
        domains=set(said["domain"]) if "domain" in said else handler.required_domains,
        device_classes=set(said["device_class"]) if "device_class" in said else None,
        assistant=asked.assistant,
        allow_duplicate_names=True,
    )
    return intent.async_match_targets(asked.hass, constraints).states


def _action(handler: intent.DynamicServiceIntentHandler, asked: intent.Intent, state: State) -> str:
    domain, service = handler.get_domain_and_service(asked, state)
    if domain != HOMEASSISTANT:
        return f"{domain}.{service}"
    return _ON_OFF.get((state.domain, service), f"{state.domain}.{service}")
