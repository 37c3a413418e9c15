"""Something happens while the model is speaking."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm import local_model
from tests.integration.conftest import Answer

SENTENCE = "turn on the flux capacitor"

_MANY = 4000
"""Tokens that do not fit into pipes and buffers: a reply is not over before all of it is read."""


def after_the_first_piece(entry: MockConfigEntry, hook: Callable[[], Awaitable[None]]) -> None:
    """Have something happen once, when the next reply has begun.

    Args:
        entry: of the agent that speaks.
        hook: what happens.

    """
    model = entry.runtime_data.model
    real = model.generate

    async def interrupted(*args: Any) -> AsyncIterator[str]:
        model.generate = real
        reply = real(*args)
        first = await anext(reply)
        await hook()
        yield first
        async for piece in reply:
            yield piece

    model.generate = interrupted


def in_the_middle(
    entry: MockConfigEntry, answer: Answer, hook: Callable[[], Awaitable[None]]
) -> None:
    """Have something happen once, in the middle of the next reply, which has no end by itself."""
    answer("> say ", or_else=("a", "b"), again=True)
    most, local_model.MAX_TOKENS = local_model.MAX_TOKENS, _MANY

    async def back_to_normal() -> None:
        local_model.MAX_TOKENS = most
        answer("> say unknown\n")
        await hook()

    after_the_first_piece(entry, back_to_normal)


def issues_of(hass: HomeAssistant) -> set[str | None]:
    """Return the kinds of repair issues that there are."""
    issues = ir.async_get(hass).issues.values()
    return {issue.translation_key for issue in issues if issue.domain == "home_llm"}
