"""Virtual buttons."""

from typing import override

from homeassistant.components.button import ButtonEntity

from .entity import VirtualEntity, platform


class VirtualButton(VirtualEntity, ButtonEntity):
    """A button; Home Assistant itself notes when it was pressed."""

    @override
    async def async_press(self) -> None:
        """Press it; there is nothing behind it."""


async_setup_entry = platform("button", VirtualButton)
