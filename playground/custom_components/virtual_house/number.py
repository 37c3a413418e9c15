"""Virtual numbers."""

from typing import override

from homeassistant.components.number import NumberEntity

from playground.house import Device

from .entity import Description, VirtualEntity, platform


class VirtualNumber(VirtualEntity, NumberEntity):
    """A number that can be set."""

    description = Description(
        shown={
            "min": "native_min_value",
            "max": "native_max_value",
            "step": "native_step",
            "unit_of_measurement": "native_unit_of_measurement",
        }
    )

    def __init__(self, device: Device) -> None:
        """Take the value of the file."""
        super().__init__(device)
        self._attr_native_value = None if device.state is None else float(device.state)

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Take a value."""
        self.become(native_value=value)


async_setup_entry = platform("number", VirtualNumber)
