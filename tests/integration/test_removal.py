"""What goes with an entry: what was downloaded and installed for it; people's own files stay."""

from collections.abc import AsyncIterator
from pathlib import Path

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
import huggingface_hub
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm import hub_download
from custom_components.home_llm.download import async_download, models_folder
from tests.engine.tiny_gguf import write_random_model
from tests.integration.hub_server import REPOSITORY, Hub
from tests.integration.remote_agents import agent_entry

pytestmark = pytest.mark.usefixtures("house")

NAME = "folder/model.gguf"


@pytest.fixture
async def server(
    hass: HomeAssistant, tmp_path: Path, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Hub]:
    """Serve a repository with a model that can be run."""
    server = Hub(files={NAME: write_random_model(tmp_path / "model.gguf").read_bytes()})
    monkeypatch.setattr(hub_download, "_PAUSE", 0)
    async with server.serve():
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server
        await hass.async_add_executor_job(huggingface_hub.close_session)


async def _async_add(hass: HomeAssistant, path: Path | str, **data: str) -> MockConfigEntry:
    """Set up an entry with a file."""
    entry = agent_entry("Model", {"path": str(path), **data}, {})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    return entry


def _folder(hass: HomeAssistant, place: str) -> Path:
    """Make a folder in the configuration."""
    folder = Path(hass.config.path(place))
    folder.mkdir(parents=True)
    return folder


def _stored(hass: HomeAssistant) -> list[str]:
    """Return the names of all that lies in our folder, if there is one."""
    folder = models_folder(hass).parent
    return sorted(path.name for path in folder.rglob("*")) if folder.exists() else ["no folder"]


async def test_a_downloaded_file_goes_with_the_last_entry(hass: HomeAssistant, server: Hub) -> None:
    path = await async_download(hass, REPOSITORY, NAME)
    one, other = await _async_add(hass, path), await _async_add(hass, path)
    await hass.config_entries.async_set_disabled_by(other.entry_id, ConfigEntryDisabler.USER)
    await hass.config_entries.async_remove(one.entry_id)
    # One that is disabled may be enabled again.
    assert path.exists()
    path.with_name("model.gguf.0123456789ab.part").touch()
    await hass.config_entries.async_remove(other.entry_id)
    assert _stored(hass) == ["no folder"]


async def test_what_else_is_in_the_folder_stays(hass: HomeAssistant, server: Hub) -> None:
    path = await async_download(hass, REPOSITORY, NAME)
    path.with_name("other.gguf").touch()
    path.with_name("model.gguf.txt").touch()
    entry = await _async_add(hass, path)
    await hass.config_entries.async_remove(entry.entry_id)
    assert _stored(hass) == [
        "folder",
        "model.gguf.txt",
        "models",
        "other.gguf",
        REPOSITORY.replace("/", "--"),
    ]


@pytest.mark.parametrize("place", ["home_llm/models", "home_llm/models/a--b", "own"])
async def test_own_files_stay(hass: HomeAssistant, place: str) -> None:
    """Also those that were put where downloads are."""
    path = write_random_model(_folder(hass, place) / "model.gguf")
    entry = await _async_add(hass, path)
    await hass.config_entries.async_remove(entry.entry_id)
    assert path.exists()


async def test_own_files_in_place_of_downloads_stay(hass: HomeAssistant, server: Hub) -> None:
    path = await async_download(hass, REPOSITORY, NAME)
    path.write_bytes(path.read_bytes() + b"\0")
    entry = await _async_add(hass, path)
    await hass.config_entries.async_remove(entry.entry_id)
    assert path.exists()


async def test_what_was_there_before_a_download_stays(hass: HomeAssistant, server: Hub) -> None:
    path = models_folder(hass) / REPOSITORY.replace("/", "--") / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(server.files[NAME])
    assert await async_download(hass, REPOSITORY, NAME) == path
    assert not server.received
    entry = await _async_add(hass, path)
    await hass.config_entries.async_remove(entry.entry_id)
    assert path.exists()


async def test_files_that_nobody_may_remove(
    hass: HomeAssistant,
    server: Hub,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The entry goes all the same."""
    path = await async_download(hass, REPOSITORY, NAME)
    entry = await _async_add(hass, path)

    def refuses(path: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError(path)

    # Root may remove anything.
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuses)
        await hass.config_entries.async_remove(entry.entry_id)
    assert "cannot be removed" in caplog.text
    assert hass.config_entries.async_get_entry(entry.entry_id) is None


async def test_another_model_for_the_entry(hass: HomeAssistant, server: Hub) -> None:
    path = await async_download(hass, REPOSITORY, NAME)
    entry = await _async_add(hass, path)
    hass.config_entries.async_update_entry(entry, data={"path": str(path), "context": 512})
    await hass.async_block_till_done()
    assert path.exists()
    hass.config_entries.async_update_entry(entry, data={})
    await hass.async_block_till_done()
    assert _stored(hass) == ["no folder"]


async def test_the_runtime_goes_with_the_last_model_on_this_device(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    (_folder(hass, "home_llm/runtime/some_package") / "module.py").touch()
    other = await _async_add(hass, "/nowhere.gguf")
    server = agent_entry("Server", {"backend": "openai", "url": "http://localhost"}, {})
    server.add_to_hass(hass)
    await hass.config_entries.async_remove(entry.entry_id)
    assert _stored(hass) == ["module.py", "runtime", "some_package"]
    await hass.config_entries.async_remove(other.entry_id)
    # What runs elsewhere does not need it.
    assert _stored(hass) == ["no folder"]


async def test_own_models_stay_without_the_runtime(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    (_folder(hass, "home_llm/models") / "own.gguf").touch()
    await hass.config_entries.async_remove(entry.entry_id)
    assert _stored(hass) == ["models", "own.gguf"]
