"""What is not meant after all: what was said by mistake, and what is left alone."""

import pytest

from home_llm_core.home import Area, Home
from tests.core.hearing import comes_to, done_to, entity, hearing

DEVICES = (
    entity("light.a", "Umbriel", area_id="hall"),
    entity("light.b", "Quillon", area_id="attic"),
)
AREAS = (Area(area_id="hall", name="Zorvath"), Area(area_id="attic", name="Meldrune"))


def done(language: str, said: str, *lines: str) -> tuple[str, ...]:
    home = Home(areas=AREAS, entities=DEVICES, language=language)
    events = comes_to(hearing(home, said), *lines)
    return tuple(each for event in events for each in done_to(event, home))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "turn off the umbriel actually i meant the quillon"),
        ("en", "umbriel off no sorry the quillon"),
        ("en", "umbriel off i mean quillon"),
        ("de", "umbriel aus nein quillon"),
        ("de", "mach umbriel aus, ich meine quillon"),
        ("fr", "éteins umbriel non pardon quillon"),
        ("es", "apaga umbriel, digo quillon"),
        ("it", "spegni umbriel anzi quillon"),
        ("pt", "desliga umbriel quer dizer quillon"),
        ("nl", "umbriel uit nee sorry quillon"),
        ("pl", "wyłącz umbriel to znaczy quillon"),
        ("ru", "выключи umbriel ой нет quillon"),
        ("ja", "umbrielを消して、いやquillonを"),
        ("zh-Hans", "关掉umbriel，不对，quillon"),
    ],
)
def test_what_was_said_by_mistake_is_not_done(language: str, said: str) -> None:
    assert done(language, said, "off light A; B") == ("light.b",)
    assert done(language, said, "off light B") == ("light.b",)
    assert done(language, said, "off light A") == ()


@pytest.mark.parametrize(
    "said", ["zorvath lights off no sorry meldrune", "lights off in zorvath oops in the meldrune"]
)
def test_a_room_may_be_a_mistake_too(said: str) -> None:
    assert done("en", said, "off light: A") == ()
    assert done("en", said, "off light: B") == ("light.b",)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "umbriel off and the quillon"),
        ("en", "sorry, umbriel and quillon off"),
        ("en", "if there is no umbriel then quillon off"),
        ("de", "umbriel und nein danke quillon aus"),
        ("de", "lass umbriel und quillon ausgehen"),
    ],
)
def test_other_words_take_nothing_back(language: str, said: str) -> None:
    assert done(language, said, "off light A; B") == ("light.a", "light.b")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "umbriel off and leave the quillon"),
        ("en", "turn off umbriel but don't touch quillon"),
        ("de", "mach umbriel aus und lass quillon an"),
        ("fr", "éteins umbriel et laisse quillon"),
        ("es", "apaga umbriel y deja quillon"),
        ("it", "spegni umbriel e lascia quillon"),
        ("pt", "desliga umbriel e deixa quillon"),
        ("nl", "doe umbriel uit en laat quillon aan"),
        ("pl", "zgaś umbriel a quillon zostaw"),
        ("pl", "zgaś umbriel zostaw quillon"),
        ("ru", "umbriel погаси, quillon оставь"),
        ("ru", "погаси umbriel оставь quillon"),
        ("ja", "umbrielを消してquillonはそのまま"),
        ("zh-Hans", "关掉umbriel，quillon别动"),
    ],
)
def test_what_is_left_alone_is_not_touched(language: str, said: str) -> None:
    assert done(language, said, "off light A; B") == ("light.a",)


@pytest.mark.parametrize("said", ["quillon оставь umbriel погаси", "оставь quillon погаси umbriel"])
def test_what_is_left_alone_may_come_first(said: str) -> None:
    assert done("ru", said, "off light A; B") == ("light.a",)


def test_what_is_kept_off_beside_something_else_is_put_off() -> None:
    assert done("en", "put umbriel off then keep quillon off", "off light B") == ("light.b",)
