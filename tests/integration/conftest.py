"""A real Home Assistant with a house in it, and Home LLM with the model that ships."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
import venv

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigEntryState, ConfigSubentryData
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm import backends, runtime, wheel_index
from custom_components.home_llm.const import DOMAIN, SHIPPED_MODEL_ID
from custom_components.home_llm.core.formats.tiny_hearing import Hearing
from custom_components.home_llm.core.grammar import GrammarBuilder
from custom_components.home_llm.engine.client import EngineSettings
from custom_components.home_llm.options import ModelOptions
from custom_components.home_llm.view import HomeViews
from tests.integration import blocking, wheels
from tests.integration.house import House, async_build

AGENT = "conversation.home_llm"

Say = Callable[..., Awaitable[conversation.ConversationResult]]
Answer = Callable[..., None]
RunWith = Callable[..., None]


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Give each test a configuration folder of its own."""
    return hass_tmp_config_dir


@pytest.fixture(autouse=True)
def custom_integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant find this repository's integrations."""


@pytest.fixture(autouse=True)
def blocking_calls(
    disable_block_async_io: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[str]]:
    """Let nothing of ours block the event loop, as Home Assistant itself sees it."""
    with blocking.detected(monkeypatch) as found:
        yield found
    assert found == []


@pytest.fixture(autouse=True)
def nothing_from_the_internet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be downloaded but from servers of the tests."""
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setattr(wheel_index, "WHEEL_INDEX", "")
    # Its source may lie in a cache, and would be compiled.
    monkeypatch.setattr(runtime, "RUNTIME_REQUIREMENT", wheels.REQUIREMENT)


@pytest.fixture
async def core(hass: HomeAssistant) -> None:
    """Set up what every Home Assistant has."""
    for domain in ("homeassistant", "conversation", "repairs"):
        assert await async_setup_component(hass, domain, {})


@pytest.fixture
async def house(hass: HomeAssistant, core: None) -> House:
    """Build a small house."""
    return await async_build(hass)


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """Return an entry without data, with an agent without data; it is not set up yet."""
    agent = ConfigSubentryData(
        data=MappingProxyType({}), subentry_type="conversation", title="Home LLM", unique_id=None
    )
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Home LLM",
        data={},
        unique_id=SHIPPED_MODEL_ID,
        subentries_data=[agent],
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def agent(hass: HomeAssistant, house: House, entry: MockConfigEntry) -> MockConfigEntry:
    """Set the entry up in the house."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    return entry


@pytest.fixture
def say(hass: HomeAssistant) -> Say:
    """Return a function that says something to the agent, as ``conversation.process`` does it."""

    async def say(text: str, **kwargs: Any) -> conversation.ConversationResult:
        result = await conversation.async_converse(
            hass,
            text,
            conversation_id=kwargs.pop("conversation_id", None),
            context=kwargs.pop("context", Context()),
            language=kwargs.pop("language", "en"),
            agent_id=AGENT,
            **kwargs,
        )
        await hass.async_block_till_done()
        return result

    return say


@pytest.fixture
def answer(agent: MockConfigEntry, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Return a function that makes the model answer just that, by a grammar of one reply.

    With ``or_else`` the model chooses between two endings, with ``again`` without end.
    """

    def answer(reply: str, or_else: tuple[str, ...] = (), *, again: bool = False) -> None:
        builder = GrammarBuilder()
        start, last, end = (builder.reserve() for _ in range(3))
        builder.fill(start, [builder.choice("reply", (reply,), last if or_else else end)])
        if or_else:
            builder.fill(last, [builder.choice("endings", or_else, last if again else end)])
        builder.fill(end, [])
        grammar = builder.build()
        monkeypatch.setattr(Hearing, "grammar", property(lambda _: grammar))

    return answer


@pytest.fixture
def run_with(monkeypatch: pytest.MonkeyPatch) -> RunWith:
    """Return a function that changes how the model is run from now on, as far as it is told."""
    real = runtime.engine_settings

    def run_with(**changes: Any) -> None:
        def settings(hass: HomeAssistant, options: ModelOptions | None = None) -> EngineSettings:
            return replace(real(hass, options), **changes)

        monkeypatch.setattr(runtime, "engine_settings", settings)
        monkeypatch.setattr(backends, "engine_settings", settings)

    return run_with


@pytest.fixture(scope="session")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return an interpreter that has no llama-cpp-python."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False)
    return str(folder / "bin" / "python")


@pytest.fixture
def dying_python(tmp_path: Path) -> str:
    """Return an interpreter that dies of an illegal instruction."""
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nkill -ILL $$\n")
    program.chmod(0o755)
    return str(program)


def worker_of(entry: MockConfigEntry) -> int | None:
    """Return the number of the worker's process, if there is one."""
    pid: int | None = entry.runtime_data.model._engine.pid
    return pid


def views_of(hass: HomeAssistant, entry: MockConfigEntry) -> HomeViews:
    """Return the home as an agent sees it that may do everything."""
    return HomeViews(hass, entry.runtime_data.model)


def speech_of(result: conversation.ConversationResult) -> str:
    """Return what was said."""
    return str(result.response.speech["plain"]["speech"])
