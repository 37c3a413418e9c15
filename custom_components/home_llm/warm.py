"""Lets the model read the home while nobody speaks, so that later only their words are left."""

import logging
import time
from typing import Any

from homeassistant.components.conversation import DOMAIN as ASSISTANT
from homeassistant.components.homeassistant.exposed_entities import async_listen_entity_updates
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
)
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.start import async_at_started

from .core.kinds import DOMAINS
from .errors import ModelError
from .local_model import LocalModel
from .view import HomeViews

_LOGGER = logging.getLogger(__name__)

COOLDOWN = 1.5
"""Seconds to wait for more changes; also the shortest time between two evaluations."""

SHARE = 0.05
"""Of the time may be spent on reading ahead: after a slow evaluation the next one waits longer."""

LONGEST_PAUSE = 60.0
"""Seconds after which the next evaluation may begin, however slow the last one was."""

_REGISTRIES = (
    ar.EVENT_AREA_REGISTRY_UPDATED,
    dr.EVENT_DEVICE_REGISTRY_UPDATED,
    er.EVENT_ENTITY_REGISTRY_UPDATED,
    fr.EVENT_FLOOR_REGISTRY_UPDATED,
)


class Warmer:
    """Prepares a model for the home as it is, after each change of what it sees."""

    def __init__(self, hass: HomeAssistant, model: LocalModel, views: HomeViews) -> None:
        """Do nothing yet."""
        self._hass = hass
        self._model = model
        self._views = views
        self._prepared: str | None = None
        self._endings: list[CALLBACK_TYPE] = []
        self._debouncer = Debouncer(
            hass,
            _LOGGER,
            cooldown=COOLDOWN,
            immediate=False,
            function=self._async_warm,
            background=True,
        )

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Begin once Home Assistant has started, and return what ends it."""
        self._endings.append(async_at_started(self._hass, self._async_started))

        @callback
        def end() -> None:
            self._debouncer.async_shutdown()
            for ending in self._endings:
                ending()

        return end

    @callback
    def _async_started(self, _hass: HomeAssistant) -> None:
        bus = self._hass.bus
        self._endings += [
            bus.async_listen(
                EVENT_STATE_CHANGED, self._async_state_changed, event_filter=_is_shown
            ),
            *(bus.async_listen(event, self._async_changed) for event in _REGISTRIES),
            async_listen_entity_updates(self._hass, ASSISTANT, self._async_changed),
        ]
        self._debouncer.async_schedule_call()

    @callback
    def _async_changed(self, _event: Event[Any] | None = None) -> None:
        self._debouncer.async_schedule_call()

    @callback
    def _async_state_changed(self, _event: Event[EventStateChangedData]) -> None:
        # Our own models do not read the home; a sensor that changes every second costs nothing.
        if self._prepared != "":
            self._debouncer.async_schedule_call()

    async def _async_warm(self) -> None:
        if self._model.is_resting:
            # Its memory was freed until somebody speaks.
            return
        try:
            await self._model.async_load()
            if not self._model.is_taught_homes:
                self._prepared = ""
                return
            view = await self._model.async_show(self._views.now())
            system = self._model.system(view)
            if system != self._prepared:
                started = time.monotonic()
                await self._model.async_prepare(view)
                self._prepared = system
                self._debouncer.cooldown = pause_after(time.monotonic() - started)
        except ModelError as err:
            # People are told by a repair issue, and in a sentence when they speak.
            _LOGGER.debug("The home was not read ahead: %s", err.key)


def pause_after(seconds: float) -> float:
    """Return how long nothing is read ahead after an evaluation that took so many seconds."""
    return max(COOLDOWN, min(seconds / SHARE, LONGEST_PAUSE))


@callback
def _is_shown(data: EventStateChangedData) -> bool:
    """Return whether a prompt may show the entity; most state changes are of sensors."""
    return data["entity_id"].partition(".")[0] in DOMAINS
