"""What a device can be set to, where the sentence tells that and a model has not heard it."""

import pytest

from home_llm_core.calls import Call
from home_llm_core.home import Area, Home
from home_llm_core.parser import Say, Unclear
from tests.core.hearing import comes_to, done_to, entity, heard, hearing

DEN, LOFT, BATH = (Area(area_id=each, name=each.capitalize()) for each in ("den", "loft", "bath"))
XBOX = entity(
    "media_player.xbox", area_id="den", options={"source": ("Forza", "Disney+", "TV", "Home")}
)
RADIO = entity("media_player.roberts", area_id="loft", options={"source": ("Jazz 24", "Forza")})
_SWING = "swing fan = oscillating false"
FAN = entity("fan.zephyr", area_id="loft", options={"preset_mode": ("breeze", "auto")})


def house(language: str = "en") -> Home:
    """Return a home in a language."""
    return Home(entities=(XBOX, RADIO, FAN), areas=(DEN, LOFT, BATH), language=language)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "stick disney plus on"),
        ("en", "let's have disney+ on in the den"),
        ("de", "mach mal disney plus an"),
        ("fr", "mets disney plus"),
        ("es", "pon disney plus"),
        ("it", "metti disney plus"),
        ("pt", "põe disney plus"),
        ("nl", "zet disney plus op"),
        ("pl", "puść disney plus"),
        ("ru", "включи disney plus"),
        ("ja", "disney plusかけて"),
        ("zh-Hans", "播放disney plus"),
    ],
)
def test_a_source_is_not_absent(language: str, said: str) -> None:
    home = house(language)
    (call,) = heard(home, said, "say absent")
    assert isinstance(call, Call)
    assert call.arguments == {"source": "Disney+"}
    assert done_to(call, home) == ("media_player.xbox",)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "don't put disney plus on"),
        ("en", "is disney plus on"),
        ("en", "turn disney plus off"),
        ("en", "put disney plus on in the attic"),
        ("en", "put the disney plus lamp on"),
        ("en", "put the tv on"),
        ("en", "put dragons on"),
        ("en", "disney plus"),
        ("de", "mach disney plus aus"),
        ("de", "mach bitte kein disney plus an"),
        ("fr", "ne mets pas disney plus"),
        ("ru", "не включай disney plus"),
        ("ja", "disney plusかけないで"),
        ("zh-Hans", "别播放disney plus"),
    ],
)
def test_what_is_absent_is_no_source(language: str, said: str) -> None:
    """It must be wished, and no more may be said: the rest could be what is missing."""
    assert heard(house(language), said, "say absent") == [Say(key="absent")]


def test_the_player_of_the_room_goes_first() -> None:
    home = house()
    (call,) = heard(home, "pop forza on", "say absent", speaker="den")
    assert done_to(call, home) == ("media_player.xbox",)
    (unclear,) = heard(home, "pop forza on", "say absent", speaker="bath")
    assert isinstance(unclear, Unclear)
    assert set(unclear.entity_ids) == {"media_player.xbox", "media_player.roberts"}
    assert heard(home, "pop disney plus on", "say absent", speaker="loft") == [Say(key="absent")]


def test_of_several_the_only_one_that_can_be_set_so() -> None:
    home = house()
    (call,) = heard(home, "put on jazz 24", "source media_player = name jazz 24")
    assert done_to(call, home) == ("media_player.roberts",)
    (unclear,) = heard(home, "put on forza", "source media_player = name forza")
    assert isinstance(unclear, Unclear)


@pytest.mark.parametrize(
    ("said", "line", "arguments"),
    [
        ("put the zephyr on breeze", "on fan A", {"preset_mode": "breeze"}),
        ("put the roberts on jazz 24", "on media_player A", {"source": "Jazz 24"}),
        ("play jazz 24 on the roberts", "play media_player A", {"source": "Jazz 24"}),
        ("put the zephyr on", "on fan A", {}),
        ("put the zephyr on in this breeze please dear", "on fan A", {}),
        ("put the zephyr on and make it auto there", "on fan A", {}),
        ("put the xbox on at home", "on media_player A", {}),
    ],
)
def test_nothing_that_is_said_is_lost(said: str, line: str, arguments: dict[str, str]) -> None:
    (call,) = heard(house(), said, line)
    assert isinstance(call, Call)
    assert call.arguments == arguments


def test_a_verb_that_is_a_preset_is_the_preset() -> None:
    hive = entity("climate.hive", "Hive", features=("heat",), options={"preset_mode": ("boost",)})
    plain = entity("climate.plain", "Hive", features=("heat",))
    for there, action in ((hive, "climate.set_preset_mode"), (plain, "climate.set_temperature")):
        sentence = hearing(Home(entities=(there,)), "boost the hive")
        (call,) = comes_to(sentence, "temperature climate A = by 2")
        assert isinstance(call, Call)
        assert call.action == action


def test_of_several_fans_only_one_can_swing() -> None:
    fans = (
        entity("fan.a", "Quillon", features=("oscillate",)),
        entity("fan.b", "Zorvath"),
    )
    (call,) = comes_to(hearing(Home(entities=fans), "stop the fan from swinging"), _SWING)
    assert isinstance(call, Call)
    assert call.devices == ("fan quillon",)


def test_a_player_is_switched_over_to_its_source() -> None:
    said = "switch the xbox over to disney+"
    (call,) = comes_to(hearing(house(), said), "toggle media_player A")
    assert isinstance(call, Call)
    assert call.action == "media_player.select_source"
    assert call.arguments == {"source": "Disney+"}
    (call,) = comes_to(hearing(house(), "flip the state of the xbox"), "toggle media_player A")
    assert isinstance(call, Call)
    assert call.action == "media_player.toggle"
