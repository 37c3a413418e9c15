"""What a model may do: actions of each domain, their arguments and ranges, in people's units.

This table is the only place that knows which argument of a call becomes which parameter of Home
Assistant's action. Percent is 0-100 here; Home Assistant's own ``*_pct`` parameters take it as is.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from .colors import COLORS
from .errors import CallError
from .home import Entity, Home, Value


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One argument of an action.

    Args:
        name: its name in a call.
        values: every value it can take.
        parameter: the name of Home Assistant's parameter.
        feature: what a device must be able to do to take it; none if every device can.

    """

    name: str
    values: Sequence[Value] = ()
    parameter: str
    feature: str | None = None

    def accepts(self, value: Value) -> bool:
        """Return whether the argument can take a value."""
        # True == 1 in Python, but a yes is no percentage.
        return value in self.values and isinstance(value, bool) == isinstance(self.values[0], bool)


@dataclass(frozen=True, kw_only=True)
class RgbArgument(Argument):
    """Red, green and blue, 0-255 each: too many values to list, so not for our own formats."""

    def accepts(self, value: Value) -> bool:
        """Return whether a value is a triple in range."""
        if not isinstance(value, tuple) or len(value) != len(("red", "green", "blue")):
            return False
        return all(type(part) is int and part in _BYTE for part in value)


@dataclass(frozen=True, kw_only=True)
class Action:
    """One of Home Assistant's actions, as a model may call it.

    Args:
        name: ``domain.action``.
        arguments: in the order in which they are written.
        needs: whether at least one argument must be given.
        feature: what a device must be able to do for the action to make sense.
        result: the state that the device is expected to have afterwards, if one can be named.

    """

    name: str
    arguments: tuple[Argument, ...] = ()
    needs: bool = False
    feature: str | None = None
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
        """The arguments whose values can be listed."""
        return tuple(argument for argument in self.arguments if argument.values)


_BYTE = range(256)
_PERCENT = range(101)
_STEP = tuple(step for step in range(-100, 101) if step)
_KELVIN = tuple(range(2000, 6600, 100))

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
)
ACTIONS: Mapping[str, Action] = {action.name: action for action in _ALL}
"""Every action by name, in the order in which prompts list them."""

DOMAINS: tuple[str, ...] = tuple(dict.fromkeys(action.domain for action in _ALL))
"""The domains that can be controlled."""

RESTING_STATE: Mapping[str, str] = {"light": "off", "fan": "off", "switch": "off"}
"""The state of each domain that goes without saying, so that a prompt need not say it."""

DEFAULT_ALLOWED = frozenset(ACTIONS)
"""The actions that are allowed unless the user narrows them."""


def actions_for(home: Home, allowed: Collection[str] = DEFAULT_ALLOWED) -> tuple[Action, ...]:
    """Return the allowed actions whose domain the home has, in a fixed order."""
    domains = {entity.domain for entity in home.entities}
    return tuple(a for a in _ALL if a.name in allowed and a.domain in domains)


def supports(entity: Entity, feature: str | None) -> bool:
    """Return whether a device can do what an action or argument asks."""
    return feature is None or feature in entity.features


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


def service_data(action: Action, arguments: Mapping[str, Value]) -> dict[str, Value]:
    """Return the parameters that Home Assistant's action takes for a call's arguments."""
    parameters = {argument.name: argument.parameter for argument in action.arguments}
    return {parameters[name]: value for name, value in arguments.items()}
