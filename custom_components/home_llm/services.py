"""Actions of Home LLM itself."""

from pathlib import Path
from typing import Any

from homeassistant.const import CONF_FILENAME
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util.file import WriteError, write_utf8_file_atomic
from homeassistant.util.yaml import dump
import voluptuous as vol

from .const import DOMAIN
from .house_export import async_house

EXPORT_HOUSE = "export_house"
CONF_PERSONAL = "include_personal_data"

_SUFFIXES = (".yaml", ".yml")
_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_FILENAME): cv.string,
        vol.Optional(CONF_PERSONAL, default=False): cv.boolean,
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions; once, however many models there are."""
    async_register_admin_service(
        hass,
        DOMAIN,
        EXPORT_HOUSE,
        _async_export_house,
        schema=_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )


async def _async_export_house(call: ServiceCall) -> ServiceResponse:
    """Return the house as an agent sees it, and write it to a file if one is named."""
    filename: str | None = call.data.get(CONF_FILENAME)
    if filename is None and not call.return_response:
        raise _refused("export_nowhere")
    if filename is not None:
        await call.hass.async_add_executor_job(_check, call.hass, filename)
    house = await async_house(call.hass, call.context, personal=call.data[CONF_PERSONAL])
    if filename is not None:
        await call.hass.async_add_executor_job(_write, call.hass, filename, house)
    return house if call.return_response else None


def _check(hass: HomeAssistant, filename: str) -> None:
    """Refuse to write where people have not allowed it, and what would be no house file."""
    if not filename.endswith(_SUFFIXES):
        raise _refused("export_no_yaml", filename)
    if not hass.config.is_allowed_path(hass.config.path(filename)):
        raise _refused("export_not_allowed", filename)


def _write(hass: HomeAssistant, filename: str, house: dict[str, Any]) -> None:
    """Write the file beside its place, and move it there when it is complete."""
    path = Path(hass.config.path(filename))
    try:
        write_utf8_file_atomic(str(path), dump(house))
    except WriteError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="export_not_written",
            translation_placeholders={"filename": filename},
        ) from err


def _refused(key: str, filename: str | None = None) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=None if filename is None else {"filename": filename},
    )
