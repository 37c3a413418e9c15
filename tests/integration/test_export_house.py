"""The exported house is the one that agents see, and playground builds it again."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from homeassistant.auth.models import User
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)
import voluptuous as vol

from custom_components.home_llm.const import DOMAIN
from custom_components.home_llm.core.home import Home
from custom_components.home_llm.home import HomeReader
from playground.house_file import read_house
from playground.house_setup import async_setup_house
from playground.kinds import KINDS
from playground.run import HOMES

PERSONAL = {"include_personal_data": True}


@pytest.fixture(autouse=True)
async def action(hass: HomeAssistant, core: None) -> None:
    """Set up Home LLM without any entry: the action is there all the same."""
    assert await async_setup_component(hass, DOMAIN, {})


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Return a folder that may be written to; Home Assistant has its own files elsewhere."""
    folder = tmp_path / "houses"
    folder.mkdir()
    hass.config.allowlist_external_dirs = {str(folder)}
    return folder


async def _export(hass: HomeAssistant, **data: Any) -> dict[str, Any]:
    exported = await hass.services.async_call(
        DOMAIN, "export_house", data, blocking=True, return_response=True
    )
    assert exported is not None
    return exported


def _device(house: dict[str, Any], entity_id: str) -> dict[str, Any]:
    (found,) = (each for each in house["devices"] if each["entity_id"] == entity_id)
    return {key: value for key, value in found.items() if key not in ("entity_id", "kind")}


async def _written(hass: HomeAssistant, folder: Path, **data: Any) -> Path:
    """Export the house to a file."""
    path = folder / "exported.yaml"
    await hass.services.async_call(
        DOMAIN, "export_house", {"filename": str(path), **data}, blocking=True
    )
    return path


@asynccontextmanager
async def _built(path: Path, folder: Path) -> AsyncGenerator[HomeAssistant]:
    """Build the house of a file in another Home Assistant."""
    config = folder / "another"
    config.mkdir()
    async with async_test_home_assistant(config_dir=str(config)) as other:
        entry = await async_setup_house(other, path)
        yield other
        assert await other.config_entries.async_unload(entry.entry_id)
        await other.async_stop(force=True)


def _seen(hass: HomeAssistant) -> Home:
    return replace(HomeReader(hass).read(tuple(KINDS)), last_changed=())


@pytest.mark.parametrize("name", ["cottage", "villa"])
async def test_the_exported_house_looks_the_same_to_agents(
    hass: HomeAssistant, folder: Path, name: str
) -> None:
    await async_setup_house(hass, HOMES / f"{name}.yaml")
    await hass.services.async_call(
        "light", "turn_on", {"entity_id": "all", "brightness_pct": 37}, blocking=True
    )
    path = await _written(hass, folder, **PERSONAL)
    async with _built(path, folder) as other:
        before, after = _seen(hass), _seen(other)
    assert len(before.entities) > 20
    assert after.areas == before.areas
    assert after.floors == before.floors
    for entity in before.entities:
        assert after.entity_by_id[entity.entity_id] == entity
    assert after == before


async def test_without_names_the_rest_of_the_house_is_the_same(
    hass: HomeAssistant, folder: Path
) -> None:
    await async_setup_house(hass, HOMES / "villa.yaml")
    path = await _written(hass, folder)
    text = path.read_text()
    for private in ("Anna", "Ben", "Grandma", "Dentist", "Main Street", "milk", "Davis", "4711"):
        assert private.casefold() not in text.casefold()
    async with _built(path, folder) as other:
        before, after = _seen(hass), _seen(other)
    told = {"person", "input_text", "media_player", "calendar"}
    same = [entity for entity in before.entities if entity.domain not in told]
    assert len(same) > 40
    for entity in same:
        assert after.entity_by_id[entity.entity_id] == entity
    people = [entity.name for entity in after.of_domain("person")]
    assert people == ["Person 1", "Person 2"]
    assert [entity.state for entity in after.of_domain("person")] == ["home", "not_home"]


