"""One sentence of the user for a model with tools: it calls, sees what came of it, and answers."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

from homeassistant.components import conversation
from homeassistant.helpers import llm
from homeassistant.helpers.intent import IntentResponseErrorCode

from .chat_model import ChatModel, ChatRequest, Delta
from .errors import PROMPT_TOO_LONG, ModelError
from .home import HomeReader, speaker_area
from .options import AgentOptions
from .speech import Sentences, async_sentences
from .spoken_text import SpokenText
from .tool_guard import GuardedAPI
from .unlocking import Unlocking, question

MAX_TURNS = 10
"""Replies of the model to one sentence, the last one without tools."""


class ToolLoop:
    """Lets a model answer the last sentence of a chat log, which has its tools.

    Attributes:
        error: the key of what ended it before its time, if anything did.
        sentence: what was said instead of the model's words, if anything.
        timings: the figures of each of the model's replies.

    """

    def __init__(
        self,
        model: ChatModel,
        options: AgentOptions,
        agent_id: str,
        chat_log: conversation.ChatLog,
        unlocking: Unlocking[llm.ToolInput] | None = None,
    ) -> None:
        """Ask nothing yet.

        Args:
            model: what replies.
            options: what it may do, and how it writes.
            agent_id: whose words the chat log holds.
            chat_log: the conversation; its last sentence is answered.
            unlocking: the agent's, if people can be asked something.

        """
        self._hass = chat_log.hass
        self._model = model
        self._options = options
        self._agent_id = agent_id
        self._chat_log = chat_log
        self._unlocking = unlocking
        self._start = len(chat_log.content)
        self._forgotten = 0
        self._is_doubtful = False
        self._guard = self._guarded(chat_log.llm_api)
        chat_log.llm_api = self._guard
        self.error: str | None = None
        self.sentence = ""
        self.timings: list[dict[str, Any]] = []

    @property
    def has_begun(self) -> bool:
        """Whether the chat log has anything of the reply."""
        return len(self._chat_log.content) > self._start

    @property
    def error_code(self) -> IntentResponseErrorCode | None:
        """Home Assistant's code for a reply that did nothing of what was asked, if it failed."""
        done = self._done()
        if not self.sentence or any(done) or self._has_to_ask:
            return None
        if self.error is not None:
            return IntentResponseErrorCode.UNKNOWN
        failed = IntentResponseErrorCode.FAILED_TO_HANDLE
        return failed if done else IntentResponseErrorCode.NO_INTENT_MATCH

    def _guarded(self, api: llm.APIInstance | None) -> GuardedAPI | None:
        if api is None:
            return None
        asks = self._options.confirm_unlock and self._unlocking is not None
        return GuardedAPI.of(api, self._options.actions, asks=asks)

    async def async_run(self, text: str = "", language: str = "") -> None:
        """Let the model call and speak until it is done; what it says is streamed.

        Args:
            text: what people said, who may have agreed to something.
            language: theirs.

        """
        if self._unlocking is not None and self._guard is not None:
            for call in self._unlocking.agreed(self._chat_log.conversation_id, text, language):
                self._guard.agreed = call
                await self._async_add(_calling(call))
        tools: Sequence[llm.Tool] = self._guard.tools if self._guard is not None else ()
        for turn in range(MAX_TURNS):
            fresh = self._fresh
            await self._async_turn(tools)
            is_over = self.error is not None or self._is_doubtful or not tools
            if is_over or self._has_to_ask or not self._chat_log.unresponded_tool_results:
                return
            # Who says nothing, only repeats what it called or finds no end is asked to speak.
            if self._fresh == fresh or turn == MAX_TURNS - 2:
                tools = ()

    async def async_conclude(self, language: str) -> None:
        """Say something in the model's place, if it has not answered, or not truly."""
        last = self._chat_log.content[-1]
        spoke = isinstance(last, conversation.AssistantContent) and last.content
        if spoke and self.error is None and not self._is_doubtful and not self._has_to_ask:
            return
        self.sentence = self._own_sentence(await async_sentences(self._hass, language))

        async def deltas() -> AsyncGenerator[Delta]:
            yield {"role": "assistant"}
            yield {"content": self.sentence}

        await self._async_add(deltas())

    @property
    def _has_to_ask(self) -> bool:
        return self._guard is not None and self._guard.asked is not None

    @property
    def _fresh(self) -> int:
        return self._guard.fresh if self._guard is not None else 0

    def _done(self) -> list[bool]:
        """Return of each call that should have changed something whether it did."""
        guard = self._guard
        return [
            is_done(content.result)
            for content in self._chat_log.content[self._start :]
            if isinstance(content, conversation.ToolResultContent)
            and guard is not None
            and guard.acts(content.tool_name)
        ]

    def _own_sentence(self, sentences: Sentences) -> str:
        done = self._done()
        if asked := self._question(sentences):
            return sentences.joined([sentences.say("part_done"), asked] if any(done) else [asked])
        if self.error is not None:
            said = [sentences.say(self.error)]
            return sentences.joined([*said, sentences.say("part_done")] if any(done) else said)
        if not done:
            return sentences.say("misunderstood")
        if all(done):
            return sentences.say("done")
        if any(done):
            return sentences.say("part_done")
        is_refused = self._guard is not None and self._guard.refused == len(done)
        return sentences.say("action_not_allowed" if is_refused else "nothing_worked")

    def _question(self, sentences: Sentences) -> str:
        """Return what people have to be asked before the model may go on, and keep the call."""
        if self._guard is None or self._guard.asked is None or self._unlocking is None:
            return ""
        call, unlocking = self._guard.asked
        self._unlocking.hold(self._chat_log.conversation_id, [call])
        home = HomeReader(self._hass).read()
        known = home.entity_by_id
        return question(
            ((e.action, [known[e.entity_id]]) for e in unlocking if e.entity_id in known),
            home,
            sentences,
        )

    async def _async_turn(self, tools: Sequence[llm.Tool]) -> None:
        done = self._done()
        text = SpokenText(is_trusted=not done or any(done))
        await self._async_add(self._deltas(tools, text))
        self._is_doubtful = text.is_doubtful

    async def _async_add(self, deltas: AsyncGenerator[Delta]) -> None:
        stream = self._chat_log.async_add_delta_content_stream(self._agent_id, deltas)
        async for _content in stream:
            pass

    async def _deltas(self, tools: Sequence[llm.Tool], text: SpokenText) -> AsyncGenerator[Delta]:
        """Yield one reply as the chat log takes it, which runs calls at once."""
        yield {"role": "assistant"}
        try:
            async with aclosing(self._reply(tools)) as reply:
                async for delta in reply:
                    if passed := text.passed(delta, with_calls=bool(tools)):
                        yield passed
        except ModelError as err:
            # What was called and said before stays in the chat log.
            self.error = err.key
        if rest := text.close():
            yield {"content": rest}

    async def _reply(self, tools: Sequence[llm.Tool]) -> AsyncGenerator[Delta]:
        """Yield one reply; of a conversation that is too long, the oldest exchanges are left out.

        Raises:
            ModelError: there is no reply, or it was cut short.

        """
        while True:
            timings: dict[str, Any] = {}
            self.timings.append(timings)
            try:
                async with aclosing(self._model.chat(self._request(tools), timings)) as reply:
                    async for delta in reply:
                        yield delta
            except ModelError as err:
                if err.key != PROMPT_TOO_LONG or not self._forget():
                    raise
                self.timings.pop()
            else:
                return

    def _request(self, tools: Sequence[llm.Tool]) -> ChatRequest:
        content = self._chat_log.content
        if self._forgotten:
            content = [content[0], *content[self._sentences()[self._forgotten] :]]
        guard = self._guard
        device_id = guard.llm_context.device_id if guard is not None else None
        return ChatRequest(
            content=tuple(content),
            tools=tools,
            serializer=guard.custom_serializer if guard is not None else None,
            options=self._options.reply,
            area=speaker_area(self._hass, device_id, None),
        )

    def _forget(self) -> bool:
        """Leave one more exchange out; return whether there was one before the last sentence."""
        self._forgotten += 1
        return self._forgotten < len(self._sentences())

    def _sentences(self) -> list[int]:
        """Return where in the chat log people speak."""
        return [at for at, said in enumerate(self._chat_log.content) if said.role == "user"]


async def _calling(call: llm.ToolInput) -> AsyncGenerator[Delta]:
    """Yield a reply that calls a tool, as a model's would."""
    yield {"role": "assistant"}
    again = llm.ToolInput(tool_name=call.tool_name, tool_args=call.tool_args)
    yield {"tool_calls": [again]}


def is_done(result: llm.ToolResult) -> bool:
    """Return whether a tool did at least a part of what it should."""
    data = result.data
    failed = data.get("response_type") == "error" or data.get("success") is False
    return not result.error and not failed
