"""Adding Home LLM, and adding and changing its agents."""

from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowContext,
    ConfigFlowResult,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
import voluptuous as vol

from .const import DEFAULT_NAME, DOMAIN, SHIPPED_MODEL_ID, SUBENTRY_CONVERSATION
from .runtime_flow import RuntimeSteps


class HomeLLMConfigFlow(
    RuntimeSteps[ConfigFlowContext, ConfigFlowResult, str], ConfigFlow, domain=DOMAIN
):
    """Adds the shipped model, once it has shown that it runs here."""

    VERSION = 1
    MINOR_VERSION = 1
    form_step = "user"

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the kinds of agents that an entry can have."""
        return {SUBENTRY_CONVERSATION: ConversationFlow}

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what will be done, and why it did not work the last time."""
        await self.async_set_unique_id(SHIPPED_MODEL_ID)
        self._abort_if_unique_id_configured()
        if user_input is not None:
            return await self.async_step_check()
        errors = {"base": self.problem} if self.problem else None
        return self.async_show_form(step_id="user", data_schema=vol.Schema({}), errors=errors)

    async def async_step_finish(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:  # noqa: ARG002 - steps take it
        """Create the entry with an agent; every option has its default."""
        return self.async_create_entry(
            title=DEFAULT_NAME,
            data={},
            subentries=[
                {
                    "subentry_type": SUBENTRY_CONVERSATION,
                    "title": DEFAULT_NAME,
                    "data": {},
                    "unique_id": None,
                }
            ],
        )


class ConversationFlow(ConfigSubentryFlow):
    """Adds a conversation agent, or changes one."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the name of a new agent."""
        if user_input is not None:
            return self.async_create_entry(title=user_input[CONF_NAME], data={})
        return self._form(DEFAULT_NAME)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for another name of an agent."""
        agent = self._get_reconfigure_subentry()
        if user_input is not None:
            return self.async_update_and_abort(
                self._get_entry(), agent, title=user_input[CONF_NAME]
            )
        return self._form(agent.title)

    def _form(self, name: str) -> SubentryFlowResult:
        step = "user" if self.source == SOURCE_USER else "reconfigure"
        schema = vol.Schema({vol.Required(CONF_NAME, default=name): str})
        return self.async_show_form(step_id=step, data_schema=schema)
