"""A house with devices of most domains."""

from home_llm_core.home import Area, Floor, Home
from tests.core.hearing import entity

_ROOMS = {
    "hall": "Hall",
    "living": "Living room",
    "kitchen": "Kitchen",
    "bedroom": "Bedroom",
    "study": "Study",
    "garage": "Garage",
    "garden": "Garden",
    "shed": "Shed",
}
_FLOORS = {
    **dict.fromkeys(("hall", "living", "kitchen"), "ground"),
    **dict.fromkeys(("bedroom", "study"), "top"),
}
_DIMMABLE = ("dim", "color", "white")
_PLAYER = ("play", "stop", "tracks", "volume", "mute")
_HEATING = ("heat", "off", "target")

VILLA = Home(
    floors=(Floor(floor_id="ground", name="Ground floor"), Floor(floor_id="top", name="Upstairs")),
    areas=tuple(
        Area(area_id=key, name=name, floor_id=_FLOORS.get(key)) for key, name in _ROOMS.items()
    ),
    entities=(
        entity(
            "light.sofa",
            "Sofa lamp",
            area_id="living",
            state="on",
            attributes={"brightness": 80},
            features=_DIMMABLE,
        ),
        entity("light.corner", "Corner lamp", area_id="living", state="off"),
        entity("light.worktop", area_id="kitchen", state="off", features=_DIMMABLE),
        entity("light.k_ceiling", "Ceiling", area_id="kitchen", state="off"),
        entity("light.b_ceiling", "Ceiling", area_id="bedroom", state="on"),
        entity("light.desk", "Desk lamp", area_id="study", state="off", features=_DIMMABLE),
        entity("fan.bedroom", "Breeze", area_id="bedroom", state="off", features=("speed",)),
        entity("switch.printer", area_id="study", state="on"),
        entity("switch.pump", area_id="shed", state="unavailable"),
        entity(
            "cover.blind",
            "Left blind",
            area_id="living",
            state="open",
            device_class="blind",
            attributes={"position": 100},
            features=("position", "stop"),
        ),
        entity("cover.curtain", area_id="living", state="open", device_class="curtain"),
        entity("cover.bedroom", "Roman blind", area_id="bedroom", device_class="blind"),
        entity("cover.garage", "Big door", area_id="garage", state="closed", device_class="garage"),
        entity("lock.front", "Front door", area_id="hall", state="locked"),
        entity("lock.back", "Back door", area_id="kitchen", state="unlocked"),
        entity(
            "climate.living",
            "Thermostat",
            area_id="living",
            state="heat",
            attributes={"temperature": 21, "current_temperature": 19.5},
            features=_HEATING,
            options={"preset_mode": ("Eco", "Comfort")},
        ),
        entity(
            "climate.bedroom",
            "Radiator",
            area_id="bedroom",
            state="off",
            attributes={"temperature": 18},
            features=_HEATING,
        ),
        entity(
            "media_player.tv",
            "Television",
            area_id="living",
            state="idle",
            device_class="tv",
            features=_PLAYER,
            options={"source": ("HDMI 1", "HDMI 2", "Netflix")},
        ),
        entity(
            "media_player.radio",
            area_id="kitchen",
            state="playing",
            device_class="speaker",
            attributes={"volume_level": 30},
            features=_PLAYER,
        ),
        entity("media_player.study", "Soundbar", area_id="study", state="off", features=_PLAYER),
        entity("vacuum.rosie", area_id="hall", state="docked", features=("return", "pause")),
        entity("valve.sprinkler", area_id="garden", state="closed"),
        entity("scene.movie", "Movie night", area_id="living"),
        entity(
            "select.washer",
            "Washer program",
            state="Cotton",
            options={"option": ("Cotton", "Quick 30", "Quick 60")},
        ),
        entity("number.boost", "Boost minutes", state="10"),
        entity("button.bell", "Gong"),
        entity("todo.shopping", "Shopping list", state="2"),
        entity("todo.chores", state="5"),
        entity("person.anna", state="home"),
        entity("person.ben", state="not_home"),
        entity("weather.home", "Forecast", state="rainy", attributes={"temperature": 8}),
        entity("calendar.family", state="off"),
        entity(
            "binary_sensor.window",
            "Study window",
            area_id="study",
            state="on",
            device_class="window",
        ),
        entity(
            "sensor.living",
            "Living room temperature",
            area_id="living",
            state="22.5",
            device_class="temperature",
        ),
        entity(
            "sensor.study", "Study battery", area_id="study", state="12", device_class="battery"
        ),
    ),
)
