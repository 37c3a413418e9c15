"""What devices may be found to be, and the numbers that they show."""

import pytest

from home_llm_core import states
from home_llm_core.home import Entity
from tests.core.hearing import entity


def is_so(device: Entity, word: str) -> bool | None:
    """Return whether a word is true of a device."""
    return states.passes(device, states.Test(word=word))


@pytest.mark.parametrize(
    ("entity_id", "state", "yes", "no"),
    [
        ("light.x", "on", "on available", "off unavailable"),
        ("light.x", "off", "off", "on"),
        ("switch.x", "on", "on", "off"),
        ("input_boolean.x", "off", "off", "on"),
        ("humidifier.x", "on", "on", "off"),
        ("cover.x", "opening", "open moving", "closed"),
        ("cover.x", "closed", "closed", "open moving"),
        ("valve.x", "closing", "closed moving", "open"),
        ("lock.x", "locked", "locked closed", "unlocked open jammed"),
        ("lock.x", "unlocking", "unlocked open", "locked closed"),
        ("lock.x", "jammed", "jammed", "locked unlocked"),
        ("climate.x", "heat", "on heating", "off cooling"),
        ("climate.x", "heat_cool", "on", "off"),
        ("climate.x", "off", "off", "on heating cooling"),
        ("media_player.x", "playing", "on playing", "off idle paused"),
        ("media_player.x", "standby", "off idle", "on playing"),
        ("media_player.x", "paused", "on paused", "off playing"),
        ("vacuum.x", "cleaning", "on running cleaning", "off docked stuck"),
        ("vacuum.x", "docked", "off docked", "on running returning"),
        ("vacuum.x", "error", "stuck", "running"),
        ("lawn_mower.x", "mowing", "on running mowing cleaning", "off docked"),
        ("lawn_mower.x", "returning", "on returning", "running"),
        ("script.x", "on", "on running", "off"),
        ("script.x", "off", "off", "running"),
        ("person.x", "home", "home", "away"),
        ("person.x", "not_home", "away", "home"),
        ("person.x", "Work", "away", "home"),
        ("calendar.x", "on", "busy", "free"),
        ("calendar.x", "off", "free", "busy"),
        ("weather.x", "lightning-rainy", "rainy stormy", "sunny snowy"),
        ("weather.x", "clear-night", "sunny", "rainy"),
        ("weather.x", "partlycloudy", "cloudy", "sunny"),
        ("weather.x", "fog", "foggy", "windy"),
        ("sensor.x", "Charging", "charging", "full low"),
    ],
)
def test_words_for_states(entity_id: str, state: str, yes: str, no: str) -> None:
    device = entity(entity_id, state=state)
    assert {word: is_so(device, word) for word in yes.split()} == dict.fromkeys(yes.split(), True)
    assert {word: is_so(device, word) for word in no.split()} == dict.fromkeys(no.split(), False)


@pytest.mark.parametrize(
    ("device_class", "when_on", "when_off"),
    [
        ("door", "open", "closed"),
        ("garage_door", "open", "closed"),
        ("window", "open", "closed"),
        ("opening", "open detected", "closed clear"),
        ("lock", "unlocked open", "locked closed"),
        ("battery", "low", "full"),
        ("moisture", "wet detected", "dry clear"),
        ("plug", "connected", "disconnected"),
        ("connectivity", "connected", "disconnected"),
        ("battery_charging", "charging connected", "disconnected"),
        ("running", "running", "idle"),
        ("presence", "home detected", "away clear"),
        ("motion", "detected moving", "clear"),
        ("smoke", "detected", "clear"),
        ("update", "available", "clear"),
        ("cold", "cold", "off"),
        ("heat", "hot", "off"),
        (None, "detected open wet connected running", "clear closed dry disconnected idle"),
    ],
)
def test_what_on_and_off_mean_of_binary_sensors(
    device_class: str | None, when_on: str, when_off: str
) -> None:
    for state, true, false in (("on", when_on, when_off), ("off", when_off, when_on)):
        device = entity("binary_sensor.x", state=state, device_class=device_class)
        assert [is_so(device, word) for word in true.split()] == [True] * len(true.split())
        assert [is_so(device, word) for word in false.split()] == [False] * len(false.split())
        assert is_so(device, state) is True


