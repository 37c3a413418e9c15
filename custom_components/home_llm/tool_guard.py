"""The tools of a model: each call is run once, and whatever goes wrong is told to the model."""

import asyncio
from dataclasses import dataclass, field
import json
import logging
from typing import Self, override

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
import voluptuous as vol

from .const import DOMAIN

_LOGGER = logging.getLogger(__name__)

TOOL_TIMEOUT = 60.0
"""Seconds; a script may wait for something, but people do not wait for ever."""

type _Running = asyncio.Task[llm.ToolResult]


@dataclass
class GuardedAPI(llm.APIInstance):
    """Another API, as one sentence of the user may use it.

    Args:
        fresh: how many calls were run; those that were repeated do not count.

    """

    fresh: int = 0
    _first: dict[tuple[str, str], _Running] = field(default_factory=dict)

    @classmethod
    def of(cls, api: llm.APIInstance) -> Self:
        """Return an API for the next sentence."""
        return cls(
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
        """
        arguments = json.dumps(tool_input.tool_args, sort_keys=True, default=str)
        key = (tool_input.tool_name, arguments)
        running = self._first.get(key) if self.acts(tool_input.tool_name) else None
        if running is None:
            self.fresh += 1
            running = self._first[key] = self.api.hass.async_create_task(
                super().async_call_tool(tool_input), f"home_llm {tool_input.tool_name}"
            )
        # Not awaited itself: whatever a tool raises must not end the conversation.
        await asyncio.wait((running,), timeout=TOOL_TIMEOUT)
        return _result(tool_input, running)


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
