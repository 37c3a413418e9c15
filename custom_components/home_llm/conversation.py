"""The conversation agent: one entity for each conversation subentry."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from time import monotonic
from typing import Any, Literal, override

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.intent import IntentResponseErrorCode

from .backends import HomeLLMConfigEntry
from .const import DOMAIN, SUBENTRY_CONVERSATION
from .entity import HomeLLMEntity
from .errors import INVALID_AUTH, ModelError
from .fallback import Fallback
from .figures import Figures
from .home import exposed_states
from .llm_api import HomeAPI
from .options import AgentOptions
from .tool_loop import ToolLoop
from .unlocking import Unlocking
from .utterance import Listener, Utterance
from .view import HomeViews
from .warm import Warmer

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
                [HomeLLMConversationEntity(hass, entry, subentry)],
                config_subentry_id=subentry.subentry_id,
            )


class HomeLLMConversationEntity(HomeLLMEntity, conversation.ConversationEntity):
    """Understands a sentence with the entry's model, and does what it asks for."""

    _attr_name = None
    _attr_supports_streaming = True
    _attr_translation_key = "agent"
    _fallback: Fallback

    def __init__(
        self, hass: HomeAssistant, entry: HomeLLMConfigEntry, subentry: ConfigSubentry
    ) -> None:
        """Take the model, and on this device also a view of the home."""
        super().__init__(entry, subentry)
        self.options = AgentOptions.of(subentry.data)
        self._listener: Listener | None = None
        self._unlocking: Unlocking[llm.ToolInput] = Unlocking()
        self._meter = self.backend.meters[subentry.subentry_id]
        if (model := self.backend.model) is not None:
            views = HomeViews(hass, model, self.options.actions)
            self._listener = Listener(model=model, views=views, options=self.options)
        if self.backend.options.is_taught_homes or self.options.apis:
            self._attr_supported_features = conversation.ConversationEntityFeature.CONTROL

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        """Return that any language may be tried."""
        return MATCH_ALL

    @override
    async def async_added_to_hass(self) -> None:
        """Let the model read the home while nobody speaks."""
        await super().async_added_to_hass()
        self._fallback = Fallback(self.hass, self.entity_id, self.options.fallback)
        if (listener := self._listener) is not None:
            warmer = Warmer(self.hass, listener.model, listener.views)
            self.async_on_remove(warmer.async_start())

    @override
    async def async_prepare(self, language: str | None = None) -> None:
        """Let the model read the home while people are still speaking."""
        # What is wrong is said when they have spoken.
        with suppress(ModelError):
            if listener := await self._async_listener():
                shown = await listener.model.async_show(listener.views.now())
                await listener.model.async_prepare(shown)

    @override
    async def _async_handle_message(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> conversation.ConversationResult:
        if self._fallback.waits_for_answer(chat_log.conversation_id):
            return await self._async_hand_on(user_input, chat_log, "follow_up", {})
        since = monotonic()
        try:
            if listener := await self._async_listener():
                return await self._async_listen(listener, user_input, chat_log, since)
            return await self._async_use_tools(user_input, chat_log, since)
        except conversation.ConverseError as err:
            return err.as_conversation_result()

    async def _async_listener(self) -> Listener | None:
        """Return what speaks for a model that was taught homes; none for other models."""
        if (listener := self._listener) is None:
            return None
        error = None
        try:
            await listener.model.async_load()
        except ModelError as err:
            # It is what it was taken for, and says what is wrong.
            error = err.key
        return replace(listener, error=error) if listener.model.is_taught_homes else None

    async def _async_listen(
        self,
        listener: Listener,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
        since: float,
    ) -> conversation.ConversationResult:
        """Let a model answer that was taught homes."""
        api = HomeAPI(self.hass, listener.views)
        await chat_log.async_provide_llm_data(user_input.as_llm_context(DOMAIN), api)
        utterance = Utterance(self.hass, listener, user_input, chat_log)
        if self._fallback.is_there and (why := await utterance.async_why_unsure()):
            self._note(since, utterance.entities, [utterance.timings])
            return await self._async_hand_on(user_input, chat_log, why, utterance.timings)
        stream = chat_log.async_add_delta_content_stream(self.entity_id, utterance.deltas())
        async for _content in stream:
            pass
        chat_log.async_trace({DOMAIN: utterance.timings})
        self._note(since, utterance.entities, [utterance.timings])
        return _result(user_input, chat_log, utterance.error_code, utterance.sentence)

    async def _async_use_tools(
        self,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
        since: float,
    ) -> conversation.ConversationResult:
        """Let any other model answer, with the tools of Home Assistant's LLM APIs."""
        await chat_log.async_provide_llm_data(
            user_input.as_llm_context(DOMAIN),
            list(self.options.apis),
            self.options.prompt,
            user_input.extra_system_prompt,
        )
        loop = ToolLoop(self.backend.chat, self.options, self.entity_id, chat_log, self._unlocking)
        await loop.async_run(user_input.text, user_input.language)
        # Home Assistant's own API shows a model all that is exposed; others have their own things.
        sees = llm.LLM_API_ASSIST in self.options.apis
        self._note(since, len(exposed_states(self.hass)) if sees else 0, loop.timings)
        if loop.error == INVALID_AUTH:
            self.entry.async_start_reauth(self.hass)
        timings = {"turns": loop.timings}
        if loop.error is not None and not loop.has_begun and self._fallback.is_there:
            return await self._async_hand_on(user_input, chat_log, loop.error, timings)
        await loop.async_conclude(user_input.language)
        chat_log.async_trace({DOMAIN: timings})
        return _result(user_input, chat_log, loop.error_code, loop.sentence)

    def _note(self, since: float, entities: int, timings: Sequence[Mapping[str, Any]]) -> None:
        """Measure the answer, or how long it took to find out that another agent must give it."""
        # Of a house that is too large, it was shown a part.
        shown = [reply["entities"]["shown"] for reply in timings if "entities" in reply]
        entities = shown[-1] if shown else entities
        latency_ms = (monotonic() - since) * 1000
        self._meter.async_note(Figures.of(latency_ms, entities, timings))

    async def _async_hand_on(
        self,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
        why: str,
        timings: dict[str, Any],
    ) -> conversation.ConversationResult:
        """Ask the other agent, and note in the trace which one, and why."""
        asked = {"asked": self._fallback.entity_id, "because_of": why}
        chat_log.async_trace({DOMAIN: {**timings, **asked}})
        return await self._fallback.async_ask(user_input, chat_log)


def _result(
    user_input: conversation.ConversationInput,
    chat_log: conversation.ChatLog,
    error_code: IntentResponseErrorCode | None,
    sentence: str,
) -> conversation.ConversationResult:
    result = conversation.async_get_result_from_chat_log(user_input, chat_log)
    if error_code is not None:
        result.response.async_set_error(error_code, sentence)
    return result
