"""Virtual valves."""

from typing import override

from homeassistant.components.valve import ValveEntity, ValveEntityFeature, ValveState

from playground.house import Device

from .entity import Description, VirtualEntity, platform

_OPEN, _CLOSED = 100, 0


class VirtualValve(VirtualEntity, ValveEntity):
    """A valve that is where it was sent at once."""

    description = Description(
        base=ValveEntityFeature.OPEN | ValveEntityFeature.CLOSE,
        features={
            "position": ValveEntityFeature.SET_POSITION,
            "stop": ValveEntityFeature.STOP,
        },
    )

    def __init__(self, device: Device) -> None:
        """Take the state of the file, and a position that fits it."""
        super().__init__(device)
        state = device.state
        self._attr_reports_position = "position" in device.features
        self._attr_is_opening = state == ValveState.OPENING
        self._attr_is_closing = state == ValveState.CLOSING
        if state is None:
            return
        self._attr_is_closed = state == ValveState.CLOSED
        if self._attr_reports_position:
            fallback = _CLOSED if self._attr_is_closed else _OPEN
            self._attr_current_valve_position = device.attributes.get("position", fallback)

    @override
    async def async_open_valve(self) -> None:
        """Open fully."""
        await self.async_set_valve_position(_OPEN)

    @override
    async def async_close_valve(self) -> None:
        """Close fully."""
        await self.async_set_valve_position(_CLOSED)

    @override
    async def async_set_valve_position(self, position: int) -> None:
        """Open so far, 0-100 %."""
        if self.reports_position:
            self._attr_current_valve_position = position
        self.become(is_closed=position == _CLOSED, is_opening=False, is_closing=False)

    @override
    async def async_stop_valve(self) -> None:
        """Stay where it is."""
        self.become(is_opening=False, is_closing=False)


async_setup_entry = platform("valve", VirtualValve)
