"""The tools of a model: what people allow is run, once, and what goes wrong the model is told."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
import json
import logging
from typing import Self, override

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
import voluptuous as vol

from .const import DOMAIN
from .core.actions import ACTIONS
from .tool_effects import LATER, Effect, effects
from .unlocking import UNLOCKING

_LOGGER = logging.getLogger(__name__)

TOOL_TIMEOUT = 60.0
"""Seconds; a script may wait for something, but people do not wait for ever."""

type _Running = asyncio.Task[llm.ToolResult]


@dataclass
class GuardedAPI(llm.APIInstance):
    """Another API, as one sentence of the user may use it.

    Args:
        allowed: the actions that the model may call, of those that ``core.actions`` knows.
        asks: whether people are asked before something is unlocked.
        agreed: the call that they have just agreed to.
        asked: the call that they have to be asked about, and what it would unlock.
        refused: how many calls people do not allow.
        fresh: how many calls were run; those that were repeated do not count.

    """

    allowed: Collection[str] = frozenset(ACTIONS)
    asks: bool = False
    agreed: llm.ToolInput | None = None
    asked: tuple[llm.ToolInput, tuple[Effect, ...]] | None = None
    refused: int = 0
    fresh: int = 0
    _first: dict[tuple[str, str], _Running] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        api: llm.APIInstance,
        allowed: Collection[str] = frozenset(ACTIONS),
        *,
        asks: bool = False,
    ) -> Self:
        """Return an API for the next sentence."""
        return cls(
            allowed=allowed,
            asks=asks,
            api=api.api,
            api_prompt=api.api_prompt,
            llm_context=api.llm_context,
            tools=api.tools,
            custom_serializer=api.custom_serializer,
        )

    def acts(self, tool_name: str) -> bool:
        """Return whether a tool is there to change something, as far as it says."""
        named = (tool for tool in self.tools if tool.name == tool_name)
        return not any(tool.annotations.read_only for tool in named)

    @override
    async def async_call_tool(self, tool_input: llm.ToolInput) -> llm.ToolResult:
        """Run a call, or return what came of it before.

        A small model that has forgotten what it did says the same thing again; nobody wants a light
        to be toggled twice. What only reads is run again: the home may have changed.

        Raises:
            HomeAssistantError: it failed, or people do not allow it, or not yet.

        """
        self._check(tool_input)
        key = _key(tool_input)
        running = self._first.get(key) if self.acts(tool_input.tool_name) else None
        if running is None:
            self.fresh += 1
            running = self._first[key] = self.api.hass.async_create_task(
                super().async_call_tool(tool_input), f"home_llm {tool_input.tool_name}"
            )
        # Not awaited itself: whatever a tool raises must not end the conversation.
        await asyncio.wait((running,), timeout=TOOL_TIMEOUT)
        return _result(tool_input, running)

    def _check(self, tool_input: llm.ToolInput) -> None:
        """Raise an error, which the model reads, if people have something against a call."""
        if self.agreed is not None and _key(self.agreed) == _key(tool_input):
            return
        would_do = [
            effect
            for tool in self.tools
            if tool.name == tool_input.tool_name
            for effect in effects(self.api.hass, tool, tool_input.tool_args, self.llm_context)
        ]
        for effect in would_do:
            if not self._allows(effect.action):
                self.refused += 1
                raise HomeAssistantError(
                    translation_domain=DOMAIN,
                    translation_key="tool_not_allowed",
                    translation_placeholders={"action": effect.action},
                )
        unlocking = tuple(effect for effect in would_do if effect.action in UNLOCKING)
        if self.asks and unlocking:
            self.asked = self.asked or (tool_input, unlocking)
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="tool_asks_first")

    def _allows(self, action: str) -> bool:
        if action == LATER:
            # Nobody can be asked then, and another agent has another list.
            return not self.asks and set(self.allowed) >= set(ACTIONS)
        return action not in ACTIONS or action in self.allowed


def _key(tool_input: llm.ToolInput) -> tuple[str, str]:
    return tool_input.tool_name, json.dumps(tool_input.tool_args, sort_keys=True, default=str)


def _result(tool_input: llm.ToolInput, running: _Running) -> llm.ToolResult:
    if not running.done():
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="tool_timeout")
    error = None if running.cancelled() else running.exception()
    if error is None and not running.cancelled():
        return running.result()
    if isinstance(error, HomeAssistantError | vol.Invalid):
        raise error
    _LOGGER.error("The tool %s failed", tool_input.tool_name, exc_info=error)
    raise HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="tool_failed",
        translation_placeholders={"error": str(error)},
    ) from error
