"""Virtual humidifiers and dehumidifiers."""

from typing import Any, override

from homeassistant.components.humidifier import HumidifierEntity, HumidifierEntityFeature

from playground.house import Device

from .entity import Description, VirtualEntity, platform


class VirtualHumidifier(VirtualEntity, HumidifierEntity):
    """A humidifier that does what it is told; the air does not follow."""

    description = Description(
        base=HumidifierEntityFeature(0),
        implied={"available_modes": HumidifierEntityFeature.MODES},
        shown={
            "humidity": "target_humidity",
            "current_humidity": "current_humidity",
            "min_humidity": "min_humidity",
            "max_humidity": "max_humidity",
            "available_modes": "available_modes",
            "mode": "mode",
        },
    )
    _attr_mode = None

    def __init__(self, device: Device) -> None:
        """Take the state of the file."""
        super().__init__(device)
        self._attr_is_on = None if device.state is None else device.state == "on"

    @override
    async def async_turn_on(self, **_kwargs: Any) -> None:
        """Turn on."""
        self.become(is_on=True)

    @override
    async def async_turn_off(self, **_kwargs: Any) -> None:
        """Turn off."""
        self.become(is_on=False)

    @override
    async def async_set_humidity(self, humidity: int) -> None:
        """Set the humidity, in percent."""
        self.become(target_humidity=humidity)

    @override
    async def async_set_mode(self, mode: str) -> None:
        """Choose a programme."""
        self.become(mode=mode)


async_setup_entry = platform("humidifier", VirtualHumidifier)
