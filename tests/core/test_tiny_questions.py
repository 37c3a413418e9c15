"""What a question is about, and on what a wish depends: none of it does anything."""

import pytest

from home_llm_core import states
from home_llm_core.calls import Call
from home_llm_core.home import Entity, Home
from home_llm_core.parser import BadCall, Query, Say, Unclear, Unmet
from home_llm_core.turns import Turn
from tests.core.hearing import comes_to, done_to, entity, heard, hearing

LIGHTS = (
    *("light.sofa", "light.corner", "light.worktop"),
    *("light.k_ceiling", "light.b_ceiling", "light.desk"),
)


@pytest.mark.parametrize(
    ("said", "line", "speaker", "entity_ids"),
    [
        ("is the worktop on", "is light A = on", None, ("light.worktop",)),
        ("is the ceiling on", "is light A = on", None, ("light.k_ceiling", "light.b_ceiling")),
        ("is the ceiling on", "is light A = on", "bedroom", ("light.b_ceiling",)),
        ("is the ceiling in the kitchen on", "is light A: B = on", None, ("light.k_ceiling",)),
        ("is the ceiling in the study on", "is light A: B = on", None, ()),
        ("lights in the study", "is light: A = on", None, ("light.desk",)),
        ("any lights upstairs", "any light: A = on", None, ("light.b_ceiling", "light.desk")),
        ("any lights on", "any light: all = on", "bedroom", LIGHTS),
        ("is the light on", "is light = on", "study", ("light.desk",)),
        ("is the light on", "is light = on", "garden", LIGHTS),
        ("is the light on in here", "is light: here = on", "study", ("light.desk",)),
        ("how many lights are there", "count light: all", None, LIGHTS),
        ("are the awnings open", "is awning = open", None, ()),
        ("how warm is it", "state temperature", None, ("sensor.living",)),
        ("how warm is it", "state temperature", "bedroom", ("sensor.living",)),
        ("how warm is the bedroom", "state temperature: A", None, ()),
        ("how warm is the study", "state temperature: A", None, ()),
        ("temperature in the kitchen", "state temperature: A", None, ()),
        ("is the window open", "is window = open", "kitchen", ("binary_sensor.window",)),
        ("who is home", "which person = home", None, ("person.anna", "person.ben")),
        ("where is ben", "where person A", None, ("person.ben",)),
        ("what is on my list", "list todo", None, ("todo.shopping", "todo.chores")),
        ("the chores", "list todo A", None, ("todo.chores",)),
        ("is it going to rain", "forecast weather = rainy = day today", None, ("weather.home",)),
        ("is it raining", "state rain", None, ("weather.home",)),
        (
            "what is on in the study",
            "which everything: A = on",
            None,
            ("light.desk", "switch.printer", "media_player.study"),
        ),
        ("are the radio and the tv on", "is speaker A = on", None, ("media_player.radio",)),
    ],
)
def test_what_is_looked_at(
    villa: Home, said: str, line: str, speaker: str | None, entity_ids: tuple[str, ...]
) -> None:
    (event,) = heard(villa, said, line, speaker=speaker)
    assert isinstance(event, Query)
    assert event.entity_ids == entity_ids
    verb, kind = line.split()[:2]
    assert (event.verb, event.kind) == (verb, kind.strip(":"))


FRIDGE = Home(
    entities=(
        Entity(entity_id="switch.f", name="Fridge", state="on"),
        Entity(entity_id="sensor.f", name="Fridge temperature", device_class="temperature"),
        Entity(entity_id="binary_sensor.f", name="Fridge door", device_class="door"),
    )
)


@pytest.mark.parametrize(
    ("line", "entity_id"),
    [
        ("state temperature A", "sensor.f"),
        ("is door A = open", "binary_sensor.f"),
        ("is switch A = on", "switch.f"),
    ],
)
def test_a_question_may_be_about_a_sensor_of_what_is_named(line: str, entity_id: str) -> None:
    assert hearing(FRIDGE, "how is the fridge").message == "how is the switch A"
    (event,) = heard(FRIDGE, "how is the fridge", line)
    assert isinstance(event, Query)
    assert event.entity_ids == (entity_id,)
    (call,) = heard(FRIDGE, "turn the fridge off", "off switch A")
    assert done_to(call, FRIDGE) == ("switch.f",)


def test_what_is_asked_of_it(villa: Home) -> None:
    (event,) = heard(villa, "is it above 20 in the living room", "is temperature: A = above 20.5")
    assert isinstance(event, Query)
    assert event.test == states.Test(above=20.5)
    (event,) = heard(villa, "is the sofa lamp brighter", "is light A = of brightness = below 5")
    assert isinstance(event, Query)
    assert (event.test, event.of) == (states.Test(below=5), "brightness")
    (event,) = heard(villa, "weather on monday", "forecast weather = windy = day monday")
    assert isinstance(event, Query)
    assert (event.test, event.day) == (states.Test(word="windy"), "monday")
    (event,) = heard(villa, "how is the radio", "state speaker A = of title")
    assert isinstance(event, Query)
    assert (event.test, event.of) == (None, "title")


