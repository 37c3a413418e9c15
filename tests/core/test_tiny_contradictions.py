"""Replies that say the opposite of their sentence, or what it does not say at all."""

import pytest

from home_llm_core.cues import cues
from home_llm_core.home import Home
from tests.core.hearing import comes_to, entity, hearing

GATE = entity("cover.gate", "Pontoon", device_class="gate", features=("open", "close"))
HATCH = entity("lock.hatch", "Quillon", state="locked")
LAMP = entity("light.lamp", "Umbriel")


@pytest.mark.parametrize(
    ("language", "said", "right", "wrong"),
    [
        ("en", "don't forget to shut the pontoon", "close cover A", "open cover A"),
        ("en", "lock up the quillon", "lock lock A", "unlock lock A"),
        ("en", "would somebody unlock the quillon", "unlock lock A", "lock lock A"),
        ("en", "umbriel off", "off light A", "on light A"),
        ("de", "vergiss nicht pontoon zu schließen", "close cover A", "open cover A"),
        ("de", "quillon aufschließen", "unlock lock A", "lock lock A"),
        ("de", "umbriel ausmachen", "off light A", "on light A"),
        ("fr", "ferme pontoon", "close cover A", "open cover A"),
        ("fr", "allume umbriel", "on light A", "off light A"),
        ("es", "cierra pontoon", "close cover A", "open cover A"),
        ("es", "apaga umbriel", "off light A", "on light A"),
        ("it", "chiudi pontoon", "close cover A", "open cover A"),
        ("it", "spegni umbriel", "off light A", "on light A"),
        ("pt", "fecha pontoon", "close cover A", "open cover A"),
        ("pt", "liga umbriel", "on light A", "off light A"),
        ("nl", "doe quillon op slot", "lock lock A", "unlock lock A"),
        ("nl", "umbriel uitdoen", "off light A", "on light A"),
        ("pl", "zamknij pontoon", "close cover A", "open cover A"),
        ("pl", "zgaś umbriel", "off light A", "on light A"),
        ("ru", "закрой pontoon", "close cover A", "open cover A"),
        ("ru", "выключи umbriel", "off light A", "on light A"),
        ("ja", "pontoonを閉めて", "close cover A", "open cover A"),
        ("ja", "umbrielをつけて", "on light A", "off light A"),
        ("zh-Hans", "锁上quillon", "lock lock A", "unlock lock A"),
        ("zh-Hans", "关掉umbriel", "off light A", "on light A"),
    ],
)
def test_the_opposite_of_what_was_said_is_not_done(
    language: str, said: str, right: str, wrong: str
) -> None:
    sentence = hearing(Home(entities=(GATE, HATCH, LAMP), language=language), said)
    assert not sentence.misses(comes_to(sentence, right))
    assert sentence.misses(comes_to(sentence, wrong))


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        # What the other line does is no contradiction.
        ("lock the quillon and let me see the pontoon gone", ("lock lock A", "open cover B")),
        ("turn it off and give me umbriel in red", ("on light A = color red",)),
        ("don't leave the pontoon shut", ("open cover A",)),
        ("the umbriel should not be off", ("on light A",)),
        ("let the boat in, pontoon", ("open cover A",)),
    ],
)
def test_a_word_for_the_opposite_may_be_there(said: str, lines: tuple[str, ...]) -> None:
    sentence = hearing(Home(entities=(GATE, HATCH, LAMP)), said)
    assert not sentence.misses(comes_to(sentence, *lines))


def test_a_language_that_nobody_knows_has_no_cues() -> None:
    assert not cues("tlh").say("open", ("open the pontoon",))


@pytest.mark.parametrize(
    ("language", "said", "lines", "misses"),
    [
        ("ru", "зажги umbriel и погаси lumen", ("off light A; B",), True),
        ("ru", "зажги umbriel и погаси lumen", ("on light A", "off light B"), False),
        ("pl", "zapal umbriel i zgaś lumen", ("off light A; B",), True),
        ("fr", "allume umbriel et éteins lumen", ("on light A",), True),
        ("es", "enciende umbriel y apaga lumen", ("on light A", "off light B"), False),
        ("zh-Hans", "打开umbriel,关掉lumen", ("on light A", "off light B"), False),
    ],
)
def test_half_of_what_was_said_is_a_misunderstanding(
    language: str, said: str, lines: tuple[str, ...], *, misses: bool
) -> None:
    lumen = entity("light.lumen", "Lumen")
    sentence = hearing(Home(entities=(LAMP, lumen), language=language), said)

    assert sentence.misses(comes_to(sentence, *lines)) is misses


@pytest.mark.parametrize(
    ("said", "is_missed"),
    [
        ("turn umbriel on but leave the rest off", True),
        ("turn umbriel off and on again", False),
    ],
)
def test_what_is_left_is_not_switched_to_and_fro(said: str, is_missed: bool) -> None:
    sentence = hearing(Home(entities=(LAMP,)), said)
    assert sentence.misses(comes_to(sentence, "off light A", "on light A")) is is_missed
