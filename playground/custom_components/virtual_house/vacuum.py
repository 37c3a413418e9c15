"""Virtual robots that clean floors."""

from typing import Any, override

from homeassistant.components.vacuum import StateVacuumEntity, VacuumActivity, VacuumEntityFeature

from playground.house import Device

from .entity import Description, VirtualEntity, platform


class VirtualVacuum(VirtualEntity, StateVacuumEntity):
    """A robot that is back in its dock as soon as it is called."""

    description = Description(
        base=VacuumEntityFeature.STATE | VacuumEntityFeature.START,
        features={
            "pause": VacuumEntityFeature.PAUSE,
            "stop": VacuumEntityFeature.STOP,
            "return": VacuumEntityFeature.RETURN_HOME,
            "locate": VacuumEntityFeature.LOCATE,
        },
        implied={"fan_speed_list": VacuumEntityFeature.FAN_SPEED},
        shown={"fan_speed_list": "fan_speed_list", "fan_speed": "fan_speed"},
    )

    def __init__(self, device: Device) -> None:
        """Take the state of the file."""
        super().__init__(device)
        self._attr_activity = None if device.state is None else VacuumActivity(device.state)

    @override
    async def async_start(self) -> None:
        """Clean."""
        self.become(activity=VacuumActivity.CLEANING)

    @override
    async def async_pause(self) -> None:
        """Wait."""
        self.become(activity=VacuumActivity.PAUSED)

    @override
    async def async_stop(self, **_kwargs: Any) -> None:
        """Stop where it is."""
        self.become(activity=VacuumActivity.IDLE)

    @override
    async def async_return_to_base(self, **_kwargs: Any) -> None:
        """Go home."""
        self.become(activity=VacuumActivity.DOCKED)

    @override
    async def async_locate(self, **_kwargs: Any) -> None:
        """Beep; nothing can be seen of it."""

    @override
    async def async_set_fan_speed(self, fan_speed: str, **_kwargs: Any) -> None:
        """Suck harder or less hard."""
        self.become(fan_speed=fan_speed)


async_setup_entry = platform("vacuum", VirtualVacuum)
