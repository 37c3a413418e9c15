"""Which tools of the Assist API do what a call does, and what they answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from home_llm_core.home import Entity, Home, Value

from .assist_home import properties
from .conversations import LeftOutError
from .reporting import Done


@dataclass(frozen=True, kw_only=True)
class ToolCall:
    """A call of a tool and its result.

    Args:
        name: of the tool.
        arguments: of the call.
        result: what comes back.

    """

    name: str
    arguments: Mapping[str, Any]
    result: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class _Tool:
    """A tool that does what an action does.

    Args:
        name: of the tool.
        slots: what it calls the arguments of the action.
        places: whether a place can stand for all devices that are there.
        has_domain: whether it can be told the domain.
        fixed: arguments that say which way it goes.
        state: the state that a device must be in.

    """

    name: str
    slots: Mapping[str, str] | None = None
    places: bool = False
    has_domain: bool = True
    fixed: Mapping[str, Any] | None = None
    state: str = ""


_ON = _Tool(name="intent__HassTurnOn", places=True)
_OFF = _Tool(name="intent__HassTurnOff", places=True)
_POSITION = _Tool(name="intent__HassSetPosition", slots={"position": "position"}, places=True)
_STOP = _Tool(name="intent__HassStopMoving", places=True)
_LIGHT = {"brightness": "brightness", "color": "color", "color_temp_kelvin": "temperature"}
_RELATIVE = "media_player__HassSetVolumeRelative"
_TOOLS: Mapping[str, _Tool] = {
    **{f"{domain}.turn_on": _ON for domain in ("light", "fan", "switch", "input_boolean")},
    **{f"{domain}.turn_off": _OFF for domain in ("light", "fan", "switch", "input_boolean")},
    **{f"{domain}.turn_on": _ON for domain in ("climate", "humidifier", "media_player", "scene")},
    **{f"{domain}.turn_off": _OFF for domain in ("climate", "humidifier", "media_player")},
    "button.press": _ON,
    "input_button.press": _ON,
    "cover.open_cover": _ON,
    "cover.close_cover": _OFF,
    "valve.open_valve": _ON,
    "valve.close_valve": _OFF,
    "lock.lock": _ON,
    "lock.unlock": _OFF,
    "cover.set_cover_position": _POSITION,
    "valve.set_valve_position": _POSITION,
    "cover.stop_cover": _STOP,
    "valve.stop_valve": _STOP,
    "fan.set_percentage": _Tool(
        name="fan__HassFanSetSpeed", slots={"percentage": "percentage"}, places=True
    ),
    "climate.set_temperature": _Tool(
        name="climate__HassClimateSetTemperature",
        slots={"temperature": "temperature"},
        has_domain=False,
    ),
    "humidifier.set_humidity": _Tool(
        name="humidifier__HassHumidifierSetpoint",
        slots={"humidity": "humidity"},
        has_domain=False,
    ),
    "humidifier.set_mode": _Tool(
        name="humidifier__HassHumidifierMode", slots={"mode": "mode"}, has_domain=False
    ),
    "media_player.media_play": _Tool(name="media_player__HassMediaUnpause", state="paused"),
    "media_player.media_pause": _Tool(name="media_player__HassMediaPause", state="playing"),
    "media_player.media_next_track": _Tool(name="media_player__HassMediaNext", state="playing"),
    "media_player.media_previous_track": _Tool(
        name="media_player__HassMediaPrevious", state="playing"
    ),
    "media_player.volume_set": _Tool(
        name="media_player__HassSetVolume", slots={"volume_level": "volume_level"}
    ),
    "media_player.volume_up": _Tool(name=_RELATIVE, fixed={"volume_step": "up"}, has_domain=False),
    "media_player.volume_down": _Tool(
        name=_RELATIVE, fixed={"volume_step": "down"}, has_domain=False
    ),
    "vacuum.start": _Tool(name="vacuum__HassVacuumStart", places=True),
    "vacuum.return_to_base": _Tool(name="vacuum__HassVacuumReturnToBase", places=True),
    "lawn_mower.start_mowing": _Tool(name="lawn_mower__HassLawnMowerStartMowing", places=True),
    "lawn_mower.dock": _Tool(name="lawn_mower__HassLawnMowerDock", places=True),
    "todo.add_item": _Tool(name="todo__HassListAddItem", slots={"item": "item"}, has_domain=False),
    "todo.complete_item": _Tool(
        name="todo__HassListCompleteItem", slots={"item": "item"}, has_domain=False
    ),
    "todo.remove_item": _Tool(
        name="todo__HassListRemoveItem", slots={"item": "item"}, has_domain=False
    ),
}
_TIMERS: Mapping[str, str] = {
    "start": "StartTimer",
    "cancel": "CancelTimer",
    "cancel_all": "CancelAllTimers",
    "pause": "PauseTimer",
    "resume": "UnpauseTimer",
    "add_time": "IncreaseTimer",
    "take_time": "DecreaseTimer",
    "status": "TimerStatus",
}
_LENGTHS = ("start", "add_time", "take_time")
_MUTED = "is_volume_muted"
_TWICE = "the same name twice"
_QUIET = ("humidifier__HassHumidifierSetpoint", "humidifier__HassHumidifierMode", _RELATIVE)


def tool_calls(done: Done, home: Home) -> Iterator[ToolCall]:
    """Yield the calls of tools that do what a call does.

    Raises:
        LeftOutError: there is no tool for it.

    """
    if done.domain == "timer":
        yield timer_call(done)
        return
    if done.domain == "script":
        for entity_id in done.entity_ids:
            name = entity_id.replace(".", "__", 1)
            yield ToolCall(name=name, arguments={}, result={"result": {}})
        return
    tool = _tool(done)
    values = {(tool.slots or {}).get(name, name): v for name, v in _values(done, tool).items()}
    entities = [home.entity_by_id[entity_id] for entity_id in done.entity_ids]
    if any(tool.state not in ("", entity.state) for entity in entities):
        msg = f"{tool.name} of what is not {tool.state}"
        raise LeftOutError(msg)
    domain = {"domain": [done.domain]} if tool.has_domain else {}
    place = _place(done, home) if tool.places else None
    if place is not None:
        result = _answer(tool.name, entities, place=_success(done, home))
        yield ToolCall(name=tool.name, arguments=place | domain | values, result=result)
        return
    for entity in entities:
        arguments = named(entity, home) | domain | values
        if "area" in arguments and "area" not in properties(tool.name):
            raise LeftOutError(_TWICE)
        yield ToolCall(name=tool.name, arguments=arguments, result=_answer(tool.name, [entity]))


def _tool(done: Done) -> _Tool:
    """Return the tool for an action."""
    if done.action == "light.turn_on" and done.arguments:
        return _Tool(name="light__HassLightSet", slots=_LIGHT, places=True)
    if done.action == "media_player.volume_mute":
        verb = "Mute" if done.arguments[_MUTED] else "Unmute"
        return _Tool(name=f"media_player__HassMediaPlayer{verb}", slots={_MUTED: _MUTED})
    if done.action not in _TOOLS:
        msg = f"the action {done.action}"
        raise LeftOutError(msg)
    return _TOOLS[done.action]


def _values(done: Done, tool: _Tool) -> dict[str, Value]:
    """Return the values of a call by the names of the action's arguments."""
    if tool.name == _RELATIVE and "volume_step" in done.arguments:
        step = int(str(done.arguments["volume_step"]))
        return {"volume_step": step if done.verb == "volume_up" else -step}
    unknown = done.arguments.keys() - (tool.slots or {}).keys()
    if unknown:
        msg = f"the argument {min(unknown)}"
        raise LeftOutError(msg)
    if _MUTED in done.arguments:
        return {}
    return {**(tool.fixed or {}), **done.arguments}


