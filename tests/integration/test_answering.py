"""Questions are answered from the states of a home, in few words that hold the facts."""

from homeassistant.core import Context, HomeAssistant
import pytest

from custom_components.home_llm.answering import Answers
from custom_components.home_llm.core.formats import TINY
from custom_components.home_llm.core.home import Area, Entity, Home, Value
from custom_components.home_llm.core.parser import Query, Unclear
from tests.integration.spoken import ENGLISH

ROOMS = ("Kitchen", "Bedroom", "Hall", "Barn")


def _entity(
    entity_id: str,
    name: str,
    area: str = "",
    state: str = "on",
    device_class: str | None = None,
    **attributes: Value,
) -> Entity:
    return Entity(
        entity_id=entity_id,
        name=name,
        area_id=area.lower() or None,
        state=state,
        device_class=device_class,
        attributes=attributes,
    )


HOME = Home(
    areas=tuple(Area(area_id=room.lower(), name=room) for room in ROOMS),
    entities=(
        _entity("light.desk", "Desk lamp", "Bedroom", brightness=40, color="red"),
        _entity("light.one", "Ceiling light", "Kitchen"),
        _entity("light.two", "Ceiling light", "Bedroom", "off"),
        _entity("light.top", "Worktop", "Kitchen"),
        _entity("switch.kettle", "Kettle", "Kitchen", power=1800, power_unit="W"),
        _entity("light.hall", "Hall spots", "Hall", "unavailable"),
        _entity("lock.front", "Front door", "Hall", "unlocked"),
        _entity("lock.back", "Back door", "Kitchen", "locked"),
        _entity("binary_sensor.k", "Kitchen window", "Kitchen", "on", "window"),
        _entity("binary_sensor.b", "Bedroom window", "Bedroom", "off", "window"),
        _entity("binary_sensor.m", "Barn motion sensor", "Barn", "on", "motion"),
        _entity("binary_sensor.l", "Dairy leak sensor", "Barn", "on", "moisture"),
        _entity("binary_sensor.r", "Remote battery", "Barn", "on", "battery"),
        _entity("sensor.t", "Kitchen temperature", "Kitchen", "21.53", "temperature", unit="°C"),
        _entity("sensor.f", "Freezer", "Barn", "-17.5", "temperature", unit="°C"),
        _entity("sensor.w", "Washing machine", "Hall", "finished"),
        _entity("sensor.q", "Well level", "Barn", "unknown"),
        _entity(
            *("climate.b", "Bedroom heating", "Bedroom", "heat"),
            temperature=21,
            current_temperature=19.5,
            preset_mode="eco",
        ),
        _entity(
            *("media_player.e", "Radio", "Kitchen", "playing", "speaker"),
            title="Milord",
            artist="Edith Piaf",
            volume_level=30,
            source="Aux",
        ),
        _entity("media_player.t", "TV", "Hall", "off", "tv"),
        _entity("cover.b", "Left blind", "Bedroom", "open", "blind", position=40),
        _entity("cover.c", "Barn curtains", "Barn", "closed", "curtain"),
        _entity("person.p", "Priya", state="home"),
        _entity("person.m", "Mei", state="home"),
        _entity("person.o", "Owen", state="Market"),
        _entity("vacuum.r", "Rosie", "Hall", "cleaning", battery=80),
        _entity("weather.w", "Home weather", state="pouring", temperature=12, humidity=80),
        _entity("todo.s", "Shopping", state="3"),
        _entity("number.n", "Boiler target", "Hall", "55", unit="°C"),
        _entity("valve.v", "Water trough", "Barn", "closed"),
        _entity("humidifier.h", "Humidifier", "Bedroom", humidity=45, mode="baby"),
    ),
)
LOST = "I cannot reach Hall spots at the moment."


