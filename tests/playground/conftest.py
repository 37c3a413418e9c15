"""A virtual house in the Home Assistant of the tests."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from playground.house import House
from playground.house_setup import async_setup_house

type BuildHouse = Callable[[str], Awaitable[ConfigEntry[House]]]


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """Start from an empty configuration."""
    folder = tmp_path / "config"
    folder.mkdir()
    return str(folder)


@pytest.fixture
def build_house(hass: HomeAssistant, tmp_path: Path) -> BuildHouse:
    """Build a house from the text of its file."""

    async def build(text: str) -> ConfigEntry[House]:
        path = tmp_path / "house.yaml"
        path.write_text(text, encoding="utf-8")
        return await async_setup_house(hass, path)

    return build
