"""What a model may do: actions of each domain, their arguments and ranges, in people's units.

This table is the only place that knows which argument of a call becomes which parameter of Home
Assistant's action. Percent is 0-100 here; Home Assistant's own ``*_pct`` parameters take it as is.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
import json
import sys

from .colors import COLORS
from .errors import CallError
from .home import Entity, Home, Value


def to_text(value: Value) -> str:
    """Return a value as our own models write it."""
    return value if isinstance(value, str) else json.dumps(value)


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One argument of an action.

    Args:
        name: its name in a call.
        values: every value it can take.
        parameter: the name of Home Assistant's parameter.
        feature: what a device must be able to do to take it; none if every device can.
        is_feature: whether each of its values is something that a device must be able to do.
        scale: what a value is multiplied by for Home Assistant's parameter.
        step_of: the attribute that the value is added to, for a step.

    """

    name: str
    values: Sequence[Value] = ()
    parameter: str
    feature: str | None = None
    is_feature: bool = False
    scale: float = 1
    step_of: str | None = None

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Every value as text."""
        return tuple(map(to_text, self.values))

    def accepts(self, value: Value) -> bool:
        """Return whether the argument can take a value."""
        # True == 1 in Python, but a yes is no percentage.
        return value in self.values and isinstance(value, bool) == isinstance(self.values[0], bool)

    def raw(self, value: Value, readings: Mapping[str, Value]) -> Value:
        """Return what Home Assistant's parameter is for a value.

        Raises:
            CallError: ``unsupported``, for a step from what the device does not show.

        """
        if self.step_of is not None:
            now = readings.get(self.step_of)
            if not isinstance(now, (int, float)) or not isinstance(value, (int, float)):
                raise CallError("unsupported", self.name)
            return now + value
        if self.scale != 1 and isinstance(value, (int, float)):
            return value * self.scale
        return value


@dataclass(frozen=True, kw_only=True)
class RgbArgument(Argument):
    """Red, green and blue, 0-255 each: too many values to list, so not for our own formats."""

    def accepts(self, value: Value) -> bool:
        """Return whether a value is a triple in range."""
        if not isinstance(value, tuple) or len(value) != len(("red", "green", "blue")):
            return False
        return all(type(part) is int and part in _BYTE for part in value)


@dataclass(frozen=True, kw_only=True)
class NumberArgument(Argument):
    """Any number: what a device takes is for Home Assistant to know."""

    def accepts(self, value: Value) -> bool:
        """Return whether a value is a number; JSON may hold an infinite one, or none at all."""
        return type(value) in (int, float) and abs(value) <= sys.float_info.max  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class TextArgument(Argument):
    """Words of the sentence: an item of a list, the name of a timer, an option of a device.

    Args:
        chosen: whether it must be one of the device's own options.

    """

    chosen: bool = False

    def accepts(self, value: Value) -> bool:
        """Return whether a value is text."""
        return isinstance(value, str) and bool(value.strip())


@dataclass(frozen=True, kw_only=True)
class Action:
    """One of Home Assistant's actions, as a model may call it.

    Args:
        name: ``domain.action``.
        arguments: in the order in which they are written.
        needs: whether at least one argument must be given.
        feature: what a device must be able to do for the action to make sense.
        one_by_one: whether devices must be named: nobody unlocks a house with one sentence.
        targets: whether it is done to devices; a timer is none.
        result: the state that the device is expected to have at once, if one can be named; what
            moves (covers, valves, locks) takes its time.

    """

    name: str
    arguments: tuple[Argument, ...] = ()
    needs: bool = False
    feature: str | None = None
    one_by_one: bool = False
    targets: bool = True
    result: str | None = None

    @property
    def domain(self) -> str:
        """The part of the name before the dot."""
        return self.name.partition(".")[0]

    @property
    def signature(self) -> str:
        """The action with the names of its arguments, as a prompt lists it."""
        return f"{self.name}({','.join(argument.name for argument in self.listed)})"

    @property
    def listed(self) -> tuple[Argument, ...]:
        """The arguments that our own models write."""
        return tuple(a for a in self.arguments if not isinstance(a, RgbArgument))


_BYTE = range(256)
_PERCENT = range(101)
_STEP = tuple(step for step in range(-100, 101) if step)
_KELVIN = tuple(range(2000, 6600, 100))
# Halves for Celsius, and whole degrees for Fahrenheit; a whole number is written without ".0".
_DEGREES = tuple(n // 2 if n % 2 == 0 else n / 2 for n in range(10, 72)) + tuple(range(36, 96))
_DEGREES_STEP = tuple(n // 2 if n % 2 == 0 else n / 2 for n in range(-20, 21) if n)

_BRIGHTNESS = Argument(
    name="brightness", values=_PERCENT, parameter="brightness_pct", feature="dim"
)
_BRIGHTNESS_STEP = Argument(
    name="brightness_step", values=_STEP, parameter="brightness_step_pct", feature="dim"
)
_COLOR = Argument(name="color", values=COLORS, parameter="color_name", feature="color")
_COLOR_TEMP = Argument(
    name="color_temp_kelvin", values=_KELVIN, parameter="color_temp_kelvin", feature="white"
)
_RGB = RgbArgument(name="rgb_color", parameter="rgb_color", feature="color")
_SPEED = Argument(name="percentage", values=_PERCENT, parameter="percentage", feature="speed")
_SPEED_STEP = Argument(
    name="percentage_step", values=range(1, 101), parameter="percentage_step", feature="speed"
)
_OSCILLATING = Argument(
    name="oscillating", values=(True, False), parameter="oscillating", feature="oscillate"
)
_DIRECTION = Argument(
    name="direction", values=("forward", "reverse"), parameter="direction", feature="reverse"
)

_POSITION = Argument(name="position", values=_PERCENT, parameter="position", feature="position")
_TEMPERATURE = Argument(
    name="temperature", values=_DEGREES, parameter="temperature", feature="target"
)
_TEMPERATURE_STEP = Argument(
    name="temperature_step",
    values=_DEGREES_STEP,
    parameter="temperature",
    feature="target",
    step_of="temperature",
)
_HVAC_MODE = Argument(
    name="hvac_mode",
    values=("heat", "cool", "heat_cool", "auto", "dry", "fan_only", "off"),
    parameter="hvac_mode",
    is_feature=True,
)
_HUMIDITY = Argument(name="humidity", values=_PERCENT, parameter="humidity")
_VOLUME_STEP = Argument(name="volume_step", values=range(1, 101), parameter="volume_level")
_VOLUME = Argument(
    name="volume_level", values=_PERCENT, parameter="volume_level", feature="volume", scale=0.01
)
_MUTED = Argument(
    name="is_volume_muted", values=(True, False), parameter="is_volume_muted", feature="mute"
)

_VALUE = NumberArgument(name="value", parameter="value")
_OPTION = TextArgument(name="option", parameter="option", chosen=True)
_SOURCE = TextArgument(name="source", parameter="source", chosen=True)
_FAN_MODE = TextArgument(name="fan_mode", parameter="fan_mode", chosen=True)
_PRESET_MODE = TextArgument(name="preset_mode", parameter="preset_mode", chosen=True)
_MODE = TextArgument(name="mode", parameter="mode", chosen=True)
_ITEM = TextArgument(name="item", parameter="item")
_NAME = TextArgument(name="name", parameter="name")
_DURATION = (
    Argument(name="hours", values=range(1, 25), parameter="hours"),
    Argument(name="minutes", values=range(1, 121), parameter="minutes"),
    Argument(name="seconds", values=range(1, 121), parameter="seconds"),
)

_ALL = (
    Action(
        name="light.turn_on",
        arguments=(_BRIGHTNESS, _BRIGHTNESS_STEP, _COLOR, _COLOR_TEMP, _RGB),
        result="on",
    ),
    Action(name="light.turn_off", result="off"),
    Action(name="light.toggle"),
    Action(name="fan.turn_on", result="on"),
    Action(name="fan.turn_off", result="off"),
    Action(name="fan.toggle"),
    Action(name="fan.set_percentage", arguments=(_SPEED,), needs=True, feature="speed"),
    Action(name="fan.increase_speed", arguments=(_SPEED_STEP,), feature="speed"),
    Action(name="fan.decrease_speed", arguments=(_SPEED_STEP,), feature="speed"),
    Action(name="fan.oscillate", arguments=(_OSCILLATING,), needs=True, feature="oscillate"),
    Action(name="fan.set_direction", arguments=(_DIRECTION,), needs=True, feature="reverse"),
    Action(name="switch.turn_on", result="on"),
    Action(name="switch.turn_off", result="off"),
    Action(name="switch.toggle"),
    Action(name="cover.open_cover"),
    Action(name="cover.close_cover"),
    Action(name="cover.stop_cover", feature="stop"),
    Action(name="cover.toggle"),
    Action(name="cover.set_cover_position", arguments=(_POSITION,), needs=True, feature="position"),
    Action(name="fan.set_preset_mode", arguments=(_PRESET_MODE,), needs=True),
    Action(name="valve.open_valve"),
    Action(name="valve.close_valve"),
    Action(name="valve.stop_valve", feature="stop"),
    Action(name="valve.toggle"),
    Action(name="valve.set_valve_position", arguments=(_POSITION,), needs=True, feature="position"),
    Action(name="lock.lock"),
    Action(name="lock.unlock", one_by_one=True),
    Action(name="lock.open", feature="open", one_by_one=True),
    Action(name="climate.turn_on"),
    Action(name="climate.turn_off", result="off"),
    Action(
        name="climate.set_temperature",
        arguments=(_TEMPERATURE, _TEMPERATURE_STEP),
        needs=True,
        feature="target",
    ),
    Action(name="climate.set_hvac_mode", arguments=(_HVAC_MODE,), needs=True),
    Action(name="climate.set_fan_mode", arguments=(_FAN_MODE,), needs=True),
    Action(name="climate.set_preset_mode", arguments=(_PRESET_MODE,), needs=True),
    Action(name="humidifier.turn_on", result="on"),
    Action(name="humidifier.turn_off", result="off"),
    Action(name="humidifier.toggle"),
    Action(name="humidifier.set_humidity", arguments=(_HUMIDITY,), needs=True),
    Action(name="humidifier.set_mode", arguments=(_MODE,), needs=True),
    Action(name="media_player.turn_on"),
    Action(name="media_player.turn_off"),
    Action(name="media_player.toggle"),
    Action(name="media_player.media_play", feature="play"),
    Action(name="media_player.media_pause", feature="play"),
    Action(name="media_player.media_stop", feature="stop"),
    Action(name="media_player.media_next_track", feature="tracks"),
    Action(name="media_player.media_previous_track", feature="tracks"),
    Action(name="media_player.volume_set", arguments=(_VOLUME,), needs=True, feature="volume"),
    Action(name="media_player.volume_up", arguments=(_VOLUME_STEP,), feature="volume"),
    Action(name="media_player.volume_down", arguments=(_VOLUME_STEP,), feature="volume"),
    Action(name="media_player.volume_mute", arguments=(_MUTED,), needs=True, feature="mute"),
    Action(name="media_player.select_source", arguments=(_SOURCE,), needs=True),
    Action(name="vacuum.start"),
    Action(name="vacuum.pause", feature="pause"),
    Action(name="vacuum.stop", feature="stop"),
    Action(name="vacuum.return_to_base", feature="return"),
    Action(name="vacuum.locate", feature="locate"),
    Action(name="lawn_mower.start_mowing"),
    Action(name="lawn_mower.pause", feature="pause"),
    Action(name="lawn_mower.dock", feature="dock"),
    Action(name="scene.turn_on"),
    Action(name="script.turn_on"),
    Action(name="button.press"),
    Action(name="input_button.press"),
    Action(name="input_boolean.turn_on", result="on"),
    Action(name="input_boolean.turn_off", result="off"),
    Action(name="input_boolean.toggle"),
    Action(name="number.set_value", arguments=(_VALUE,), needs=True),
    Action(name="input_number.set_value", arguments=(_VALUE,), needs=True),
    Action(name="select.select_option", arguments=(_OPTION,), needs=True),
    Action(name="input_select.select_option", arguments=(_OPTION,), needs=True),
    Action(name="todo.add_item", arguments=(_ITEM,), needs=True),
    Action(name="todo.complete_item", arguments=(_ITEM,), needs=True),
    Action(name="todo.remove_item", arguments=(_ITEM,), needs=True),
    Action(name="timer.start", arguments=(*_DURATION, _NAME), needs=True, targets=False),
    Action(name="timer.cancel", arguments=(*_DURATION, _NAME), targets=False),
    Action(name="timer.cancel_all", targets=False),
    Action(name="timer.pause", arguments=(*_DURATION, _NAME), targets=False),
    Action(name="timer.resume", arguments=(*_DURATION, _NAME), targets=False),
    Action(name="timer.add_time", arguments=(*_DURATION, _NAME), needs=True, targets=False),
    Action(name="timer.take_time", arguments=(*_DURATION, _NAME), needs=True, targets=False),
    Action(name="timer.status", arguments=(*_DURATION, _NAME), targets=False),
)
ACTIONS: Mapping[str, Action] = {action.name: action for action in _ALL}
"""Every action by name, in the order in which prompts list them."""

DOMAINS: tuple[str, ...] = tuple(dict.fromkeys(action.domain for action in _ALL))
"""The domains that can be controlled."""

DEFAULT_ALLOWED = frozenset(ACTIONS)
"""The actions that are allowed unless the user narrows them."""


def actions_for(home: Home, allowed: Collection[str] = DEFAULT_ALLOWED) -> tuple[Action, ...]:
    """Return the allowed actions whose domain the home has, in a fixed order."""
    domains = {entity.domain for entity in home.entities}
    return tuple(a for a in _ALL if a.name in allowed and (a.domain in domains or not a.targets))


def actions_of(allowed: Collection[str]) -> tuple[Action, ...]:
    """Return actions by name, in a fixed order."""
    return tuple(action for action in _ALL if action.name in allowed)


def supports(entity: Entity, feature: str | None) -> bool:
    """Return whether a device can do what an action or argument asks."""
    return feature is None or feature in entity.features


def features_needed(action: Action, arguments: Mapping[str, Value]) -> tuple[str, ...]:
    """Return what a device must be able to do for an action with these arguments."""
    features = [action.feature]
    values = []
    for argument in action.arguments:
        if argument.name in arguments:
            features.append(argument.feature)
            values += [str(arguments[argument.name])] if argument.is_feature else []
    return tuple(dict.fromkeys(f for f in (*features, *values) if f is not None))


def unknown_option(entity: Entity, action: Action, arguments: Mapping[str, Value]) -> str | None:
    """Return what a device cannot be set to; none if it has all that is to be chosen."""
    for argument in action.arguments:
        is_chosen = isinstance(argument, TextArgument) and argument.chosen
        value = arguments.get(argument.name)
        if is_chosen and value is not None and value not in entity.options.get(argument.name, ()):
            return str(value)
    return None


def can(entity: Entity, action: Action, arguments: Mapping[str, Value]) -> bool:
    """Return whether a device can do what an action with these arguments asks."""
    needed = features_needed(action, arguments)
    has_options = unknown_option(entity, action, arguments) is None
    return has_options and all(supports(entity, feature) for feature in needed)


def check_arguments(action: Action, arguments: Mapping[str, Value]) -> None:
    """Check names and ranges of a call's arguments.

    Raises:
        CallError: ``invalid_argument``, with the argument's name.

    """
    known = {argument.name: argument for argument in action.arguments}
    for name, value in arguments.items():
        if name not in known or not known[name].accepts(value):
            raise CallError("invalid_argument", name)
    if action.needs and not arguments:
        raise CallError("invalid_argument", action.arguments[0].name)


def service_data(
    action: Action, arguments: Mapping[str, Value], readings: Mapping[str, Value]
) -> dict[str, Value]:
    """Return the parameters that Home Assistant's action takes for a call's arguments.

    Args:
        action: the action.
        arguments: in people's units.
        readings: the attributes of the device, which steps are added to.

    Raises:
        CallError: ``unsupported``, for a step from what the device does not show.

    """
    known = {argument.name: argument for argument in action.arguments}
    return {
        known[name].parameter: known[name].raw(value, readings) for name, value in arguments.items()
    }
