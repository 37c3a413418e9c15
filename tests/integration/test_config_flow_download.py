"""Getting models from a real server that speaks the hub's protocol: choice, progress, ways on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.data_entry_flow import (
    EVENT_DATA_ENTRY_FLOW_PROGRESS_UPDATE,
    FlowResultType,
)
import huggingface_hub
import pytest

from custom_components.home_llm import fit, flow_download, hub_download
from custom_components.home_llm.catalogue import CATALOGUE, KnownModel
from custom_components.home_llm.download import models_folder
from tests.engine.tiny_gguf import write_random_model
from tests.integration.flows import failed, fields, finish, start, submit
from tests.integration.hub_server import GATED, REPOSITORY, TOKEN, Hub

pytestmark = pytest.mark.usefixtures("core")

USUAL, OTHER = "model-Q4_K_M.gguf", "model-Q8_0.gguf"
KNOWN = KnownModel(
    name="Known",
    repository=REPOSITORY,
    parameters=100_000,
    layers=2,
    cache_width=64,
    context=2048,
    format="home-llm-3",
    quantization="Q8_0",
)


@pytest.fixture
async def server(
    hass: HomeAssistant, tmp_path: Path, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Hub]:
    """Serve a repository with two models."""
    usual = write_random_model(tmp_path / "usual.gguf").read_bytes()
    other = write_random_model(tmp_path / "other.gguf", seed=1).read_bytes() + b"\0" * 1000
    server = Hub(files={OTHER: other, USUAL: usual})
    monkeypatch.setattr(hub_download, "_PAUSE", 0)
    async with server.serve():
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server
        await hass.async_add_executor_job(huggingface_hub.close_session)


@pytest.fixture
def told(hass: HomeAssistant) -> list[float]:
    """Return how much of downloads was done, as the frontend is told."""
    shares: list[float] = []

    @callback
    def note(event: Event) -> None:
        shares.append(event.data["progress"])

    hass.bus.async_listen(EVENT_DATA_ENTRY_FLOW_PROGRESS_UPDATE, note)
    return shares


async def test_any_repository(hass: HomeAssistant, server: Hub, told: list[float]) -> None:
    result = await start(hass, "device", "repository")
    assert result["step_id"] == "repository"
    result = await submit(hass, result, {"repository": f" {REPOSITORY} "})
    assert result["step_id"] == "files"
    assert fields(result)["file"] == USUAL
    assert result["data_schema"] is not None
    options = result["data_schema"].schema["file"].config["options"]
    assert [option["value"] for option in options] == [USUAL, OTHER]
    assert all(option["label"].startswith("✅ Q") for option in options)
    flow = hass.config_entries.flow
    result = await flow.async_configure(result["flow_id"], {"file": OTHER})
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    assert result["progress_action"] == "download"
    assert result["description_placeholders"] is not None
    assert result["description_placeholders"]["name"] == OTHER
    result = await finish(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    path = models_folder(hass) / REPOSITORY.replace("/", "--") / OTHER
    assert path.read_bytes() == server.files[OTHER]
    assert result["data"] == {"path": str(path), "format": "tiny-6"}
    assert told == sorted(told)
    assert told[-1] == 1


async def test_catalogue(hass: HomeAssistant, server: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known of a model is taken over; the file that suits most is offered first."""
    result = await start(hass, "device", "catalogue")
    assert result["data_schema"] is not None
    options = result["data_schema"].schema["model"].config["options"]
    assert [o["value"] for o in options] == [m.repository for m in CATALOGUE if m.repository]
    assert result["description_placeholders"] is not None
    assert {"memory_free", "disk_free"} <= set(result["description_placeholders"])
    monkeypatch.setattr(flow_download, "_OFFERED", {REPOSITORY: KNOWN})
    result = await submit(hass, await start(hass, "device", "catalogue"), {"model": REPOSITORY})
    assert fields(result)["file"] == OTHER
    result = await submit(hass, result, {"file": OTHER})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Known"
    path = models_folder(hass) / REPOSITORY.replace("/", "--") / OTHER
    assert result["data"] == {"path": str(path), "format": "home-llm-3", "context": 2048}


async def test_repositories_that_cannot_be_taken(hass: HomeAssistant, server: Hub) -> None:
    form = await start(hass, "device", "repository")
    result = await submit(hass, form, {"repository": "somebody/nothing"})
    failed(result, "repository", "repository_not_found")
    assert fields(result)["repository"] == "somebody/nothing"
    files, server.files = server.files, {"README.md": b"text"}
    failed(await submit(hass, form, {"repository": REPOSITORY}), "repository", "no_gguf_files")
    server.files = files
    result = await submit(hass, form, {"repository": REPOSITORY, "more": {"format": "home-llm-1"}})
    assert result["step_id"] == "files"
    result = await submit(hass, result, {"file": USUAL})
    assert result["data"]["format"] == "home-llm-1"


