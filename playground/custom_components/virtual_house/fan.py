"""Virtual fans."""

from typing import Any, override

from homeassistant.components.fan import FanEntity, FanEntityFeature

from playground.house import Device

from .entity import Description, VirtualEntity, platform

_FULL = 100
_FAN = Description(
    base=FanEntityFeature.TURN_ON | FanEntityFeature.TURN_OFF,
    features={
        "speed": FanEntityFeature.SET_SPEED,
        "oscillate": FanEntityFeature.OSCILLATE,
        "reverse": FanEntityFeature.DIRECTION,
    },
    implied={"preset_modes": FanEntityFeature.PRESET_MODE},
    shown={
        "oscillating": "oscillating",
        "direction": "current_direction",
        "preset_modes": "preset_modes",
        "preset_mode": "preset_mode",
    },
)


class VirtualFan(VirtualEntity, FanEntity):
    """A fan with as many abilities as the file gives it."""

    description = _FAN

    def __init__(self, device: Device) -> None:
        """Start at full speed unless the file says another."""
        super().__init__(device)
        running = device.attributes.get("percentage", _FULL)
        self.last_speed = running or _FULL
        self._attr_percentage = (
            None if device.state is None else running if device.state == "on" else 0
        )
        if "oscillate" in device.features and self._attr_oscillating is None:
            self._attr_oscillating = False
        if "reverse" in device.features and self._attr_current_direction is None:
            self._attr_current_direction = "forward"

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether it runs; none if that is unknown."""
        return None if self.percentage is None else super().is_on

    @override
    async def async_turn_on(
        self, percentage: int | None = None, preset_mode: str | None = None, **_kwargs: Any
    ) -> None:
        """Turn on, at the last speed if none is told."""
        if preset_mode is not None:
            self._attr_preset_mode = preset_mode
        await self.async_set_percentage(self.last_speed if percentage is None else percentage)

    @override
    async def async_turn_off(self, **_kwargs: Any) -> None:
        """Turn off; the speed stays for the next time."""
        self.become(percentage=0, preset_mode=None)

    @override
    async def async_set_percentage(self, percentage: int) -> None:
        """Set the speed, 0-100 %."""
        self.last_speed = percentage or self.last_speed
        self.become(percentage=percentage)

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        """Choose a programme, and run."""
        await self.async_turn_on(preset_mode=preset_mode)

    @override
    async def async_set_direction(self, direction: str) -> None:
        """Turn the other way round."""
        self.become(current_direction=direction)

    @override
    async def async_oscillate(self, oscillating: bool) -> None:
        """Swing, or stop swinging."""
        self.become(oscillating=oscillating)


async_setup_entry = platform("fan", VirtualFan)
