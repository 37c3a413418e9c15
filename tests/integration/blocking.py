"""Home Assistant's own search for calls that block the event loop, with those of ours as errors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import inspect
from pathlib import Path
from types import FrameType
from typing import Any

from homeassistant import block_async_io
from homeassistant.helpers.frame import MissingIntegrationFrame, get_integration_frame
from homeassistant.util import loop
import pytest

from custom_components.home_llm.const import DOMAIN

_OURS = f"custom_components/{DOMAIN}/"
_TESTS = str(Path(__file__).parents[1])


@contextmanager
def detected(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Turn the search on, and collect the calls of Home LLM that block.

    What core and the tests do stays as it is: the one is no business of ours, the others read
    files, also by calling functions of ours that a thread runs otherwise.
    """
    found: list[str] = []

    def note(
        func: Callable[..., Any],
        check_allowed: Callable[[dict[str, Any]], bool] | None = None,
        **told: Any,
    ) -> None:
        if check_allowed is not None and check_allowed(told):
            return
        try:
            frame = get_integration_frame()
        except MissingIntegrationFrame:
            return
        if frame.integration == DOMAIN and not _is_called_by_a_test(frame.frame):
            place = f"{frame.frame.f_code.co_filename}:{frame.frame.f_lineno}"
            found.append(f"{func.__name__} in {place}")

    monkeypatch.setattr(loop, "raise_for_blocking_call", note)
    # In tests most kinds of calls are left out otherwise: opening files, reading folders, imports.
    monkeypatch.setattr(block_async_io, "_IN_TESTS", False)
    block_async_io.enable()
    yield found


def _is_called_by_a_test(frame: FrameType) -> bool:
    """Return whether a test calls a function that is none for the event loop."""
    outermost = frame
    while (caller := outermost.f_back) is not None and _OURS in caller.f_code.co_filename:
        outermost = caller
    is_coroutine = outermost.f_code.co_flags & inspect.CO_COROUTINE
    by_a_test = caller is not None and caller.f_code.co_filename.startswith(_TESTS)
    return by_a_test and not is_coroutine
