"""Adding models on servers: an address, a key, a model that answers, and a way on after errors."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiohttp import web
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm import requirements
from custom_components.home_llm.const import DOMAIN
from custom_components.home_llm.flow_server import whole_url
from tests.integration.flows import failed, fields, reconfigure, start, submit
from tests.integration.model_server import ModelServer, serving

pytestmark = pytest.mark.usefixtures("core", "socket_enabled")


@dataclass
class Shop:
    """What a server offers, and to whom."""

    models: list[str] = field(default_factory=lambda: ["gemma3:1b", "qwen3:4b"])
    key: str = ""
    open_list: bool = False

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer as servers with OpenAI's API and Ollama do."""
        is_list = request.path in ("/v1/models", "/api/tags")
        known = request.headers.get("Authorization") == f"Bearer {self.key}"
        if self.key and not known and not (is_list and self.open_list):
            return web.json_response({"error": {"message": "wrong key"}}, status=401)
        if request.path == "/v1/models":
            return web.json_response({"object": "list", "data": [{"id": m} for m in self.models]})
        if request.path == "/api/tags":
            return web.json_response({"models": [{"model": m} for m in self.models]})
        wanted = (await request.json())["model"]
        if wanted not in self.models:
            return web.json_response({"error": f"model '{wanted}' not found"}, status=404)
        return web.json_response({"model_info": {}, "capabilities": ["completion"]})


@pytest.fixture
def shop() -> Shop:
    """Return what the server offers; tests may change it."""
    return Shop()


@pytest.fixture
async def server(shop: Shop) -> AsyncIterator[ModelServer]:
    """Run the server."""
    async with serving(shop.answer) as server:
        yield server


