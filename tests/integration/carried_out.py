"""Houses of virtual devices, and calls that are carried out in them without a model."""

from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm

from custom_components.home_llm.control import Outcome, async_carry_out
from custom_components.home_llm.core.calls import Call, resolve
from custom_components.home_llm.core.formats import TINY
from custom_components.home_llm.core.kinds import DOMAINS
from custom_components.home_llm.home import HomeReader
from playground.house import House
from playground.house_setup import async_setup_house


async def async_build(hass: HomeAssistant, folder: Path, devices: str) -> ConfigEntry[House]:
    """Build a virtual house with a kitchen, of devices as a house file has them."""
    path = folder / "house.yaml"
    path.write_text(f"areas: [Kitchen]\ndevices: [{devices}]", encoding="utf-8")
    return await async_setup_house(hass, path)


async def async_do(
    hass: HomeAssistant,
    action: str,
    *entity_ids: str,
    device_id: str | None = None,
    **arguments: Any,
) -> Outcome:
    """Do what a model's call asks for, said to the satellite ``device_id``."""
    home = HomeReader(hass).read(DOMAINS)
    names = TINY.names(home)
    lines = {entity_id: line for line, entity_id in names.devices.items()}
    devices = tuple(lines[entity_id] for entity_id in entity_ids)
    call = resolve(Call(action=action, devices=devices, arguments=arguments), home, names)
    llm_context = llm.LLMContext(
        platform="home_llm",
        context=Context(),
        language="en",
        assistant="conversation",
        device_id=device_id,
    )
    return await async_carry_out(hass, call, home, llm_context)
