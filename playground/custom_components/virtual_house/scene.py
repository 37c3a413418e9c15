"""Virtual scenes."""

from typing import Any, override

from homeassistant.components.scene import Scene
from homeassistant.core import Context, State
from homeassistant.helpers.state import async_reproduce_state

from .entity import VirtualEntity, platform


class VirtualScene(VirtualEntity, Scene):
    """A scene that brings entities into the states that the file lists."""

    @override
    async def async_activate(self, **_kwargs: Any) -> None:
        """Set the states."""
        states = [
            State(entity_id, wanted["state"], {k: v for k, v in wanted.items() if k != "state"})
            for entity_id, wanted in self.device.attributes.get("sets", {}).items()
        ]
        # Whoever asked for the scene did not ask for each of its states: they have a context below.
        parent = self._context.id if self._context is not None else None
        await async_reproduce_state(self.hass, states, context=Context(parent_id=parent))


async_setup_entry = platform("scene", VirtualScene)
