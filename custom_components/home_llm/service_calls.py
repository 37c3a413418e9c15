"""Which of Home Assistant's actions a call becomes for one device, and with which data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.components.fan import ATTR_PERCENTAGE_STEP
from homeassistant.components.media_player import MediaPlayerEntityFeature
from homeassistant.const import ATTR_SUPPORTED_FEATURES
from homeassistant.core import State

from .core.actions import service_data
from .core.calls import ResolvedCall
from .core.errors import CallError
from .core.home import Entity

PLAIN_STEP = 20
"""Percent points of "louder" and "faster", where no other step is said."""

_FULL = 100
_VOLUME = {"media_player.volume_up": 1, "media_player.volume_down": -1}
_SPEED = ("fan.increase_speed", "fan.decrease_speed")


@dataclass(frozen=True, kw_only=True)
class ServiceCall:
    """One of Home Assistant's actions with its data.

    Args:
        name: ``domain.action``.
        data: its parameters, without the target.
        item: the item of a to-do list that it is about, as the list has it.

    """

    name: str
    data: Mapping[str, Any]
    item: str = ""


def service_call(call: ResolvedCall, entity: Entity, state: State | None) -> ServiceCall:
    """Return what a call comes to for one device.

    Args:
        call: the call.
        entity: the device as it is now.
        state: Home Assistant's state of it.

    Raises:
        CallError: ``unsupported``, with the name of the device.

    """
    name, attributes = call.action.name, state.attributes if state is not None else {}
    if name in _VOLUME:
        return _volume(call, entity, attributes)
    if name in _SPEED:
        return ServiceCall(name=name, data=_speed(call, attributes))
    try:
        data = service_data(call.action, call.arguments, entity.attributes)
    except CallError as err:
        raise CallError(err.reason, entity.name) from err
    return ServiceCall(name=name, data=data)


def _volume(call: ResolvedCall, entity: Entity, attributes: Mapping[str, Any]) -> ServiceCall:
    """Step the volume as far as was said, if the player lets it be set."""
    now = entity.attributes.get("volume_level")
    able = MediaPlayerEntityFeature(int(attributes.get(ATTR_SUPPORTED_FEATURES) or 0))
    if MediaPlayerEntityFeature.VOLUME_SET not in able or not isinstance(now, (int, float)):
        return ServiceCall(name=call.action.name, data={})
    volume = now + _VOLUME[call.action.name] * _step(call, "volume_step")
    level = max(0, min(_FULL, volume)) / _FULL
    return ServiceCall(name="media_player.volume_set", data={"volume_level": level})


def _speed(call: ResolvedCall, attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Step the speed as far as was said, but a fan of few speeds to the next one."""
    step = _step(call, "percentage_step")
    own = attributes.get(ATTR_PERCENTAGE_STEP)
    is_coarse = isinstance(own, (int, float)) and own >= step
    return {} if is_coarse else {"percentage_step": step}


def _step(call: ResolvedCall, argument: str) -> float:
    step = call.arguments.get(argument)
    return step if isinstance(step, (int, float)) else PLAIN_STEP