async def test_names_of_people_are_replaced_wherever_they_stand(
    hass: HomeAssistant, folder: Path
) -> None:
    house = folder / "house.yaml"
    house.write_text("""
floors: [Anna's floor]
areas:
  - {name: Annas Zimmer, floor: Anna's floor, aliases: [anna's room, Susannas Zimmer]}
  - {name: Person 1s Zimmer}
devices:
  - {name: Anna van der Linden, kind: person, aliases: [Mum], state: Office}
  - {name: 小明, kind: person}
  - {name: Linden lamp, kind: light, area: Annas Zimmer, features: [], aliases: [Mums lamp]}
  - {name: Annas Lampe, kind: light, aliases: [van light, 小明的灯]}
  - name: Alarm
    kind: select
    entity_id: select.anna
    state: Anna
    attributes: {options: [Anna, Mum, off]}
""")
    await async_setup_house(hass, house)
    exported = await _export(hass)
    first = "Person 1s Zimmer"
    assert exported["floors"] == [{"name": "Person 1's floor"}]
    assert sorted(exported["areas"], key=lambda area: area["name"]) == [
        {
            "name": first,
            "aliases": ["Susannas Zimmer", "Person 1's room"],
            "floor": "Person 1's floor",
        },
        {"name": "Person 1s Zimmer 2"},
    ]
    assert {device["entity_id"]: device["name"] for device in exported["devices"]} == {
        "light.person_1_lamp": "Person 1 lamp",
        "light.person_1s_lampe": "Person 1s Lampe",
        "person.person_1": "Person 1",
        "person.person_2": "Person 2",
        "select.person_1": "Alarm",
    }
    assert _device(exported, "light.person_1_lamp") == {
        "name": "Person 1 lamp",
        "area": first,
        "aliases": ["Person 1s lamp"],
        "features": [],
        "state": "off",
    }
    assert _device(exported, "light.person_1s_lampe")["aliases"] == ["van light", "Person 2的灯"]
    assert _device(exported, "person.person_1") == {"name": "Person 1", "state": "not_home"}
    alarm = _device(exported, "select.person_1")
    assert alarm["state"] in alarm["attributes"]["options"] == ["Person 1", "off"]


async def test_only_what_is_exposed(hass: HomeAssistant) -> None:
    await async_setup_house(hass, HOMES / "cottage.yaml")
    async_expose_entity(hass, "conversation", "light.desk_lamp", should_expose=False)
    ids = {device["entity_id"] for device in (await _export(hass))["devices"]}
    assert "light.study_light" in ids
    assert "light.desk_lamp" not in ids


async def test_changed_house(hass: HomeAssistant) -> None:
    """What people change later is told: names, areas, aliases, states."""
    await async_setup_house(hass, HOMES / "cottage.yaml")
    area = ar.async_get(hass).async_create("Cellar", aliases={"basement"})
    er.async_get(hass).async_update_entity(
        "light.desk_lamp", name="Work lamp", area_id=area.id, aliases=[er.COMPUTED_NAME, "Glow"]
    )
    await hass.services.async_call(
        "light", "turn_on", {"entity_id": "light.desk_lamp", "brightness_pct": 12}, blocking=True
    )
    await hass.async_block_till_done()
    house = await _export(hass)
    assert {"name": "Cellar", "aliases": ["basement"]} in house["areas"]
    assert _device(house, "light.desk_lamp") == {
        "name": "Work lamp",
        "area": "Cellar",
        "aliases": ["Glow"],
        "features": ["dim"],
        "state": "on",
        "attributes": {"brightness": 12},
    }


_STRANGE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("light.blank", "on", {"supported_color_modes": ["onoff"], "friendly_name": "  "}),
    ("light.long", "strange", {"friendly_name": "x" * 300}),
    ("fan.x", "on", {"supported_features": 1, "percentage": 250, "friendly_name": "true"}),
    ("cover.x", "ajar", {"supported_features": 4, "current_position": "half"}),
    ("climate.x", "heat", {"hvac_modes": ["cool", "eco"], "temperature": float("nan")}),
    ("climate.y", "unavailable", {"supported_features": 1, "min_temp": 7, "preset_mode": "eco"}),
    ("humidifier.x", "on", {"humidity": 1e300, "mode": "x", "device_class": "wet"}),
    ("media_player.x", "playing", {"source": "B", "source_list": ["A", "A", 5, ""]}),
    ("vacuum.x", "dancing", {"fan_speed": "max", "fan_speed_list": None}),
    ("number.x", "7", {"min": 9, "max": 3, "step": 0.00001, "unit_of_measurement": " "}),
    ("number.y", "-273.15", {"min": -1e20, "max": 1}),
    ("select.x", "c", {"options": ["a", "b"]}),
    ("sensor.word", "cloudy\n# no", {"unit_of_measurement": "°C"}),
    ("sensor.enum", "x", {"device_class": "enum"}),
    ("sensor.date", "soon", {"device_class": "timestamp"}),
    ("sensor.date2", "2026-11-21", {"device_class": "date"}),
    ("sensor.odd", "0x1F", {"friendly_name": "1e5", "device_class": "of_mine"}),
    ("binary_sensor.x", "maybe", {"device_class": "window"}),
    ("weather.x", "sunny", {"temperature": 9, "temperature_unit": "°X", "humidity": 30.7}),
    ("timer.x", "active", {"duration": "2 days, 0:00:00"}),
    ("person.x", "", {"friendly_name": "Somebody"}),
    ("lock.x", "on", {"friendly_name": "]: &a *b {\u202e\x07 'null'"}),
    ("button.x", "2026-11-21T10:00:00+00:00", {"device_class": "restart"}),
)


