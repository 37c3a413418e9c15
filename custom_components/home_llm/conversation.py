"""The conversation agent: one entity for each conversation subentry."""

from contextlib import suppress
from typing import Literal, override

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import HomeLLMConfigEntry
from .const import DEFAULT_NAME, DOMAIN, SUBENTRY_CONVERSATION
from .errors import ModelError
from .memory import Memory
from .utterance import Utterance

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HomeLLMConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add an agent for each conversation subentry."""
    for subentry in entry.subentries.values():
        if subentry.subentry_type == SUBENTRY_CONVERSATION:
            async_add_entities(
                [HomeLLMConversationEntity(entry, subentry)],
                config_subentry_id=subentry.subentry_id,
            )


class HomeLLMConversationEntity(conversation.ConversationEntity):
    """Understands a sentence with the entry's model, and does what it asks for."""

    _attr_has_entity_name = True
    _attr_name = None
    _attr_supported_features = conversation.ConversationEntityFeature.CONTROL
    _attr_supports_streaming = True
    _attr_translation_key = "agent"

    def __init__(self, entry: HomeLLMConfigEntry, subentry: ConfigSubentry) -> None:
        """Name the agent and its device after the subentry."""
        self._data = entry.runtime_data
        self._memory = Memory()
        self._attr_unique_id = subentry.subentry_id
        self._attr_device_info = dr.DeviceInfo(
            identifiers={(DOMAIN, subentry.subentry_id)},
            name=subentry.title,
            manufacturer=DEFAULT_NAME,
            entry_type=dr.DeviceEntryType.SERVICE,
        )

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        """Return that any language may be tried."""
        return MATCH_ALL

    @override
    async def async_prepare(self, language: str | None = None) -> None:
        """Let the model read the home while people are still speaking."""
        # What is wrong is said when they have spoken.
        with suppress(ModelError):
            await self._data.model.async_prepare(self._data.views.now())

    @override
    async def _async_handle_message(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> conversation.ConversationResult:
        data = self._data
        try:
            await chat_log.async_provide_llm_data(user_input.as_llm_context(DOMAIN), data.api)
        except conversation.ConverseError as err:
            return err.as_conversation_result()
        utterance = Utterance(self.hass, data, user_input, chat_log, self._memory)
        stream = chat_log.async_add_delta_content_stream(self.entity_id, utterance.deltas())
        async for _content in stream:
            pass
        chat_log.async_trace({DOMAIN: utterance.timings})
        result = conversation.async_get_result_from_chat_log(user_input, chat_log)
        if (code := utterance.error_code) is not None:
            result.response.async_set_error(code, utterance.sentence)
        return result
