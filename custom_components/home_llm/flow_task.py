"""Adding an AI task, and changing how its texts are written."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
import voluptuous as vol

from .flow_forms import Fields, differing, folded, read
from .flow_writing import WRITING_DEFAULTS, writing_fields
from .options import AgentOptions

_SECTION_WRITING = "writing"


class TaskFlow(ConfigSubentryFlow):
    """Adds an AI task, or changes one."""

    _name = ""
    _stored: Mapping[str, Any] = {}

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:  # noqa: ARG002 - steps take it
        """Start with an AI task that has every default."""
        self._name = f"{self._get_entry().title} AI task"
        return await self.async_step_task()

    async def async_step_reconfigure(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - steps take it
    ) -> SubentryFlowResult:
        """Start with an AI task as it is."""
        task = self._get_reconfigure_subentry()
        self._name, self._stored = task.title, task.data
        return await self.async_step_task()

    async def async_step_task(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the name, and for how texts are written."""
        fields = self._fields()
        if user_input is None:
            return self.async_show_form(step_id="task", data_schema=vol.Schema(fields))
        values = read(fields, user_input, self._stored)
        name = values.pop(CONF_NAME)
        data = differing(values, WRITING_DEFAULTS)
        if self.source == SOURCE_USER:
            return self.async_create_entry(title=name, data=data)
        return self.async_update_and_abort(
            self._get_entry(), self._get_reconfigure_subentry(), title=name, data=data
        )

    def _fields(self) -> Fields:
        options = AgentOptions.of(self._stored)
        return {
            vol.Required(CONF_NAME, default=self._name): str,
            vol.Optional(_SECTION_WRITING): folded(writing_fields(options.reply)),
        }
