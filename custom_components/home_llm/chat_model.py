"""What a language model that takes a conversation and tools can do, wherever it runs."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from homeassistant.components import conversation
from homeassistant.helpers import llm

from .core.home import Area

Delta = conversation.AssistantContentDeltaDict
"""A piece of a reply, as Home Assistant's chat log takes it."""


@dataclass(frozen=True, kw_only=True)
class ReplyOptions:
    """How a reply is written.

    Args:
        max_tokens: it is cut off after so many.
        temperature: 0 takes the likeliest token each time.
        top_p: less likely tokens, beyond this share of the probability, are left out.
        thinking: whether a model that can think before it answers does so.

    """

    max_tokens: int = 1024
    temperature: float = 0.2
    top_p: float = 0.95
    thinking: bool = False


@dataclass(frozen=True, kw_only=True)
class ChatRequest:
    """What a model is asked.

    Args:
        content: the conversation, the system's message first.
        tools: what the model may call.
        serializer: writes the selectors of an LLM API in the tools' parameters as JSON schema.
        schema: a JSON schema; the reply is one JSON value that keeps to it.
        options: how the reply is written.
        area: where the speaker stands, if that is known.

    """

    content: Sequence[conversation.Content]
    tools: Sequence[llm.Tool] = ()
    serializer: Callable[[Any], Any] | None = None
    schema: Mapping[str, Any] | None = None
    options: ReplyOptions = field(default_factory=ReplyOptions)
    area: Area | None = None


class ChatModel(Protocol):
    """A model, on this device or on a server."""

    @property
    def takes_images(self) -> bool:
        """Whether what is attached to a message can be an image."""

    async def async_check(self) -> None:
        """Find out whether the model is there and would answer.

        Raises:
            ModelError: it would not.

        """

    def chat(self, request: ChatRequest, timings: dict[str, Any]) -> AsyncGenerator[Delta]:
        """Yield one assistant message in deltas, the first with its role, and fill ``timings``.

        What the model thinks comes as ``thinking_content``; a call comes when it is whole.

        Raises:
            ModelError: there is no reply, or it was cut short; ``prompt_too_long`` if the
                conversation does not fit, which can then be tried again with less of it.

        """

    async def async_close(self) -> None:
        """Let go of what the model holds: memory, connections."""
