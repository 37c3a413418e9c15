"""Getting models: files of the Hugging Face hub, and files that are on this device already."""

import asyncio
from collections.abc import Collection
import logging
from pathlib import Path
from threading import Event

from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .downloaded import remove
from .errors import ModelError
from .gguf_file import GgufError, GgufHeader, read_header
from .hub_file import HubFile, Progress, Wanted, is_inside
from .options import ModelOptions
from .requirements import async_require

_LOGGER = logging.getLogger(__name__)

_LOCKS: HassKey[dict[Path, asyncio.Lock]] = HassKey(f"{DOMAIN}_downloads")


def models_folder(hass: HomeAssistant) -> Path:
    """Return the folder that models are downloaded to."""
    return Path(hass.config.path(DOMAIN, "models"))


def is_downloaded(hass: HomeAssistant, path: str) -> bool:
    """Return whether a file lies where models are downloaded to."""
    return Path(path).is_relative_to(models_folder(hass))


async def async_files(hass: HomeAssistant, repository: str, *, token: str = "") -> list[HubFile]:
    """Return the models that a repository has as single GGUF files, the smallest first.

    Args:
        hass: Home Assistant.
        repository: such as ``owner/name``.
        token: for the hub; only some repositories need it.

    Raises:
        ModelError: ``repository_not_found``, ``no_gguf_files``, ``invalid_auth``,
            ``cannot_connect``, ``download_failed`` or ``install_failed``.

    """
    await async_require(hass, "huggingface_hub")
    return await hass.async_add_executor_job(_files, repository.strip(), token)


async def async_download(
    hass: HomeAssistant,
    repository: str,
    name: str,
    *,
    token: str = "",
    progress: Progress | None = None,
) -> Path:
    """Download a file, or what is missing of it, and return its path.

    A file that is there already is checked and not downloaded again. When this is cancelled, what
    was received stays for the next time.

    Args:
        hass: Home Assistant.
        repository: such as ``owner/name``.
        name: of the file, as the repository's list has it.
        token: for the hub; only some repositories need it.
        progress: called in the event loop with the bytes that are there, and all bytes.

    Raises:
        ModelError: ``disk_full``, ``download_cut``, ``checksum_wrong``, ``download_failed``,
            ``repository_not_found``, ``invalid_auth``, ``cannot_connect`` or ``install_failed``.

    """
    await async_require(hass, "huggingface_hub")
    target = _target(hass, repository.strip(), name)
    wanted = Wanted(repository=repository.strip(), name=name, target=target, token=token)
    stop = Event()
    # Two downloads into the same file would spoil it; the second one finds it there.
    async with hass.data.setdefault(_LOCKS, {}).setdefault(target, asyncio.Lock()):
        job = hass.async_add_executor_job(_fetch, wanted, _in_loop(hass, progress), stop)
        try:
            await asyncio.shield(job)
        except asyncio.CancelledError:
            stop.set()
            # The thread ends with the next bytes, or when none come for a while.
            await asyncio.wait([job])
            raise
    return target


def _target(hass: HomeAssistant, repository: str, name: str) -> Path:
    """Return where a file goes: files of different repositories may have the same name."""
    folder = repository.replace("/", "--")
    if not is_inside(name) or not is_inside(folder):
        raise ModelError("repository_not_found")
    return models_folder(hass) / folder / name


def _files(repository: str, token: str) -> list[HubFile]:
    from .hub import files  # noqa: PLC0415 - its library is installed only now

    return files(repository, token)


def _fetch(wanted: Wanted, progress: Progress, stop: Event) -> None:
    from .hub_download import fetch  # noqa: PLC0415 - its library is installed only now

    fetch(wanted, progress, stop)


def _in_loop(hass: HomeAssistant, progress: Progress | None) -> Progress:
    """Return what may be called from a thread, and calls ``progress`` in the event loop."""

    def tell(done: int, total: int) -> None:
        if progress is not None:
            hass.loop.call_soon_threadsafe(progress, done, total)

    return tell


async def async_remove_unused(hass: HomeAssistant, path: str) -> None:
    """Remove a file that was downloaded, unless an entry needs it."""
    entries = hass.config_entries.async_entries(DOMAIN)
    used = {ModelOptions.of(entry.data).path for entry in entries}
    if path:
        await hass.async_add_executor_job(_remove_unused, path, used, models_folder(hass))


def _remove_unused(path: str, used: Collection[str], root: Path) -> None:
    target = Path(path).resolve()
    if any(Path(other).resolve() == target for other in used if other):
        return
    try:
        if remove(target, root.resolve()):
            _LOGGER.info("Removed a model that no entry needs any more: %s", target.name)
    except OSError as err:
        _LOGGER.warning("A model that no entry needs any more cannot be removed: %r", err)


async def async_check_file(hass: HomeAssistant, path: str) -> GgufHeader:
    """Find out whether a file on this device is a whole GGUF file that may be read.

    Args:
        hass: Home Assistant.
        path: from the root, or from the configuration folder.

    Returns:
        What stands at its beginning.

    Raises:
        ModelError: ``file_not_found``, ``file_not_allowed``, ``file_not_readable``,
            ``file_not_gguf``, ``file_incomplete`` or ``file_split``.

    """
    return await hass.async_add_executor_job(_check_file, hass, path)


def _check_file(hass: HomeAssistant, name: str) -> GgufHeader:
    path = Path(hass.config.path(name)).resolve()
    if not (path.is_relative_to(hass.config.config_dir) or hass.config.is_allowed_path(str(path))):
        raise ModelError("file_not_allowed")
    if not path.is_file():
        raise ModelError("file_not_found")
    try:
        header = read_header(path)
    except OSError as err:
        raise ModelError("file_not_readable") from err
    except GgufError as err:
        raise ModelError("file_not_gguf") from err
    if header.is_split:
        raise ModelError("file_split")
    if path.stat().st_size < header.size:
        raise ModelError("file_incomplete")
    return header
