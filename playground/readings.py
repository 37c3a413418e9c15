"""How devices are: what of them an action can change, in the units of house files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from homeassistant.components.intent.const import TIMER_DATA
from homeassistant.components.light import ColorMode
from homeassistant.components.todo import TodoItemStatus
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import async_get_platforms

from .house import House

type Read = Callable[[Any], object]
"""Takes an entity, returns one of its attributes; none if it has none."""

_NO_STATE = ("todo",)
_FULL = 100
_MAX_BRIGHTNESS = 255


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a device is.

    Args:
        state: as Home Assistant writes it; none where it only counts what attributes hold.
        attributes: by name, also those that Home Assistant hides while the device is off.

    """

    state: str | None
    attributes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Timer:
    """A voice timer.

    Args:
        timer_id: Home Assistant's.
        name: what it is called.
        seconds: what was left of it when it was started or last changed.
        paused: whether it stands still.

    """

    timer_id: str
    name: str | None
    seconds: int
    paused: bool


@dataclass(frozen=True, kw_only=True)
class Look:
    """All that an assistant can change, at one moment.

    Args:
        devices: by entity id.
        timers: in the order in which they were started.

    """

    devices: Mapping[str, Reading]
    timers: tuple[Timer, ...]


def _percent(name: str, full: float) -> Read:
    def read(entity: Any) -> int | None:  # noqa: ANN401 - entities of any domain
        value = getattr(entity, name)
        return None if value is None else round(value * _FULL / full)

    return read


def _hue_and_saturation(light: Any) -> object:  # noqa: ANN401
    return light.hs_color if light.color_mode is ColorMode.HS else None


def _kelvin(light: Any) -> object:  # noqa: ANN401
    return light.color_temp_kelvin if light.color_mode is ColorMode.COLOR_TEMP else None


def _items(status: TodoItemStatus) -> Read:
    def read(todo_list: Any) -> tuple[str, ...]:  # noqa: ANN401
        items = todo_list.todo_items or ()
        return tuple(item.summary for item in items if item.status is status)

    return read


READ: Mapping[str, Mapping[str, Read]] = {
    "light": {
        "brightness": _percent("brightness", _MAX_BRIGHTNESS),
        "color": _hue_and_saturation,
        "color_temp_kelvin": _kelvin,
    },
    "fan": {
        "percentage": attrgetter("last_speed"),
        "oscillating": attrgetter("oscillating"),
        "direction": attrgetter("current_direction"),
        "preset_mode": attrgetter("preset_mode"),
    },
    "switch": {},
    "cover": {
        "position": attrgetter("current_cover_position"),
        "tilt_position": attrgetter("current_cover_tilt_position"),
    },
    "valve": {"position": attrgetter("current_valve_position")},
    "lock": {},
    "climate": {
        "temperature": attrgetter("target_temperature"),
        "target_temp_high": attrgetter("target_temperature_high"),
        "target_temp_low": attrgetter("target_temperature_low"),
        "humidity": attrgetter("target_humidity"),
        "fan_mode": attrgetter("fan_mode"),
        "preset_mode": attrgetter("preset_mode"),
    },
    "humidifier": {"humidity": attrgetter("target_humidity"), "mode": attrgetter("mode")},
    "media_player": {
        "volume_level": _percent("volume_level", 1),
        "is_volume_muted": attrgetter("is_volume_muted"),
        "source": attrgetter("source"),
    },
    "vacuum": {"fan_speed": attrgetter("fan_speed")},
    "lawn_mower": {},
    "number": {},
    "select": {},
    "todo": {
        "items": _items(TodoItemStatus.NEEDS_ACTION),
        "done": _items(TodoItemStatus.COMPLETED),
    },
    "timer": {},
    "input_boolean": {},
    "input_number": {},
    "input_select": {},
    "input_text": {},
}
"""How the attributes of each kind are read that an assistant can change. Kinds that are not here
show nothing of what is done to them (a button), or nobody can do anything to them (a sensor)."""


@callback
def async_look(hass: HomeAssistant, house: House) -> Look:
    """Return how the devices and the voice timers of a house are now."""
    entities = {
        entity_id: entity
        for platform in async_get_platforms(hass, "virtual_house")
        for entity_id, entity in platform.entities.items()
    }
    return Look(
        devices={
            device.entity_id: _reading(
                hass, device.kind, device.entity_id, entities.get(device.entity_id)
            )
            for device in house.of_kind(*READ)
        },
        timers=_timers(hass),
    )


def _reading(hass: HomeAssistant, kind: str, entity_id: str, entity: Entity | None) -> Reading:
    state = hass.states.get(entity_id)
    return Reading(
        state=None if state is None or kind in _NO_STATE else state.state,
        attributes={} if entity is None else {name: of(entity) for name, of in READ[kind].items()},
    )


def _timers(hass: HomeAssistant) -> tuple[Timer, ...]:
    return tuple(
        Timer(timer_id=timer.id, name=timer.name, seconds=timer.seconds, paused=not timer.is_active)
        for timer in hass.data[TIMER_DATA].timers.values()
    )
