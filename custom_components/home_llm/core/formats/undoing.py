"""What puts things back as they were before a turn.

How a device was tells more than what was done: who had the door locked that was locked already does
not want it open. Only of what shows no state the opposite of what was done is all that is known.
"""

from collections.abc import Callable, Collection, Iterator, Mapping

from ..actions import ACTIONS, features_needed, supports, unknown_option
from ..calls import Call, ResolvedCall
from ..home import Entity, Value
from ..states import reading
from ..turns import Turn

_Back = tuple[str, Mapping[str, Value]]
"""An action without its domain, and its arguments."""

_OPPOSITES: Mapping[str, str] = {
    "turn_on": "turn_off",
    "turn_off": "turn_on",
    "toggle": "toggle",
    "open_cover": "close_cover",
    "close_cover": "open_cover",
    "open_valve": "close_valve",
    "close_valve": "open_valve",
    "lock": "unlock",
    "unlock": "lock",
    "media_play": "media_pause",
    "media_pause": "media_play",
    "media_next_track": "media_previous_track",
    "media_previous_track": "media_next_track",
    "volume_up": "volume_down",
    "volume_down": "volume_up",
    "increase_speed": "decrease_speed",
    "decrease_speed": "increase_speed",
    "add_item": "remove_item",
    "remove_item": "add_item",
    "start": "return_to_base",
    "return_to_base": "start",
    "start_mowing": "dock",
    "dock": "start_mowing",
}
_TIMERS: Mapping[str, str] = {
    "timer.start": "timer.cancel",
    "timer.pause": "timer.resume",
    "timer.resume": "timer.pause",
    "timer.add_time": "timer.take_time",
    "timer.take_time": "timer.add_time",
}
_OTHER_VALUES: Mapping[Value, Value] = {
    True: False,
    False: True,
    "forward": "reverse",
    "reverse": "forward",
}
_ONE_OF_TWO = ("volume_mute", "oscillate", "set_direction")
"""Actions whose argument is one of two values, which devices need not show."""

_ENDED = {
    "cover": {
        **dict.fromkeys(("open", "opening"), "open_cover"),
        **dict.fromkeys(("closed", "closing"), "close_cover"),
    },
    "valve": {
        **dict.fromkeys(("open", "opening"), "open_valve"),
        **dict.fromkeys(("closed", "closing"), "close_valve"),
    },
    "lock": {
        **dict.fromkeys(("locked", "locking"), "lock"),
        **dict.fromkeys(("unlocked", "unlocking"), "unlock"),
    },
    "vacuum": {
        "cleaning": "start",
        **dict.fromkeys(("docked", "returning"), "return_to_base"),
        "paused": "pause",
        "idle": "stop",
    },
    "lawn_mower": {
        "mowing": "start_mowing",
        **dict.fromkeys(("docked", "returning"), "dock"),
        "paused": "pause",
    },
}
"""Actions that end in a state, by domain."""

_PLAYING: Mapping[str, str] = {"playing": "media_play", "paused": "media_pause"}
_SETTINGS: Mapping[str, tuple[str, str]] = {
    # What an action changes: the reading, and the action whose argument is called the same.
    **dict.fromkeys(
        ("set_percentage", "increase_speed", "decrease_speed"), ("set_percentage", "percentage")
    ),
    **dict.fromkeys(("volume_set", "volume_up", "volume_down"), ("volume_set", "volume_level")),
    "volume_mute": ("volume_mute", "is_volume_muted"),
    "set_temperature": ("set_temperature", "temperature"),
    "set_humidity": ("set_humidity", "humidity"),
    "select_source": ("select_source", "source"),
    "set_preset_mode": ("set_preset_mode", "preset_mode"),
    "set_fan_mode": ("set_fan_mode", "fan_mode"),
    "set_mode": ("set_mode", "mode"),
}
_STATES: Mapping[str, str] = {
    "set_hvac_mode": "hvac_mode",
    "set_value": "value",
    "select_option": "option",
}
"""Actions that set the state itself, by the name of the argument."""

_SWITCHING = ("turn_on", "turn_off", "toggle")
_STARTING = ("set_percentage", "increase_speed", "set_preset_mode")
"""Actions after which a fan runs that was off."""

_NOT_KNOWN = ("unknown", "unavailable")


