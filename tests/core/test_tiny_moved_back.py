"""What was just opened or closed is to be the other way: "no, open it again"."""

import pytest

from home_llm_core.formats.tiny_names import Printed
from home_llm_core.home import Area, Home
from home_llm_core.parser import Say
from tests.core.hearing import comes_to, done_to, entity, hearing, turn_of
from tests.core.test_tiny_it import call


def home(language: str = "en") -> Home:
    """Return a house with two blinds and an extractor."""
    return Home(
        areas=(Area(area_id="den", name="Quilden"),),
        entities=(
            entity("cover.quorl", "Quorl", area_id="den", device_class="blind"),
            entity("cover.blorb", "Blorb", area_id="den", device_class="blind"),
            entity("fan.fnuss", "Fnuss", area_id="den"),
        ),
        language=language,
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "no open it again i forgot the trailer"),
        ("de", "nein mach sie wieder auf"),
        ("nl", "laat maar, doe maar weer open"),
        ("fr", "non finalement rouvre le"),
        ("es", "no, vuelve a abrirla"),
        ("pt", "não, volta a abrir"),
        ("pl", "albo nie, podnieś ją z powrotem"),
        ("ru", "нет, открой обратно"),
        ("zh-Hans", "算了，还是打开吧"),
    ],
)
@pytest.mark.parametrize("line", ["close it", "say what"])
def test_it_is_opened_again(language: str, said: str, line: str) -> None:
    there = home(language)
    turn = turn_of(there, call("cover.close_cover", *line_of(there, "cover.quorl")))
    (found,) = comes_to(hearing(there, said, turn=turn), line)
    assert found.action == "cover.open_cover"
    assert done_to(found, there) == ("cover.quorl",)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "close it some more"),
        ("en", "no leave it"),
        ("en", "is it open or closed"),
        ("en", "what about the lights"),
        ("nl", "laat maar"),
    ],
)
def test_what_says_nothing_of_it(language: str, said: str) -> None:
    there = home(language)
    turn = turn_of(there, call("cover.close_cover", *line_of(there, "cover.quorl")))
    assert comes_to(hearing(there, said, turn=turn), "say what") == [Say(key="what")]


def line_of(there: Home, entity_id: str) -> tuple[str, ...]:
    """Return what calls name a device by."""
    return (there.once(Printed).devices[entity_id],)


@pytest.mark.parametrize(
    ("language", "said", "is_done"),
    [
        ("ru", "включи духовку", False),
        ("ru", "включи вентилятор", True),
        ("ru", "душно здесь", True),
        ("de", "kannst du den backofen einschalten", False),
        ("de", "kannst du den lüfter einschalten", True),
        ("fr", "allume le four", False),
        ("en", "it's stuffy in here", True),
    ],
)
def test_who_turns_the_oven_on_wants_no_extractor(language: str, said: str, is_done: bool) -> None:
    (found,) = comes_to(hearing(home(language), said), "on fan")
    assert (found == Say(key="what")) is not is_done


def test_talk_moves_nothing_back() -> None:
    there = home("en")
    turn = turn_of(there, call("cover.close_cover", *line_of(there, "cover.quorl")))
    said = "the shop is open till nine"
    assert comes_to(hearing(there, said, turn=turn), "say nothing") == [Say(key="nothing")]
