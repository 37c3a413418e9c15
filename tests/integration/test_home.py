"""The snapshot shows what is exposed, in the words of people."""

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm.core.home import Entity
from custom_components.home_llm.core.kinds import DOMAINS
from custom_components.home_llm.home import HomeReader, speaker_area
from tests.integration.house import House


def _entity(hass: HomeAssistant, entity_id: str) -> Entity:
    return HomeReader(hass).read().entity_by_id[entity_id]


async def test_only_exposed_entities(hass: HomeAssistant, house: House) -> None:
    assert "light.safe_light" not in HomeReader(hass).read().entity_by_id
    async_expose_entity(hass, "conversation", "light.safe_light", should_expose=True)
    assert "light.safe_light" in HomeReader(hass).read().entity_by_id


async def test_areas_and_floors(hass: HomeAssistant, house: House) -> None:
    """A room without devices is something else than a room that is not there."""
    ar.async_get(hass).async_create("Cellar")
    home = HomeReader(hass).read()
    floors = {floor.floor_id: floor.name for floor in home.floors}
    places = {area.name: floors.get(area.floor_id or "") for area in home.areas}
    assert places == {
        "Cellar": None,
        "Kitchen": "Downstairs",
        "Living Room": "Downstairs",
        "Bedroom": "Upstairs",
        "Office": "Upstairs",
    }
    assert [e.name for e in home.in_area("kitchen", "light")] == ["Kitchen Ceiling", "Worktop"]


async def test_entity_without_area_is_in_the_area_of_its_device(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("test", "1")}
    )
    dr.async_get(hass).async_update_device(device.id, area_id="office")
    er.async_get(hass).async_update_entity("light.worktop", area_id=None, device_id=device.id)
    assert _entity(hass, "light.worktop").area_id == "office"


async def test_names_and_aliases(hass: HomeAssistant, house: House) -> None:
    registry = er.async_get(hass)
    assert _entity(hass, "light.worktop").aliases == ()
    registry.async_update_entity("light.worktop", aliases=[er.COMPUTED_NAME, "Counter", ""])
    worktop = _entity(hass, "light.worktop")
    assert (worktop.name, worktop.aliases) == ("Worktop", ("Counter",))
    registry.async_update_entity("light.worktop", aliases=["Counter"])
    assert _entity(hass, "light.worktop").name == "Counter"
    registry.async_update_entity("light.worktop", aliases=[])
    assert _entity(hass, "light.worktop").name == "Worktop"


async def test_entity_outside_the_registry(hass: HomeAssistant, house: House) -> None:
    hass.states.async_set("light.bare", "on", {"friendly_name": "Bare Bulb"})
    bare = _entity(hass, "light.bare")
    assert (bare.name, bare.area_id, bare.features) == ("Bare Bulb", None, frozenset())


@pytest.mark.parametrize(
    ("entity_id", "features"),
    [
        ("light.worktop", set()),
        ("light.desk_lamp", {"dim"}),
        ("light.floor_lamp", {"color", "dim", "white"}),
        ("fan.tower_fan", {"oscillate", "speed"}),
        ("switch.kettle", set()),
    ],
)
async def test_features(
    hass: HomeAssistant, house: House, entity_id: str, features: set[str]
) -> None:
    assert _entity(hass, entity_id).features == features
    house.set_available(entity_id, available=False)
    assert _entity(hass, entity_id).features == features


async def test_domains_that_nobody_asks_for(hass: HomeAssistant, house: House) -> None:
    """A model is not told of what it has never heard of."""
    home = HomeReader(hass).read(("fan",))
    assert {entity.domain for entity in home.entities} == {"fan"}


async def test_everything_that_can_be_spoken_of(hass: HomeAssistant, house: House) -> None:
    for domain in (*DOMAINS, "zone", "automation"):
        hass.states.async_set(f"{domain}.x", "on")
        async_expose_entity(hass, "conversation", f"{domain}.x", should_expose=True)
    home = HomeReader(hass).read(DOMAINS)
    assert {entity.domain for entity in home.entities} == set(DOMAINS)


async def test_the_latest_change_is_the_last(hass: HomeAssistant, house: House) -> None:
    reader = HomeReader(hass)
    reader.read()
    await house.lamp("light.worktop").async_turn_on()
    assert reader.read().last_changed[-1] == "light.worktop"
    await house.lamp("light.desk_lamp").async_turn_on(brightness=9)
    await house.lamp("light.worktop").async_turn_off()
    assert reader.read().last_changed[-2:] == ("light.desk_lamp", "light.worktop")
    # A new brightness leaves ``last_changed`` of Home Assistant as it was.
    await house.lamp("light.desk_lamp").async_turn_on(brightness=99)
    assert reader.read().last_changed[-1] == "light.desk_lamp"


async def test_what_no_prompt_shows_does_not_change_the_order(
    hass: HomeAssistant, house: House
) -> None:
    reader = HomeReader(hass)
    before = reader.read().last_changed
    state = hass.states.get(before[0])
    assert state is not None
    hass.states.async_set(before[0], state.state, {**state.attributes, "power": 12.5})
    assert reader.read().last_changed == before
    hass.states.async_set("media_player.tv", "on", {"media_title": "News"})
    async_expose_entity(hass, "conversation", "media_player.tv", should_expose=True)
    reader.read()
    await house.lamp("light.worktop").async_turn_on()
    reader.read()
    hass.states.async_set("media_player.tv", "on", {"media_title": "Weather"})
    assert reader.read().last_changed[-1] == "light.worktop"


async def test_removed_entity_is_forgotten(hass: HomeAssistant, house: House) -> None:
    reader = HomeReader(hass)
    reader.read()
    house.hide("light.worktop")
    assert "light.worktop" not in reader.read().last_changed


async def test_speakers_area(hass: HomeAssistant, house: House, entry: MockConfigEntry) -> None:
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("test", "satellite")}
    )
    satellite = er.async_get(hass).async_get_or_create(
        "assist_satellite", "test", "1", device_id=device.id, original_name="Voice"
    )
    assert speaker_area(hass, None, None) is None
    assert speaker_area(hass, device.id, satellite.entity_id) is None
    dr.async_get(hass).async_update_device(device.id, area_id="kitchen")
    for device_id, satellite_id in ((device.id, None), (None, satellite.entity_id)):
        area = speaker_area(hass, device_id, satellite_id)
        assert area is not None
        assert area.name == "Kitchen"
    er.async_get(hass).async_update_entity(satellite.entity_id, area_id="office")
    area = speaker_area(hass, device.id, satellite.entity_id)
    assert area is not None
    assert area.name == "Office"
