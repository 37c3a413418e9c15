"""A model on this device, run by the engine; what goes wrong becomes a key and a repair issue."""

from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager, suppress
from datetime import datetime
from itertools import takewhile
import logging
from typing import Any, TypedDict, Unpack

from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .core.chat import Message, Segment
from .core.chat_template import TEMPLATE_FIELD, ChatTemplate
from .core.errors import ChatTemplateError, UnknownFormatError
from .core.formats import FORMATS, TINY, Format, get_format
from .core.formats.base import Hearing
from .core.formats.known import FORMAT_FIELD, format_name
from .core.grammar import Grammar
from .core.kinds import DOMAINS
from .engine.client import Engine, EngineSettings
from .engine.errors import EngineError, PromptTooLongError, WorkerDiedError
from .engine.reply import ModelInfo, Piece, Sampling, Segments, Stats
from .errors import ModelError
from .issues import async_clear_issues, async_report
from .view import View

_LOGGER = logging.getLogger(__name__)

EXCHANGES_FIELD = "home_llm.exchanges"
"""The field that says how many earlier exchanges it has learned to take into account.

A small model that has only seen single sentences is led astray by what was said before.
"""

DOMAINS_FIELD = "home_llm.domains"
"""The field that lists, with commas between them, the domains that it has learned to control."""

FOREIGN_EXCHANGES = 5
"""Files that are not ours are chat models, which know conversations."""

MAX_TOKENS = 512
"""Enough to name every device of a large house one by one."""

REPLY_TIMEOUT = 60.0
PREPARE_TIMEOUT = 120.0
"""Seconds. Both are for slow computers under load; on an idle one it takes less than a second."""

MINUTE = 60.0
"""Seconds."""

_NOTHING_SAID = Message(role="user", content="")


class WritingOptions(TypedDict, total=False):
    """How the engine writes a reply, as ``Engine.generate`` takes it."""

    words: Sequence[str]
    spoken: Collection[str]
    sampling: Sampling
    max_tokens: int
    timeout: float