@pytest.mark.parametrize(
    ("device", "word"),
    [
        (entity("light.x", state="unavailable"), "on"),
        (entity("lock.x", state="unknown"), "locked"),
        (entity("person.x", state="unknown"), "away"),
        # No blind can be locked, and no contact knows whether a door is.
        (entity("cover.x", state="closed", device_class="blind"), "locked"),
        (entity("binary_sensor.x", state="off", device_class="door"), "locked"),
        (entity("binary_sensor.x", state="off", device_class="motion"), "open"),
        (entity("vacuum.x", state="docked"), "home"),
        (entity("light.x", state="on"), "muted"),
        # How hot is hot, and how wet is wet, depends.
        (entity("sensor.x", state="21.5", device_class="temperature"), "hot"),
        (entity("sensor.x", state="12", device_class="temperature"), "low"),
        (entity("sensor.x", state="35", device_class="moisture"), "dry"),
        (entity("weather.x", state="sunny"), "cold"),
    ],
)
def test_what_nobody_knows(device: Entity, word: str) -> None:
    assert is_so(device, word) is None


def test_whether_it_can_be_reached_is_always_known() -> None:
    """A scene that was never set is unknown, and can be reached."""
    for state, reached in (("on", True), ("unknown", True), ("unavailable", False)):
        device = entity("scene.x", state=state)
        assert (is_so(device, "available"), is_so(device, "unavailable")) == (reached, not reached)


@pytest.mark.parametrize(
    ("state", "low", "full"),
    [("3", True, False), ("20", True, False), ("50.5", False, False), ("99", False, True)],
)
def test_a_battery_is_low_or_full(state: str, low: bool, full: bool) -> None:
    for device_class in ("battery", None):
        device = entity("sensor.x", state=state, device_class=device_class)
        assert (is_so(device, "low"), is_so(device, "full")) == (low, full)


def test_a_player_is_muted_if_it_says_so() -> None:
    for attributes, expected in (({"is_volume_muted": True}, True), ({}, False)):
        player = entity("media_player.x", state="playing", attributes=attributes)
        assert is_so(player, "muted") is expected


@pytest.mark.parametrize("word", states.WORDS)
def test_every_word_can_be_asked_of_everything(word: str) -> None:
    """Nothing that a home can show breaks it."""
    for domain in ("light", "sensor", "binary_sensor", "person", "todo", "update", "scene"):
        for state in ("", "on", "unknown", "nan", "1e999", "\U0001f4a1"):
            assert is_so(entity(f"{domain}.x", "X", state=state), word) in (True, False, None)


@pytest.mark.parametrize(
    ("device", "of", "expected"),
    [
        (entity("sensor.x", state="21.5"), "", 21.5),
        (entity("number.x", state="3"), "", 3),
        (entity("sensor.x", state="full"), "", None),
        (entity("sensor.x", state="nan"), "", None),
        (entity("sensor.x", state="inf"), "", None),
        (entity("light.x", state="on", attributes={"brightness": 80}), "", 80),
        (entity("light.x", state="on", attributes={"brightness": 80}), "brightness", 80),
        (entity("fan.x", state="on", attributes={"percentage": 40}), "speed", 40),
        (entity("media_player.x", state="on", attributes={"volume_level": 30}), "volume", 30),
        (entity("climate.x", state="heat", attributes={"temperature": 21}), "temperature", 21),
        (entity("climate.x", state="heat", attributes={"current_temperature": 19}), "", 19),
        (entity("sensor.x", state="90", device_class="battery"), "battery", 90),
        (entity("light.x", state="on", attributes={"color": "red"}), "color", None),
        (entity("light.x", state="on"), "brightness", None),
        (entity("light.x", state="on"), "battery", None),
        # What is off or closed does not shine, blow or stand open, though it does not say so.
        (entity("light.x", state="off"), "brightness", 0),
        (entity("fan.x", state="off"), "speed", 0),
        (entity("cover.x", state="closed"), "position", 0),
        (entity("valve.x", state="closed"), "", 0),
        (entity("light.x", state="off"), "power", None),
        (entity("climate.x", state="off"), "temperature", None),
    ],
)
def test_readings(device: Entity, of: str, expected: float | None) -> None:
    assert states.reading(device, of) == expected


def test_what_is_shown_is_not_always_a_number() -> None:
    climate = entity("climate.x", state="heat", attributes={"preset_mode": "none"})
    assert states.shown(climate, "mode") == "heat"
    eco = entity("climate.x", state="heat", attributes={"preset_mode": "eco"})
    assert states.shown(eco, "mode") == "eco"
    assert (
        states.shown(entity("light.x", state="on", attributes={"color": "red"}), "color") == "red"
    )
    assert states.shown(entity("light.x", state="on"), "color") is None
