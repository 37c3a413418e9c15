"""Virtual locks."""

from typing import Any, override

from homeassistant.components.lock import LockEntity, LockEntityFeature, LockState

from playground.house import Device

from .entity import Description, VirtualEntity, platform


class VirtualLock(VirtualEntity, LockEntity):
    """A lock that turns at once."""

    description = Description(base=LockEntityFeature(0), features={"open": LockEntityFeature.OPEN})

    def __init__(self, device: Device) -> None:
        """Take the state of the file."""
        super().__init__(device)
        state = device.state
        self._attr_is_locked = None if state is None else state == LockState.LOCKED
        self._attr_is_locking = state == LockState.LOCKING
        self._attr_is_unlocking = state == LockState.UNLOCKING
        self._attr_is_open = state == LockState.OPEN
        self._attr_is_opening = state == LockState.OPENING
        self._attr_is_jammed = state == LockState.JAMMED

    @override
    async def async_lock(self, **_kwargs: Any) -> None:
        """Lock."""
        self._turn(locked=True)

    @override
    async def async_unlock(self, **_kwargs: Any) -> None:
        """Unlock."""
        self._turn(locked=False)

    @override
    async def async_open(self, **_kwargs: Any) -> None:
        """Unlock, and pull the latch."""
        self._turn(locked=False, latch=True)

    def _turn(self, *, locked: bool, latch: bool = False) -> None:
        moving = dict.fromkeys(("is_locking", "is_unlocking", "is_opening", "is_jammed"), False)
        self.become(is_locked=locked, is_open=latch, **moving)


async_setup_entry = platform("lock", VirtualLock)
