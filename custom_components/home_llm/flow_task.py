"""Adding an AI task, and changing how its texts are written."""

from typing import Any, override

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_NAME
import voluptuous as vol

from .flow_forms import Fields, differing, folded, read
from .flow_subentry import HomeLLMSubentryFlow
from .flow_writing import WRITING_DEFAULTS, writing_fields
from .options import AgentOptions

_SECTION_WRITING = "writing"


class TaskFlow(HomeLLMSubentryFlow):
    """Adds an AI task, or changes one."""

    @property
    @override
    def _first_name(self) -> str:
        return f"{self._get_entry().title} AI task"

    @override
    async def _async_first_step(self) -> SubentryFlowResult:
        return await self.async_step_task()

    async def async_step_task(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the name, and for how texts are written."""
        fields = self._fields()
        if user_input is None:
            return self.async_show_form(step_id="task", data_schema=vol.Schema(fields))
        values = read(fields, user_input, self._stored)
        name = values.pop(CONF_NAME)
        return self._finish(name, differing(values, WRITING_DEFAULTS))

    def _fields(self) -> Fields:
        options = AgentOptions.of(self._stored)
        return {
            vol.Required(CONF_NAME, default=self._name): str,
            vol.Optional(_SECTION_WRITING): folded(writing_fields(options.reply)),
        }
