"""Virtual choices."""

from typing import override

from homeassistant.components.select import SelectEntity

from playground.house import Device

from .entity import VirtualEntity, platform


class VirtualSelect(VirtualEntity, SelectEntity):
    """One of several options."""

    def __init__(self, device: Device) -> None:
        """Take the option of the file."""
        super().__init__(device)
        self._attr_options = list(device.attributes["options"])
        self._attr_current_option = device.state

    @override
    async def async_select_option(self, option: str) -> None:
        """Choose an option."""
        self.become(current_option=option)


async_setup_entry = platform("select", VirtualSelect)
