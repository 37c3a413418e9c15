"""The runtime of the model: where it is looked for, whether it works, how it gets installed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import message_from_string
from importlib.metadata import distributions
import logging
import os
from pathlib import Path
import shutil
import sys
from typing import Final, Literal

from homeassistant.core import HomeAssistant
from homeassistant.requirements import pip_kwargs
from homeassistant.util.package import install_package

from .const import DOMAIN, RUNTIME_REQUIREMENT, SHIPPED_MODEL_PATH
from .engine.client import EngineSettings, probe
from .engine.errors import EngineError, RuntimeBrokenError, RuntimeMissingError, WorkerDiedError
from .engine.reply import ModelInfo
from .errors import ModelError
from .fit import free_disk
from .options import ModelOptions
from .wheel_index import Build, async_builds

_LOGGER = logging.getLogger(__name__)

_PACKAGE = RUNTIME_REQUIREMENT.partition("==")[0]

INSTALL_ROOM: Final = 200 * 10**6
"""Bytes that an installation takes, with what the installer keeps beside it."""

INSTALL_DISK_FULL = "install_disk_full"
INSTALL_FAILED = "install_failed"
RUNTIME_MISSING = RuntimeMissingError.key
WRONG_PROCESSOR = "worker_illegal_instruction"
"""The runtime was built for another processor: it died of an instruction that this one lacks."""

UNFIT = (RUNTIME_MISSING, RuntimeBrokenError.key, WRONG_PROCESSOR)
"""What another build of the runtime may put right."""


def engine_settings(hass: HomeAssistant, options: ModelOptions | None = None) -> EngineSettings:
    """Return how a model is run on this device; by default, the one that ships."""
    options = options or ModelOptions()
    # Home Assistant may install packages outside the folders that its interpreter knows.
    search_paths = (*filter(None, sys.path), hass.config.path("deps"))
    return EngineSettings(
        path=options.path or str(SHIPPED_MODEL_PATH),
        n_ctx=options.context,
        n_threads=options.threads,
        search_paths=search_paths,
        preferred_paths=(str(_folder(hass)),),
        # Not in backups: it can be evaluated again.
        prefix_folder=hass.config.cache_path(DOMAIN),
    )


async def async_probe(hass: HomeAssistant, options: ModelOptions | None = None) -> ModelInfo:
    """Let a model write one token in a worker of its own, and return what it says about itself.

    Raises:
        ModelError: it cannot run.

    """
    try:
        info = await probe(engine_settings(hass, options))
    except EngineError as err:
        _LOGGER.warning("The language model cannot run: %s", err)
        is_unfit = isinstance(err, WorkerDiedError) and err.reason == "illegal_instruction"
        raise ModelError(WRONG_PROCESSOR if is_unfit else err.key) from err
    _LOGGER.debug("The language model runs: %s", info)
    return info


async def async_check(hass: HomeAssistant, options: ModelOptions) -> str | None:
    """Let a model write one token in a worker of its own, and return the key of what is wrong."""
    try:
        await async_probe(hass, options)
    except ModelError as err:
        return err.key
    return None


@dataclass(frozen=True, kw_only=True)
class Installed:
    """The runtime as it is installed.

    Args:
        version: of llama-cpp-python.
        place: ``home_llm`` if it was installed for Home LLM, ``deps`` if Home Assistant's folder
            for packages has it, else ``environment``.
        build: what the tags of its wheel say, such as ``py3-none-linux_x86_64``.
        is_from_file: whether it was installed from the address of a wheel, as upstream's are.

    """

    version: str
    place: Literal["home_llm", "deps", "environment"]
    build: str
    is_from_file: bool


async def async_installed(hass: HomeAssistant) -> Installed | None:
    """Return the runtime that models are run with; nothing if there is none."""
    return await hass.async_add_executor_job(_installed, hass)


def _installed(hass: HomeAssistant) -> Installed | None:
    settings = engine_settings(hass)
    own, deps = str(_folder(hass)), hass.config.path("deps")
    for folder in (*settings.preferred_paths, *settings.search_paths):
        for found in distributions(name=_PACKAGE, path=[folder]):
            wheel = message_from_string(found.read_text("WHEEL") or "")
            return Installed(
                version=found.version,
                place="home_llm" if folder == own else "deps" if folder == deps else "environment",
                build=" ".join(wheel.get_all("Tag", [])),
                is_from_file=found.read_text("direct_url.json") is not None,
            )
    return None


async def async_known_builds(hass: HomeAssistant) -> list[Build]:
    """Return the builds of the runtime that may run here, the best first."""
    return await async_builds(hass, RUNTIME_REQUIREMENT)


async def async_has_room(hass: HomeAssistant) -> bool:
    """Return whether the disk has room for a build of the runtime."""
    return await hass.async_add_executor_job(free_disk, _folder(hass)) >= INSTALL_ROOM


async def async_install(hass: HomeAssistant, build: Build) -> bool:
    """Install a build of the runtime, in place of the one that was installed before.

    It goes to a folder of its own. An update of Home Assistant's container, which throws installed
    packages away, leaves it there; and no other integration gets a version that it did not ask for.

    Returns:
        Whether that worked.

    """
    _LOGGER.info("Installing %s%s", build.requirement, " (portable)" if build.is_portable else "")
    return await hass.async_add_executor_job(_install, build, _folder(hass))


async def async_uninstall(hass: HomeAssistant) -> None:
    """Remove the runtime, and what was read ahead, unless a model still runs on this device."""
    entries = hass.config_entries.async_entries(DOMAIN)
    if not any(ModelOptions.of(entry.data).backend == "device" for entry in entries):
        read_ahead = Path(hass.config.cache_path(DOMAIN))
        await hass.async_add_executor_job(_uninstall, _folder(hass), read_ahead)


def _uninstall(folder: Path, read_ahead: Path) -> None:
    for each in (read_ahead, folder, *_aside(folder)):
        shutil.rmtree(each, ignore_errors=True)
    with suppress(OSError):
        # Models of people's own may be left there.
        folder.parent.rmdir()


def _folder(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(DOMAIN, "runtime"))


def _aside(folder: Path) -> tuple[Path, Path]:
    """Return where what is not whole yet, and what is not wanted any more, is out of the way."""
    return folder.with_name(f"{folder.name}.new"), folder.with_name(f"{folder.name}.old")


def _install(build: Build, folder: Path) -> bool:
    new, old = _aside(folder)
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    try:
        with _environment(build.environment):
            done = install_package(build.requirement, **pip_kwargs(None) | {"target": str(new)})
        if done:
            _take_place(new, folder, old)
    except OSError as err:
        _LOGGER.warning("%s could not be installed: %s", build.requirement, err)
        done = False
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    return done


def _take_place(new: Path, folder: Path, old: Path) -> None:
    """Put a folder in place of another: at any moment one of them is there whole, or none."""
    with suppress(FileNotFoundError):
        folder.rename(old)
    new.rename(folder)


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables for the installer, which takes over those of this process."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
