"""The flow that adds a house from its file."""

from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
import voluptuous as vol

from playground.house_file import HouseFileError, read_house

from .const import CONF_FILE, DOMAIN


class VirtualHouseFlow(ConfigFlow, domain=DOMAIN):
    """Asks for a house file."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the path until it names a house."""
        problem = ""
        if user_input is not None:
            path = Path(user_input[CONF_FILE])
            await self.async_set_unique_id(str(path))
            self._abort_if_unique_id_configured()
            try:
                house = await self.hass.async_add_executor_job(read_house, path)
            except HouseFileError as err:
                problem = str(err)
            else:
                return self.async_create_entry(title=house.name, data={CONF_FILE: str(path)})
        return self.async_show_form(
            data_schema=vol.Schema({vol.Required(CONF_FILE): str}),
            errors={"base": "cannot_read"} if problem else {},
            description_placeholders={"problem": problem},
        )
