"""The events of a reply as a server with OpenAI's API streams it.

The library reads them, too, but cannot be made to close what it has read from (``exhaust``).
"""

from collections.abc import AsyncGenerator, Iterator, Mapping
import json
import re
from typing import Any

import openai

from .server_stream import exhaust

_END = "[DONE]"
_LINE_END = re.compile(rb"\r\n|\n|\r(?=[^\n])")
_DATA = b"data:"


class EventReader:
    """Finds the data of events in bytes, wherever these are cut.

    Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
    """

    def __init__(self) -> None:
        """Expect the first byte."""
        self._rest = b""
        self._data: list[bytes] = []

    def feed(self, block: bytes) -> Iterator[str]:
        """Yield the data of each event that ends in a block.

        Raises:
            ValueError: they are no text.

        """
        *lines, self._rest = _LINE_END.split(self._rest + block)
        for line in lines:
            if line.startswith(_DATA):
                self._data.append(line.removeprefix(_DATA).removeprefix(b" "))
            elif not line and self._data:
                data, self._data = self._data, []
                yield b"\n".join(data).decode("utf-8")


async def events(stream: openai.AsyncStream[Any]) -> AsyncGenerator[object]:
    """Yield the JSON values of a reply's events, and leave nothing open.

    Raises:
        openai.APIError: the server reports an error.
        ValueError: an event is no JSON.
        httpx.HTTPError: the connection fails.

    """
    response = stream.response
    reader, blocks = EventReader(), response.aiter_bytes()
    try:
        async for block in blocks:
            for data in reader.feed(block):
                if data.startswith(_END):
                    return
                yield _checked(json.loads(data), stream)
    finally:
        await stream.close()
        await exhaust(blocks, ())


def _checked(value: object, stream: openai.AsyncStream[Any]) -> object:
    """Return an event's value, unless it is an error."""
    if not (isinstance(value, Mapping) and value.get("error")):
        return value
    error = value["error"]
    said = error.get("message") if isinstance(error, Mapping) else None
    message = said if isinstance(said, str) and said else "An error occurred during streaming"
    raise openai.APIError(message, stream.response.request, body=error)