def undone(turn: Turn, lines: Callable[[Collection[Entity]], tuple[str, ...]]) -> list[Call]:
    """Return the calls that undo what a turn did, the last first.

    Args:
        turn: the turn, with the devices of which it is known how they were.
        lines: returns what calls name devices by.

    """
    return [back for call in reversed(turn.calls) for back in _undone(call, turn, lines)]


def _undone(
    call: ResolvedCall, turn: Turn, lines: Callable[[Collection[Entity]], tuple[str, ...]]
) -> Iterator[Call]:
    if call.action.name in _TIMERS:
        yield Call(action=_TIMERS[call.action.name], arguments=call.arguments)
    for entity_id in call.entity_ids:
        entity = turn.before.get(entity_id)
        name = call.action.name.partition(".")[2]
        back = _back(entity, name, call.arguments) if entity is not None else None
        if entity is not None and back is not None:
            action = f"{entity.domain}.{back[0]}"
            yield Call(action=action, devices=lines((entity,)), arguments=back[1])


def _back(entity: Entity, name: str, arguments: Mapping[str, Value]) -> _Back | None:
    """Return what puts one device back."""
    if entity.domain in ("scene", "script") or name == "locate":
        return None
    if entity.state not in _NOT_KNOWN:
        back = _set_back(entity, name) or _moved_back(entity, name)
        if back is not None:
            return back
    if name in _OPPOSITES:
        return _OPPOSITES[name], arguments if name not in _SWITCHING else {}
    if name in _ONE_OF_TWO:
        return name, {argument: _OTHER_VALUES[value] for argument, value in arguments.items()}
    return None


def _set_back(entity: Entity, name: str) -> _Back | None:
    """Return what brings back a value that a device showed."""
    if name in _STATES:
        value = _number(entity.state) if name == "set_value" else entity.state
        return _if_able(entity, name, {_STATES[name]: value})
    if entity.domain == "fan" and entity.state == "off" and name in _STARTING:
        return "turn_off", {}
    if name in _SETTINGS and _SETTINGS[name][1] in entity.attributes:
        return _setting(entity, *_SETTINGS[name])
    return None


def _moved_back(entity: Entity, name: str) -> _Back | None:
    """Return what brings back the state of a device."""
    domain, state = entity.domain, entity.state
    if name in _SWITCHING and domain not in _ENDED:
        return _switched(entity)
    if domain in ("cover", "valve") and 0 < _position(entity) < 100:  # noqa: PLR2004
        return _setting(entity, f"set_{domain}_position", "position")
    if domain == "media_player" and name in ("media_play", "media_pause", "media_stop"):
        return _if_able(entity, _PLAYING.get(state))
    return _if_able(entity, _ENDED.get(domain, {}).get(state))


def _switched(entity: Entity) -> _Back:
    if entity.state in ("off", "standby"):
        return "turn_off", {}
    if entity.domain == "climate" and entity.state in entity.features:
        return "set_hvac_mode", {"hvac_mode": entity.state}
    kept = (("brightness", "dim"), ("color", "color")) if entity.domain == "light" else ()
    return "turn_on", {
        key: entity.attributes[key]
        for key, feature in kept
        if key in entity.attributes and feature in entity.features
    }


def _position(entity: Entity) -> float:
    """Return where something stands that can be brought back there, else nought."""
    return (reading(entity, "position") or 0) if "position" in entity.features else 0


def _setting(entity: Entity, name: str, argument: str) -> _Back | None:
    """Return a setting as it was, in the steps that can be set."""
    value = entity.attributes[argument]
    (known,) = (a for a in ACTIONS[f"{entity.domain}.{name}"].arguments if a.name == argument)
    if isinstance(value, (int, float)) and not known.accepts(value):
        value = _nearest(known.values, value)
    return _if_able(entity, name, {argument: value})


def _nearest(values: Collection[Value], number: float) -> Value:
    steps = [each for each in values if isinstance(each, (int, float))]
    return min(steps, key=lambda step: abs(step - number))


def _if_able(
    entity: Entity, name: str | None, arguments: Mapping[str, Value] | None = None
) -> _Back | None:
    """Return an action and its arguments if a device can do that."""
    action, given = ACTIONS.get(f"{entity.domain}.{name}"), arguments or {}
    if action is None or unknown_option(entity, action, given) is not None:
        return None
    if not all(a.accepts(given[a.name]) for a in action.arguments if a.name in given):
        return None
    able = all(supports(entity, feature) for feature in features_needed(action, given))
    return (str(name), given) if able else None


def _number(state: str) -> Value:
    try:
        return float(state)
    except ValueError:
        return state
