"""Events of replies, wherever they are cut; and nothing of a reply is left for others to close."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager, suppress
import gc
import sys

from homeassistant.core import HomeAssistant
import pytest

from custom_components.home_llm.chat_model import ChatModel, ChatRequest
from custom_components.home_llm.errors import ModelError
from custom_components.home_llm.openai_events import EventReader
from custom_components.home_llm.server_stream import Limits
from tests.integration.model_server import Answer, serving, streams
from tests.integration.remote import (
    HELLO,
    ask,
    chunk,
    chunks,
    ollama_model,
    openai_model,
    parts,
    sse,
)

WHOLE = (
    b': hello\r\nevent: x\r\ndata: {"a":\r\ndata:1}\r\n\r\n\n\n'
    b"data: \xe2\x80\xa8\n\ndata: [DONE]\r\rdata: no"
)
"""With all ends of lines, a comment, one event in two lines, and one that is not over."""


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_events_cut_anywhere(size: int) -> None:
    reader = EventReader()
    blocks = (WHOLE[start : start + size] for start in range(0, len(WHOLE), size))
    found = [data for block in blocks for data in reader.feed(block)]
    assert found == ['{"a":\n1}', "\u2028", "[DONE]"]


def test_what_is_no_text() -> None:
    with pytest.raises(ValueError, match="utf-8"):
        list(EventReader().feed(b"data: \xff\n\n"))


@contextmanager
def left_behind() -> Iterator[list[str]]:
    """Yield the names of generators that nobody has closed, and the event loop must."""
    hooks, left = sys.get_asyncgen_hooks(), list[str]()

    def note(generator: AsyncGenerator[object]) -> None:
        left.append(repr(generator))
        assert hooks.finalizer is not None
        hooks.finalizer(generator)

    sys.set_asyncgen_hooks(hooks.firstiter, note)
    try:
        yield left
        gc.collect()
    finally:
        sys.set_asyncgen_hooks(*hooks)


OPENAI = {
    "good": chunks({"content": "Good"}, {"content": " day."}),
    "stuck": chunks({"content": "Good"}, end="wait"),
    "cut": chunks({"content": "Good"}, end="cut"),
    "no JSON": streams(chunk({"content": "Good"}), "data: {\n\n" * 3),
    "error": streams(chunk({"content": "Good"}), sse({"error": {"message": "Oh"}}) * 3),
}
OLLAMA = {
    "good": parts({"content": "Good"}, {"content": " day."}),
    "stuck": parts({"content": "Good"}, end="wait"),
    "cut": parts({"content": "Good"}, end="cut"),
}
each = pytest.mark.parametrize(
    ("kind", "answer"),
    [
        *(pytest.param(openai_model, answer, id=f"openai {key}") for key, answer in OPENAI.items()),
        *(pytest.param(ollama_model, answer, id=f"ollama {key}") for key, answer in OLLAMA.items()),
    ],
)


@each
@pytest.mark.usefixtures("socket_enabled")
async def test_replies_leave_nothing(
    hass: HomeAssistant, kind: Callable[..., ChatModel], answer: Answer
) -> None:
    async with serving(answer) as server:
        model = kind(hass, server, limits=Limits(following=0.5))
        with left_behind() as left, suppress(ModelError):
            await ask(model)
        assert left == []


@each
@pytest.mark.usefixtures("socket_enabled")
async def test_replies_that_are_given_up_leave_nothing(
    hass: HomeAssistant, kind: Callable[..., ChatModel], answer: Answer
) -> None:
    async with serving(answer) as server:
        model = kind(hass, server)
        with left_behind() as left:
            async with aclosing(model.chat(ChatRequest(content=HELLO), {})) as deltas:
                while "content" not in await anext(deltas):
                    pass
        assert left == []


@pytest.mark.parametrize(
    ("kind", "answer"), [(openai_model, OPENAI["stuck"]), (ollama_model, OLLAMA["stuck"])]
)
@pytest.mark.usefixtures("socket_enabled")
async def test_replies_that_are_cancelled_leave_nothing(
    hass: HomeAssistant, kind: Callable[..., ChatModel], answer: Answer
) -> None:
    begun = asyncio.Event()

    async def read(model: ChatModel) -> None:
        async for delta in model.chat(ChatRequest(content=HELLO), {}):
            if "content" in delta:
                begun.set()

    async with serving(answer) as server:
        with left_behind() as left:
            task = asyncio.create_task(read(kind(hass, server)))
            await begun.wait()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        assert left == []
