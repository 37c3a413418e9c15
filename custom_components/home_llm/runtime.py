"""The runtime of the model: where it is looked for, whether it works, how it gets installed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
import logging
import os
from pathlib import Path
import shutil
import sys

from homeassistant.core import HomeAssistant
from homeassistant.requirements import pip_kwargs
from homeassistant.util.package import install_package

from .const import DOMAIN, RUNTIME_REQUIREMENT, SHIPPED_MODEL_PATH
from .engine.client import EngineSettings, probe
from .engine.errors import EngineError, RuntimeBrokenError, RuntimeMissingError, WorkerDiedError
from .engine.reply import ModelInfo
from .errors import ModelError
from .options import ModelOptions
from .wheel_index import Build, async_builds

_LOGGER = logging.getLogger(__name__)

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


async def async_known_builds(hass: HomeAssistant) -> list[Build]:
    """Return the builds of the runtime that may run here, the best first."""
    return await async_builds(hass, RUNTIME_REQUIREMENT)


async def async_install(hass: HomeAssistant, build: Build) -> bool:
    """Install a build of the runtime, in place of the one that was installed before.

    It goes to a folder of its own. An update of Home Assistant's container, which throws installed
    packages away, leaves it there; and no other integration gets a version that it did not ask for.

    Returns:
        Whether that worked.

    """
    _LOGGER.info("Installing %s%s", build.requirement, " (portable)" if build.is_portable else "")
    return await hass.async_add_executor_job(_install, build, _folder(hass))


def _folder(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(DOMAIN, "runtime"))


def _install(build: Build, folder: Path) -> bool:
    new = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    with _environment(build.environment):
        done = install_package(build.requirement, **pip_kwargs(None) | {"target": str(new)})
    if done:
        shutil.rmtree(folder, ignore_errors=True)
        new.rename(folder)
    shutil.rmtree(new, ignore_errors=True)
    return done


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
