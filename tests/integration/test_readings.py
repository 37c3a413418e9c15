"""What devices can do and show, of every domain, in the words of questions and calls."""

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm.core.home import Entity
from custom_components.home_llm.core.states import reading, shown
from custom_components.home_llm.home import HomeReader
from custom_components.home_llm.readings import color_name
from tests.integration.house import House


def _entity(hass: HomeAssistant, entity_id: str) -> Entity:
    return HomeReader(hass).read().entity_by_id[entity_id]


@pytest.mark.parametrize(
    ("state", "features", "readings"),
    [
        (
            State(
                "cover.bay",
                "open",
                {"device_class": "blind", "supported_features": 15, "current_position": 40},
            ),
            {"position", "stop"},
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
        (
            State("humidifier.den", "off", {"humidity": 45, "current_humidity": 38, "mode": "eco"}),
            set(),
            {"humidity": 45, "current_humidity": 38, "mode": "eco"},
        ),
        (
            State(
                "media_player.tv",
                "playing",
                {
                    "supported_features": 1 | 4 | 8 | 16 | 32 | 4096 | 16384,
                    "volume_level": 0.29,
                    "is_volume_muted": False,
                    "media_title": "News",
                    "media_artist": "",
                    "source": "HDMI 1",
                },
            ),
            {"mute", "play", "stop", "tracks", "volume"},
            {"volume_level": 29, "is_volume_muted": False, "title": "News", "source": "HDMI 1"},
        ),
        (State("media_player.bath", "on", {"supported_features": 1024}), {"volume"}, {}),
        (
            State(
                "vacuum.robby", "docked", {"supported_features": 4 | 16 | 512, "battery_level": 80}
            ),
            {"locate", "pause", "return"},
            {"battery": 80},
        ),
        (
            State("lawn_mower.lawn", "mowing", {"supported_features": 7}),
            {"dock", "pause"},
            {},
        ),
        (State("scene.movie", "unknown"), set(), {}),
        (
            State(
                "weather.home",
                "rainy",
                {
                    "temperature": 11.5,
                    "humidity": 80,
                    "pressure": 1013.0,
                    "pressure_unit": "hPa",
                    "wind_speed": float("nan"),
                },
            ),
            set(),
            {"temperature": 11.5, "humidity": 80, "pressure": 1013, "pressure_unit": "hPa"},
        ),
        (
            State("calendar.us", "off", {"message": "Yoga", "start_time": "2026-11-21 18:00:00"}),
            set(),
            {"message": "Yoga", "start_time": "2026-11-21 18:00:00"},
        ),
        (State("sensor.power", "430", {"unit_of_measurement": "W"}), set(), {"unit": "W"}),
        (State("number.limit", "7", {"unit_of_measurement": "A", "max": 9}), set(), {"unit": "A"}),
        (State("binary_sensor.door", "on", {"device_class": "door"}), set(), {}),
        (State("person.eva", "The gym", {"latitude": 1.5}), set(), {}),
        (State("todo.shopping", "3", {"supported_features": 7}), set(), {}),
        (State("input_button.bell", "unknown"), set(), {}),
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


@pytest.mark.parametrize(
    ("state", "device_class", "options"),
    [
        (State("cover.bay", "open", {"device_class": "blind"}), "blind", {}),
        (State("media_player.tv", "on", {"device_class": "tv"}), "tv", {}),
        (
            State("sensor.phase", "a", {"device_class": "enum", "options": ["a", "b"]}),
            "enum",
            {},
        ),
        (State("light.lamp", "on"), None, {}),
        (State("select.wash", "a", {"options": ["a", "b"]}), None, {"option": ("a", "b")}),
        (State("input_select.mode", "a", {"options": ["a"]}), None, {"option": ("a",)}),
        (
            State("media_player.tv", "on", {"source_list": ["HDMI 1", "Radio"]}),
            None,
            {"source": ("HDMI 1", "Radio")},
        ),
        (
            State("climate.hall", "off", {"preset_modes": ["eco"], "fan_modes": ["low", "high"]}),
            None,
            {"preset_mode": ("eco",), "fan_mode": ("low", "high")},
        ),
        (State("fan.den", "off", {"preset_modes": ["auto"]}), None, {"preset_mode": ("auto",)}),
        (State("fan.den", "off", {"preset_modes": None}), None, {}),
        (State("fan.den", "off", {"percentage_step": 100 / 3}), None, {"gear": ("1", "2", "3")}),
        (State("fan.den", "off", {"percentage_step": 1.0}), None, {}),
        (State("humidifier.den", "on", {"available_modes": ["baby"]}), None, {"mode": ("baby",)}),
    ],
)
async def test_classes_and_options(
    hass: HomeAssistant,
    house: House,
    state: State,
    device_class: str | None,
    options: dict[str, tuple[str, ...]],
) -> None:
    hass.states.async_set(state.entity_id, state.state, state.attributes)
    async_expose_entity(hass, "conversation", state.entity_id, should_expose=True)
    entity = _entity(hass, state.entity_id)
    assert entity.device_class == device_class
    assert entity.options == options


async def test_what_is_off_or_gone_shows_no_readings(hass: HomeAssistant, house: House) -> None:
    attributes = {"percentage": 30, "preset_mode": "auto", "temperature": 20}
    shown_by = {"fan.x": "off", "climate.x": "off", "climate.y": "unavailable"}
    for entity_id, state in shown_by.items():
        hass.states.async_set(entity_id, state, attributes)
        async_expose_entity(hass, "conversation", entity_id, should_expose=True)
    assert [_entity(hass, entity_id).attributes for entity_id in shown_by] == [
        {},
        {"temperature": 20, "preset_mode": "auto"},
        {},
    ]


@pytest.mark.parametrize("unit", ["kW", None])
async def test_a_sensor_tells_of_the_device_that_it_belongs_to(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, unit: str | None
) -> None:
    registry = er.async_get(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("test", "plug")}
    )
    registry.async_update_entity("switch.kettle", device_id=device.id)
    sensors = []
    for state in ("1.86", "2"):
        sensor = registry.async_get_or_create("sensor", "test", state, device_id=device.id)
        attributes = {"device_class": "power", "unit_of_measurement": unit}
        hass.states.async_set(sensor.entity_id, state, attributes)
        async_expose_entity(hass, "conversation", sensor.entity_id, should_expose=not sensors)
        sensors.append(sensor.entity_id)
    kettle = _entity(hass, "switch.kettle")
    assert kettle.attributes == {"power": 1.9, **({"power_unit": unit} if unit else {})}
    assert reading(kettle, "power") == 1.9
    # Of two that are shown nobody knows which one is meant.
    async_expose_entity(hass, "conversation", sensors[1], should_expose=True)
    assert _entity(hass, "switch.kettle").attributes == {}
    registry.async_update_entity(sensors[1], device_id=None)
    hass.states.async_set(sensors[0], "unavailable", {"device_class": "power"})
    assert _entity(hass, "switch.kettle").attributes == {}


@pytest.mark.parametrize(
    ("state", "of", "value"),
    [
        (State("fan.x", "on", {"percentage": 40}), "speed", 40),
        (State("media_player.x", "on", {"volume_level": 0.4}), "volume", 40),
        (State("media_player.x", "on", {"media_title": "News"}), "title", "News"),
        (State("media_player.x", "on", {}), "artist", None),
        (State("humidifier.x", "on", {"mode": "baby"}), "mode", "baby"),
        (State("climate.x", "heat", {"preset_mode": "eco"}), "mode", "eco"),
        (State("climate.x", "heat", {"preset_mode": "none"}), "mode", "heat"),
        (State("fan.x", "on", {}), "mode", None),
        (State("vacuum.x", "docked", {"battery_level": 80}), "battery", 80),
        (State("sensor.x", "430", {"device_class": "power"}), "power", "430"),
        (State("sensor.x", "430", {"device_class": "power"}), "energy", None),
        (State("cover.x", "open", {"current_position": 40}), "", 40),
        (State("lock.x", "locked", {}), "", "locked"),
    ],
)
async def test_questions_find_the_readings(
    hass: HomeAssistant, house: House, state: State, of: str, value: object
) -> None:
    """The words of questions and the names of readings stand in two places that must agree."""
    hass.states.async_set(state.entity_id, state.state, state.attributes)
    async_expose_entity(hass, "conversation", state.entity_id, should_expose=True)
    assert shown(_entity(hass, state.entity_id), of) == value


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
