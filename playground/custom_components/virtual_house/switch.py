"""Virtual switches."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity

from playground.house import Device

from .entity import VirtualEntity, platform


class VirtualSwitch(VirtualEntity, SwitchEntity):
    """A switch or a socket."""

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


async_setup_entry = platform("switch", VirtualSwitch)
