"""Servers that fail, over real sockets: which sentence people get, and that it works afterwards."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, aclosing, closing, contextmanager, suppress
from dataclasses import dataclass
import logging
from pathlib import Path
import socket
import ssl
from threading import Thread
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.home_llm.chat_model import ChatModel, ChatRequest
from custom_components.home_llm.errors import ModelError
from custom_components.home_llm.server_stream import Limits
from tests.integration.model_server import (
    Answer,
    ModelServer,
    drops,
    says,
    self_signed,
    serving,
    shows,
    streams,
    waits,
)
from tests.integration.remote import (
    HELLO,
    QUICK,
    Reply,
    ask,
    chunk,
    chunks,
    ollama_model,
    openai_model,
    part,
    parts,
    sse,
)

pytestmark = pytest.mark.usefixtures("socket_enabled")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of server.

    Args:
        model: returns a model on it.
        good: a reply, "Good day."
        cut: the beginning of one, after which the connection breaks.
        stuck: the same, after which nothing comes.

    """

    model: Callable[..., ChatModel]
    good: Answer
    cut: Answer
    stuck: Answer


OPENAI = Kind(
    model=openai_model,
    good=chunks({"content": "Good day."}),
    cut=chunks({"content": "Good"}, end="cut"),
    stuck=chunks({"content": "Good"}, end="wait"),
)
OLLAMA = Kind(
    model=ollama_model,
    good=parts({"content": "Good day."}),
    cut=parts({"content": "Good"}, end="cut"),
    stuck=parts({"content": "Good"}, end="wait"),
)

both = pytest.mark.parametrize("kind", [OPENAI, OLLAMA], ids=["openai", "ollama"])


def error(message: str, **more: Any) -> dict[str, Any]:
    """Return an error as servers with OpenAI's API tell it."""
    return {"error": {"message": message, "type": "invalid_request_error", **more}}


async def fails(model: ChatModel, key: str) -> Reply:
    """Ask a model that fails, and return what came before that."""
    reply = Reply()
    with pytest.raises(ModelError) as raised:
        await ask(model, into=reply)
    assert raised.value.key == key
    return reply


async def recovers(model: ChatModel) -> None:
    """Ask it once more."""
    assert (await ask(model)).said == "Good day."


