"""How far: a bit more of a blind, modes with degrees, what swings and is put on, in the dark."""

import pytest

from home_llm_core.calls import Call
from home_llm_core.home import Area, Home
from home_llm_core.parser import Say
from tests.core.hearing import comes_to, entity, hearing


def blind(position: int) -> Home:
    """Return a home with a blind that is open so far, in percent."""
    attributes = {"position": position}
    one = entity(
        "cover.a", "Zorvath", device_class="blind", attributes=attributes, features=("position",)
    )
    return Home(entities=(one,))


def arguments(home: Home, said: str, line: str) -> dict[str, object]:
    """Return the arguments of the only call that a line comes to."""
    (call,) = comes_to(hearing(home, said), line)
    assert isinstance(call, Call)
    return dict(call.arguments)


@pytest.mark.parametrize(
    ("said", "line", "now", "then"),
    [
        ("open the zorvath a bit more", "position blind A = position 10", 80, 90),
        ("open the zorvath a bit", "position blind A = position 10", 0, 10),
        ("open the zorvath a little", "position blind A = position 10", 95, 100),
        ("close the zorvath a bit", "position blind A = position 90", 80, 70),
        ("close the zorvath a bit", "position blind A = position 90", 100, 90),
        ("leave the zorvath open a bit", "position blind A = position 10", 80, 10),
        ("open the zorvath a crack", "position blind A = position 10", 80, 10),
        ("zorvath a bit down, to 10 percent", "position blind A = position 10", 80, 10),
        ("zorvath down to a quarter", "position blind A = position 75", 100, 25),
        ("zorvath to three quarters", "position blind A = position 75", 100, 75),
        ("close the zorvath to three quarters", "position blind A = position 25", 100, 25),
    ],
)
def test_a_bit_goes_on_from_where_it_is(said: str, line: str, now: int, then: int) -> None:
    assert arguments(blind(now), said, line) == {"position": then}


@pytest.mark.parametrize(
    ("language", "said", "line", "then"),
    [
        ("es", "sube un poco zorvath", "open blind A", 70),
        ("de", "zorvath ein stück weiter auf", "open blind A", 70),
        ("it", "abbassa un po' zorvath", "close blind A", 50),
        ("zh-Hans", "zorvath再开一点", "position blind A = position 10", 70),
    ],
)
def test_a_bit_is_not_all_the_way(language: str, said: str, line: str, then: int) -> None:
    home = Home(entities=blind(60).entities, language=language)
    assert arguments(home, said, line) == {"position": then}


TVS = Home(
    entities=(
        entity("media_player.a", "Zorvath", attributes={}, options={"source": ("La 1", "HBO")}),
        entity("media_player.b", "Quillon", state="playing"),
    ),
    language="es",
)


@pytest.mark.parametrize(
    ("said", "line", "source"),
    [
        ("pon zorvath en la 1", "volume media_player A = percent 1", "La 1"),
        ("pon hbo", "source media_player = name hbo", "HBO"),
    ],
)
def test_sources_by_their_numbers_and_of_what_does_not_play(
    said: str, line: str, source: str
) -> None:
    assert arguments(TVS, said, line) == {"source": source}


AIR = Home(
    entities=(
        entity("climate.a", "Quillon", features=("temperature", "cool", "heat", "dry", "auto")),
        entity("climate.b", "Zorvath", features=("temperature", "heat")),
    )
)


@pytest.mark.parametrize(
    ("said", "modes"),
    [
        ("set quillon to cool, 22 degrees", ["cool"]),
        ("quillon on auto at 22", ["auto"]),
        ("it's cold, set quillon to 22", []),
        ("set the heating quillon to 22", []),
    ],
)
def test_a_mode_is_set_with_the_degrees(said: str, modes: list[str]) -> None:
    *first, last = comes_to(hearing(AIR, said), "temperature climate A = temperature 22")
    assert isinstance(last, Call)
    assert last.arguments == {"temperature": 22}
    assert [dict(c.arguments) for c in first if isinstance(c, Call)] == [
        {"hvac_mode": mode} for mode in modes
    ]


def test_a_mode_that_a_model_wrote_is_set_once() -> None:
    lines = ("mode climate A = mode cool", "temperature climate A = temperature 22")
    assert len(comes_to(hearing(AIR, "quillon to cool, 22"), *lines)) == len(lines)


def test_what_can_only_heat_does_not_cool() -> None:
    line = "temperature climate A = temperature 22"
    assert len(comes_to(hearing(AIR, "set zorvath to cool, 22"), line)) == 1


def test_a_fan_is_put_on_and_swings() -> None:
    home = Home(entities=(entity("fan.a", "Zorvath", features=("oscillate",)),))
    line = "swing fan A = oscillating true"
    calls = comes_to(hearing(home, "switch on the zorvath and make it swing"), line)
    assert [c.action for c in calls if isinstance(c, Call)] == ["fan.turn_on", "fan.oscillate"]
    assert len(comes_to(hearing(home, "make the zorvath swing"), line)) == 1


KITCHEN = Home(
    entities=(entity("light.a", "Quillon", area_id="kitchen", features=("dim",)),),
    areas=(Area(area_id="kitchen", name="Kitchen"),),
)


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("it's much too gloomy in the kitchen", {}),
        ("a lot brighter in the kitchen", {"brightness_step": 40}),
        ("it's too dark in the kitchen, make it brighter", {"brightness_step": 40}),
    ],
)
def test_who_sees_nothing_wants_light(said: str, given: dict[str, object]) -> None:
    assert arguments(KITCHEN, said, "on light: A = by 40") == given


THINGS = Home(
    entities=(
        entity("switch.a", "Kettle"),
        entity("vacuum.b", "Henry"),
        entity("media_player.c", "Telly", device_class="tv"),
        entity("light.d", "Quillon"),
    )
)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("i've just put the kettle on", "on switch A"),
        ("our kid left the kettle on again", "on switch A"),
        ("he had the telly on full blast", "volume tv A = percent 100"),
        ("henry on turbo", "start vacuum A"),
        ("set henry to quiet", "stop vacuum A"),
        ("close everything up and kill the lights", "off everything: all"),
    ],
)
def test_what_is_told_or_cannot_be_is_not_done(said: str, line: str) -> None:
    assert comes_to(hearing(THINGS, said), line) == [Say(key="what")]


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("i just want the kettle on", "on switch A"),
        ("put the kettle on, i left the telly on", "off tv B"),
        ("start henry", "start vacuum A"),
        ("turn everything off", "off everything: all"),
        ("shut everything down", "off everything: all"),
    ],
)
def test_what_is_wished_is_done(said: str, line: str) -> None:
    assert all(isinstance(event, Call) for event in comes_to(hearing(THINGS, said), line))


@pytest.mark.parametrize("said", ["我刚把Quillon打开", "别关Quillon,孩子怕黑", "Quillon一直开着"])
def test_what_is_told_in_chinese(said: str) -> None:
    home = Home(entities=THINGS.entities, language="zh-Hans")
    assert comes_to(hearing(home, said), "on light A") == [Say(key="what")]
