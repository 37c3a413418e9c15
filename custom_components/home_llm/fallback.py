"""Another agent is asked when this one is unsure; never in a circle."""

from contextvars import ContextVar
import logging

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant

from .memory import Memory

_LOGGER = logging.getLogger(__name__)

_ASKED: ContextVar[frozenset[str]] = ContextVar("home_llm_asked", default=frozenset())
"""The agents that a sentence has been with; none of them is asked a second time."""


class Fallback:
    """The agent that is asked when another one is unsure.

    Args:
        hass: Home Assistant.
        own: entity id of the agent that may be unsure.
        other: entity id of the one that is asked; empty for none.

    """

    def __init__(self, hass: HomeAssistant, own: str, other: str) -> None:
        """Have asked nothing yet."""
        self._hass = hass
        self._own = own
        self._other = other
        self._waiting: Memory[str] = Memory()

    @property
    def entity_id(self) -> str:
        """The agent that is asked."""
        return self._other

    @property
    def is_there(self) -> bool:
        """Whether there is somebody to ask who has not been asked yet."""
        if not self._other or self._other in _ASKED.get() | {self._own}:
            return False
        if conversation.async_get_agent(self._hass, self._other) is None:
            _LOGGER.warning("%s should ask %s, which is not there", self._own, self._other)
            return False
        return True

    def waits_for_answer(self, conversation_id: str) -> bool:
        """Return whether the other agent has asked something back, so that the answer is its."""
        return self._waiting.recall(conversation_id) is not None and self.is_there

    async def async_ask(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> conversation.ConversationResult:
        """Return what the other agent replies; it writes to the same chat log, and streams."""
        start = len(chat_log.content)
        token = _ASKED.set(_ASKED.get() | {self._own, self._other})
        try:
            result = await conversation.async_converse(
                self._hass,
                user_input.text,
                chat_log.conversation_id,
                user_input.context,
                user_input.language,
                self._other,
                user_input.device_id,
                user_input.satellite_id,
                user_input.extra_system_prompt,
            )
        finally:
            _ASKED.reset(token)
        self._log(result, chat_log, start)
        if result.continue_conversation:
            self._waiting.keep(chat_log.conversation_id, self._other)
        else:
            self._waiting.forget(chat_log.conversation_id)
        return result

    def _log(
        self, result: conversation.ConversationResult, chat_log: conversation.ChatLog, start: int
    ) -> None:
        """Note what was said, if the agent has a log of its own."""
        speech = result.response.speech.get("plain", {}).get("speech")
        if speech and len(chat_log.content) == start:
            said = conversation.AssistantContent(agent_id=self._other, content=speech)
            chat_log.async_add_assistant_content_without_tools(said)
