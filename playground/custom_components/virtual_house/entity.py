"""What all virtual devices have in common."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from enum import IntFlag
import functools
import operator
from typing import TYPE_CHECKING, Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from playground.house import Device

from .const import DOMAIN

if TYPE_CHECKING:
    from . import VirtualHouseEntry

type SetupEntry = Callable[
    [HomeAssistant, VirtualHouseEntry, AddConfigEntryEntitiesCallback], Coroutine[Any, Any, None]
]


@dataclass(frozen=True, kw_only=True)
class Description:
    """What the words of the file mean to the entities of one domain.

    Args:
        base: what every device of this kind can do.
        features: what the features in the file mean.
        implied: what a device can do because the file gives it an attribute.
        shown: attributes that are taken as they are, and what the entity's property is called.

    """

    base: IntFlag | None = None
    features: Mapping[str, IntFlag] = field(default_factory=dict)
    implied: Mapping[str, IntFlag] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)

    def supported(self, device: Device) -> IntFlag | None:
        """Return Home Assistant's features of a device; none if its domain knows no features."""
        flags = [self.features[name] for name in device.features if name in self.features]
        flags += [flag for name, flag in self.implied.items() if name in device.attributes]
        return None if self.base is None else functools.reduce(operator.or_, flags, self.base)


class VirtualEntity(Entity):
    """An entity that is made from a device of a house file.

    Subclasses say what the file's words mean to Home Assistant, and react to its actions at once.
    """

    _attr_should_poll = False
    _attr_has_entity_name = True
    _attr_name = None

    description = Description()

    def __init__(self, device: Device) -> None:
        """Build the entity.

        Args:
            device: as the file describes it.

        """
        self.device = device
        self.entity_id = device.entity_id
        self._attr_unique_id = device.entity_id
        self._attr_available = device.available
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, device.entity_id)},
            name=device.name,
            suggested_area=device.area,
        )
        if "device_class" in device.attributes:
            self._attr_device_class = device.attributes["device_class"]
        if (supported := self.description.supported(device)) is not None:
            self._attr_supported_features = supported
        for name, ours in self.description.shown.items():
            if name in device.attributes:
                value = device.attributes[name]
                # Home Assistant has lists where a frozen device has tuples.
                value = list(value) if isinstance(value, tuple) else value
                setattr(self, f"_attr_{ours}", value)

    def become(self, **values: object) -> None:
        """Take on new values and show them.

        Args:
            values: by the names of Home Assistant's properties.

        """
        for name, value in values.items():
            setattr(self, f"_attr_{name}", value)
        self.async_write_ha_state()


def platform(kind: str, entity: Callable[[Device], VirtualEntity]) -> SetupEntry:
    """Return the ``async_setup_entry`` that makes an entity of every device of a kind."""

    async def async_setup_entry(
        _hass: HomeAssistant,
        entry: VirtualHouseEntry,
        async_add_entities: AddConfigEntryEntitiesCallback,
    ) -> None:
        async_add_entities(entity(device) for device in entry.runtime_data.of_kind(kind))

    return async_setup_entry
