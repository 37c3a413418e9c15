"""Adding a conversation agent, and changing what it may do and how it answers."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.conversation import DOMAIN as CONVERSATION_DOMAIN
from homeassistant.config_entries import SOURCE_USER, SubentryFlowResult
from homeassistant.const import CONF_LLM_HASS_API, CONF_NAME, CONF_PROMPT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, llm
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TemplateSelector,
)
import voluptuous as vol

from .const import DOMAIN
from .core.actions import ACTIONS, DEFAULT_ALLOWED
from .flow_actions import action_fields, chosen_actions
from .flow_forms import Fields, clearable, differing, folded, read, share
from .flow_subentry import HomeLLMSubentryFlow
from .flow_writing import WRITING_DEFAULTS, writing_fields
from .options import (
    CONF_ACTIONS,
    CONF_CONFIRM_UNLOCK,
    CONF_FALLBACK,
    CONF_THRESHOLD,
    AgentOptions,
    ModelOptions,
)

_SECTION_WRITING = "writing"
_SECTION_UNSURE = "unsure"

_INSTRUCTIONS = llm.DEFAULT_INSTRUCTIONS_PROMPT.strip()
"""As the selector of templates gives it back."""

_USUAL = AgentOptions()
_DEFAULTS = {
    **WRITING_DEFAULTS,
    CONF_ACTIONS: [name for name in ACTIONS if name in DEFAULT_ALLOWED],
    CONF_CONFIRM_UNLOCK: _USUAL.confirm_unlock,
    CONF_FALLBACK: _USUAL.fallback,
    CONF_LLM_HASS_API: list(_USUAL.apis),
    CONF_PROMPT: _INSTRUCTIONS,
    CONF_THRESHOLD: _USUAL.threshold,
}


class ConversationFlow(HomeLLMSubentryFlow):
    """Adds a conversation agent, or changes one."""

    @override
    async def _async_first_step(self) -> SubentryFlowResult:
        return await self.async_step_agent()

    async def async_step_agent(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for all that an agent can be told."""
        fields, errors = self._fields(), {}
        if user_input is not None:
            values = _entered(fields, user_input, self._stored)
            name = values.pop(CONF_NAME)
            if not self._leads_back(values.get(CONF_FALLBACK)):
                return self._finish(name, differing(values, _DEFAULTS))
            self._name, self._stored = name, values
            fields, errors = self._fields(), {"base": "fallback_loop"}
        return self.async_show_form(
            step_id="agent", data_schema=vol.Schema(fields), errors=errors or None
        )

    def _fields(self) -> Fields:
        options = AgentOptions.of(self._stored)
        taught = ModelOptions.of(self._get_entry().data).is_taught_homes
        return {
            vol.Required(CONF_NAME, default=self._name): str,
            **({} if taught else _chat_fields(self.hass, options)),
            vol.Required(CONF_CONFIRM_UNLOCK, default=options.confirm_unlock): BooleanSelector(),
            vol.Optional(CONF_ACTIONS): folded(action_fields(options.actions)),
            vol.Optional(_SECTION_UNSURE): folded(self._fallback_fields(options)),
        }

    def _fallback_fields(self, options: AgentOptions) -> Fields:
        others = EntitySelectorConfig(domain=CONVERSATION_DOMAIN)
        if own := self._own_entity:
            others["exclude_entities"] = [own]
        return {
            clearable(CONF_FALLBACK, options.fallback or None): EntitySelector(others),
            clearable(CONF_THRESHOLD, options.threshold): share(0.05),
        }

    @property
    def _own_entity(self) -> str | None:
        if self.source == SOURCE_USER:
            return None
        return er.async_get(self.hass).async_get_entity_id(
            CONVERSATION_DOMAIN, DOMAIN, self._get_reconfigure_subentry().subentry_id
        )

    def _leads_back(self, fallback: str | None) -> bool:
        """Return whether a question that is handed on would come back to this agent."""
        own, asked = self._own_entity, set[str]()
        while own and fallback and fallback not in asked:
            asked.add(fallback)
            fallback = _fallback_of(self.hass, fallback)
        return own is not None and own in asked | {fallback}


def _chat_fields(hass: HomeAssistant, options: AgentOptions) -> Fields:
    """Return the fields for any other model: its tools, its instructions, how it writes."""
    apis = [SelectOptionDict(label=api.name, value=api.id) for api in llm.async_get_apis(hass)]
    known = {api["value"] for api in apis}
    chosen = [api for api in options.apis if api in known]
    return {
        vol.Required(CONF_LLM_HASS_API, default=chosen): SelectSelector(
            SelectSelectorConfig(options=apis, multiple=True)
        ),
        clearable(CONF_PROMPT, options.prompt or _INSTRUCTIONS): TemplateSelector(),
        vol.Optional(_SECTION_WRITING): folded(writing_fields(options.reply)),
    }


def _entered(
    fields: Fields, user_input: dict[str, Any], stored: Mapping[str, Any]
) -> dict[str, Any]:
    """Return an agent's options and name after the form, with the actions as one list."""
    actions = user_input.pop(CONF_ACTIONS, None)
    values = read(fields, user_input, stored)
    return values if actions is None else {**values, CONF_ACTIONS: chosen_actions(actions)}


def _fallback_of(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return whom one of our own agents asks when it is unsure."""
    entity = er.async_get(hass).async_get(entity_id)
    if entity is None or entity.config_entry_id is None or entity.config_subentry_id is None:
        return None
    entry = hass.config_entries.async_get_known_entry(entity.config_entry_id)
    subentry = entry.subentries.get(entity.config_subentry_id)
    return subentry.data.get(CONF_FALLBACK) if subentry else None
