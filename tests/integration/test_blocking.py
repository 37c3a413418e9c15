"""The search for blocking calls finds one of ours, so that its silence in all tests counts."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

from homeassistant.core import HomeAssistant
import pytest

_CODE = """
import importlib, pathlib, time

def read(path):
    return pathlib.Path(path).read_bytes()

async def open_file(path):
    open(path).close()

async def read_file(path):
    return read(path)

async def sleep(path):
    time.sleep(0)

async def import_module(path):
    importlib.import_module("this")

async def in_a_thread(hass, path):
    return await hass.async_add_executor_job(read, path)
"""


@pytest.fixture
def ours() -> dict[str, Any]:
    """Return code as if it stood in a file of Home LLM."""
    scope: dict[str, Any] = {}
    exec(compile(_CODE, "/config/custom_components/home_llm/ours.py", "exec"), scope)
    return scope


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("open_file", "open"),
        ("read_file", "read_bytes"),
        ("sleep", "sleep"),
        ("import_module", "import_module"),
    ],
)
async def test_ours_are_found(
    hass: HomeAssistant, blocking_calls: list[str], ours: dict[str, Any], name: str, call: str
) -> None:
    await cast("Callable[[str], Awaitable[object]]", ours[name])(__file__)
    # Python's own functions open files in turn.
    assert any(each.startswith(f"{call} in /config/custom_") for each in blocking_calls)
    blocking_calls.clear()


async def test_those_of_tests_and_of_threads_are_not(
    hass: HomeAssistant, blocking_calls: list[str], ours: dict[str, Any]
) -> None:
    assert Path(__file__).read_bytes()  # noqa: ASYNC240 - this is what it is about
    assert await ours["in_a_thread"](hass, __file__)
    assert ours["read"](__file__)
    assert blocking_calls == []
