"""Downloads from a server that speaks the hub's protocol, with all that goes wrong on the way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
import random
import resource

from gguf import GGUFWriter
from homeassistant.core import HomeAssistant
import huggingface_hub
import pytest

from custom_components.home_llm import hub, hub_download
from custom_components.home_llm.const import SHIPPED_MODEL_PATH
from custom_components.home_llm.download import (
    _check_file,
    async_check_file,
    async_download,
    async_files,
    models_folder,
)
from custom_components.home_llm.errors import ModelError
from tests.engine.tiny_gguf import write_random_model
from tests.integration.disk import no_file_beyond
from tests.integration.hub_server import GATED, REPOSITORY, TOKEN, Hub

NAME = "model-q4_k_m.gguf"
DATA = random.Random(0).randbytes(300_000)


@pytest.fixture
async def server(
    hass: HomeAssistant, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Hub]:
    """Serve a repository with one model."""
    server = Hub(files={NAME: DATA})
    monkeypatch.setattr(hub_download, "_PAUSE", 0)
    async with server.serve():
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server
        await hass.async_add_executor_job(huggingface_hub.close_session)


async def _failure(work: Awaitable[object]) -> str:
    with pytest.raises(ModelError) as caught:
        await work
    return caught.value.key


def _stored(hass: HomeAssistant) -> dict[str, bytes]:
    """Return all files in the folder of models, but for the notes on what was downloaded."""
    folder = models_folder(hass)
    files = (path for path in folder.rglob("*") if path.is_file())
    paths = (path for path in files if path.suffix != ".downloaded")
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def _store(hass: HomeAssistant, data: bytes) -> None:
    (models_folder(hass) / next(iter(WHOLE))).write_bytes(data)


WHOLE = {f"somebody--Model-GGUF/{NAME}": DATA}


async def _assert_downloads(hass: HomeAssistant) -> None:
    path = await async_download(hass, REPOSITORY, NAME)
    assert path == models_folder(hass) / "somebody--Model-GGUF" / NAME
    assert _stored(hass) == WHOLE


async def test_list_of_models(hass: HomeAssistant, server: Hub) -> None:
    server.files = {
        "README.md": b"text",
        "big-Q8_0.gguf": bytes(300),
        "folder/Small.Q4_K_M.GGUF": bytes(200),
        "unnamed.gguf": bytes(250),
        "huge-F16-00001-of-00002.gguf": bytes(400),
        "mmproj-model-f16.gguf": bytes(10),
        "../outside.gguf": bytes(10),
        "/outside.gguf": bytes(10),
    }
    files = await async_files(hass, f" {REPOSITORY}\n")
    assert [(file.name, file.size, file.quantization) for file in files] == [
        ("folder/Small.Q4_K_M.GGUF", 200, "Q4_K_M"),
        ("unnamed.gguf", 250, ""),
        ("big-Q8_0.gguf", 300, "Q8_0"),
    ]
    path = await async_download(hass, REPOSITORY, files[0].name)
    assert (
        path.relative_to(models_folder(hass)).as_posix() == f"somebody--Model-GGUF/{files[0].name}"
    )


@pytest.mark.parametrize("repository", ["somebody/nothing", "no name", "", "a/b/c", "../.."])
async def test_no_such_repository(hass: HomeAssistant, server: Hub, repository: str) -> None:
    assert await _failure(async_files(hass, repository)) == "repository_not_found"
    assert await _failure(async_download(hass, repository, NAME)) == "repository_not_found"
    assert await async_files(hass, REPOSITORY)


async def test_no_models(hass: HomeAssistant, server: Hub) -> None:
    server.files = {"README.md": b"text", "model.safetensors": b"weights"}
    assert await _failure(async_files(hass, REPOSITORY)) == "no_gguf_files"
    server.files[NAME] = DATA
    assert await async_files(hass, REPOSITORY)


async def test_gated_repository(hass: HomeAssistant, server: Hub) -> None:
    assert await async_files(hass, GATED)
    assert await _failure(async_download(hass, GATED, NAME)) == "invalid_auth"
    assert await _failure(async_download(hass, GATED, NAME, token="hf_wrong")) == "invalid_auth"
    assert await _failure(async_files(hass, GATED, token="hf_wrong")) == "invalid_auth"
    path = await async_download(hass, GATED, NAME, token=TOKEN)
    assert path.read_bytes() == DATA
    # The token is for the hub alone, not for where the file is stored.
    assert server.authorized == [None]


async def test_no_server(hass: HomeAssistant, server: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as nowhere:
        nowhere.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
        assert await _failure(async_files(hass, REPOSITORY)) == "cannot_connect"
        assert await _failure(async_download(hass, REPOSITORY, NAME)) == "cannot_connect"
    await _assert_downloads(hass)


async def test_download(hass: HomeAssistant, server: Hub) -> None:
    seen: list[tuple[int, int]] = []
    path = await async_download(
        hass, REPOSITORY, NAME, progress=lambda done, total: seen.append((done, total))
    )
    await hass.async_block_till_done()
    assert path.read_bytes() == DATA
    assert seen == sorted(set(seen))
    assert len(seen) > 1
    assert {total for _, total in seen} == {len(DATA)}
    assert seen[-1] == (len(DATA), len(DATA))
    # Once more: it is there, and nothing is received.
    seen.clear()
    await async_download(
        hass, REPOSITORY, NAME, progress=lambda done, total: seen.append((done, total))
    )
    await hass.async_block_till_done()
    assert seen == [(len(DATA), len(DATA))]
    assert server.received == [0]


async def test_file_that_is_damaged_here_is_downloaded_again(
    hass: HomeAssistant, server: Hub
) -> None:
    await _assert_downloads(hass)
    _store(hass, bytes(len(DATA)))
    await _assert_downloads(hass)
    assert server.received == [0, 0]


async def test_file_that_is_no_large_one(hass: HomeAssistant, server: Hub) -> None:
    server.small = {NAME}
    await _assert_downloads(hass)


@pytest.mark.parametrize("reset", [False, True])
async def test_cut_line(hass: HomeAssistant, server: Hub, reset: bool) -> None:
    server.reset = reset
    server.answers = [100_000, 50_000, None, 0, 50_000]
    await _assert_downloads(hass)
    assert len(server.received) == 6
    if not reset:
        assert server.received == [0, 100_000, 150_000, 150_000, 150_000, 200_000]


async def test_line_that_stays_cut_and_goes_on_later(hass: HomeAssistant, server: Hub) -> None:
    server.answers = [100_000, *[0] * 5]
    assert await _failure(async_download(hass, REPOSITORY, NAME)) == "download_cut"
    ((name, part),) = _stored(hass).items()
    assert name.endswith(".part")
    assert part == DATA[:100_000]
    server.received.clear()
    await _assert_downloads(hass)
    assert server.received == [100_000]


async def test_line_that_ends_too_early(hass: HomeAssistant, server: Hub) -> None:
    server.hides = True
    server.answers = [100_000]
    await _assert_downloads(hass)
    assert server.received == [0, 100_000]


async def test_file_that_is_not_stored_any_more(hass: HomeAssistant, server: Hub) -> None:
    server.gone = True
    assert await _failure(async_download(hass, REPOSITORY, NAME)) == "download_failed"
    server.gone = False
    await _assert_downloads(hass)


async def test_silent_server(
    hass: HomeAssistant, server: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.trickle = True
    with monkeypatch.context() as hasty:
        hasty.setattr(hub, "_TIMEOUT", 0.001)
        assert await _failure(async_download(hass, REPOSITORY, NAME)) in (
            "cannot_connect",
            "download_cut",
        )
    server.trickle = False
    await _assert_downloads(hass)


async def test_server_that_cannot_begin_in_the_middle(hass: HomeAssistant, server: Hub) -> None:
    server.ranges = False
    server.answers = [100_000]
    await _assert_downloads(hass)
    assert server.received == [0, 0]


async def test_another_version_starts_anew(hass: HomeAssistant, server: Hub) -> None:
    server.files[NAME] = DATA[::-1]
    server.answers = [100_000, *[0] * 5]
    assert await _failure(async_download(hass, REPOSITORY, NAME)) == "download_cut"
    server.files[NAME] = DATA
    await _assert_downloads(hass)
    assert server.received[-1] == 0


async def test_changed_byte(hass: HomeAssistant, server: Hub) -> None:
    server.wrong = True
    assert await _failure(async_download(hass, REPOSITORY, NAME)) == "checksum_wrong"
    assert _stored(hass) == {}
    server.wrong = False
    await _assert_downloads(hass)


async def test_cancelled(hass: HomeAssistant, server: Hub) -> None:
    server.trickle = True
    begun = asyncio.Event()
    task = hass.async_create_task(
        async_download(hass, REPOSITORY, NAME, progress=lambda _done, _total: begun.set())
    )
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    ((name, part),) = _stored(hass).items()
    assert name.endswith(".part")
    assert part
    assert part == DATA[: len(part)]
    server.trickle = False
    await _assert_downloads(hass)
    assert server.received == [0, len(part)]


async def test_two_at_the_same_time(hass: HomeAssistant, server: Hub) -> None:
    paths = await asyncio.gather(
        async_download(hass, REPOSITORY, NAME), async_download(hass, REPOSITORY, NAME)
    )
    assert paths[0] == paths[1]
    assert _stored(hass) == WHOLE
    assert server.received == [0]


async def test_larger_than_the_disk(hass: HomeAssistant, server: Hub) -> None:
    server.claims = {"X-Linked-Size": str(10**16)}
    assert await _failure(async_download(hass, REPOSITORY, NAME)) == "disk_full"
    assert server.received == []
    server.claims = {}
    await _assert_downloads(hass)


async def test_disk_that_gets_full(hass: HomeAssistant, server: Hub) -> None:
    """The system refuses to write more than so many bytes into a file."""
    large = DATA * 30
    server.files[NAME] = large
    with no_file_beyond(len(large) // 2):
        failure = await _failure(async_download(hass, REPOSITORY, NAME))
    assert failure == "disk_full"
    # What was received is removed: Home Assistant needs the room.
    assert _stored(hass) == {}
    assert (await async_download(hass, REPOSITORY, NAME)).read_bytes() == large


async def test_folder_that_cannot_be_written(hass: HomeAssistant, server: Hub) -> None:
    folder = models_folder(hass).parent
    await hass.async_add_executor_job(folder.write_text, "no folder")
    assert await _failure(async_download(hass, REPOSITORY, NAME)) == "download_failed"
    await hass.async_add_executor_job(folder.unlink)
    await _assert_downloads(hass)


@pytest.mark.parametrize("missing", ["X-Repo-Commit", "X-Linked-Etag", "X-Linked-Size"])
async def test_server_that_is_no_hub(hass: HomeAssistant, server: Hub, missing: str) -> None:
    server.claims = {missing: None}
    assert await _failure(async_download(hass, REPOSITORY, NAME)) == "download_failed"
    server.claims = {}
    await _assert_downloads(hass)


async def test_list_that_is_none(
    hass: HomeAssistant, server: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("HF_ENDPOINT", f"{server.url}/{REPOSITORY}/resolve/main")
        server.small = {f"api/models/{REPOSITORY}"}
        server.files[f"api/models/{REPOSITORY}"] = b"<html>Log in first</html>"
        assert await _failure(async_files(hass, REPOSITORY)) == "download_failed"
    assert await async_files(hass, REPOSITORY)


async def test_file_that_is_gone(hass: HomeAssistant, server: Hub) -> None:
    assert await _failure(async_download(hass, REPOSITORY, "gone.gguf")) == "download_failed"
    await _assert_downloads(hass)


@pytest.mark.parametrize("name", ["../outside.gguf", "/outside.gguf", ""])
async def test_nothing_is_written_elsewhere(hass: HomeAssistant, server: Hub, name: str) -> None:
    assert await _failure(async_download(hass, REPOSITORY, name)) == "repository_not_found"
    assert _stored(hass) == {}


async def test_downloaded_model_passes_the_check(hass: HomeAssistant, server: Hub) -> None:
    server.files[NAME] = SHIPPED_MODEL_PATH.read_bytes()
    path = await async_download(hass, REPOSITORY, NAME)
    header = await async_check_file(hass, str(path))
    assert header.fields["general.name"] == "Home LLM tiny"


def _random_model(hass: HomeAssistant, name: str) -> Path:
    path = Path(hass.config.path(name))
    path.parent.mkdir(exist_ok=True)
    return write_random_model(path)


async def test_file_in_the_configuration(hass: HomeAssistant) -> None:
    assert await _failure(async_check_file(hass, "my/model.gguf")) == "file_not_found"
    path = _random_model(hass, "my/model.gguf")
    header = await async_check_file(hass, "my/model.gguf")
    assert header.fields["general.name"] == "random"
    assert await async_check_file(hass, str(path)) == header


async def test_file_elsewhere(
    hass: HomeAssistant, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("elsewhere")
    path = write_random_model(folder / "model.gguf")
    await hass.async_add_executor_job(Path(hass.config.path("link.gguf")).symlink_to, path)
    for name in (str(path), "link.gguf", f"{'../' * 20}{path}"):
        assert await _failure(async_check_file(hass, name)) == "file_not_allowed"
    hass.config.allowlist_external_dirs = {str(folder)}
    await async_check_file(hass, str(path))
    await async_check_file(hass, "link.gguf")


async def test_file_that_is_not_whole(hass: HomeAssistant) -> None:
    path = Path(hass.config.path("model.gguf"))
    whole = SHIPPED_MODEL_PATH.read_bytes()
    for data, failure in (
        (whole[:-1], "file_incomplete"),
        (whole[:10_000], "file_not_gguf"),
        (b"GGUF", "file_not_gguf"),
        (b"<html>", "file_not_gguf"),
        (b"", "file_not_gguf"),
    ):
        await hass.async_add_executor_job(path.write_bytes, data)
        assert await _failure(async_check_file(hass, "model.gguf")) == failure
    await hass.async_add_executor_job(path.write_bytes, whole)
    await async_check_file(hass, "model.gguf")


async def test_part_of_a_model(hass: HomeAssistant) -> None:
    writer = GGUFWriter(hass.config.path("model-00001-of-00002.gguf"), "llama")
    writer.add_uint16("split.count", 2)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    name = "model-00001-of-00002.gguf"
    assert await _failure(async_check_file(hass, name)) == "file_split"


async def test_file_that_cannot_be_read(hass: HomeAssistant) -> None:
    """The system opens no more files."""
    path = _random_model(hass, "model.gguf")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with pytest.raises(ModelError, match="file_not_readable"):
            _check_file(hass, str(path))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    await async_check_file(hass, str(path))
