"""Adding Home LLM, and changing what was added: where the model runs, and its agents."""

from typing import Any, override

from homeassistant.config_entries import ConfigEntry, ConfigFlowResult, ConfigSubentryFlow
from homeassistant.core import callback

from .const import DOMAIN, SUBENTRY_CONVERSATION, SUBENTRY_TASK
from .flow_agent import ConversationFlow
from .flow_download import DownloadSteps
from .flow_server import ServerSteps
from .flow_task import TaskFlow
from .migration import VERSION
from .options import ModelOptions


class HomeLLMConfigFlow(DownloadSteps, ServerSteps, domain=DOMAIN):
    """Adds a model that has shown that it answers, on this device or on a server."""

    VERSION = VERSION

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what an entry can have: AI tasks only of models that can write any text."""
        if ModelOptions.of(config_entry.data).is_taught_homes:
            return {SUBENTRY_CONVERSATION: ConversationFlow}
        return {SUBENTRY_CONVERSATION: ConversationFlow, SUBENTRY_TASK: TaskFlow}

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where the model shall run."""
        return self.async_show_menu(
            step_id="user", menu_options=["shipped", "device", "openai", "ollama"]
        )

    async def async_step_device(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - steps take it
    ) -> ConfigFlowResult:
        """Ask where a model for this device comes from."""
        return self.async_show_menu(
            step_id="device", menu_options=["catalogue", "repository", "file"]
        )

    async def async_step_reconfigure(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - steps take it
    ) -> ConfigFlowResult:
        """Start with an entry as it is."""
        data = self._get_reconfigure_entry().data
        if ModelOptions.of(data).backend == "device":
            self.device = data
            return await self.async_step_settings()
        return await self.reconfigure_server(data)