class LocalModel:
    """A GGUF file that the engine runs in its worker.

    Args:
        hass: Home Assistant.
        entry_id: of the entry that it belongs to, for its repair issues.
        settings: how the engine runs it.
        format_name: the prompt format; what the file says, if it is empty.
        idle_minutes: without a sentence, after which its memory is freed; never, if it is 0.

    Attributes:
        format: the prompt format that the file asks for, once it is loaded.
        is_taught_homes: whether that is a format of ours, so that the model can do nothing but run
            a home by it; others are chat models, which take tools.
        domains: what it is told of; none means all.
        exchanges: of how many earlier exchanges the model wants to be reminded.
        is_resting: whether its memory was freed because nobody spoke.

    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        settings: EngineSettings,
        *,
        format_name: str = "",
        idle_minutes: int = 0,
    ) -> None:
        """Run nothing yet."""
        self._hass = hass
        self._entry_id = entry_id
        self._engine = Engine(settings, on_death=self._report)
        self._format_name = format_name
        self._idle_minutes = idle_minutes
        self._stop_watching: CALLBACK_TYPE | None = None
        self._load_ms = 0.0
        self._template: ChatTemplate | None = None
        self.format: Format = TINY
        self.is_taught_homes = True
        self.domains: Collection[str] | None = DOMAINS
        self.exchanges = 0
        self.is_resting = False

    @property
    def info(self) -> ModelInfo | None:
        """What was loaded; nothing before the first time."""
        return self._engine.info

    @property
    def worker(self) -> int | None:
        """The number of the worker's process, if there is one."""
        return self._engine.pid

    async def async_load(self) -> ModelInfo:
        """Start the worker if it does not run, learn the model's format, and return what it is.

        Raises:
            ModelError: the model cannot be run.

        """
        with self._errors():
            info = await self._engine.start()
        self.is_resting = False
        self._watch_idleness()
        self._take_format(info)
        self._load_ms = info.load_ms
        async_clear_issues(self._hass, self._entry_id)
        return info

    def _take_format(self, info: ModelInfo) -> None:
        """Learn from a file's fields, or be told, how the model reads and writes."""
        fields = info.metadata
        name = self._format_name if self._format_name in FORMATS else format_name(fields)
        self.is_taught_homes = bool(name)
        if not name:
            return
        try:
            self.format = get_format(name)
        except UnknownFormatError as err:
            _LOGGER.warning("The language model cannot be used: %s", err)
            raise ModelError("format_unknown") from err
        self._template = None if FORMAT_FIELD in fields else _template(info)
        default = 0 if FORMAT_FIELD in fields else FOREIGN_EXCHANGES
        self.exchanges = int(fields.get(EXCHANGES_FIELD, default))
        # Files that are not ours read the states of sensors, too.
        every = DOMAINS if FORMAT_FIELD in fields else None
        listed = map(str.strip, str(fields.get(DOMAINS_FIELD, "")).split(","))
        self.domains = frozenset(filter(None, listed)) or every

    async def async_prepare(self, view: View) -> None:
        """Evaluate what a prompt begins with, so that only the words of people are left to read.

        Raises:
            ModelError: the model cannot be run.

        """
        await self.async_load()
        # What does not depend on the first turn is the same with and without one.
        pairs = zip(self._prompt(view, ()), self._prompt(view, (_NOTHING_SAID,)), strict=False)
        shared = [part for part, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)]
        if shared:
            with self._errors():
                await self._engine.prepare(shared, timeout=PREPARE_TIMEOUT)

    def system(self, view: View) -> str:
        """Return the system message about a home."""
        return self.format.system(view.home, view.allowed)

    async def generate(
        self,
        turns: Sequence[Message],
        view: View,
        heard: Hearing,
        timings: dict[str, Any],
    ) -> AsyncGenerator[str]:
        """Yield the model's reply in pieces, and fill ``timings`` at its end.

        When the conversation does not fit, only its last sentence is read.

        Args:
            turns: the conversation; its last sentence is answered.
            view: the home.
            heard: the last sentence, with what the reply to it may be.
            timings: is filled with figures.

        Raises:
            ModelError: the model cannot be run, or its reply was cut short by an error.

        """
        with self._errors():
            try:
                async for text in self._reply(turns, view, heard, timings):
                    yield text
            except PromptTooLongError:
                # It comes before the first piece.
                async for text in self._reply(turns[-1:], view, heard, timings):
                    yield text

    async def write(
        self,
        prompt: Sequence[Segment],
        timings: dict[str, Any],
        *,
        grammar: Grammar | None = None,
        **options: Unpack[WritingOptions],
    ) -> AsyncGenerator[str]:
        """Yield what follows a prompt in pieces, and fill ``timings`` at its end.

        Args:
            prompt: all that the model reads.
            timings: is filled with figures.
            grammar: what may be written; anything, if there is none.
            options: how it is written.

        Raises:
            ModelError: the model cannot be run, or its reply was cut short by an error;
                ``prompt_too_long`` comes before the first piece.

        """
        with self._errors():
            try:
                async for text in self._pieces(segments(prompt), grammar, timings, **options):
                    yield text
            except PromptTooLongError as err:
                # Whoever asked can say less.
                raise ModelError(err.key) from err

    async def _reply(
        self,
        turns: Sequence[Message],
        view: View,
        heard: Hearing,
        timings: dict[str, Any],
    ) -> AsyncGenerator[str]:
        pieces = self._pieces(
            self._prompt(view, turns),
            heard.grammar,
            timings,
            words=heard.words,
            max_tokens=MAX_TOKENS,
            timeout=REPLY_TIMEOUT,
        )
        async with aclosing(pieces):
            async for text in pieces:
                yield text

    async def _pieces(
        self,
        prompt: Segments,
        grammar: Grammar | None,
        timings: dict[str, Any],
        **options: Unpack[WritingOptions],
    ) -> AsyncGenerator[str]:
        reply = self._engine.generate(
            prompt,
            grammar=grammar.to_dict() if grammar is not None else None,
            grammar_id=grammar.digest if grammar is not None else None,
            **options,
        )
        async with aclosing(reply):
            async for event in reply:
                if isinstance(event, Piece):
                    yield event.text
                else:
                    timings.update(_timings(event.stats, self._load_ms))

    async def async_close(self) -> None:
        """End the worker and free its memory."""
        stop, self._stop_watching = self._stop_watching, None
        if stop is not None:
            stop()
        await self._engine.close()

    def _watch_idleness(self) -> None:
        """See to it that the model's memory is freed some time after the last sentence."""
        if self._idle_minutes and self._stop_watching is None:
            self._look_again_in(self._idle_minutes * MINUTE)

    def _look_again_in(self, seconds: float) -> None:
        self._stop_watching = async_call_later(self._hass, seconds, self._async_free)

    async def _async_free(self, _now: datetime) -> None:
        left = self._idle_minutes * MINUTE - self._engine.idle_seconds
        if left > 0:
            self._look_again_in(left)
            return
        self._stop_watching = None
        self.is_resting = True
        await self._engine.rest()

    def _prompt(self, view: View, turns: Sequence[Message]) -> list[tuple[str, bool]]:
        messages = [Message(role="system", content=self.system(view)), *turns]
        if self._template is not None:
            # Home-LLM's models were made from many others, and have the marks of those.
            with suppress(ChatTemplateError):
                known = [vars(message) for message in messages]
                return segments(self._template.render(known, now=dt_util.now()))
        return segments(self.format.prompt(messages))

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn what the engine raises into a key, a line in the log and a repair issue."""
        try:
            yield
        except EngineError as err:
            # The engine tells of deaths itself, also of those that nobody waits for.
            if not isinstance(err, WorkerDiedError):
                self._report(err)
            raise ModelError(err.key) from err

    def _report(self, error: EngineError) -> None:
        async_report(self._hass, self._entry_id, error)


def segments(prompt: Sequence[Segment]) -> list[tuple[str, bool]]:
    """Return a prompt as the engine takes it."""
    return [(part.text, part.markup) for part in prompt]


def _template(info: ModelInfo) -> ChatTemplate | None:
    """Return the template of a file, if it has one that can be used."""
    source = info.metadata.get(TEMPLATE_FIELD, "")
    try:
        return ChatTemplate(source, bos=info.bos, eos=info.eos) if source else None
    except ChatTemplateError as err:
        _LOGGER.warning("The language model is talked to as most are: %s", err)
        return None


def _timings(stats: Stats, load_ms: float) -> Mapping[str, Any]:
    return {
        "load_ms": round(load_ms, 1),
        "prompt_ms": round(stats.prompt_ms, 1),
        "first_token_ms": round(stats.first_token_ms, 1),
        "total_ms": round(stats.total_ms, 1),
        "native_ms": round(stats.native_ms, 1),
        "tokens": stats.generated_tokens,
        "prompt_tokens": stats.prompt_tokens,
        "cached_tokens": stats.cached_tokens,
        "evaluated_tokens": stats.evaluated_tokens,
        "confidence": round(stats.confidence_min, 3),
        "finish": stats.finish,
    }
