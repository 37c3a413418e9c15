"""One sentence of the user: the model's reply becomes calls and speech while it streams."""

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.helpers.intent import IntentResponseErrorCode

from .control import Outcome
from .core.calls import Call
from .core.parser import BadCall, Event
from .history import messages
from .home import speaker_area
from .llm_api import outcome_of, tool_input
from .local_model import ModelError
from .speech import async_sentences

if TYPE_CHECKING:
    from . import HomeLLMData


class Utterance:
    """Lets the model answer once, and says at the end what really happened.

    Attributes:
        sentence: what was said at the end.
        timings: where the time went, in milliseconds, and how many tokens it took.

    """

    def __init__(
        self,
        hass: HomeAssistant,
        data: HomeLLMData,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
    ) -> None:
        """Answer the last sentence of a chat log."""
        self._hass = hass
        self._model = data.model
        self._views = data.views
        self._input = user_input
        self._chat_log = chat_log
        self._start = len(chat_log.content)
        self._may_stream = False
        self._understood = True
        self._error: str | None = None
        self.sentence = ""
        self.timings: dict[str, Any] = {}

    @property
    def error_code(self) -> IntentResponseErrorCode | None:
        """Home Assistant's code for a reply that did nothing of what was asked, if it failed."""
        outcomes = self._outcomes()
        if any(outcome.entity_ids for outcome in outcomes):
            return None
        if self._error is not None:
            return IntentResponseErrorCode.UNKNOWN
        if outcomes:
            return IntentResponseErrorCode.FAILED_TO_HANDLE
        return None if self._understood else IntentResponseErrorCode.NO_INTENT_MATCH

    async def deltas(self) -> AsyncGenerator[conversation.AssistantContentDeltaDict]:
        """Yield what Home Assistant's chat log takes: calls at once, and a sentence at the end.

        A sentence that comes with calls is held back until their results are known. Without calls
        it is spoken as it streams, where a grammar makes sure that no call can follow it.
        """
        said, streamed, called = "", False, False
        yield {"role": "assistant"}
        async for event in self._events():
            if isinstance(event, Call):
                called = True
                yield {"tool_calls": [tool_input(event)]}
            elif isinstance(event, BadCall):
                self._understood = False
            else:
                piece = event.text if said else event.text.lstrip()
                said += piece
                if piece and self._may_stream and not called:
                    streamed = True
                    yield {"content": piece}
        self._understood &= called or bool(said)
        if called:
            # A new message ends the one with the calls, and the chat log waits for their results.
            yield {"role": "assistant"}
        self.sentence = await self._final(said.strip())
        if not streamed:
            yield {"content": self.sentence}
        elif self._error is not None:
            yield {"content": f" {self.sentence}"}

    async def _events(self) -> AsyncGenerator[Event]:
        """Yield what the model's reply holds, until it ends or the model fails."""
        try:
            await self._model.async_load()
            view = self._views.now()
            self._may_stream = view.grammar is not None
            format_ = self._model.format
            area = speaker_area(self._hass, self._input.device_id, self._input.satellite_id)
            log, exchanges = self._chat_log.content, self._model.exchanges
            turns = messages(format_, log, view.home, area, exchanges)
            # Home Assistant's own system prompt is not what our formats read: log what is.
            system = conversation.SystemContent(content=self._model.system(view))
            self._chat_log.content[0] = system
            parser = format_.parser()
            async for piece in self._model.generate(turns, view, self.timings):
                for event in parser.feed(piece):
                    yield event
        except ModelError as err:
            self._error = err.key
            return
        for event in parser.close():
            yield event

    def _outcomes(self) -> list[Outcome]:
        return [
            outcome_of(content.tool_name, content.result)
            for content in self._chat_log.content[self._start :]
            if isinstance(content, conversation.ToolResultContent)
        ]

    async def _final(self, spoken: str) -> str:
        """Return the model's own sentence if it is true, else ours."""
        outcomes = self._outcomes()
        true = self._error is None and self._understood
        if spoken and true and not any(outcome.problems for outcome in outcomes):
            return spoken
        sentences = await async_sentences(self._hass, self._input.language)
        return sentences.reply(outcomes, self._error, understood=self._understood)