def _place(done: Done, home: Home) -> dict[str, str] | None:
    """Return the place whose devices are all meant, if there is one."""
    if done.area is not None:
        return {"area": home.area_by_id[done.area].name}
    if done.floor is not None:
        return {"floor": next(f.name for f in home.floors if f.floor_id == done.floor)}
    return {"name": "all"} if done.everywhere else None


def _success(done: Done, home: Home) -> list[dict[str, str]]:
    """Return the place as the answer of a tool names it."""
    if done.area is not None:
        name = home.area_by_id[done.area].name
        return [{"name": name, "type": "area", "id": done.area}]
    for floor in home.floors:
        if floor.floor_id == done.floor:
            return [{"name": floor.name, "type": "floor", "id": floor.floor_id}]
    return []


def named(entity: Entity, home: Home) -> dict[str, str]:
    """Return what names just one device of a domain: its name, with its area if need be.

    Raises:
        LeftOutError: nothing does.

    """
    names = {entity.name.lower()}
    others = [
        other
        for other in home.entities
        if other is not entity
        and other.domain == entity.domain
        and names & {name.lower() for name in (other.name, *other.aliases)}
    ]
    if not others:
        return {"name": entity.name}
    if entity.area_id is None or any(other.area_id == entity.area_id for other in others):
        raise LeftOutError(_TWICE)
    return {"name": entity.name, "area": home.area_by_id[entity.area_id].name}


def _answer(
    name: str, entities: list[Entity], place: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    """Return what a tool answers that did something to devices."""
    found = [{"name": e.name, "type": "entity", "id": e.entity_id} for e in entities]
    return done_answer([] if name in _QUIET else [*(place or []), *found])


def done_answer(
    success: list[dict[str, str]] | None = None, slots: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the answer of a tool that did what it was asked.

    Args:
        success: what it was done to.
        slots: what there is to be said of it.

    """
    data = {"success": success or [], "failed": []}
    said = {"speech_slots": dict(slots)} if slots is not None else {}
    return {"speech": {}, "response_type": "action_done", **said, "data": data}


def timer_call(done: Done) -> ToolCall:
    """Return the call of a timer's tool."""
    arguments = {
        name if name == "name" or done.verb in _LENGTHS else f"start_{name}": value
        for name, value in done.arguments.items()
    }
    slots = {"canceled": 1} if done.verb == "cancel_all" else None
    tool = f"intent__Hass{_TIMERS[done.verb]}"
    return ToolCall(name=tool, arguments=arguments, result=done_answer(slots=slots))
