"""Libraries that only some entries need: installed when one of these is set up, never before.

They do not stand in the manifest, so that a home without internet needs nothing but what it uses.
"""

from collections.abc import Mapping
from importlib import import_module
import logging
import sys
from types import MappingProxyType
from typing import Final, Literal

from homeassistant.core import HomeAssistant
from homeassistant.requirements import (
    RequirementsNotFound,
    async_clear_install_history,
    async_process_requirements,
)

from .const import DOMAIN
from .errors import ModelError

_LOGGER = logging.getLogger(__name__)

Library = Literal["openai", "ollama", "huggingface_hub"]

# As of Home Assistant 2026.10. What a later one ships with is taken as it is: two integrations that
# ask for different versions would replace each other's at every start.
REQUIREMENTS: Final[Mapping[Library, str]] = MappingProxyType(
    {
        "openai": "openai>=3.10.0",
        "ollama": "ollama>=0.6.2",
        "huggingface_hub": "huggingface_hub>=2.4.0",
    }
)

# What it would import later, in the event loop.
_LATER: Final[Mapping[Library, tuple[str, ...]]] = MappingProxyType(
    {"openai": ("openai.resources.chat.completions", "openai.resources.models")}
)


async def async_require(hass: HomeAssistant, library: Library) -> None:
    """Install a library if it is missing, and import it, which takes seconds on small computers.

    Raises:
        ModelError: ``install_failed``, or what was installed cannot be imported.

    """
    modules = (library, *_LATER.get(library, ()))
    if sys.modules.keys() >= set(modules):
        return
    # A failure is remembered, so that trying again would do nothing.
    async_clear_install_history(hass)
    try:
        await async_process_requirements(hass, DOMAIN, [REQUIREMENTS[library]], is_built_in=False)
        for module in modules:
            await hass.async_add_executor_job(import_module, module)
    except (RequirementsNotFound, ImportError) as err:
        _LOGGER.warning("%s cannot be used: %s", library, err)
        raise ModelError("install_failed") from err
