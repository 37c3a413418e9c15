"""What a server's model says, thinks and calls, as the deltas of a chat log."""

from collections.abc import Iterable, Iterator
import logging

from homeassistant.helpers import llm

from .chat_messages import read_arguments
from .chat_model import ChatRequest, Delta
from .core.dialects import ANY, BadCall, Dialect, Event, Said, Thought
from .core.dialects.blocks import Thoughts
from .core.dialects.marks import mark

_LOGGER = logging.getLogger(__name__)

THINKING = Dialect(
    name="thinking", blocks=(Thoughts(mark=mark("<think>"), closing=mark("</think>")),)
)
"""For replies that call nothing, or are JSON themselves."""


class ReplyText:
    """Reads the text of a reply: servers leave thoughts and calls in it if they do not know better.

    Args:
        request: what the reply answers.
        dialect: how the model calls tools, if that is known.
        opening: the end of the prompt, if it is known: some begin the reply with a thought.

    """

    def __init__(self, request: ChatRequest, dialect: Dialect = ANY, opening: str = "") -> None:
        """Start before the first character."""
        calls = bool(request.tools) and request.schema is None
        self._parser = (dialect if calls else THINKING).parser(opening)
        self._ids: set[str] = set()
        self._garbled: str | None = None
        self._is_empty = True

    def feed(self, text: str) -> Iterator[Delta]:
        """Yield what a piece of text completes."""
        yield from self._deltas(self._parser.feed(text))

    @property
    def has_ended(self) -> bool:
        """Whether the model has begun to speak for somebody else: nothing more will be read."""
        return self._parser.has_ended

    def close(self, *, is_whole: bool = False) -> Iterator[Delta]:
        """Yield what was held back in case more came.

        Args:
            is_whole: whether it is known that the reply was not cut off.

        Raises:
            ValueError: all that came is a call that nobody understands.

        """
        yield from self._deltas(self._parser.close(is_whole=is_whole))
        if self._garbled is None:
            return
        _LOGGER.warning("A language model made a call that cannot be read: %s", self._garbled)
        if self._is_empty:
            raise ValueError("A call cannot be understood")

    def think(self, text: str) -> Iterator[Delta]:
        """Yield what the server itself knows to be a thought."""
        if text:
            yield {"thinking_content": text}

    def call(self, name: str, arguments: object, given: object = None) -> Iterator[Delta]:
        """Yield a call that is whole.

        Args:
            name: of the tool.
            arguments: an object, or text that holds one.
            given: the server's name for the call; it must not be the one of another.

        Raises:
            ValueError: the arguments are no object.

        """
        call = llm.ToolInput(tool_name=name, tool_args=read_arguments(arguments))
        if isinstance(given, str) and given and given not in self._ids:
            call.id = given
        self._ids.add(call.id)
        self._is_empty = False
        yield {"tool_calls": [call]}

    def _deltas(self, events: Iterable[Event]) -> Iterator[Delta]:
        for event in events:
            if isinstance(event, BadCall):
                self._garbled = event.text
            elif isinstance(event, Thought):
                yield {"thinking_content": event.text}
            elif isinstance(event, Said):
                self._is_empty = False
                yield {"content": event.text}
            else:
                yield from self.call(event.name, event.arguments)
