"""Virtual covers: blinds, curtains, garage doors."""

from typing import Any, override

from homeassistant.components.cover import (
    ATTR_POSITION,
    ATTR_TILT_POSITION,
    CoverEntity,
    CoverEntityFeature,
    CoverState,
)

from playground.house import Device

from .entity import Description, VirtualEntity, platform

_OPEN, _CLOSED = 100, 0


class VirtualCover(VirtualEntity, CoverEntity):
    """A cover that is where it was sent at once."""

    description = Description(
        base=CoverEntityFeature.OPEN | CoverEntityFeature.CLOSE,
        features={
            "position": CoverEntityFeature.SET_POSITION,
            "stop": CoverEntityFeature.STOP,
            "tilt": CoverEntityFeature.OPEN_TILT
            | CoverEntityFeature.CLOSE_TILT
            | CoverEntityFeature.SET_TILT_POSITION,
        },
    )

    def __init__(self, device: Device) -> None:
        """Take the state of the file, and a position that fits it."""
        super().__init__(device)
        state = device.state
        self._attr_is_opening = state == CoverState.OPENING
        self._attr_is_closing = state == CoverState.CLOSING
        self._attr_is_closed = None if state is None else state == CoverState.CLOSED
        if "position" in device.features and state is not None:
            fallback = _CLOSED if state == CoverState.CLOSED else _OPEN
            position = device.attributes.get("position", fallback)
            self._attr_current_cover_position = position
        if "tilt" in device.features:
            self._attr_current_cover_tilt_position = device.attributes.get("tilt_position", _CLOSED)

    @override
    async def async_open_cover(self, **_kwargs: Any) -> None:
        """Open fully."""
        self._move(_OPEN)

    @override
    async def async_close_cover(self, **_kwargs: Any) -> None:
        """Close fully."""
        self._move(_CLOSED)

    @override
    async def async_set_cover_position(self, **kwargs: Any) -> None:
        """Open so far, 0-100 %."""
        self._move(kwargs[ATTR_POSITION])

    @override
    async def async_stop_cover(self, **_kwargs: Any) -> None:
        """Stay where it is."""
        self.become(is_opening=False, is_closing=False)

    @override
    async def async_open_cover_tilt(self, **_kwargs: Any) -> None:
        """Open the slats."""
        self.become(current_cover_tilt_position=_OPEN)

    @override
    async def async_close_cover_tilt(self, **_kwargs: Any) -> None:
        """Close the slats."""
        self.become(current_cover_tilt_position=_CLOSED)

    @override
    async def async_set_cover_tilt_position(self, **kwargs: Any) -> None:
        """Open the slats so far, 0-100 %."""
        self.become(current_cover_tilt_position=kwargs[ATTR_TILT_POSITION])

    def _move(self, position: int) -> None:
        if "position" in self.device.features:
            self._attr_current_cover_position = position
        self.become(is_closed=position == _CLOSED, is_opening=False, is_closing=False)


async_setup_entry = platform("cover", VirtualCover)
