"""Houses in a real Home Assistant."""

import logging
from pathlib import Path

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
)
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest

from playground.house_file import HouseFileError, read_house
from playground.house_setup import async_setup_house
from playground.kinds import KINDS
from playground.run import DEFAULT_HOME, HOMES
from tests.playground.conftest import BuildHouse

# Not about the house: that custom integrations are loaded, which zlib there is, a slow computer.
_EXPECTED_LOGGERS = {"homeassistant.loader", "aiohttp_fast_zlib", "asyncio"}


@pytest.mark.parametrize("path", sorted(HOMES.glob("*.yaml")), ids=lambda path: path.stem)
async def test_every_device_of_an_example_comes_up_as_the_file_says(
    hass: HomeAssistant, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    house = read_house(path)
    await async_setup_house(hass, path)
    for device in house.devices:
        state = hass.states.get(device.entity_id)
        assert state is not None, device.entity_id
        assert state.name == device.name
        assert async_should_expose(hass, "conversation", device.entity_id) == device.exposed
        if not device.available:
            assert state.state == "unavailable"
        elif KINDS[device.kind].state is not None:
            assert _same(state.state, device.state), (device.entity_id, state.state)
    warnings = [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING and record.name not in _EXPECTED_LOGGERS
    ]
    assert warnings == []


def _same(shown: str, told: str | None) -> bool:
    try:
        return float(shown) == float(told or "")
    except ValueError:
        return shown == (told or "unknown")


def test_the_larger_example_has_every_kind() -> None:
    house = read_house(HOMES / "villa.yaml")
    assert {device.kind for device in house.devices} == set(KINDS)
    assert len(house.floors) == 3


def test_the_default_house_has_what_people_try_first() -> None:
    house = read_house(DEFAULT_HOME)
    lights = {
        area.name: [d for d in house.of_kind("light") if d.area == area.name]
        for area in house.areas
    }
    assert len(lights["Kitchen"]) > 1
    assert lights["Bedroom"]
    assert any(d.area == "Bedroom" for d in house.of_kind("fan"))
    assert all("color" in light.features for light in lights["Living room"])
    assert any(light.name == "Desk lamp" and "dim" in light.features for light in lights["Study"])
    assert any("upstairs" in floor.aliases for floor in house.floors)


async def test_places_aliases_and_areas(hass: HomeAssistant, build_house: BuildHouse) -> None:
    await build_house("""
        floors:
          - {name: Upper floor, aliases: [upstairs]}
        areas:
          - {name: Studio, floor: Upper floor, aliases: [office]}
        devices:
          - {name: Lamp, kind: light, area: Studio, aliases: [big light, glow]}
          - {name: Mode, kind: input_boolean, area: Studio, aliases: [party]}
          - {name: Fan, kind: fan, exposed: false}
    """)
    (floor,) = fr.async_get(hass).async_list_floors()
    assert (floor.name, floor.aliases) == ("Upper floor", {"upstairs"})
    (area,) = ar.async_get(hass).async_list_areas()
    assert (area.name, area.aliases, area.floor_id) == ("Studio", {"office"}, floor.floor_id)
    entities = er.async_get(hass)
    lamp = entities.async_get("light.lamp")
    assert lamp is not None
    assert er.async_get_entity_aliases(hass, lamp) == ["Lamp", "big light", "glow"]
    assert lamp.device_id is not None
    device = dr.async_get(hass).async_get(lamp.device_id)
    assert device is not None
    assert device.area_id == area.id
    mode = entities.async_get("input_boolean.mode")
    assert mode is not None
    assert (mode.area_id, mode.device_id) == (area.id, None)
    assert er.async_get_entity_aliases(hass, mode) == ["Mode", "party"]
    assert not async_should_expose(hass, "conversation", "fan.fan")


async def test_language_and_units_of_the_house(
    hass: HomeAssistant, build_house: BuildHouse
) -> None:
    await build_house("""
        language: zh-Hans
        units: us_customary
        devices:
          - {name: Heating, kind: climate, state: heat, attributes: {temperature: 70}}
          - {name: Weather, kind: weather, attributes: {temperature: 60, wind_speed: 10}}
    """)
    assert hass.config.language == "zh-Hans"
    assert hass.config.units is US_CUSTOMARY_SYSTEM
    heating, weather = hass.states.get("climate.heating"), hass.states.get("weather.weather")
    assert heating is not None
    assert weather is not None
    assert heating.attributes["temperature"] == 70
    assert weather.attributes["temperature"] == 60
    assert weather.attributes["wind_speed"] == 10


async def test_of_a_bad_file_nothing_is_built(hass: HomeAssistant, build_house: BuildHouse) -> None:
    with pytest.raises(HouseFileError, match="line 4"):
        await build_house("""areas: [Hall]
devices:
  - {name: Lamp, kind: light, area: Hall}
  - {name: Fan, kind: fan, area: Hal}
""")
    assert hass.states.async_all() == []
    assert list(ar.async_get(hass).async_list_areas()) == []
    assert hass.config_entries.async_entries() == []


async def test_a_changed_file_counts_after_a_reload(
    hass: HomeAssistant, build_house: BuildHouse, tmp_path: Path
) -> None:
    entry = await build_house("devices: [{name: Lamp, kind: light}]")
    file = tmp_path / "house.yaml"
    file.write_text("devices: [{name: Lamp, kind: light, state: on}]", encoding="utf-8")
    assert await hass.config_entries.async_reload(entry.entry_id)
    lamp = hass.states.get("light.lamp")
    assert lamp is not None
    assert lamp.state == "on"
    file.write_text("devices: [{name: Lamp, kind: lamp}]", encoding="utf-8")
    assert not await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.reason is not None
    assert "line 1: kind should be one of" in entry.reason


async def test_the_same_house_is_added_once(hass: HomeAssistant) -> None:
    first = await async_setup_house(hass, DEFAULT_HOME)
    again = await async_setup_house(hass, DEFAULT_HOME)
    assert again is first
