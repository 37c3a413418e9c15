"""Words that leave something alone, in every language; without one nothing is left alone."""

from dataclasses import replace

import pytest

from home_llm_core.home import Area, Home
from home_llm_core.parser import Say
from tests.core.hearing import comes_to, done_to, entity, heard, hearing


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "all lights off barring the sofa lamp"),
        ("en", "every light off, sofa lamp excluded"),
        ("en", "all the lights off, skip the sofa lamp"),
        ("en", "ignore the sofa lamp and turn the other lights off"),
        ("de", "alle lichter aus bis auf die sofa lamp"),
        ("fr", "éteins toutes les lumières en dehors de sofa lamp"),
        ("fr", "toutes les lumières éteintes en laissant sofa lamp"),
        ("es", "apaga todas las luces dejando sofa lamp"),
        ("it", "spegni tutte le luci, sofa lamp no"),
        ("nl", "zet alle lichten uit, sofa lamp mag aan blijven"),
        ("pl", "sofa lamp niech zostanie, a resztę świateł wyłącz"),
        ("pt", "todas as luzes desligadas à exceção de sofa lamp"),
        ("ru", "пусть sofa lamp горит, остальной свет выключи"),
        ("zh-Hans", "灯全关了,就sofa lamp开着"),
        ("ja", "sofa lampはつけたままで電気全部消して"),
    ],
)
def test_what_is_left_alone(villa: Home, language: str, said: str) -> None:
    home = replace(villa, language=language)
    done = [
        each for call in heard(home, said, "off light: all; but A") for each in done_to(call, home)
    ]
    assert "light.desk" in done
    assert "light.sofa" not in done


@pytest.mark.parametrize(
    ("language", "said"),
    [("nl", "alle lichten uit bij sofa lamp"), ("en", "all lights off at the sofa lamp")],
)
def test_nothing_is_left_alone_that_no_word_leaves_alone(
    villa: Home, language: str, said: str
) -> None:
    home = replace(villa, language=language)
    assert heard(home, said, "off light: all; but A") == [Say(key="what")]


def test_an_exception_that_is_named_is_made(villa: Home) -> None:
    sentence = hearing(villa, "all lights off except for the desk lamp")
    calls = comes_to(sentence, "off light: all; but A")
    assert comes_to(sentence, "off light: all") == calls
    assert not sentence.misses(calls)
    assert "light.desk" not in done_to(calls[0], villa)


def test_who_is_named_beside_a_window_is_left_alone() -> None:
    rooms = tuple(Area(area_id=name, name=f"{name}'s room") for name in ("Nia", "Otto"))
    home = Home(
        areas=rooms,
        entities=(
            entity("light.n", "Pink lamp", area_id="Nia"),
            entity("light.o", "Blue lamp", area_id="Otto"),
            entity("binary_sensor.n", "Nia's window", area_id="Nia", device_class="window"),
        ),
    )
    (call,) = heard(home, "all the lights off except nia's", "off light: all; but A")
    assert done_to(call, home) == ("light.o",)
