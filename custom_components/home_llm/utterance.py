"""One sentence of the user: the model's reply becomes calls, and is answered.

Calls of a model that reads the home start while it writes; the shipped one is heard out first.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.helpers.intent import IntentResponseErrorCode

from .answering import Answer, Answers
from .control import Outcome
from .core.actions import ACTIONS
from .core.calls import Call, ResolvedCall
from .core.home import Home
from .core.parser import BadCall, Event, Query, ReplyParser, Say, Speech, Unclear
from .core.turns import Turn, asked_together
from .errors import PROMPT_TOO_LONG, ModelError
from .history import messages
from .home import speaker_area
from .llm_api import call_of, outcome_of, tool_input
from .local_model import LocalModel, Said
from .memory import Memory
from .options import AgentOptions
from .results import Results
from .speech import QUESTION_MARKS, async_sentences
from .todo_items import async_list_meant
from .unlocking import Unlocking, doors, question
from .view import HomeViews, View

_LONGEST = 2000
"""Characters of a sentence; nobody says more in one breath."""

_NEVER_MIND = ("nothing", "no", "bye")
"""What is said to words that put an end to a question of ours."""

_UNSURE = ("absent", "unknown", "what", "later")
"""What is said to words that another agent may know more about."""


@dataclass(frozen=True, kw_only=True)
class Listener:
    """An agent with a model that was taught homes, from one sentence to the next.

    Args:
        model: the model.
        views: the home, with what the agent may do in it.
        options: the agent's options.
        memory: the last turn of each conversation.
        unlocking: what people were asked about.
        error: the key of what keeps the model from being loaded for this sentence, if anything
            does; a second try would keep people waiting for twice as long.

    """

    model: LocalModel
    views: HomeViews
    options: AgentOptions
    memory: Memory[Turn] = field(default_factory=Memory)
    unlocking: Unlocking[Call] = field(default_factory=Unlocking)
    error: str | None = None


class Utterance:
    """Lets the model answer once, and says at the end what really happened.

    Attributes:
        sentence: what was said at the end.
        timings: where the time went, in milliseconds, and how many tokens it took.

    """

    def __init__(
        self,
        hass: HomeAssistant,
        listener: Listener,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
    ) -> None:
        """Answer the last sentence of a chat log."""
        self._hass = hass
        self._listener = listener
        self._input = user_input
        self._chat_log = chat_log
        self._start = len(chat_log.content)
        self._home = Home()
        self._heard: list[Event] | None = None
        self._agreed: tuple[Call, ...] = ()
        self._held: list[Call] = []
        self._answers: list[Answer] = []
        self._said = ""
        self._understood = True
        self._error = listener.error
        self.sentence = ""
        self.timings: dict[str, Any] = {}

    @property
    def entities(self) -> int:
        """How many entities the model could choose from."""
        return len(self._home.entities)

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

    async def async_why_unsure(self) -> str | None:
        """Hear the whole reply out before anything is done, and return what makes it doubtful.

        That is an error's key, ``misunderstood``, or ``confidence`` if the likeliest reply was not
        much likelier than another one; none if nothing does.
        """
        self._heard = [event async for event in self._events()]
        if self._error is not None:
            return self._error
        bad = any(isinstance(event, BadCall) for event in self._heard)
        if bad or not self._heard or _is_at_a_loss(self._heard):
            return "misunderstood"
        is_low = self.timings.get("confidence", 1.0) < self._listener.options.threshold
        return "confidence" if is_low else None

    async def deltas(self) -> AsyncGenerator[conversation.AssistantContentDeltaDict]:
        """Yield what Home Assistant's chat log takes: calls at once, and a sentence at the end.

        A sentence of the model is held back: only when the reply is over, and the results of its
        calls are known, can anybody say whether it is true.
        """
        called = False
        yield {"role": "assistant"}
        async for reply in self._replay():
            event = await self._cleared_up(reply)
            if isinstance(event, Call) and self._is_to_be_asked(event):
                self._held.append(event)
            elif isinstance(event, Call):
                called = True
                yield {"tool_calls": [tool_input(event)]}
            elif isinstance(event, BadCall):
                self._understood = False
            elif isinstance(event, Speech):
                self._said += event.text
            else:
                self._answers.append(event)
        meant = called or self._held or self._answers or self._said.strip()
        self._understood &= bool(meant)
        if called:
            # A new message ends the one with the calls, and the chat log waits for their results.
            yield {"role": "assistant"}
        self.timings["misunderstood"] = not self._understood or _is_at_a_loss(self._answers)
        self.sentence = await self._final()
        self._remember()
        yield {"content": self.sentence}

    async def _cleared_up(self, event: Event) -> Event:
        """Return the call that an unclear wish comes to, if what lists hold tells."""
        if not isinstance(event, Unclear):
            return event
        meant = await async_list_meant(self._hass, event, self._input.context)
        lines = [line for line, each in self._view().names.devices.items() if each == meant]
        if not lines:
            return event
        action = f"todo.{event.verb}_item"
        return Call(action=action, devices=tuple(lines), arguments=event.arguments)

    def _is_to_be_asked(self, call: Call) -> bool:
        """Return whether a call waits until people have said that they mean it."""
        if not self._listener.options.confirm_unlock or call in self._agreed:
            return False
        return bool(doors(call, self._view()))

    def _view(self) -> View:
        return self._listener.views.now().spoken_to(self._input.language)

    async def _replay(self) -> AsyncGenerator[Event]:
        """Yield what the model's reply holds, also if it has been heard out before."""
        if self._heard is None:
            async for event in self._events():
                yield event
        for event in self._heard or ():
            yield event

    async def _events(self) -> AsyncGenerator[Event]:
        """Yield what the model's reply holds, until it ends or the model fails."""
        # Whatever is said, and whatever comes of it: a question is open no longer.
        unlocking, conversation_id = self._listener.unlocking, self._chat_log.conversation_id
        self._agreed = unlocking.agreed(conversation_id, self._input.text, self._input.language)
        if self._error is not None:
            return
        if len(self._input.text) > _LONGEST:
            self._error = PROMPT_TOO_LONG
            return
        try:
            async for event in self._agreed_events() if self._agreed else self._model_events():
                yield event
        except ModelError as err:
            self._error = err.key

    async def _agreed_events(self) -> AsyncGenerator[Event]:
        """Yield what people were asked about, and now want; the model has nothing to add."""
        self._home = self._view().home
        for call in self._agreed:
            yield call

    async def _model_events(self) -> AsyncGenerator[Event]:
        model, view, log = self._listener.model, self._view(), self._chat_log.content
        self._home = view.home
        area = speaker_area(self._hass, self._input.device_id, self._input.satellite_id)
        turn = self._listener.memory.recall(self._chat_log.conversation_id)
        heard = model.format.hear(self._input.text, view.home, area, view.allowed, turn)
        turns = messages(model.format, log, view, heard.message, model.exchanges)
        lately = turn.entity_ids if turn is not None else ()
        said = Said(text=self._input.text, message=heard.message, area=area, lately=lately)
        view = await model.async_show(view, said)
        if model.seen is not None:
            self.timings["entities"] = asdict(model.seen)
        # Home Assistant's own system prompt is not what our formats read: log what is.
        log[0] = conversation.SystemContent(content=model.system(view))
        events = _parsed(model.generate(turns, view, heard, self.timings), heard.parser())
        if model.format.lines(view.home):
            async for event in events:
                yield event
            return
        # Who reads the sentence alone has answered at once: a guess need not be carried out.
        reply = [event async for event in events]
        is_guess = self.timings.get("confidence", 1.0) < heard.least_confidence(reply)
        is_half = heard.misses(reply)
        if (is_guess or is_half) and any(isinstance(event, Call) for event in reply):
            reply = [Say(key="what")]
        for event in reply:
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
        allowed = self._view().allowed
        return [
            (
                call_of(inputs[result.tool_call_id]) if result.tool_call_id in inputs else None,
                outcome_of(result.tool_name, result.result, allowed),
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
        clear = not self._held and not any(outcome.problems for outcome in outcomes)
        if spoken and true and clear:
            return spoken
        sentences = await async_sentences(self._hass, self._input.language)
        # What was asked along with a command is answered from what came of it.
        home = self._listener.views.now().home if results else self._home
        answers = Answers(self._hass, sentences, home, self._input.context)
        told = [await answers.async_answer(answer) for answer in self._answers]
        if self._held:
            self._listener.unlocking.hold(self._chat_log.conversation_id, self._held)
            view = self._view()
            unlocked = ((call.action, doors(call, view)) for call in self._held)
            told.append(question(unlocked, view.home, sentences))
        # A question comes last, so that people can answer it.
        told = sorted(dict.fromkeys(told), key=lambda text: text.endswith(QUESTION_MARKS))
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
            self._listener.memory.keep(conversation_id, turn)
        elif any(isinstance(said, Say) and said.key in _NEVER_MIND for said in self._answers):
            self._listener.memory.forget(conversation_id)

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
            asked=asked_together(asked),
            spoken_of=tuple(dict.fromkeys(e for query in queries for e in query.entity_ids)),
        )


def _is_at_a_loss(reply: Iterable[Event]) -> bool:
    """Return whether a reply says that nothing was understood."""
    return any(isinstance(event, Say) and event.key in _UNSURE for event in reply)


async def _parsed(pieces: AsyncIterator[str], parser: ReplyParser) -> AsyncGenerator[Event]:
    """Yield what the pieces of a reply hold."""
    async for piece in pieces:
        for event in parser.feed(piece):
            yield event
    for event in parser.close():
        yield event