async def _add(hass: HomeAssistant, server: ModelServer, **more: str) -> MockConfigEntry:
    """Set up an entry for a model on the server."""
    data = {"backend": "openai", "url": f"{server.url}/v1", "model": "qwen3:4b", **more}
    entry = MockConfigEntry(domain=DOMAIN, title="qwen3:4b", data=data)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def test_openai(hass: HomeAssistant, server: ModelServer, shop: Shop) -> None:
    shop.key = "right"
    result = await start(hass, "openai")
    assert result["step_id"] == "openai"
    result = await submit(hass, result, {"url": f" {server.url}/v1/ ", "api_key": " right "})
    assert result["step_id"] == "model"
    assert result["errors"] is None
    assert fields(result) == {"model": "gemma3:1b", "more": {"context": 4096}}
    result = await submit(hass, result, {"model": "gemma3:1b"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "gemma3:1b"
    assert result["data"] == {
        "backend": "openai",
        "url": f"{server.url}/v1",
        "api_key": "right",
        "model": "gemma3:1b",
    }
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    (agent,) = entry.subentries.values()
    assert (agent.subentry_type, agent.title, agent.data) == ("conversation", "gemma3:1b", {})
    assert set(entry.supported_subentry_types) == {"conversation", "ai_task_data"}
    assert hass.states.get("conversation.gemma3_1b") is not None


async def test_ollama(hass: HomeAssistant, server: ModelServer) -> None:
    result = await start(hass, "ollama")
    result = await submit(hass, result, {"url": server.url})
    result = await submit(hass, result, {"model": "qwen3:4b", "more": {"context": 8192}})
    assert result["data"] == {
        "backend": "ollama",
        "url": server.url,
        "model": "qwen3:4b",
        "context": 8192,
    }
    assert result["result"].state is ConfigEntryState.LOADED


async def test_no_address(hass: HomeAssistant, server: ModelServer) -> None:
    result = await start(hass, "ollama")
    result = await submit(hass, result, {"url": "http://my server", "api_key": "key"})
    failed(result, "ollama", "invalid_url")
    assert fields(result) == {"url": "http://my server", "api_key": "key"}
    result = await submit(hass, result, {"url": server.url})
    assert result["step_id"] == "model"


@pytest.mark.parametrize("backend", ["openai", "ollama"])
async def test_nobody_there(hass: HomeAssistant, server: ModelServer, backend: str) -> None:
    result = await start(hass, backend)
    result = await submit(hass, result, {"url": "127.0.0.1:1"})
    failed(result, backend, "cannot_connect")
    assert fields(result)["url"] == "http://127.0.0.1:1"
    result = await submit(
        hass, result, {"url": f"{server.url}/v1".removesuffix("" if backend == "openai" else "/v1")}
    )
    assert result["step_id"] == "model"
    assert result["errors"] is None


async def test_wrong_key(hass: HomeAssistant, server: ModelServer, shop: Shop) -> None:
    shop.key = "right"
    result = await start(hass, "openai")
    result = await submit(hass, result, {"url": f"{server.url}/v1", "api_key": "wrong"})
    failed(result, "openai", "invalid_auth")
    result = await submit(hass, result, {"url": f"{server.url}/v1", "api_key": "right"})
    assert result["step_id"] == "model"


async def test_key_that_only_models_want(
    hass: HomeAssistant, server: ModelServer, shop: Shop
) -> None:
    """Everybody may see the list, and then the key is asked for."""
    shop.key, shop.open_list = "right", True
    result = await start(hass, "ollama")
    result = await submit(hass, result, {"url": server.url})
    result = await submit(hass, result, {"model": "gemma3:1b"})
    failed(result, "ollama", "invalid_auth")
    result = await submit(hass, result, {"url": server.url, "api_key": "right"})
    assert fields(result)["model"] == "gemma3:1b"
    result = await submit(hass, result, {"model": "gemma3:1b"})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_no_models(hass: HomeAssistant, server: ModelServer, shop: Shop) -> None:
    models, shop.models = shop.models, []
    result = await start(hass, "ollama")
    result = await submit(hass, result, {"url": server.url})
    failed(result, "ollama", "no_models")
    shop.models = models
    result = await submit(hass, result, {"url": server.url})
    assert result["step_id"] == "model"


async def test_model_that_is_not_there(hass: HomeAssistant, server: ModelServer) -> None:
    """Any name can be entered."""
    result = await start(hass, "ollama")
    result = await submit(hass, result, {"url": server.url})
    result = await submit(hass, result, {"model": "llama:405b"})
    failed(result, "model", "model_not_found")
    assert fields(result)["model"] == "llama:405b"
    result = await submit(hass, result, {"model": "gemma3:1b"})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_library_that_cannot_be_installed(
    hass: HomeAssistant, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = dict(requirements.REQUIREMENTS)
    lost = {**known, "ollama": "home-llm-no-such-library==1"}
    monkeypatch.setattr(requirements, "REQUIREMENTS", lost)
    monkeypatch.delitem(requirements.sys.modules, "ollama", raising=False)
    result = await start(hass, "ollama")
    result = await submit(hass, result, {"url": server.url})
    failed(result, "ollama", "install_failed")
    monkeypatch.undo()
    result = await submit(hass, result, {"url": server.url})
    assert result["step_id"] == "model"


async def test_same_model_twice(hass: HomeAssistant, server: ModelServer) -> None:
    await _add(hass, server)
    result = await start(hass, "openai")
    result = await submit(hass, result, {"url": f"{server.url}/v1"})
    result = await submit(hass, result, {"model": "qwen3:4b"})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_another_model(hass: HomeAssistant, server: ModelServer) -> None:
    """The entry's name goes with it, as long as nobody gave it one."""
    entry = await _add(hass, server, api_key="old", context=8192)
    result = await reconfigure(hass, entry)
    assert fields(result) == {"url": f"{server.url}/v1", "api_key": "old"}
    result = await submit(hass, result, {"url": "127.0.0.1:1"})
    failed(result, "openai", "cannot_connect")
    result = await submit(hass, result, {"url": f"{server.url}/v1"})
    assert fields(result) == {"model": "qwen3:4b", "more": {"context": 8192}}
    result = await submit(hass, result, {"model": "gemma3:1b", "more": {}})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    data = {"backend": "openai", "url": f"{server.url}/v1", "model": "gemma3:1b"}
    assert (entry.title, entry.data) == ("gemma3:1b", data)
    assert entry.runtime_data.options.model == "gemma3:1b"
    hass.config_entries.async_update_entry(entry, title="Mine")
    await hass.async_block_till_done()
    result = await submit(hass, await reconfigure(hass, entry), {"url": f"{server.url}/v1"})
    await submit(hass, result, {"model": "qwen3:4b"})
    assert (entry.title, entry.data["model"]) == ("Mine", "qwen3:4b")


async def test_model_that_another_entry_has(hass: HomeAssistant, server: ModelServer) -> None:
    entry = await _add(hass, server)
    await _add(hass, server, model="gemma3:1b")
    result = await submit(hass, await reconfigure(hass, entry), {"url": f"{server.url}/v1"})
    result = await submit(hass, result, {"model": "gemma3:1b"})
    assert result["reason"] == "already_configured"
    assert entry.data["model"] == "qwen3:4b"


async def test_key_is_no_longer_accepted(
    hass: HomeAssistant, server: ModelServer, shop: Shop
) -> None:
    shop.key = "new"
    entry = await _add(hass, server, api_key="old", context=8192)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert flow["step_id"] == "reauth_confirm"
    result = await hass.config_entries.flow.async_configure(flow["flow_id"])
    assert result["description_placeholders"] == {"name": "qwen3:4b"}
    result = await submit(hass, result, {"api_key": "wrong"})
    failed(result, "reauth_confirm", "invalid_auth")
    result = await submit(hass, result, {"api_key": " new "})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"
    assert entry.data["api_key"] == "new"
    assert entry.data["context"] == 8192
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    ("entered", "kept"),
    [
        ("192.168.1.20:8080", "http://192.168.1.20:8080"),
        ("https://server.example/v1/", "https://server.example/v1"),
        ("http://server.example:port", None),
        ("ftp://server.example", None),
        ("http://", None),
        ("http://my server", None),
    ],
)
def test_addresses(entered: str, kept: str | None) -> None:
    assert whole_url(entered) == kept
