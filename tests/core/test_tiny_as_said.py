"""What a line says that its sentence contradicts: the sentence counts."""

import pytest

from home_llm_core.calls import Call
from home_llm_core.home import Area, Home
from home_llm_core.parser import Say, Unmet
from home_llm_core.turns import Turn
from tests.core.hearing import comes_to, done_to, entity, hearing

DEN = Area(area_id="den", name="Quilden")


def home(language: str = "en") -> Home:
    """Return a room with a lamp, a heater and a thermometer, and a lawn with all it needs."""
    return Home(
        areas=(DEN,),
        entities=(
            entity("light.quorl", "Quorl", area_id="den", features=("color", "dim", "white")),
            entity("climate.blorb", "Blorb", area_id="den", state="heat"),
            entity(
                "sensor.fnuss",
                "Fnuss",
                area_id="den",
                state="12",
                device_class="temperature",
                attributes={"unit_of_measurement": "°C"},
            ),
            entity("valve.lawn", "Garden"),
            entity("lawn_mower.lawn", "Garden"),
        ),
        language=language,
    )


def done(language: str, said: str, line: str) -> Call:
    (call,) = comes_to(hearing(home(language), said), line)
    assert isinstance(call, Call)
    return call


@pytest.mark.parametrize(
    ("language", "said", "color"),
    [
        ("en", "quorl green like a frog", "green"),
        ("de", "mach quorl rot", "red"),
        ("ru", "сделай quorl зеленым", "green"),
        ("zh-Hans", "quorl调成红色", "red"),
    ],
)
def test_a_colour_is_no_tone_of_white(language: str, said: str, color: str) -> None:
    assert done(language, said, "on light A = kelvin 5000").arguments == {"color": color}


@pytest.mark.parametrize(
    ("language", "said", "chosen", "color"),
    [
        ("pt", "mete a quorl roxa", "red", "purple"),
        ("it", "quorl gialle per favore", "red", "yellow"),
        ("es", "quorl morada", "red", "purple"),
        ("de", "quorl bitte lila", "red", "purple"),
        ("en", "quorl green", "red", "green"),
        # What takes a colour back names another one.
        ("nl", "zet quorl op blauw nee op rood", "blue", "red"),
        ("de", "quorl auf blau nein doch lieber rot", "blue", "red"),
        ("en", "quorl blue no wait green", "blue", "green"),
        ("en", "quorl crimson please", "crimson", "crimson"),
        ("en", "quorl the colour of a flamingo", "pink", "pink"),
        ("en", "quorl green and the blorb like a rose", "pink", "pink"),
    ],
)
def test_a_colour_that_was_misread(language: str, said: str, chosen: str, color: str) -> None:
    assert done(language, said, f"on light A = color {chosen}").arguments == {"color": color}


@pytest.mark.parametrize(
    "said",
    [
        "quorl cold white",
        "quorl is too blue make it warmer",
        "make quorl less yellow",
        "green quorl to 5000 kelvin please",
    ],
)
def test_a_tone_of_white_that_is_said(said: str) -> None:
    assert "color_temp_kelvin" in done("en", said, "on light A = kelvin 5000").arguments


def test_it_is_what_is_said_where_nothing_was_spoken_of() -> None:
    call = done("en", "heating off it's may", "off it")
    assert done_to(call, home()) == ("climate.blorb",)
    assert comes_to(hearing(home(), "off with it"), "off it") == [Say(key="what")]
    turn = Turn(spoken_of=("light.quorl",))
    (call,) = comes_to(hearing(home(), "heating's fine turn it off", turn=turn), "off it")
    assert done_to(call, home()) == ("light.quorl",)


@pytest.mark.parametrize(
    ("said", "domain"),
    [
        ("give the garden a drink", "valve"),
        ("water the garden", "valve"),
        ("mow the garden before it drinks", "lawn_mower"),
        ("do the garden", "lawn_mower"),
    ],
)
def test_who_waters_a_garden_does_not_mow_it(said: str, domain: str) -> None:
    assert done("en", said, "start lawn_mower A").action.startswith(f"{domain}.")


def test_what_is_sixty_is_the_temperature_where_no_light_is_measured() -> None:
    (call,) = comes_to(
        hearing(home(), "if it's under 60 in the quilden turn quorl on"),
        "if illuminance: A = below 60",
        "on light B",
    )
    assert done_to(call, home()) == ("light.quorl",)
    said = "if the brightness in the quilden is under 60 turn quorl on"
    lines = ("if illuminance: A = below 60", "on light B")
    (unmet,) = comes_to(hearing(home(), said), *lines)
    assert isinstance(unmet, Unmet)


@pytest.mark.parametrize(
    ("language", "said", "action"),
    [
        ("en", "start the sprinklers", "valve.open_valve"),
        ("en", "start the robot before the sprinklers", "vacuum.start"),
        ("en", "start", "vacuum.start"),
        ("de", "starte den rasensprenger zum bewässern", "valve.open_valve"),
    ],
)
def test_who_waters_does_not_clean(language: str, said: str, action: str) -> None:
    there = (entity("vacuum.v", "Zubrin"), entity("valve.v", "Quillon"))
    (call,) = comes_to(hearing(Home(entities=there, language=language), said), "start vacuum")
    assert isinstance(call, Call)
    assert call.action == action


def test_what_is_bought_is_no_color(villa: Home) -> None:
    said = "make the sofa lamp cooler and we need cream"
    (call,) = comes_to(hearing(villa, said), "on light A = kelvin 5000")
    assert isinstance(call, Call)
    assert call.arguments == {"color_temp_kelvin": 5000}
