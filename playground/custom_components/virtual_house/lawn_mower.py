"""Virtual robots that mow lawns."""

from typing import override

from homeassistant.components.lawn_mower import (
    LawnMowerActivity,
    LawnMowerEntity,
    LawnMowerEntityFeature,
)

from playground.house import Device

from .entity import Description, VirtualEntity, platform


class VirtualLawnMower(VirtualEntity, LawnMowerEntity):
    """A robot that is back in its dock as soon as it is called."""

    description = Description(
        base=LawnMowerEntityFeature.START_MOWING,
        features={"pause": LawnMowerEntityFeature.PAUSE, "dock": LawnMowerEntityFeature.DOCK},
    )

    def __init__(self, device: Device) -> None:
        """Take the state of the file."""
        super().__init__(device)
        self._attr_activity = None if device.state is None else LawnMowerActivity(device.state)

    @override
    async def async_start_mowing(self) -> None:
        """Mow."""
        self.become(activity=LawnMowerActivity.MOWING)

    @override
    async def async_pause(self) -> None:
        """Wait."""
        self.become(activity=LawnMowerActivity.PAUSED)

    @override
    async def async_dock(self) -> None:
        """Go home."""
        self.become(activity=LawnMowerActivity.DOCKED)


async_setup_entry = platform("lawn_mower", VirtualLawnMower)
