"""The model of an entry, run by the engine; what goes wrong becomes a key and a repair issue."""

from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from itertools import takewhile
import logging
from typing import Any

from homeassistant.core import HomeAssistant

from .core.chat import Message
from .core.errors import UnknownFormatError
from .core.formats import TINY, Format, get_format
from .core.formats.base import Hearing
from .core.kinds import DOMAINS
from .engine.client import Engine, EngineSettings
from .engine.errors import EngineError, PromptTooLongError, WorkerDiedError
from .engine.reply import Piece, Stats
from .errors import ModelError
from .issues import async_clear_issues, async_report
from .view import View

_LOGGER = logging.getLogger(__name__)

DEFAULT_FORMAT = TINY.name
FORMAT_FIELD = "home_llm.format"
"""The field of a GGUF file that names the prompt format that the model was trained on."""

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

_NOTHING_SAID = Message(role="user", content="")


class LocalModel:
    """A GGUF file that the engine runs in its worker.

    Attributes:
        format: the prompt format that the file asks for, once it is loaded.
        domains: what it is told of; none means all.
        exchanges: of how many earlier exchanges the model wants to be reminded.

    """

    def __init__(self, hass: HomeAssistant, entry_id: str, settings: EngineSettings) -> None:
        """Run nothing yet."""
        self._hass = hass
        self._entry_id = entry_id
        self._engine = Engine(settings, on_death=self._report)
        self._load_ms = 0.0
        self.format: Format = get_format(DEFAULT_FORMAT)
        self.domains: Collection[str] | None = DOMAINS
        self.exchanges = 0

    async def async_load(self) -> None:
        """Start the worker if it does not run, and learn the model's format.

        Raises:
            ModelError: the model cannot be run.

        """
        with self._errors():
            info = await self._engine.start()
        fields = info.metadata
        try:
            self.format = get_format(fields.get(FORMAT_FIELD, DEFAULT_FORMAT))
        except UnknownFormatError as err:
            _LOGGER.warning("The language model cannot be used: %s", err)
            raise ModelError("format_unknown") from err
        default = 0 if FORMAT_FIELD in fields else FOREIGN_EXCHANGES
        self.exchanges = int(fields.get(EXCHANGES_FIELD, default))
        # Files that are not ours read the states of sensors, too.
        every = DOMAINS if FORMAT_FIELD in fields else None
        listed = map(str.strip, str(fields.get(DOMAINS_FIELD, "")).split(","))
        self.domains = frozenset(filter(None, listed)) or every
        self._load_ms = info.load_ms
        async_clear_issues(self._hass, self._entry_id)

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

    async def _reply(
        self,
        turns: Sequence[Message],
        view: View,
        heard: Hearing,
        timings: dict[str, Any],
    ) -> AsyncGenerator[str]:
        grammar = heard.grammar
        reply = self._engine.generate(
            self._prompt(view, turns),
            grammar=grammar.to_dict() if grammar is not None else None,
            grammar_id=grammar.digest if grammar is not None else None,
            words=heard.words,
            max_tokens=MAX_TOKENS,
            timeout=REPLY_TIMEOUT,
        )
        async with aclosing(reply):
            async for event in reply:
                if isinstance(event, Piece):
                    yield event.text
                else:
                    timings.update(_timings(event.stats, self._load_ms))

    async def async_close(self) -> None:
        """End the worker and free its memory."""
        await self._engine.close()

    def _prompt(self, view: View, turns: Sequence[Message]) -> list[tuple[str, bool]]:
        system = Message(role="system", content=self.system(view))
        return [(part.text, part.markup) for part in self.format.prompt([system, *turns])]

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
    }
