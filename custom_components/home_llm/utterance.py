"""One sentence of the user: the model's reply becomes calls while it streams, and is answered."""

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.helpers.intent import IntentResponseErrorCode

from .answering import Answer, Answers
from .control import Outcome
from .core.actions import ACTIONS
from .core.calls import Call, ResolvedCall
from .core.home import Home
from .core.parser import BadCall, Event, Query, Say, Speech, Unclear
from .core.turns import Turn
from .errors import ModelError
from .history import messages
from .home import speaker_area
from .llm_api import call_of, outcome_of, tool_input
from .memory import Memory
from .results import Results
from .speech import QUESTION_MARKS, async_sentences

if TYPE_CHECKING:
    from . import HomeLLMData


_LONGEST = 2000
"""Characters of a sentence; nobody says more in one breath."""

_NEVER_MIND = ("nothing", "no", "bye")
"""What is said to words that put an end to a question of ours."""


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
        memory: Memory,
    ) -> None:
        """Answer the last sentence of a chat log."""
        self._hass = hass
        self._model = data.model
        self._views = data.views
        self._input = user_input
        self._chat_log = chat_log
        self._memory = memory
        self._start = len(chat_log.content)
        self._home = Home()
        self._answers: list[Answer] = []
        self._said = ""
        self._understood = True
        self._error: str | None = None
        self.sentence = ""
        self.timings: dict[str, Any] = {}

    @property
    def error_code(self) -> IntentResponseErrorCode | None:
        """Home Assistant's code for a reply that did nothing of what was asked, if it failed."""
        outcomes = [outcome for _, outcome in self._results()]
        if any(outcome.is_done for outcome in outcomes):
            return None
        if self._error is not None:
            return IntentResponseErrorCode.UNKNOWN
        if outcomes:
            return IntentResponseErrorCode.FAILED_TO_HANDLE
        return None if self._understood else IntentResponseErrorCode.NO_INTENT_MATCH

    async def deltas(self) -> AsyncGenerator[conversation.AssistantContentDeltaDict]:
        """Yield what Home Assistant's chat log takes: calls at once, and a sentence at the end.

        A sentence of the model is held back: only when the reply is over, and the results of its
        calls are known, can anybody say whether it is true.
        """
        called = False
        yield {"role": "assistant"}
        async for event in self._events():
            if isinstance(event, Call):
                called = True
                yield {"tool_calls": [tool_input(event)]}
            elif isinstance(event, BadCall):
                self._understood = False
            elif isinstance(event, Speech):
                self._said += event.text
            else:
                self._answers.append(event)
        self._understood &= called or bool(self._answers) or bool(self._said.strip())
        if called:
            # A new message ends the one with the calls, and the chat log waits for their results.
            yield {"role": "assistant"}
        self.sentence = await self._final()
        self._remember()
        yield {"content": self.sentence}

    async def _events(self) -> AsyncGenerator[Event]:
        """Yield what the model's reply holds, until it ends or the model fails."""
        if len(self._input.text) > _LONGEST:
            self._error = "prompt_too_long"
            return
        try:
            await self._model.async_load()
            view = self._views.now().spoken_to(self._input.language)
            self._home = view.home
            format_ = self._model.format
            area = speaker_area(self._hass, self._input.device_id, self._input.satellite_id)
            turn = self._memory.recall(self._chat_log.conversation_id)
            heard = format_.hear(self._input.text, view.home, area, view.allowed, turn)
            log, exchanges = self._chat_log.content, self._model.exchanges
            turns = messages(format_, log, view, heard.message, exchanges)
            # Home Assistant's own system prompt is not what our formats read: log what is.
            system = conversation.SystemContent(content=self._model.system(view))
            self._chat_log.content[0] = system
            parser = heard.parser()
            async for piece in self._model.generate(turns, view, heard, self.timings):
                for event in parser.feed(piece):
                    yield event
        except ModelError as err:
            self._error = err.key
            return
        for event in parser.close():
            yield event

    def _results(self) -> list[tuple[Call | None, Outcome]]:
        """Return the calls of the reply with what came of each."""
        content = self._chat_log.content[self._start :]
        inputs = {
            tool_input.id: tool_input
            for said in content
            if isinstance(said, conversation.AssistantContent)
            for tool_input in said.tool_calls or ()
        }
        return [
            (
                call_of(inputs[result.tool_call_id]) if result.tool_call_id in inputs else None,
                outcome_of(result.tool_name, result.result),
            )
            for result in content
            if isinstance(result, conversation.ToolResultContent)
        ]

    async def _final(self) -> str:
        """Return the model's own sentence if it is true, else ours."""
        results = self._results()
        outcomes = [outcome for _, outcome in results]
        true = self._error is None and self._understood
        spoken = self._said.strip()
        if spoken and true and not any(outcome.problems for outcome in outcomes):
            return spoken
        sentences = await async_sentences(self._hass, self._input.language)
        # What was asked along with a command is answered from what came of it.
        home = self._views.now().home if results else self._home
        answers = Answers(self._hass, sentences, home, self._input.context)
        told = [await answers.async_answer(answer) for answer in self._answers]
        # A question comes last, so that people can answer it.
        told.sort(key=lambda text: text.endswith(QUESTION_MARKS))
        if told and true and not results:
            return sentences.joined(told)
        said = Results(sentences, self._home).reply(
            results, self._error, understood=self._understood
        )
        return sentences.joined([said, *told])

    def _remember(self) -> None:
        """Keep what the next sentence may go back to; small talk leaves it as it was."""
        turn, conversation_id = self._turn(), self._chat_log.conversation_id
        if turn != Turn():
            self._memory.keep(conversation_id, turn)
        elif any(isinstance(said, Say) and said.key in _NEVER_MIND for said in self._answers):
            self._memory.forget(conversation_id)

    def _turn(self) -> Turn:
        """Return what came of this sentence."""
        calls = tuple(
            ResolvedCall(
                action=ACTIONS[call.action],
                entity_ids=outcome.entity_ids,
                arguments=dict(call.arguments),
            )
            for call, outcome in self._results()
            if call is not None and outcome.is_done
        )
        known = self._home.entity_by_id
        touched = dict.fromkeys(each for call in calls for each in call.entity_ids)
        asked = [answer for answer in self._answers if isinstance(answer, Unclear)]
        queries = [answer for answer in self._answers if isinstance(answer, Query)]
        return Turn(
            calls=calls,
            before={each: known[each] for each in touched if each in known},
            asked=asked[-1] if asked else None,
            spoken_of=tuple(dict.fromkeys(e for query in queries for e in query.entity_ids)),
        )