def test_all_devices_can_be_asked_for(villa: Home) -> None:
    """Whether they can be reached; people are no devices."""
    (event,) = heard(villa, "is anything offline", "any everything: all = unavailable")
    assert isinstance(event, Query)
    assert {"switch.pump", "lock.front", "sensor.living"} <= set(event.entity_ids)
    assert not {"person.ben", "weather.home", "scene.movie"} & set(event.entity_ids)


def test_what_was_spoken_of_before(villa: Home) -> None:
    turn = Turn(spoken_of=("lock.front", "lock.gone"))
    (event,) = heard(villa, "is it locked", "is it = locked", turn=turn)
    assert isinstance(event, Query)
    assert event.entity_ids == ("lock.front",)
    for nothing in (None, Turn(), Turn(spoken_of=("lock.gone",))):
        assert heard(villa, "is it locked", "is it = locked", turn=nothing) == [Say(key="what")]


def test_a_question_never_acts(villa: Home) -> None:
    for line in ("state light: all", "is lock = locked", "all light = off", "where vacuum"):
        assert all(isinstance(event, Query) for event in heard(villa, "and now", line))


@pytest.mark.parametrize(
    ("line", "is_met"),
    [
        ("if temperature: A = above 22", True),
        ("if temperature: A = above 22.5", False),
        ("unless temperature: A = above 22.5", True),
        ("if climate B = above 19", True),
        ("if climate B = of temperature = below 21", False),
        ("if person: all = home", True),
        ("unless person: all = home", False),
        ("if window: all = open", True),
        ("if light C = on", False),
        ("if light C = of brightness = below 10", True),
        ("if weather = rainy", True),
        # Nobody knows.
        ("if switch D = on", False),
        ("unless switch D = on", False),
        ("if awning = open", False),
        ("unless awning = open", False),
        ("if it = on", False),
    ],
)
def test_a_wish_depends_on_what_is_so(villa: Home, line: str, is_met: bool) -> None:
    said = "living room, thermostat, desk lamp, pump: worktop on"
    found = heard(villa, said, line, "on light E")
    if is_met:
        (event,) = found
        assert done_to(event, villa) == ("light.worktop",)
    else:
        (event,) = found
        assert isinstance(event, Unmet)


def test_of_several_that_could_be_meant_it_is_where_the_condition_looked(villa: Home) -> None:
    said = "if the living room is over twenty degrees switch the heating off in there"
    met = "if temperature: A = above 20"
    (event,) = heard(villa, said, met, "off climate")
    assert done_to(event, villa) == ("climate.living",)
    # Where there is none it is still asked which one.
    (event,) = heard(
        villa, "if the study window is open, heating off", "if window A = open", "off climate"
    )
    assert isinstance(event, Unclear)
    # The speaker's own room comes first, as ever.
    (event,) = heard(villa, said, met, "off climate", speaker="bedroom")
    assert done_to(event, villa) == ("climate.bedroom",)


def test_all_conditions_must_hold(villa: Home) -> None:
    lines = ["if person: all = home", "if weather = sunny", "on light A", "say thanks"]
    sentence = hearing(villa, "the worktop on if it is sunny and somebody is home")
    (event,) = comes_to(sentence, *lines)
    assert isinstance(event, Unmet)
    lines[1] = "if weather = rainy"
    assert isinstance(comes_to(sentence, *lines)[0], Call)


def test_what_comes_before_a_condition_is_done(villa: Home) -> None:
    lines = ("on light A", "if weather = sunny", "off light A")
    first, second = heard(villa, "the worktop on, and off if it is sunny", *lines)
    assert done_to(first, villa) == ("light.worktop",)
    assert isinstance(second, Unmet)


@pytest.mark.parametrize(
    "condition", ["if dragon = on", "if light Z = on", "unless", "if light = dragon", "if light: A"]
)
def test_what_depends_on_nonsense_is_not_done(villa: Home, condition: str) -> None:
    events = comes_to(hearing(villa, "the worktop"), condition, "on light A")
    assert BadCall(line=f"> {condition}") in events
    assert not [event for event in events if isinstance(event, Call)] or condition == "unless"


@pytest.mark.parametrize(
    ("said", "entity_ids"),
    [
        ("how long does the washer still take", ("sensor.washer",)),
        ("how long is the dryer time going on", ("sensor.dryer",)),
        ("how long is left on the egg timer", ()),
    ],
)
def test_a_sensor_knows_how_long_a_device_takes(said: str, entity_ids: tuple[str, ...]) -> None:
    home = Home(
        entities=(
            entity("switch.w", "Washer"),
            entity("sensor.washer", "Washer remaining time", device_class="duration"),
            entity("sensor.dryer", "Dryer time", device_class="timestamp"),
        )
    )
    (event,) = heard(home, said, "status timer")
    assert (event.entity_ids if isinstance(event, Query) else ()) == entity_ids
