"""A real Home Assistant in this process, with nothing in it but what a conversation needs.

``homeassistant.bootstrap`` would also set up, and import, the web interface, the recorder and some
thirty other integrations, which takes longer than everything else together. What is left of it here
is done in its order.
"""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
import threading
from types import TracebackType
from typing import Any, Self

from homeassistant import loader
from homeassistant.components.http.config import async_get_and_load_store
from homeassistant.config_entries import ConfigEntries
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.helpers import (
    area_registry,
    category_registry,
    condition,
    device_registry,
    entity,
    entity_registry,
    floor_registry,
    frame,
    issue_registry,
    label_registry,
    restore_state,
    template,
    translation,
    trigger,
)
from homeassistant.helpers.storage import get_internal_store_manager
from homeassistant.setup import async_setup_component

LOCALHOST = "127.0.0.1"


async def async_create(config_dir: Path) -> HomeAssistant:
    """Return a Home Assistant with its core set up, but not started.

    Args:
        config_dir: its configuration folder; custom components are found there.

    """
    hass = HomeAssistant(str(config_dir))
    loader.async_setup(hass)
    # Whatever is needed was installed before; nothing is fetched while somebody waits.
    hass.config.skip_pip = True
    hass.config_entries = ConfigEntries(hass, {})
    await loader.async_get_custom_components(hass)
    await _async_load_registries(hass)
    await async_setup_component(hass, "homeassistant", {})
    await async_process_ha_core_config(hass, {})
    await async_listen_on(hass, LOCALHOST, 0)
    return hass


async def _async_load_registries(hass: HomeAssistant) -> None:
    entity.async_setup(hass)
    frame.async_setup(hass)
    template.async_setup(hass)
    translation.async_setup(hass)
    device_registry.async_setup(hass)
    await get_internal_store_manager(hass).async_initialize()
    await asyncio.gather(
        area_registry.async_load(hass),
        category_registry.async_load(hass),
        device_registry.async_load(hass),
        entity_registry.async_load(hass),
        floor_registry.async_load(hass),
        issue_registry.async_load(hass),
        label_registry.async_load(hass),
        restore_state.async_load(hass),
        hass.config_entries.async_initialize(),
        condition.async_setup(hass),
        trigger.async_setup(hass),
    )


async def async_listen_on(hass: HomeAssistant, host: str, port: int) -> None:
    """Choose where the web server listens, on which conversations depend.

    Args:
        hass: with nothing set up that needs the server.
        host: the address.
        port: any that is free if 0.

    """
    store = await async_get_and_load_store(hass)
    wanted = store.default
    wanted["server_host"], wanted["server_port"] = [host], port
    await store.async_set_pending(wanted)
    if store.pending is not None:
        await store.async_promote_pending()


class LoopThread:
    """An event loop in a thread of its own, so that the main thread can wait for a person."""

    def __init__(self) -> None:
        """Prepare the thread."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="Home Assistant")

    def __enter__(self) -> Self:
        """Start the loop."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the loop, once what still runs in it has been cancelled."""
        self.run(self._async_cancel())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run[ResultT](self, coroutine: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Run a coroutine in the loop, and wait for its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _async_cancel(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._loop.shutdown_asyncgens()
        await self._loop.shutdown_default_executor()
