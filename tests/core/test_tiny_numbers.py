"""Numbers of a line that nobody said."""

from collections.abc import Sequence

import pytest

from home_llm_core.calls import Call
from home_llm_core.home import Home
from home_llm_core.parser import Say
from tests.core.hearing import comes_to, entity, hearing

WHAT = [Say(key="what")]
STOVE = entity("climate.a", "Umbriel", features=("target_temperature",))
BLOWER = entity("fan.a", "Quillon", features=("speed",))
SAIL = entity("cover.a", "Pontoon", device_class="shade", features=("position",))


def lines_of(language: str, said: str, *lines: str) -> Sequence[object]:
    home = Home(entities=(STOVE, BLOWER, SAIL), language=language)
    return comes_to(hearing(home, said), *lines)


@pytest.mark.parametrize(
    ("language", "said", "line"),
    [
        ("en", "umbriel to 69 and cool to 74", "temperature climate A = temperature 64"),
        ("en", "umbriel a bit warmer", "temperature climate A = temperature 22"),
        ("en", "put 538 on", "set it = value 53"),
        ("en", "quillon on low", "speed fan A = percent 3"),
        # So many minutes are no percent.
        ("en", "quillon for twenty minutes", "speed fan A = percent 20"),
        ("de", "quillon für zwanzig minuten an", "speed fan A = percent 20"),
        ("fr", "quillon pendant vingt minutes", "speed fan A = percent 20"),
        ("es", "quillon veinte minutos", "speed fan A = percent 20"),
        ("it", "quillon per venti minuti", "speed fan A = percent 20"),
        ("pt", "quillon por vinte minutos", "speed fan A = percent 20"),
        ("nl", "quillon twintig minuten aan", "speed fan A = percent 20"),
        ("pl", "quillon na dwadzieścia minut", "speed fan A = percent 20"),
        ("ru", "quillon на двадцать минут", "speed fan A = percent 20"),
        ("ja", "quillonを20分間つけて", "speed fan A = percent 20"),
        ("zh-Hans", "quillon吹二十分钟", "speed fan A = percent 20"),
        # So much more is not so much.
        ("en", "open the pontoon another 20 percent", "position shade A = position 20"),
        ("en", "close the pontoon by 10 percent", "position shade A = position 90"),
        ("en", "pontoon 15 percent more", "position shade A = position 15"),
        ("de", "pontoon um 20 prozent höher", "position shade A = position 20"),
        ("fr", "ouvre pontoon encore 20 pour cent", "position shade A = position 20"),
        ("es", "abre pontoon otro 20 por ciento", "position shade A = position 20"),
        ("it", "apri pontoon altri 20 per cento", "position shade A = position 20"),
        ("pt", "abre pontoon mais 20 por cento", "position shade A = position 20"),
        ("nl", "pontoon nog 20 procent omhoog", "position shade A = position 20"),
        ("pl", "pontoon jeszcze o 20 procent", "position shade A = position 20"),
        ("ru", "открой pontoon еще на 20 процентов", "position shade A = position 20"),
        ("ja", "pontoonをあと20パーセント開けて", "position shade A = position 20"),
        ("zh-Hans", "pontoon再开百分之二十", "position shade A = position 20"),
    ],
)
def test_what_nobody_said_is_not_done(language: str, said: str, line: str) -> None:
    assert lines_of(language, said, line) == WHAT


@pytest.mark.parametrize(
    ("said", "line", "value"),
    [
        ("umbriel to twenty-one", "temperature climate A = temperature 21", 21),
        ("umbriel to 21 and a half", "temperature climate A = temperature 21.5", 21.5),
        ("quillon at half", "speed fan A = percent 50", 50),
        ("quillon to 37 percent for 20 minutes", "speed fan A = percent 37", 37),
        ("pontoon 35 percent closed", "position shade A = position 65", 65),
    ],
)
def test_what_was_said_is_done(said: str, line: str, value: float) -> None:
    (call,) = lines_of("en", said, line)
    assert value in call.arguments.values()  # type: ignore[attr-defined]


def test_tenths_are_counted_in_japan() -> None:
    (call,) = lines_of("ja", "pontoonを7割にして", "position shade A = position 70")
    assert call != WHAT[0]


@pytest.mark.parametrize(
    ("language", "said", "minutes"),
    [
        ("en", "a timer for a quarter of an hour", 15),
        ("en", "wake me in half an hour", 30),
        ("de", "timer auf eine dreiviertelstunde", 45),
        ("fr", "préviens-moi dans un quart d'heure", 15),
        ("es", "avísame dentro de un cuarto de hora", 15),
        ("it", "un timer di mezz'ora", 30),
        ("nl", "zet een wekker over een kwartier", 15),
        ("ru", "таймер на полчаса", 30),
        ("zh-Hans", "定时一刻钟", 15),
    ],
)
def test_a_part_of_an_hour_is_so_many_minutes(language: str, said: str, minutes: int) -> None:
    home = Home(language=language)
    (call,) = comes_to(hearing(home, said), "start timer = minutes 20")
    assert isinstance(call, Call)
    assert call.arguments == {"minutes": minutes}


def test_more_than_a_part_of_an_hour_is_as_it_was_understood() -> None:
    (call,) = comes_to(hearing(Home(), "two hours and half an hour"), "start timer = minutes 150")
    assert isinstance(call, Call)
    assert str(call.arguments["minutes"]) == "150"


def test_one_timer_is_for_ten_minutes_and_one_for_half_an_hour() -> None:
    said = "a timer for ten minutes and one for half an hour"
    lines = ("start timer = minutes 10", "start timer = minutes 30")
    calls = comes_to(hearing(Home(), said), *lines)
    assert [int(str(c.arguments["minutes"])) for c in calls if isinstance(c, Call)] == [10, 30]
