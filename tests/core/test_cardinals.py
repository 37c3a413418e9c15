"""Numbers in words become digits, and only those."""

import pytest

from home_llm_core.cardinals import cardinals
from home_llm_core.formats import TINY
from home_llm_core.home import Entity, Home
from home_llm_core.text import fold
from home_llm_core.words import LANGUAGES


def in_digits(text: str, language: str) -> str:
    """Return a text with its numbers in digits."""
    text, shown, at = fold(text), "", 0
    for numeral in cardinals(language).find(text, 0, len(text)):
        shown += text[at : numeral.start] + numeral.digits
        at = numeral.end
    return shown + text[at:]


@pytest.mark.parametrize(
    ("language", "said", "shown"),
    [
        ("en", "dim it to twenty-five percent", "dim it to 25 %"),
        ("en", "Twenty five past seven", "25 past 7"),
        ("en", "twenty, five", "20, 5"),
        ("en", "seven thirty", "7 30"),
        ("en", "a hundred and twenty minutes", "120 minutes"),
        ("en", "twenty seven hundred kelvin", "2700 kelvin"),
        ("en", "the one by the door", "the one by the door"),
        ("en", "weight often sixty", "weight often 60"),
        ("zh-Hans", "把空调调到二十六度", "把空调调到26度"),
        ("zh-Hans", "两个半小时", "2个半小时"),
        ("zh-Hans", "百分之一百", "百分之100"),
        ("zh-Hans", "等一下", "等一下"),
        ("ja", "二十六度にして", "26度にして"),
        ("de", "auf fünfunddreißig Prozent", "auf 35 %"),
        ("de", "auf dreissig", "auf 30"),
        ("de", "auf zweiundzwanzigeinhalb Grad", "auf 22,5 grad"),
        ("de", "in anderthalb Stunden", "in 1,5 stunden"),
        ("nl", "zesenhalve minuut", "6,5 minuut"),
        ("nl", "tweeënhalf uur", "2,5 uur"),
        ("pl", "za półtorej godziny", "za 1,5 godziny"),
        ("ru", "через полтора часа", "через 1,5 часа"),
        ("fr", "à quatre-vingt-dix-neuf pour cent", "à 99 %"),
        ("fr", "vingt et un degrés", "21 degrés"),
        ("es", "treinta y un grados", "31 grados"),
        ("es", "a veintitrés", "a 23"),
        ("it", "al cinquanta per cento", "al 50 %"),
        ("nl", "drieëntwintig graden", "23 graden"),
        ("pl", "do dwudziestu pięciu stopni", "do 25 stopni"),
        ("pt", "vinte e duas horas", "22 horas"),
        ("ru", "через двадцать две минуты", "через 22 минуты"),
        ("pt-BR", "dezesseis", "16"),
        ("tlh", "twenty five", "twenty five"),
    ],
)
def test_in_digits(language: str, said: str, shown: str) -> None:
    assert in_digits(said, language) == shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_counts_to_a_hundred(language: str) -> None:
    known = set(cardinals(language).digits.values())
    assert {str(number) for number in (0, *range(2, 101))} <= known


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_are_two_numbers(language: str) -> None:
    said = [
        (fold(form).replace("-", " "), number)
        for number, forms in LANGUAGES[language]["cardinals"].items()
        for form in forms
    ]
    assert len(dict(said)) == len(set(said))


def test_names_keep_their_numbers_and_items_their_words() -> None:
    lamp = Entity(entity_id="light.two", name="Lamp Two", state="on")
    home = Home(entities=(lamp,), language="en")
    assert TINY.hear("lamp two to ten", home).message == "light A to 10"
    heard = TINY.hear("add twenty four Eggs to the list", home)
    assert heard.message == "add 24 eggs to the list"
    assert heard.words[1] == "24"
    assert heard.shown("twenty four eggs") == "24 eggs"