@pytest.mark.parametrize("data", [{}, PERSONAL], ids=["without names", "personal"])
async def test_no_state_makes_a_file_that_is_refused(
    hass: HomeAssistant, folder: Path, data: dict[str, Any]
) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    for entity_id, state, attributes in _STRANGE:
        hass.states.async_set(entity_id, state, attributes)
        async_expose_entity(hass, "conversation", entity_id, should_expose=True)
    house = read_house(await _written(hass, folder, **data))
    assert len(house.devices) == len(_STRANGE)
    devices = house.by_id
    assert devices["light.blank"].name == "light.blank"
    assert devices["light.long"].name == "x" * 100
    assert devices["fan.x"].name == "true"
    assert devices["climate.y"].available is False
    assert devices["climate.y"].attributes["temperature"] == 7
    assert devices["media_player.x"].attributes["source_list"] == ("A",)
    assert devices["lock.x"].name == "]: &a *b {\u202e\x07 'null'"
    assert devices["sensor.date2"].state == "2026-11-21"
    assert devices["weather.x"].attributes["humidity"] == 31
    assert devices["sensor.odd"].state == ("0x1F" if data else None)


async def test_units_of_the_house(hass: HomeAssistant, folder: Path) -> None:
    """Weather may come in units of its own; the file speaks in those of the house."""
    house = folder / "house.yaml"
    house.write_text("""
units: us_customary
devices:
  - {name: Weather, kind: weather, attributes: {temperature: 60, wind_speed: 10, pressure: 1013}}
""")
    await async_setup_house(hass, house)
    er.async_get(hass).async_update_entity_options(
        "weather.weather", "weather", {"temperature_unit": "°C", "wind_speed_unit": "km/h"}
    )
    await hass.async_block_till_done()
    state = hass.states.get("weather.weather")
    assert state is not None
    assert state.attributes["temperature_unit"] == "°C"
    exported = await _export(hass)
    assert exported["units"] == "us_customary"
    told = _device(exported, "weather.weather")["attributes"]
    assert told["temperature"] == pytest.approx(60, abs=0.2)
    assert told["wind_speed"] == pytest.approx(10, abs=0.1)
    assert told["pressure"] == pytest.approx(1013, abs=0.5)


@pytest.mark.parametrize(
    ("filename", "key"),
    [
        (None, "export_nowhere"),
        ("house.txt", "export_no_yaml"),
        ("house.yaml", "export_not_allowed"),
        ("{folder}/../house.yaml", "export_not_allowed"),
    ],
)
async def test_refused(hass: HomeAssistant, folder: Path, filename: str | None, key: str) -> None:
    data = {} if filename is None else {"filename": filename.format(folder=folder)}
    with pytest.raises(ServiceValidationError) as raised:
        await hass.services.async_call(DOMAIN, "export_house", data, blocking=True)
    assert raised.value.translation_key == key
    assert ". " not in str(raised.value)


async def test_a_mistyped_field(hass: HomeAssistant) -> None:
    with pytest.raises(vol.Invalid, match="file"):
        await _export(hass, file="house.yaml")


async def test_only_for_administrators(hass: HomeAssistant, hass_read_only_user: User) -> None:
    context = Context(user_id=hass_read_only_user.id)
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN, "export_house", {}, blocking=True, return_response=True, context=context
        )


def _below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


async def test_a_file_that_cannot_be_written_leaves_nothing(
    hass: HomeAssistant, folder: Path
) -> None:
    taken = folder / "house.yaml"
    taken.mkdir()
    (taken / "kept").touch()
    with pytest.raises(HomeAssistantError) as raised:
        await _export(hass, filename=str(taken))
    assert raised.value.translation_key == "export_not_written"
    assert _below(folder) == ["house.yaml", "house.yaml/kept"]


async def test_a_file_is_replaced_as_a_whole(hass: HomeAssistant, folder: Path) -> None:
    path = folder / "exported.yaml"
    path.write_text("old\n" * 10000)
    assert await _written(hass, folder) == path
    assert read_house(path).devices == ()
    assert _below(folder) == ["exported.yaml"]


async def test_the_action_is_there_once(hass: HomeAssistant, agent: MockConfigEntry) -> None:
    """It belongs to no entry: it stays when the last one is unloaded."""
    assert await hass.config_entries.async_unload(agent.entry_id)
    assert set(hass.services.async_services_for_domain(DOMAIN)) == {"export_house"}
    assert await _export(hass)
