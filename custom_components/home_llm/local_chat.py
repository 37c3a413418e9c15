"""A chat model in a GGUF file on this device: it talks by its own template, and calls tools."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict, dataclass
import logging
import random
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .chat_home import ChatHome, shortened
from .chat_messages import chat_messages, chat_tools
from .chat_model import ChatRequest, Delta
from .core.chat import Segment
from .core.chat_template import TEMPLATE_FIELD, ChatTemplate
from .core.dialects import Dialect, detect
from .core.errors import ChatTemplateError, SchemaError
from .core.grammar import Grammar
from .core.json_grammar import to_grammar
from .engine.reply import ModelInfo, Sampling
from .errors import ModelError
from .home_prompt import Prompt, segments
from .local_model import LocalModel
from .reply_text import ReplyText

_LOGGER = logging.getLogger(__name__)

TOOLS_TEMPLATE_FIELD = f"{TEMPLATE_FIELD}.tool_use"
"""Some files have a template of its own for conversations with tools."""

REPLY_TIMEOUT = 300.0
"""Seconds. A model that knows conversations is large, and a small computer takes its time."""


@dataclass(frozen=True, kw_only=True)
class _Voice:
    """How a file talks.

    Args:
        source: its template.
        template: the same, ready for use.
        dialect: how it calls tools.

    """

    source: str
    template: ChatTemplate
    dialect: Dialect


class LocalChat:
    """Speaks with a model that the engine runs in its worker."""

    takes_images = False

    def __init__(self, hass: HomeAssistant, model: LocalModel) -> None:
        """Load nothing yet."""
        self._hass = hass
        self._model = model
        self._voice: _Voice | None = None
        self._home = ChatHome(hass)

    async def async_check(self) -> None:
        """Find out whether the model runs, and whether its file says how to talk to it.

        Raises:
            ModelError: one of the two is not so.

        """
        await self._async_voice(with_tools=False)

    async def chat(self, request: ChatRequest, timings: dict[str, Any]) -> AsyncGenerator[Delta]:
        """Yield one assistant message in deltas, and fill ``timings``.

        Raises:
            ModelError: there is no reply, or it was cut short.

        """
        yield {"role": "assistant"}
        voice = await self._async_voice(with_tools=bool(request.tools))
        request = await self._async_shown(voice, request, timings)
        prompt = await self._async_prompt(voice, request)
        reply = self._model.write(
            prompt,
            timings,
            grammar=await self._hass.async_add_executor_job(grammar_of, request),
            spoken=voice.dialect.tokens,
            sampling=_sampling(request),
            max_tokens=request.options.max_tokens,
            timeout=REPLY_TIMEOUT,
        )
        text = ReplyText(request, voice.dialect, prompt[-1].text)
        try:
            async with aclosing(reply):
                async for piece in reply:
                    for delta in text.feed(piece):
                        yield delta
                    if text.has_ended:
                        break
            for delta in text.close(is_whole=timings.get("finish") == "stop"):
                yield delta
        except ValueError as err:
            raise ModelError("reply_broken") from err

    async def _async_prompt(self, voice: _Voice, request: ChatRequest) -> tuple[Segment, ...]:
        return await self._hass.async_add_executor_job(_prompt, voice.template, request)

    async def _async_shown(
        self, voice: _Voice, request: ChatRequest, timings: dict[str, Any]
    ) -> ChatRequest:
        """Return a request with as much of the home as the model can be shown."""

        async def write(request: ChatRequest) -> Prompt:
            return segments(await self._async_prompt(voice, request))

        house = await self._home.async_house(request, write)
        if house is None:
            return request
        ids, seen = await self._model.async_choose(house)
        timings["entities"] = asdict(seen)
        return shortened(request, house.lines, ids)

    async def async_close(self) -> None:
        """End the worker and free its memory."""
        await self._model.async_close()

    async def _async_voice(self, *, with_tools: bool) -> _Voice:
        info = await self._model.async_load()
        fields = info.metadata
        source = fields.get(TEMPLATE_FIELD, "")
        if with_tools or not source:
            source = fields.get(TOOLS_TEMPLATE_FIELD, source)
        if self._voice is None or self._voice.source != source:
            self._voice = await self._hass.async_add_executor_job(_voice, source, info)
        return self._voice


def _voice(source: str, info: ModelInfo) -> _Voice:
    if not source:
        _LOGGER.warning("The file of the language model has no chat template")
        raise ModelError("no_chat_template")
    try:
        template = ChatTemplate(source, bos=info.bos, eos=info.eos)
    except ChatTemplateError as err:
        _LOGGER.warning("The language model cannot be talked to: %s", err)
        raise ModelError("no_chat_template") from err
    return _Voice(source=source, template=template, dialect=detect(source))


def _prompt(template: ChatTemplate, request: ChatRequest) -> tuple[Segment, ...]:
    try:
        return template.render(
            chat_messages(request.content),
            chat_tools(request.tools, request.serializer),
            now=dt_util.now(),
            # JSON by a schema comes at once.
            thinking=request.options.thinking and request.schema is None,
        )
    except ChatTemplateError as err:
        _LOGGER.warning("The language model cannot be told this conversation: %s", err)
        raise ModelError("chat_template_refuses") from err


def grammar_of(request: ChatRequest) -> Grammar | None:
    """Return what a reply may be: by the schema, if there is one."""
    if request.schema is None:
        return None
    try:
        return to_grammar(request.schema)
    except SchemaError as err:
        _LOGGER.warning("No reply can keep to this schema: %s", err)
        raise ModelError("schema_unsupported") from err


def _sampling(request: ChatRequest) -> Sampling:
    """Return how tokens are chosen: a call must be right, not varied."""
    if request.tools or request.schema is not None:
        return Sampling()
    options = request.options
    return Sampling(
        temperature=options.temperature, top_p=options.top_p, seed=random.getrandbits(32)
    )
