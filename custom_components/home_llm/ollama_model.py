"""A model on an Ollama server."""

from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any, cast

from homeassistant.core import HomeAssistant
from homeassistant.util.ssl import get_default_context
import httpx
import ollama

from .chat_model import ChatRequest, Delta
from .ollama_request import async_parameters
from .options import ModelOptions
from .reply_text import ReplyText
from .server_stream import Limits, async_ask, one_message, server_url

# What is JSON but not what Ollama sends, its library takes for an object, and stumbles.
_ERRORS = (ollama.RequestError, ollama.ResponseError, AttributeError, TypeError)

_VISION, _THINKING = "vision", "thinking"


class OllamaModel:
    """Speaks with a model on an Ollama server."""

    def __init__(
        self, hass: HomeAssistant, options: ModelOptions, limits: Limits | None = None
    ) -> None:
        """Connect to nothing yet."""
        self._hass = hass
        self._options = options
        self._limits = limits or Limits()
        self._abilities: frozenset[str] | None = None

    @property
    def takes_images(self) -> bool:
        """Whether the model sees; servers that do not tell, and are not asked yet, may have one."""
        return self._abilities is None or _VISION in self._abilities

    async def async_models(self) -> list[str]:
        """Return the names of the server's models.

        Raises:
            ModelError: it cannot be reached, or refuses.

        """
        found = await async_ask(self._list, self._limits.following, _ERRORS)
        return sorted(model.model for model in found.models if model.model)

    async def async_check(self) -> None:
        """Find out whether the server has the model, and what the model is able to.

        Raises:
            ModelError: it has not, cannot be reached, or refuses.

        """
        shown = await async_ask(self._show, self._limits.following, _ERRORS)
        if shown.capabilities:
            self._abilities = frozenset(shown.capabilities)

    async def chat(self, request: ChatRequest, timings: dict[str, Any]) -> AsyncGenerator[Delta]:
        """Yield one assistant message in deltas, and fill ``timings``.

        Raises:
            ModelError: there is no reply, or it was cut short; see ``server_errors``.

        """
        parameters = await async_parameters(self._hass, self._options, request)
        if self._abilities is not None and _THINKING not in self._abilities:
            # Ollama refuses to let a model think that cannot.
            parameters["think"] = None
        message = one_message(
            lambda: self._reply(parameters, ReplyText(request), timings),
            self._limits,
            _ERRORS,
            timings,
        )
        async with aclosing(message):
            async for delta in message:
                yield delta

    async def async_close(self) -> None:
        """Do nothing: each request closes its connection, and ``keep_alive`` frees the memory."""

    async def _reply(
        self, parameters: Mapping[str, Any], text: ReplyText, timings: dict[str, Any]
    ) -> AsyncGenerator[list[Delta]]:
        async with self._client() as client:
            parts = await client.chat(**parameters, stream=True)
            async with aclosing(cast("AsyncGenerator[ollama.ChatResponse]", parts)) as stream:
                async for part in stream:
                    yield list(_deltas(part, text))
                    if part.done:
                        timings.update(_timings(part))
                        return
        raise ValueError("The reply breaks off")

    async def _list(self) -> ollama.ListResponse:
        async with self._client() as client:
            return await client.list()

    async def _show(self) -> ollama.ShowResponse:
        async with self._client() as client:
            return await client.show(self._options.model)

    @asynccontextmanager
    async def _client(self) -> AsyncGenerator[ollama.AsyncClient]:
        """Give a client for a request; the library cannot be given Home Assistant's."""
        server_url(self._options.url)
        key = self._options.api_key
        client = ollama.AsyncClient(
            host=self._options.url,
            headers={"Authorization": f"Bearer {key}"} if key else None,
            timeout=httpx.Timeout(None, connect=self._limits.connect),
            verify=get_default_context(),
        )
        try:
            yield client
        finally:
            await client.close()  # type: ignore[no-untyped-call]


def _deltas(part: ollama.ChatResponse, text: ReplyText) -> Iterator[Delta]:
    message = part.message
    yield from text.think(message.thinking or "")
    yield from text.feed(message.content or "")
    for call in message.tool_calls or ():
        yield from text.call(call.function.name, call.function.arguments)
    if part.done:
        yield from text.close(is_whole=part.done_reason != "length")


def _timings(part: ollama.ChatResponse) -> dict[str, Any]:
    timings: dict[str, Any] = {"prompt_tokens": part.prompt_eval_count, "tokens": part.eval_count}
    # Nanoseconds.
    return timings | ({"writing_ms": part.eval_duration / 1e6} if part.eval_duration else {})