async def test_nobody_there(
    hass: HomeAssistant, server: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow_download, "_OFFERED", {REPOSITORY: KNOWN})
    form = await start(hass, "device", "catalogue")
    with monkeypatch.context() as nowhere:
        nowhere.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
        result = await submit(hass, form, {"model": REPOSITORY})
    failed(result, "catalogue", "hub_not_reached")
    assert fields(result)["model"] == REPOSITORY
    assert (await submit(hass, form, {"model": REPOSITORY}))["step_id"] == "files"


async def test_model_that_wants_a_token(hass: HomeAssistant, server: Hub) -> None:
    result = await submit(
        hass,
        await start(hass, "device", "repository"),
        {"repository": GATED, "more": {"token": "hf_wrong"}},
    )
    failed(result, "repository", "token_refused")
    result = await submit(hass, result, {"repository": GATED, "more": {}})
    result = await submit(hass, result, {"file": USUAL})
    failed(result, "files", "token_refused")
    result = await submit(hass, result, {"file": USUAL, "more": {"token": f" {TOKEN} "}})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert set(result["data"]) == {"path", "format"}


async def test_line_that_is_cut(hass: HomeAssistant, server: Hub, told: list[float]) -> None:
    """Trying again goes on where it broke off."""
    form = await submit(hass, await start(hass, "device", "repository"), {"repository": REPOSITORY})
    server.answers = [50_000, 0, 0, 0, 0, 0, 0]
    failed(await submit(hass, form, {"file": USUAL}), "files", "download_cut")
    server.answers = []
    server.received.clear()
    result = await submit(hass, form, {"file": USUAL})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert server.received == [50_000]
    assert told == sorted(told)


async def test_closed_while_it_downloads(hass: HomeAssistant, server: Hub) -> None:
    """The download ends with the flow, and what came is there for the next one."""
    form = await submit(hass, await start(hass, "device", "repository"), {"repository": REPOSITORY})
    begun = asyncio.Event()

    @callback
    def note(event: Event) -> None:
        if event.data["progress"]:
            begun.set()

    hass.bus.async_listen(EVENT_DATA_ENTRY_FLOW_PROGRESS_UPDATE, note)
    server.trickle = True
    result = await hass.config_entries.flow.async_configure(form["flow_id"], {"file": USUAL})
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    async with asyncio.timeout(60):
        await begun.wait()
    hass.config_entries.flow.async_abort(form["flow_id"])
    await hass.async_block_till_done(wait_background_tasks=True)
    server.trickle = False
    server.received.clear()
    form = await submit(hass, await start(hass, "device", "repository"), {"repository": REPOSITORY})
    result = await submit(hass, form, {"file": USUAL})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert len(server.received) == 1
    assert server.received[0] > 0


async def test_byte_that_is_wrong(hass: HomeAssistant, server: Hub) -> None:
    form = await submit(hass, await start(hass, "device", "repository"), {"repository": REPOSITORY})
    server.wrong = True
    failed(await submit(hass, form, {"file": USUAL}), "files", "checksum_wrong")
    server.wrong = False
    result = await submit(hass, form, {"file": USUAL})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_disk_without_room(
    hass: HomeAssistant, server: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is downloaded then, and the sign says so before."""
    form = await start(hass, "device", "repository")
    with monkeypatch.context() as full:
        full.setattr(fit, "SPARE_DISK_BYTES", 10**18)
        result = await submit(hass, form, {"repository": REPOSITORY})
        assert result["data_schema"] is not None
        options = result["data_schema"].schema["file"].config["options"]
        assert all(option["label"].startswith("⚠️") for option in options)
        failed(await submit(hass, result, {"file": USUAL}), "files", "disk_full")
    assert server.received == []
    result = await submit(hass, result, {"file": USUAL})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_file_that_is_no_model(hass: HomeAssistant, server: Hub) -> None:
    server.files[OTHER] = b"GGUF, but nothing else"
    form = await submit(hass, await start(hass, "device", "repository"), {"repository": REPOSITORY})
    failed(await submit(hass, form, {"file": OTHER}), "files", "model_damaged")
    result = await submit(hass, form, {"file": USUAL})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_same_model_twice(hass: HomeAssistant, server: Hub) -> None:
    for outcome in (FlowResultType.CREATE_ENTRY, FlowResultType.ABORT):
        form = await start(hass, "device", "repository")
        form = await submit(hass, form, {"repository": REPOSITORY})
        result = await submit(hass, form, {"file": USUAL})
        assert result["type"] is outcome
    assert result["reason"] == "already_configured"
