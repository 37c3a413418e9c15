"""The snapshot shows what is exposed, in the words of people."""

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm.core.home import Entity
from custom_components.home_llm.home import HomeReader, color_name, speaker_area
from tests.integration.house import House


def _entity(hass: HomeAssistant, entity_id: str) -> Entity:
    return HomeReader(hass).read().entity_by_id[entity_id]


async def test_only_exposed_entities(hass: HomeAssistant, house: House) -> None:
    assert "light.safe_light" not in HomeReader(hass).read().entity_by_id
    async_expose_entity(hass, "conversation", "light.safe_light", should_expose=True)
    assert "light.safe_light" in HomeReader(hass).read().entity_by_id


async def test_areas_and_floors(hass: HomeAssistant, house: House) -> None:
    ar.async_get(hass).async_create("Cellar")
    home = HomeReader(hass).read()
    floors = {floor.floor_id: floor.name for floor in home.floors}
    places = {area.name: floors[area.floor_id or ""] for area in home.areas}
    assert places == {
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


@pytest.mark.parametrize(
    ("state", "features", "readings"),
    [
        (
            State(
                "cover.bay",
                "open",
                {"device_class": "blind", "supported_features": 15, "current_position": 40},
            ),
            {"blind", "position", "stop"},
            {"position": 40},
        ),
        (State("cover.bay", "closed", {"supported_features": 3}), set(), {}),
        (State("valve.lawn", "closed", {"supported_features": 8}), {"stop"}, {}),
        (State("lock.door", "locked", {"supported_features": 1}), {"open"}, {}),
        (
            State(
                "climate.hall",
                "heat",
                {
                    "supported_features": 385,
                    "hvac_modes": ["off", "heat"],
                    "temperature": 21.5,
                    "current_temperature": 20.0,
                },
            ),
            {"heat", "off", "target"},
            {"temperature": 21.5, "current_temperature": 20},
        ),
        (
            State("climate.hall", "off", {"supported_features": 1, "temperature": 19}),
            {"target"},
            {"temperature": 19},
        ),
        (State("humidifier.den", "on", {"humidity": 45}), set(), {"humidity": 45}),
        (
            State(
                "media_player.tv",
                "playing",
                {"supported_features": 1 | 4 | 8 | 16 | 32 | 4096 | 16384, "volume_level": 0.29},
            ),
            {"mute", "play", "stop", "tracks", "volume"},
            {"volume_level": 29},
        ),
        (
            State("vacuum.robby", "docked", {"supported_features": 4 | 16 | 512}),
            {"locate", "pause", "return"},
            {},
        ),
        (
            State("lawn_mower.lawn", "mowing", {"supported_features": 7}),
            {"dock", "pause"},
            {},
        ),
        (State("scene.movie", "unknown"), set(), {}),
    ],
    ids=lambda value: value.entity_id if isinstance(value, State) else "",
)
async def test_other_domains(
    hass: HomeAssistant,
    house: House,
    state: State,
    features: set[str],
    readings: dict[str, object],
) -> None:
    hass.states.async_set(state.entity_id, state.state, state.attributes)
    async_expose_entity(hass, "conversation", state.entity_id, should_expose=True)
    entity = _entity(hass, state.entity_id)
    assert entity.features == features
    assert entity.attributes == readings
    assert entity.available


async def test_domains_that_nobody_asks_for(hass: HomeAssistant, house: House) -> None:
    """A model is not told of what it has never heard of."""
    home = HomeReader(hass).read(("fan",))
    assert {entity.domain for entity in home.entities} == {"fan"}
    assert {area.area_id for area in home.areas} == {entity.area_id for entity in home.entities}


async def test_readings(hass: HomeAssistant, house: House) -> None:
    assert _entity(hass, "fan.tower_fan").attributes == {"percentage": 30}
    assert _entity(hass, "light.floor_lamp").attributes == {}
    lamp = house.lamp("light.floor_lamp")
    await lamp.async_turn_on(brightness=128, hs_color=(0, 100))
    assert _entity(hass, "light.floor_lamp").attributes == {"brightness": 50, "color": "red"}
    await lamp.async_turn_on(brightness=1, color_temp_kelvin=2700)
    assert _entity(hass, "light.floor_lamp").attributes == {"brightness": 1}


@pytest.mark.parametrize(
    ("rgb", "name"),
    [((0, 0, 255), "blue"), ((250, 3, 3), "red"), ((255, 255, 255), "white"), ((1, 2, 3), "black")],
)
def test_color_name(rgb: tuple[int, int, int], name: str) -> None:
    assert color_name(rgb) == name


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