@contextmanager
def encrypting(context: ssl.SSLContext) -> Iterator[str]:
    """Yield the address of a server that takes a connection and gets no further."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection, suppress(OSError), context.wrap_socket(connection, server_side=True):
                pass

        thread = Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


EACH = {
    "key": (says(error("Incorrect API key provided"), 401), "invalid_auth"),
    "key with a long story": (
        says(error("Your key must not use this context length"), 401),
        "invalid_auth",
    ),
    "forbidden": (shows("no", 403), "invalid_auth"),
    "paid": (says(error("Insufficient balance"), 402), "rate_limited"),
    "often": (
        says(error("Too many requests, reduce the length of your messages"), 429),
        "rate_limited",
    ),
    "page": (shows("404 page not found", 404), "cannot_connect"),
    "method": (shows("no", 405), "cannot_connect"),
    "moved": (shows("there", 308), "cannot_connect"),
    "file": (says(error("File Not Found", type="not_found_error"), 404), "cannot_connect"),
    "gateway": (shows("late", 504), "timeout"),
    "large": (shows("large", 413), "prompt_too_long"),
    "server": (shows("<h1>Oops</h1>", 500), "server_error"),
    "loading": (says(error("Loading model", type="unavailable_error"), 503), "server_error"),
    "bad request": (says(error("This is not how we do it"), 400), "server_error"),
    "nothing": (shows("", kind="text/event-stream"), "reply_broken"),
}

OPENAI_ONLY = {
    "vLLM's model": (
        says(error("The model `tiny` does not exist.", code=404), 404),
        "model_not_found",
    ),
    "model's code": (says(error("No.", code="model_not_found"), 400), "model_not_found"),
    "llama.cpp's context": (
        says(
            error(
                "request (5000 tokens) exceeds the available context size (4096 tokens),"
                " try increasing it",
                type="exceed_context_size_error",
                code=400,
            ),
            400,
        ),
        "prompt_too_long",
    ),
    "vLLM's context": (
        says(
            error(
                "'max_tokens' or 'max_completion_tokens' is too large: 1024. This model's maximum"
                " context length is 4096 tokens and your request has 4000 input tokens."
            ),
            400,
        ),
        "prompt_too_long",
    ),
    "LM Studio's context": (
        says(
            {
                "error": "Trying to keep the first 5000 tokens when context the overflows. However,"
                " the model is loaded with context length of only 4096 tokens."
            },
            400,
        ),
        "prompt_too_long",
    ),
    "OpenAI's context": (
        says(error("No.", code="context_length_exceeded"), 400),
        "prompt_too_long",
    ),
    "llama.cpp's tools": (says(error("tools param requires --jinja flag"), 500), "tools_refused"),
    "vLLM's tools": (
        says(
            error(
                '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be'
                " set"
            ),
            400,
        ),
        "tools_refused",
    ),
    "error within": (streams(sse(error("Out of cheese"))), "server_error"),
    "error without a name": (streams(sse({"error": True})), "server_error"),
    "context within": (
        streams(sse(error("the request exceeds the available context size"))),
        "prompt_too_long",
    ),
    "no JSON": (streams("data: {{{\n\n"), "reply_broken"),
    "a number": (streams("data: 7\n\n"), "reply_broken"),
    "null": (streams("data: null\n\n"), "reply_broken"),
    "no choices": (streams(sse({"choices": 7})), "reply_broken"),
    "no choice": (streams(sse({"choices": ["a"]})), "reply_broken"),
    "no usage": (streams(sse({"choices": [], "usage": 7})), "reply_broken"),
    "no call": (streams(chunk({"tool_calls": [7]})), "reply_broken"),
    "no arguments": (
        streams(chunk({"tool_calls": [{"function": {"arguments": 7}}]})),
        "reply_broken",
    ),
    "no object": (
        streams(
            chunk({"tool_calls": [{"function": {"name": "lamp", "arguments": "[7]"}}]}),
            chunk({}, "tool_calls"),
        ),
        "reply_broken",
    ),
    "half an object": (
        streams(
            chunk({"tool_calls": [{"function": {"name": "lamp", "arguments": '{"a'}}]}),
            chunk({}, "length"),
        ),
        "reply_broken",
    ),
    "no text": (streams('data: {"choices": \udcff}\n\n'), "reply_broken"),
    "not streamed": (says({"choices": [{"message": {"content": "Hi."}}]}), "reply_broken"),
    "without an end": (streams(chunk({"content": "Go"}), "data: [DONE]\n\n"), "reply_broken"),
}

OLLAMA_ONLY = {
    "model": (says({"error": "model 'tiny' not found"}, 404), "model_not_found"),
    "tools": (
        says({"error": "registry.ollama.ai/library/tiny does not support tools"}, 400),
        "tools_refused",
    ),
    "context": (
        says({"error": "prompt too long; exceeded max context length by 7 tokens"}, 400),
        "prompt_too_long",
    ),
    "error within": (streams('{"error": "llama runner process has terminated"}\n'), "server_error"),
    "no JSON": (streams("{{{\n"), "reply_broken"),
    "a number": (streams("7\n"), "reply_broken"),
    "a list": (streams("[7]\n"), "reply_broken"),
    "no message": (streams('{"done": true}\n'), "reply_broken"),
    "other message": (streams('{"message": 7}\n'), "reply_broken"),
    "no arguments": (
        streams(part({"role": "assistant", "tool_calls": [{"function": {"name": "lamp"}}]})),
        "reply_broken",
    ),
    "without an end": (streams(part({"role": "assistant", "content": "Go"})), "reply_broken"),
}

FAULTS = [
    *((OPENAI, f"openai, {name}", *fault) for name, fault in {**EACH, **OPENAI_ONLY}.items()),
    *((OLLAMA, f"ollama, {name}", *fault) for name, fault in {**EACH, **OLLAMA_ONLY}.items()),
]


async def test_faults(hass: HomeAssistant, subtests: Any) -> None:  # noqa: ANN401 - pytest's own
    """Each has its sentence; the server is asked once, and the next reply is as ever."""
    for kind, name, answer, key in FAULTS:
        with subtests.test(msg=name):
            async with serving(answer, kind.good) as server:
                model = kind.model(hass, server)
                await fails(model, key)
                assert len(server.asked) == 1
                await recovers(model)


@both
async def test_connection_that_fails_is_tried_once_more(hass: HomeAssistant, kind: Kind) -> None:
    async with serving(drops, kind.good) as server:
        await recovers(kind.model(hass, server))
        assert len(server.asked) == 2
    async with serving(drops, drops, kind.good) as server:
        model = kind.model(hass, server)
        await fails(model, "cannot_connect")
        assert len(server.asked) == 2
        await recovers(model)


@both
async def test_reply_that_is_cut(hass: HomeAssistant, kind: Kind) -> None:
    """What was said stays said, so that nothing is asked again."""
    async with serving(kind.cut, kind.good) as server:
        model = kind.model(hass, server)
        reply = await fails(model, "reply_broken")
        assert reply.said == "Good"
        assert len(server.asked) == 1
        await recovers(model)


@both
async def test_server_that_says_nothing(hass: HomeAssistant, kind: Kind) -> None:
    async with serving(waits, kind.good) as server:
        model = kind.model(hass, server, limits=QUICK)
        await fails(model, "timeout")
        assert len(server.asked) == 1
        await recovers(kind.model(hass, server))


@both
async def test_reply_that_stops(hass: HomeAssistant, kind: Kind) -> None:
    async with serving(kind.stuck, kind.good) as server:
        reply = await fails(kind.model(hass, server, limits=QUICK), "timeout")
        assert reply.said == "Good"
        assert len(server.asked) == 1
        await recovers(kind.model(hass, server))


@both
async def test_nobody_listens(hass: HomeAssistant, kind: Kind) -> None:
    async with serving(kind.good) as server:
        model = kind.model(hass, server)
        await recovers(model)
    await fails(model, "cannot_connect")


@both
async def test_nobody_takes_the_connection(hass: HomeAssistant, kind: Kind) -> None:
    """As with a computer that is switched off: packets go unanswered."""
    with ExitStack() as sockets:
        listening = sockets.enter_context(closing(socket.socket()))
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        # The system takes a few for the program, until its queue is full.
        for _ in range(3):
            waiting = sockets.enter_context(closing(socket.socket()))
            waiting.setblocking(False)
            waiting.connect_ex(listening.getsockname())
        server = ModelServer(answers=[], url=f"http://127.0.0.1:{listening.getsockname()[1]}")
        limits = Limits(connect=0.5)
        await fails(kind.model(hass, server, limits=limits), "cannot_connect")
    async with serving(kind.good) as good:
        await recovers(kind.model(hass, good))


@both
async def test_certificate_that_nobody_trusts(
    hass: HomeAssistant, kind: Kind, tmp_path: Path
) -> None:
    with encrypting(self_signed(tmp_path)) as url:
        await fails(kind.model(hass, ModelServer(answers=[], url=url)), "tls_failed")
    async with serving(kind.good) as server:
        await recovers(kind.model(hass, server))


@both
async def test_no_encryption_where_it_is_expected(hass: HomeAssistant, kind: Kind) -> None:
    async with serving(kind.good) as server:
        url = server.url.replace("http:", "https:")
        await fails(kind.model(hass, server, url=url), "tls_failed")
        await recovers(kind.model(hass, server))


@both
async def test_log_says_what_the_server_said(
    hass: HomeAssistant, kind: Kind, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(says({"error": {"message": "Out of cheese"}}, 500), kind.good) as server:
        model = kind.model(hass, server)
        await fails(model, "server_error")
        (line,) = [each for each in caplog.records if each.name.endswith("server_errors")][:1]
        assert line.levelno == logging.WARNING
        assert "Out of cheese" in line.message
        await recovers(model)


@both
async def test_reply_that_nobody_waits_for(hass: HomeAssistant, kind: Kind) -> None:
    """A conversation that is given up closes its connection."""
    gone = asyncio.Event()

    async def watches(request: Any) -> Any:  # noqa: ANN401 - aiohttp's
        try:
            return await kind.stuck(request)
        finally:
            gone.set()

    async with serving(watches, kind.good) as server:
        model = kind.model(hass, server)
        async with aclosing(model.chat(ChatRequest(content=HELLO), {})) as deltas:
            while "content" not in await anext(deltas):
                pass
        await gone.wait()
        await recovers(model)
