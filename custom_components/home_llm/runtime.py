"""The runtime of the model: where it is looked for, whether it works, how it gets installed."""

import logging
import sys

from homeassistant.core import HomeAssistant
from homeassistant.requirements import (
    RequirementsNotFound,
    async_clear_install_history,
    async_process_requirements,
)

from .const import DOMAIN, RUNTIME_REQUIREMENT, SHIPPED_MODEL_PATH
from .engine.client import EngineSettings, probe
from .engine.errors import EngineError, RuntimeMissingError

_LOGGER = logging.getLogger(__name__)

INSTALL_FAILED = "install_failed"
RUNTIME_MISSING = RuntimeMissingError.key


def engine_settings(hass: HomeAssistant) -> EngineSettings:
    """Return how the shipped model is run."""
    # Home Assistant may install packages outside the folders that its interpreter knows.
    search_paths = (*filter(None, sys.path), hass.config.path("deps"))
    return EngineSettings(path=str(SHIPPED_MODEL_PATH), search_paths=search_paths)


async def async_check(hass: HomeAssistant) -> str | None:
    """Let the model write one token in a worker of its own, and return the key of what is wrong."""
    try:
        info = await probe(engine_settings(hass))
    except EngineError as err:
        _LOGGER.warning("The language model cannot run: %s", err)
        return err.key
    _LOGGER.debug("The language model runs: %s", info)
    return None


async def async_install(hass: HomeAssistant) -> str | None:
    """Install llama-cpp-python as Home Assistant installs requirements; return what is wrong."""
    # A failure is remembered, so that trying again would do nothing.
    async_clear_install_history(hass)
    try:
        await async_process_requirements(hass, DOMAIN, [RUNTIME_REQUIREMENT], is_built_in=False)
    except RequirementsNotFound as err:
        _LOGGER.warning("%s", err)
        return INSTALL_FAILED
    return None
