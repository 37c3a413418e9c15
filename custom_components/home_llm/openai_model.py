"""A model on a server with OpenAI's API: llama.cpp's, vLLM, LM Studio, LocalAI and others."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, cast

from homeassistant.core import HomeAssistant
from homeassistant.helpers.httpx_client import get_async_client
import openai
from openai.pagination import AsyncPage
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from .chat_model import ChatRequest, Delta
from .openai_events import events
from .openai_reply import ReplyReader
from .openai_request import OPTIONAL, accepted, async_parameters
from .options import ModelOptions
from .reply_text import ReplyText
from .server_errors import refused_parameter
from .server_stream import Limits, async_ask, one_message, server_url

# What is no object, the library takes for one where it reads lists, and stumbles.
_ERRORS = (openai.OpenAIError, AttributeError)

_NO_KEY = "none"
"""The library wants one; servers without keys do not look at it."""

_HELLO = ({"role": "user", "content": "Hello"},)


class OpenAIModel:
    """Speaks with a model on a server with OpenAI's API."""

    takes_images = True
    """Nothing tells beforehand; a server whose model cannot see refuses them."""

    def __init__(
        self, hass: HomeAssistant, options: ModelOptions, limits: Limits | None = None
    ) -> None:
        """Connect to nothing yet."""
        self._hass = hass
        self._options = options
        self._limits = limits or Limits()
        self._refused: frozenset[str] = frozenset()

    async def async_models(self) -> list[str]:
        """Return the names of the server's models.

        Raises:
            ModelError: it cannot be reached, or refuses.

        """
        return await async_ask(self._models, self._limits.following, _ERRORS)

    async def async_check(self) -> None:
        """Find out whether the server has the model.

        Some have a single one and answer to any name, so what is not listed is tried.

        Raises:
            ModelError: it has not, cannot be reached, or refuses.

        """
        if self._options.model not in await self.async_models():
            await async_ask(self._hello, self._limits.first, _ERRORS)

    async def chat(self, request: ChatRequest, timings: dict[str, Any]) -> AsyncGenerator[Delta]:
        """Yield one assistant message in deltas, and fill ``timings``.

        Raises:
            ModelError: there is no reply, or it was cut short; see ``server_errors``.

        """
        parameters = await async_parameters(self._hass, self._options.model, request)
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
        """Do nothing: the connections are Home Assistant's."""

    async def _reply(
        self, parameters: Mapping[str, Any], text: ReplyText, timings: dict[str, Any]
    ) -> AsyncGenerator[list[Delta]]:
        reader = ReplyReader(text)
        async with aclosing(events(await self._open(parameters))) as chunks:
            async for chunk in chunks:
                yield list(reader.feed(chunk))
        if not reader.finished:
            raise ValueError("The reply breaks off")
        timings.update(
            prompt_tokens=reader.usage.get("prompt_tokens"),
            tokens=reader.usage.get("completion_tokens"),
        )

    async def _open(self, parameters: Mapping[str, Any]) -> openai.AsyncStream[ChatCompletionChunk]:
        """Ask for a reply, without what the server turns out not to know."""
        create = (await self._client()).chat.completions.create
        refused = self._refused
        while True:
            try:
                stream = await cast("Any", create)(**accepted(parameters, refused), stream=True)
            except openai.APIStatusError as err:
                left = [name for name in OPTIONAL if name in parameters and name not in refused]
                name = refused_parameter(err, left)
                if name is None:
                    raise
                refused |= {name}
            else:
                self._refused = refused
                return cast("openai.AsyncStream[ChatCompletionChunk]", stream)

    async def _models(self) -> list[str]:
        page: object = await (await self._client()).models.list()
        # The library does not check what it reads.
        if not isinstance(page, AsyncPage) or not isinstance(page.data, list):
            raise ValueError("That is no list of models")  # noqa: TRY004 - not our mistake
        return sorted(str(model.id) for model in page.data if hasattr(model, "id"))

    async def _hello(self) -> None:
        create = cast("Any", (await self._client()).chat.completions.create)
        reply = await create(model=self._options.model, messages=_HELLO, max_tokens=1)
        if not isinstance(reply, ChatCompletion):
            raise ValueError("That is no reply")  # noqa: TRY004 - not our mistake

    async def _client(self) -> openai.AsyncOpenAI:
        client = openai.AsyncOpenAI(
            api_key=self._options.api_key or _NO_KEY,
            base_url=_base_url(self._options.url),
            max_retries=0,
            timeout=openai.Timeout(None, connect=self._limits.connect),
            # The library declares httpx2 alone, and takes Home Assistant's httpx as well.
            http_client=cast("Any", get_async_client(self._hass)),
        )
        # It looks at the operating system, which may read files, and remembers what it found.
        await self._hass.async_add_executor_job(client.platform_headers)
        return client


def _base_url(written: str) -> str:
    """Return the address of the API; people tend to leave out its last part, or write too much.

    Raises:
        httpx.InvalidURL: that is no address.

    """
    url = server_url(written)
    path = url.path.rstrip("/").removesuffix("/chat/completions")
    return str(url.copy_with(path=path or "/v1"))
