"""Virtual sensors that know two states."""

from homeassistant.components.binary_sensor import BinarySensorEntity

from playground.house import Device

from .entity import VirtualEntity, platform


class VirtualBinarySensor(VirtualEntity, BinarySensorEntity):
    """A sensor that shows what the file says."""

    def __init__(self, device: Device) -> None:
        """Take the state of the file."""
        super().__init__(device)
        self._attr_is_on = None if device.state is None else device.state == "on"


async_setup_entry = platform("binary_sensor", VirtualBinarySensor)
