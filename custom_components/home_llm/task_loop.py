"""An AI task for a model: it calls what it needs, and then writes the data."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
import json
from typing import Any

from homeassistant.components import conversation
from homeassistant.helpers import llm

from .chat_model import ChatModel, ChatRequest, Delta, ReplyOptions
from .tool_guard import GuardedAPI
from .tool_loop import MAX_TURNS

_ASKED_FOR_JSON = (
    "\n\nReply with nothing but one JSON value that keeps to this JSON schema. "
    "Its descriptions say what is meant.\n"
)


class TaskLoop:
    """Lets a model answer the last message of a chat log, which has its tools.

    Where data of a structure is asked for, the model has either tools or the structure: bound to
    JSON it could not call anything. What it says when it needs no more calls is dropped, and it is
    asked for the data.

    Attributes:
        timings: the figures of each of the model's replies.

    """

    def __init__(
        self,
        model: ChatModel,
        reply: ReplyOptions,
        agent_id: str,
        chat_log: conversation.ChatLog,
        schema: Mapping[str, Any] | None,
    ) -> None:
        """Ask nothing yet."""
        self._model = model
        self._options = reply
        self._agent_id = agent_id
        self._chat_log = chat_log
        self._schema = schema
        self._guard = GuardedAPI.of(chat_log.llm_api) if chat_log.llm_api is not None else None
        chat_log.llm_api = self._guard
        self.timings: list[dict[str, Any]] = []

    async def async_run(self) -> str:
        """Return what the model writes in the end.

        Raises:
            ModelError: there is no reply, or it was cut short.

        """
        for _turn in range(MAX_TURNS - 1):
            if not (tools := self._tools):
                break
            deltas = await self._async_ask(tools)
            if not any(delta.get("tool_calls") for delta in deltas):
                if self._schema is None:
                    return await self._async_add(deltas)
                break
            await self._async_add(deltas)
        return await self._async_add(await self._async_ask(()))

    @property
    def _tools(self) -> Sequence[llm.Tool]:
        return self._guard.tools if self._guard is not None else ()

    async def _async_ask(self, tools: Sequence[llm.Tool]) -> list[Delta]:
        """Return a reply that may call, or is the data; of the two it is one."""
        content = list(self._chat_log.content)
        schema = None if tools else self._schema
        if schema is not None and isinstance(content[0], conversation.SystemContent):
            # Servers bind a reply to a schema, yet do not show it to the model.
            shown = f"{_ASKED_FOR_JSON}{json.dumps(schema, ensure_ascii=False)}"
            content[0] = conversation.SystemContent(content=content[0].content + shown)
        request = ChatRequest(
            content=content,
            tools=tools,
            serializer=self._guard.custom_serializer if self._guard is not None else None,
            schema=schema,
            options=self._options,
        )
        timings: dict[str, Any] = {}
        self.timings.append(timings)
        async with aclosing(self._model.chat(request, timings)) as reply:
            deltas = [delta async for delta in reply]
        # A model without tools may call some all the same.
        return deltas if tools else [_without_calls(delta) for delta in deltas]

    async def _async_add(self, deltas: Sequence[Delta]) -> str:
        """Add a reply to the chat log, which runs its calls, and return what it says."""

        async def stream() -> AsyncGenerator[Delta]:
            for delta in deltas:
                yield delta

        added = self._chat_log.async_add_delta_content_stream(self._agent_id, stream())
        async for _content in added:
            pass
        return "".join(delta.get("content") or "" for delta in deltas)


def _without_calls(delta: Delta) -> Delta:
    kept = delta.copy()
    kept.pop("tool_calls", None)
    return kept
