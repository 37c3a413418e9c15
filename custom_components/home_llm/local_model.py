"""A model on this device that was perhaps taught homes: what it reads, and what it is shown."""

from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, override

from homeassistant.core import HomeAssistant

from .core.budget import Seen, reserve
from .core.chat import Message
from .core.formats import FORMATS, Format
from .core.formats.base import Hearing
from .core.formats.known import format_name as name_of_format
from .core.home import Area, Home
from .core.relevance import Ranking, ranking
from .engine.client import EngineSettings
from .engine.reply import ModelInfo
from .home_budget import HomeBudget, HousePrompt
from .home_prompt import HomePrompts, Prompt
from .issues import async_report_house
from .model_runner import ModelRunner
from .view import View

MAX_TOKENS = 512
"""Enough to name every device of a large house one by one."""

REPLY_TIMEOUT = 60.0
PREPARE_TIMEOUT = 120.0
"""Seconds. Both are for slow computers under load; on an idle one it takes less than a second."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What people say.

    Args:
        text: their sentence.
        message: the same, as the model reads it.
        area: where they stand, if that is known.
        lately: ids of what the conversation was about before.

    """

    text: str
    message: str
    area: Area | None = None
    lately: tuple[str, ...] = ()


class LocalModel(ModelRunner):
    """A GGUF file that the engine runs in its worker.

    Args:
        hass: Home Assistant.
        entry_id: of the entry that it belongs to, for its repair issues.
        settings: how the engine runs it.
        format_name: the prompt format; what the file says, if it is empty.
        idle_minutes: without a sentence, after which its memory is freed; never, if it is 0.

    Attributes:
        is_taught_homes: whether its format is one of ours, so that the model can do nothing but run
            a home by it; others are chat models, which take tools.
        seen: how much of the home it was shown the last time; none if it reads no home.

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
        super().__init__(hass, entry_id, settings, idle_minutes=idle_minutes)
        self._format_name = format_name
        self._prompts = HomePrompts()
        self._budget = HomeBudget(self.async_count)
        self._known: ModelInfo | None = None
        self.is_taught_homes = True
        self.seen: Seen | None = None

    @property
    def format(self) -> Format:
        """The prompt format that the file asks for, known for certain once it is loaded."""
        return self._prompts.format

    @property
    def domains(self) -> Collection[str] | None:
        """The domains that it is told of; none means all."""
        return self._prompts.domains

    @property
    def exchanges(self) -> int:
        """Of how many earlier exchanges the model wants to be reminded."""
        return self._prompts.exchanges

    @override
    async def async_load(self) -> ModelInfo:
        """Start the worker if it does not run, learn the model's format, and return what it is."""
        info = await super().async_load()
        if info is self._known:
            return info
        known = self._format_name in FORMATS
        name = self._format_name if known else name_of_format(info.metadata)
        self.is_taught_homes = bool(name)
        if name:
            self._prompts = HomePrompts.of(info, name)
        self._known = info
        return info

    async def async_prepare(self, view: View) -> None:
        """Evaluate what a prompt begins with, so that only the words of people are left to read.

        Args:
            view: the home, as much of it as the model is shown.

        Raises:
            ModelError: the model cannot be run.

        """
        await self.async_load()
        if shared := self._prompts.beginning(view):
            with self._errors():
                await self._engine.prepare(shared, timeout=PREPARE_TIMEOUT)

    def system(self, view: View) -> str:
        """Return the system message about a home."""
        return self.format.system(view.home, view.allowed)

    async def async_show(self, view: View, said: Said | None = None) -> View:
        """Return as much of a home as the model can be shown.

        Args:
            view: the home.
            said: what people say; nothing, before they do.

        Raises:
            ModelError: the model cannot be run.

        """
        await self.async_load()
        home = view.home
        known = self.format.lines(home)
        if not known:
            return view
        lines = {e.entity_id: known[e.entity_id] for e in home.by_last_change}

        def only(ids: Sequence[str]) -> View:
            entities = tuple(home.entity_by_id[entity_id] for entity_id in ids)
            # What is only there for this sentence stands last, whenever it has changed.
            return replace(view, home=replace(home, entities=entities, last_changed=tuple(ids)))

        async def write(ids: Sequence[str]) -> Prompt:
            return self._prompts.unspoken(only(ids))

        prompt = HousePrompt(
            lines=lines,
            write=write,
            said=None if said is None else self._prompts.prompt(view, [_turn(said)]),
            rank=lambda: _ranking(home, said),
            max_reply=MAX_TOKENS,
        )
        ids, _ = await self.async_choose(prompt)
        return only(ids)

    async def async_choose(self, prompt: HousePrompt) -> tuple[tuple[str, ...], Seen]:
        """Return the ids of what a prompt shows, and tell people if that is not all.

        Raises:
            ModelError: the model cannot be run.

        """
        info = await self.async_load()
        ids, seen = await self._budget.async_choose(prompt, info.n_ctx)
        self.seen = seen
        async_report_house(self._hass, self._entry_id, seen, info)
        return ids, seen

    async def generate(
        self,
        turns: Sequence[Message],
        view: View,
        heard: Hearing,
        timings: dict[str, Any],
    ) -> AsyncGenerator[str]:
        """Yield the model's reply in pieces, and fill ``timings`` at its end.

        Of a conversation that does not fit, the oldest exchanges are left out.

        Args:
            turns: the conversation; its last sentence is answered.
            view: the home, as much of it as the model is shown.
            heard: the last sentence, with what the reply to it may be.
            timings: is filled with figures.

        Raises:
            ModelError: the model cannot be run, or its reply was cut short by an error.

        """
        with self._errors():
            pieces = self._pieces(
                self._prompts.prompt(view, await self._fitting(turns, view)),
                heard.grammar,
                timings,
                words=heard.words,
                max_tokens=MAX_TOKENS,
                timeout=REPLY_TIMEOUT,
            )
            async with aclosing(pieces):
                async for text in pieces:
                    yield text

    async def _fitting(self, turns: Sequence[Message], view: View) -> Sequence[Message]:
        """Return what fits of a conversation: at least its last sentence."""
        info = await self._engine.start()
        limit = info.n_ctx - reserve(info.n_ctx, MAX_TOKENS)
        while len(turns) > 1:
            (tokens,) = await self._engine.count([self._prompts.prompt(view, turns)])
            if tokens <= limit:
                break
            turns = turns[2:]
        return turns


def _ranking(home: Home, said: Said | None) -> Ranking:
    if said is None:
        return ranking(home)
    return ranking(home, said.text, said.area, said.lately)


def _turn(said: Said) -> Message:
    return Message(role="user", content=said.message)