async def _said(hass: HomeAssistant, text: str, line: str, home: Home = HOME) -> str:
    """Return what is answered to a line of a model about a sentence."""
    parser = TINY.hear(text, home).parser()
    events = [*parser.feed(f"> {line}\n"), *parser.close()]
    answers = Answers(hass, ENGLISH, home, Context())
    return " ".join([await answers.async_answer(event) for event in events])


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("front door", "is lock A = locked", "No, the front door is unlocked."),
        ("back door", "is lock A = locked", "Yes, the back door is locked."),
        ("rosie", "is vacuum A = running", "Yes, Rosie is cleaning."),
        ("owen", "is person A = home", "No, Owen is at Market."),
        ("it", "is weather = rainy", "Yes, it is pouring with rain."),
        ("it", "is weather = sunny", "No, it is pouring with rain."),
        ("bedroom", "is temperature: A = above 25", "No, the bedroom heating is at 19.5 °C."),
        (
            "radio",
            "is speaker A = of volume = below 50",
            "Yes, Radio is at a volume of 30 percent.",
        ),
        ("radio", "is speaker A = muted", "No, Radio is not muted."),
        ("hall spots", "is light A = on", LOST),
        ("barn curtains", "is curtain A = open", "No, the barn curtains are closed."),
    ],
)
async def test_yes_or_no_of_one(hass: HomeAssistant, text: str, line: str, said: str) -> None:
    assert await _said(hass, text, line) == said


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("kitchen", "is light: A = on", "Yes, all of them are on."),
        ("kitchen", "is light: A = off", "No, none of them is off."),
        ("bedroom", "is light: A = on", "Only the desk lamp is on."),
        ("all", "all lock: all = locked", "No, the front door is unlocked."),
        ("all", "all light: all = on", "No, the ceiling light in the bedroom is off."),
        ("all", "all light: all = available", "No, Hall spots is unavailable."),
        ("any", "any window = open", "Yes, the kitchen window is open."),
        ("any", "any lock: all = jammed", "No, no locks are jammed."),
        ("any", "any person = away", "Yes, Owen is at Market."),
        ("barn", "any motion: A = detected", "Yes, the barn motion sensor is detecting motion."),
        ("anything", "any moisture: all = wet", "Yes, the dairy leak sensor is wet."),
        ("anything", "any everything: all = unavailable", "Yes, Hall spots is unavailable."),
    ],
)
async def test_yes_or_no_of_several(hass: HomeAssistant, text: str, line: str, said: str) -> None:
    assert await _said(hass, text, line) == said


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("who", "which person = home", "Priya and Mei are at home."),
        ("who", "which person = unavailable", "Nobody is unavailable."),
        ("which", "which temperature: all = below 20", "Freezer is at -17.5 °C."),
        (
            *("which", "which light: all = on"),
            f"The desk lamp, the ceiling light in the kitchen and Worktop are on. {LOST}",
        ),
        (
            *("what", "which everything: all = on"),
            "The desk lamp, the ceiling light in the kitchen, Worktop, Kettle and one more are on. "
            + LOST,
        ),
        ("how many", "count light: all = on", f"Three lights are on. {LOST}"),
        ("how many", "count light: all = off", f"One light is off. {LOST}"),
        ("how many in the kitchen", "count light: A = off", "No lights are off."),
        ("how many", "count person = home", "Two people are at home."),
        ("how many", "count light: all", "There are five lights."),
        ("shopping", "count todo A", "There are three things on Shopping."),
    ],
)
async def test_which_and_how_many(hass: HomeAssistant, text: str, line: str, said: str) -> None:
    assert await _said(hass, text, line) == said


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("kitchen", "state temperature: A", "The kitchen temperature is at 21.5 °C."),
        ("bedroom", "state temperature: A", "The bedroom heating is at 19.5 °C."),
        (
            *("bedroom heating", "state climate A"),
            "The bedroom heating is set to heating at 21 °C, and it measures 19.5 °C.",
        ),
        ("washing machine", "state sensor A", "Washing machine is finished."),
        ("rosie", "state vacuum A", "Rosie is cleaning."),
        ("desk lamp", "state light A", "The desk lamp is on, at 40 percent, red."),
        ("left blind", "state blind A", "The left blind is open, at 40 percent."),
        ("radio", "state media_player A", "Radio is playing Milord by Edith Piaf."),
        ("humidifier", "state humidifier A", "The humidifier is on, set to 45 percent."),
        ("boiler target", "state number A", "Boiler target is set to 55 °C."),
        ("weather", "state weather", "It is pouring with rain, at 12 °C."),
        ("well level", "state sensor A", "I do not know how the well level is."),
        (
            *("bedroom", "state light: A"),
            "The desk lamp is on and the ceiling light in the bedroom is off.",
        ),
    ],
)
async def test_states(hass: HomeAssistant, text: str, line: str, said: str) -> None:
    assert await _said(hass, text, line) == said


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("desk lamp", "state light A = of brightness", "The desk lamp is at 40 percent."),
        ("desk lamp", "state light A = of color", "The desk lamp is red."),
        ("left blind", "state blind A = of position", "The left blind is 40 percent open."),
        ("tv", "state tv A = of volume", "The TV is off."),
        ("radio", "state speaker A = of source", "Radio is set to Aux."),
        ("what", "state media_player = of title", "Radio is playing Milord by Edith Piaf."),
        (
            "bedroom heating",
            "state climate A = of temperature",
            "The bedroom heating is set to 21 °C.",
        ),
        ("bedroom heating", "state climate A = of mode", "The bedroom heating is set to eco."),
        ("rosie", "state vacuum A = of battery", "Rosie is at 80 percent battery."),
        ("kettle", "state switch A = of power", "Kettle is using 1800 W."),
        ("left blind", "state blind A = of battery", "I cannot tell that about the left blind."),
        ("outside", "state weather = of temperature", "It is 12 °C outside."),
        ("outside", "state weather = of humidity", "The humidity outside is 80 percent."),
    ],
)
async def test_readings(hass: HomeAssistant, text: str, line: str, said: str) -> None:
    assert await _said(hass, text, line) == said


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("owen", "where person A", "Owen is at Market."),
        ("priya", "where person A", "Priya is at home."),
        ("rosie", "where vacuum A", "Rosie is in the hall."),
        ("shopping", "where todo A", "I do not know where Shopping is."),
    ],
)
async def test_where(hass: HomeAssistant, text: str, line: str, said: str) -> None:
    entity_ids = {
        "owen": "person.o",
        "priya": "person.p",
        "rosie": "vacuum.r",
        "shopping": "todo.s",
    }
    query = Query(verb="where", kind=line.split()[1], entity_ids=(entity_ids[text],))
    assert await Answers(hass, ENGLISH, HOME, Context()).async_answer(query) == said


