"""A conversation from Home Assistant's chat log, in the model's own wire form."""

from collections.abc import Sequence

from homeassistant.components import conversation

from .core.calls import Call
from .core.chat import Message
from .core.formats import Format
from .core.home import Area, Home
from .llm_api import call_of


def messages(
    format_: Format,
    content: Sequence[conversation.Content],
    home: Home,
    area: Area | None,
    exchanges: int,
) -> list[Message]:
    """Return the turns of the user and of the assistant, the newest sentence last.

    What an earlier sentence was told of the home need not be so any more, and is left out.
    What nobody answered is left out: a model has only seen turns that alternate.

    Args:
        format_: how the model reads and writes.
        content: the chat log.
        home: what is exposed.
        area: where the speaker stands, if that is known.
        exchanges: of how many earlier exchanges the model is reminded.

    """
    said: list[tuple[str, _Reply]] = []
    for item in content:
        if isinstance(item, conversation.UserContent):
            said.append((item.content, _Reply()))
        elif isinstance(item, conversation.AssistantContent) and said:
            said[-1][1].add(item)
    asked, _ = said.pop()
    answered = [(text, reply) for text, reply in said if reply.speech or reply.calls]
    turns: list[Message] = []
    for text, reply in answered[-exchanges:] if exchanges else ():
        turns.append(Message(role="user", content=format_.earlier(text)))
        turns.append(Message(role="assistant", content=format_.reply(reply.calls, reply.speech)))
    return [*turns, Message(role="user", content=format_.user(asked, home, area))]


class _Reply:
    """What an assistant did and said between two sentences of the user."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.speech = ""

    def add(self, content: conversation.AssistantContent) -> None:
        calls = map(call_of, content.tool_calls or ())
        self.calls += [call for call in calls if call is not None]
        self.speech = content.content or self.speech
