"""A conversation with a house: Home Assistant, the house and the assistant, started and stopped."""

from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
import tempfile
from types import TracebackType
from typing import Any, Self

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .assistant import AssistantError, async_add_assistant
from .dialogue import Address, Exchange, async_say
from .house import House
from .house_setup import VIRTUAL_HOUSE, async_setup_house
from .instance import LoopThread, async_create
from .registry import async_add_speaker

REPOSITORY = Path(__file__).parent.parent


class Session:
    """A house in a Home Assistant that runs in a thread beside this one.

    Attributes:
        address: who is spoken to.
        hass: Home Assistant, once it is started.
        house: the config entry of the house.

    """

    def __init__(self, path: Path, *, area: str | None, address: Address) -> None:
        """Prepare everything.

        Args:
            path: the house file.
            area: where people speak; as the house file says if none.
            address: who is spoken to, this repository's assistant if it names nobody; a satellite
                is added to it.

        """
        self._path = path
        self._area = area
        self._conversation_id: str | None = None
        self.address = address
        self.hass: HomeAssistant
        self.house: ConfigEntry[House]
        self._thread = LoopThread()
        self._folder = tempfile.TemporaryDirectory(prefix="home-llm-", ignore_cleanup_errors=True)

    def __enter__(self) -> Self:
        """Start Home Assistant, build the house, add the assistant."""
        link_components(Path(self._folder.name))
        self._thread.__enter__()
        try:
            self._thread.run(self._async_start())
        except BaseException as err:
            self.__exit__(type(err), err, err.__traceback__)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop Home Assistant, and forget all that it kept."""
        try:
            if hasattr(self, "hass"):
                self._thread.run(self.hass.async_stop(force=True))
        finally:
            self._thread.__exit__(kind, error, traceback)
            self._folder.cleanup()

    def say(self, sentence: str) -> Exchange:
        """Say the next sentence of the conversation."""
        address = replace(self.address, conversation_id=self._conversation_id)
        exchange = self.run(async_say(self.hass, sentence, address))
        self._conversation_id = exchange.conversation_id
        return exchange

    def run[ResultT](self, coroutine: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Run a coroutine where Home Assistant runs, and wait for its result."""
        return self._thread.run(coroutine)

    async def _async_start(self) -> None:
        self.hass = hass = await async_create(Path(self._folder.name))
        self.house = entry = await async_setup_house(hass, self._path)
        area = self._area or entry.runtime_data.speaker
        if area is not None:
            device_id = async_add_speaker(hass, entry.entry_id, area)
            self.address = replace(self.address, device_id=device_id)
        await hass.async_start()
        agent_id = self.address.agent_id
        if not agent_id:
            self.address = replace(self.address, agent_id=await async_add_assistant(hass))
        elif conversation.async_get_agent_info(hass, agent_id) is None:
            raise AssistantError(f"There is no conversation agent '{agent_id}'.")


def link_components(config_dir: Path) -> None:
    """Let a Home Assistant find the integration and the house where an installation has them.

    Args:
        config_dir: its configuration folder.

    """
    folder = config_dir / "custom_components"
    folder.mkdir(parents=True, exist_ok=True)
    for component in (REPOSITORY / "custom_components" / "home_llm", VIRTUAL_HOUSE):
        if not (folder / component.name).exists():
            (folder / component.name).symlink_to(component)
