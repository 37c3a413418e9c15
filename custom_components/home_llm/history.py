"""A conversation from Home Assistant's chat log, in the model's own wire form."""

from collections.abc import Sequence
from contextlib import suppress

from homeassistant.components import conversation

from .core.calls import Call
from .core.chat import Message
from .core.errors import CannotBeSaidError, ParseError
from .core.formats import Format
from .llm_api import call_of
from .view import View


def messages(
    format_: Format,
    content: Sequence[conversation.Content],
    view: View,
    heard: str,
    exchanges: int,
) -> list[Message]:
    """Return the turns of the user and of the assistant, the newest sentence last.

    What nobody answered is left out: a model has only seen turns that alternate.

    Args:
        format_: how the model reads and writes.
        content: the chat log.
        view: the home.
        heard: the newest sentence, as the model reads it.
        exchanges: of how many earlier exchanges the model is reminded.

    """
    said: list[tuple[str, _Reply]] = []
    for item in content:
        if isinstance(item, conversation.UserContent):
            said.append((item.content, _Reply()))
        elif isinstance(item, conversation.AssistantContent) and said:
            said[-1][1].add(item)
    said.pop()
    answered = [(text, reply) for text, reply in said if reply.speech or reply.calls]
    turns: list[Message] = []
    for text, reply in answered[-exchanges:] if exchanges else ():
        earlier = format_.hear(text, view.home, None, view.allowed)
        with suppress(CannotBeSaidError, ParseError):
            answer = earlier.reply(reply.calls, reply.speech)
            turns.append(Message(role="user", content=earlier.message))
            turns.append(Message(role="assistant", content=answer))
    return [*turns, Message(role="user", content=heard)]


class _Reply:
    """What an assistant did and said between two sentences of the user."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.speech = ""

    def add(self, content: conversation.AssistantContent) -> None:
        calls = map(call_of, content.tool_calls or ())
        self.calls += [call for call in calls if call is not None]
        self.speech = content.content or self.speech