async def test_what_is_warm_is_for_people_to_say(hass: HomeAssistant) -> None:
    said = await _said(hass, "bedroom", "is temperature: A = cold")
    assert said == "The bedroom heating is at 19.5 °C."
    said = await _said(hass, "outside", "is weather = hot")
    assert said == "It is pouring with rain, at 12 °C."


async def test_nothing_is_there(hass: HomeAssistant) -> None:
    said = await _said(hass, "kitchen", "any blind: A = open")
    assert said == "There are no blinds here that I can see."
    assert await _said(hass, "it", "state it") == "What do you mean?"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("bedroom", "if temperature: A = above 25", "The bedroom heating is only at 19.5 °C"),
        ("kitchen", "if temperature: A = below 20", "The kitchen temperature is at 21.5 °C"),
        ("bedroom window", "if window A = open", "The bedroom window is closed"),
        ("home", "unless person = home", "Priya and Mei are at home"),
        ("locks", "if lock: all = jammed", "No locks are jammed"),
        ("gate", "if gate = open", "There are no gates here that I can see"),
        ("hall spots", "if light A = on", "I cannot reach Hall spots at the moment"),
    ],
)
async def test_why_nothing_was_done(hass: HomeAssistant, text: str, line: str, said: str) -> None:
    assert await _said(hass, text, line) == f"{said}, so I did nothing."


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("door", "unlock lock", "Which one do you mean, the front door or the back door?"),
        (
            *("ceiling light", "on light A"),
            (
                "Which one do you mean, the ceiling light in the kitchen or "
                "the ceiling light in the bedroom?"
            ),
        ),
        (
            *("light", "on light"),
            "There are five. Which one do you mean, in the bedroom, the kitchen or the hall?",
        ),
    ],
)
async def test_which_one(hass: HomeAssistant, text: str, line: str, said: str) -> None:
    assert await _said(hass, text, line) == said


async def test_which_one_of_many_in_one_room(hass: HomeAssistant) -> None:
    entities = tuple(_entity(f"light.{name}", name, "Barn") for name in "abcdef")
    unclear = Unclear(entity_ids=tuple(entity.entity_id for entity in entities))
    home = Home(areas=HOME.areas, entities=entities)
    said = await Answers(hass, ENGLISH, home, Context()).async_answer(unclear)
    assert said == "There are six, such as a, b, c, d. Which one do you mean?"
    gone = await Answers(hass, ENGLISH, Home(), Context()).async_answer(unclear)
    assert gone == "What do you mean?"


@pytest.mark.freeze_time("2026-11-21 14:32:00")
async def test_time_and_date(hass: HomeAssistant) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    assert await _said(hass, "time", "say time") == "It is 3:32 PM."
    assert await _said(hass, "date", "say date") == "It is Saturday, November 21."
    assert await _said(hass, "later", "say later") == "I cannot do that later, only right away."


@pytest.mark.freeze_time("2026-11-21 14:32:00")
async def test_a_moment(hass: HomeAssistant) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    alarm = _entity("sensor.a", "Next alarm", "", "2026-11-22T05:30:00+00:00", "timestamp")
    said = await _said(hass, "next alarm", "state sensor A", Home(entities=(alarm,)))
    assert said == "The next alarm is tomorrow at 6:30 AM."
