"""Runs a complete Home Assistant with its web interface, and puts house and assistant into it."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
import sys

from homeassistant import bootstrap, runner
from homeassistant.auth.const import GROUP_ID_ADMIN
from homeassistant.auth.providers.homeassistant import async_get_provider
from homeassistant.components.assist_pipeline import async_update_pipeline
from homeassistant.components.assist_pipeline.pipeline import async_get_pipeline
from homeassistant.components.onboarding import (
    STORAGE_KEY as ONBOARDING_KEY,
    STORAGE_VERSION as ONBOARDING_VERSION,
)
from homeassistant.components.onboarding.const import STEPS
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .assistant import AssistantError, async_add_assistant
from .house_setup import async_setup_house
from .instance import async_listen_on

USER = PASSWORD = "dev"


@dataclass(frozen=True, kw_only=True)
class Site:
    """A Home Assistant with a web interface.

    Args:
        config_dir: its configuration folder, with ``configuration.yaml``.
        home: the house file.
        host: the address that it listens on.
        port: the port there.

    """

    config_dir: Path
    home: Path
    host: str
    port: int


def run(site: Site, *, verbose: bool) -> int:
    """Run Home Assistant until it is interrupted, and return its exit code.

    Args:
        site: what runs, and where.
        verbose: whether its log tells more than warnings.

    """
    with runner.ensure_single_execution(str(site.config_dir)) as lock:
        if lock.exit_code is not None:
            return lock.exit_code
        with asyncio.Runner(loop_factory=runner.create_event_loop) as loop:
            loop.run(_async_prepare(site))
            return loop.run(_async_run(site, verbose=verbose))


async def _async_prepare(site: Site) -> None:
    """Store what Home Assistant would ask about at its first start, and where it listens."""
    hass = HomeAssistant(str(site.config_dir))
    onboarding = Store[dict[str, list[str]]](hass, ONBOARDING_VERSION, ONBOARDING_KEY, private=True)
    await onboarding.async_save({"done": list(STEPS)})
    await async_listen_on(hass, site.host, site.port)
    await hass.async_stop(force=True)


async def _async_run(site: Site, *, verbose: bool) -> int:
    hass = await async_start(site, verbose=verbose)
    if hass is None:
        sys.stderr.write(f"Home Assistant did not start; see the log in {site.config_dir}.\n")
        return 1

    @callback
    def tell(_event: Event) -> None:
        sys.stdout.write(
            f"\nReady: http://{site.host}:{site.port} (where it asks for a login: "
            f"{USER} / {PASSWORD}). Ctrl-C ends it.\n"
        )
        sys.stdout.flush()

    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STARTED, tell)
    return await hass.async_run()


async def async_start(site: Site, *, verbose: bool) -> HomeAssistant | None:
    """Return a Home Assistant in which everything is ready to be started.

    Args:
        site: what runs, and where.
        verbose: whether its log tells more than warnings.

    """
    config = runner.RuntimeConfig(config_dir=str(site.config_dir), verbose=verbose)
    hass = await bootstrap.async_setup_hass(config)
    if hass is None or hass.config.recovery_mode:
        return None
    await async_add_user(hass)
    await async_setup_house(hass, site.home)
    try:
        await async_prefer(hass, await async_add_assistant(hass))
    except AssistantError as err:
        # The web interface is where people find out more.
        sys.stderr.write(f"{err}\n")
    return hass


async def async_add_user(hass: HomeAssistant) -> None:
    """Add the administrator, unless there is one."""
    provider = async_get_provider(hass)
    await provider.async_initialize()
    if any(not user.system_generated for user in await hass.auth.async_get_users()):
        return
    await provider.async_add_auth(USER, PASSWORD)
    credentials = await provider.async_get_or_create_credentials({"username": USER})
    user = await hass.auth.async_create_user(USER, group_ids=[GROUP_ID_ADMIN])
    await hass.auth.async_link_user(user, credentials)


async def async_prefer(hass: HomeAssistant, agent_id: str) -> None:
    """Let the assistant of the web interface speak with an agent.

    Args:
        hass: where.
        agent_id: the entity id of the agent.

    """
    await async_update_pipeline(
        hass, async_get_pipeline(hass), conversation_engine=agent_id, prefer_local_intents=False
    )
