"""Awnings go out and in, and are called blinds where people call them so."""

import pytest

from home_llm_core.home import Area, Home
from tests.core.hearing import comes_to, done_to, entity, hearing


def home(language: str, name: str) -> Home:
    """Return a house with a shutter in the living room and an awning outside."""
    return Home(
        areas=(Area(area_id="living", name="Quillon"), Area(area_id="out", name="Terrasse")),
        entities=(
            entity("cover.shutter", "Quillon Ost", area_id="living", device_class="shutter"),
            entity("cover.awning", name, area_id="out", device_class="awning"),
        ),
        language=language,
    )


@pytest.mark.parametrize(
    ("language", "name", "said", "verb", "action"),
    [
        ("en", "Awning", "bring the awning in please", "open", "close"),
        ("en", "Awning", "roll out the awning", "close", "open"),
        ("de", "Markise", "markise raus", "close", "open"),
        ("de", "Markise", "fahr die markise ein", "open", "close"),
        ("de", "Markise", "markise aus", "close", "open"),
        ("nl", "Zonnescherm", "zonnescherm in", "open", "close"),
        ("nl", "Zonnescherm", "doe het zonnescherm uit", "close", "open"),
        ("fr", "Store banne", "rentre le store banne", "open", "close"),
        ("es", "Toldo", "recoge el toldo que hay viento", "open", "close"),
        ("it", "Tenda da sole", "ritira la tenda da sole", "open", "close"),
        ("pt", "Toldo", "recolhe o toldo", "open", "close"),
        ("pl", "Markiza", "zwiń markizę", "open", "close"),
        ("ru", "Маркиза", "разверни маркизу", "close", "open"),
        ("ja", "オーニング", "オーニングをしまって", "open", "close"),
        ("zh-Hans", "遮阳篷", "把遮阳篷收起来", "open", "close"),
        # What hangs on arms goes out when it is lowered.
        ("en", "Awning", "lower the awning", "close", "open"),
        ("de", "Markise", "markise runter", "close", "open"),
        ("de", "Markise", "markise hoch", "open", "close"),
        ("nl", "Zonnescherm", "zonnescherm naar beneden", "close", "open"),
        ("fr", "Store banne", "baisse le store banne", "close", "open"),
        ("es", "Toldo", "sube el toldo", "open", "close"),
        ("it", "Tenda da sole", "abbassa la tenda da sole", "close", "open"),
        ("pt", "Toldo", "desce o toldo", "close", "open"),
        ("pl", "Markiza", "opuść markizę", "close", "open"),
        ("ru", "Маркиза", "опусти маркизу", "close", "open"),
        ("ja", "オーニング", "オーニングを下ろして", "close", "open"),
        ("zh-Hans", "遮阳篷", "把遮阳篷放下来", "close", "open"),
    ],
)
def test_they_go_out_and_in(language: str, name: str, said: str, verb: str, action: str) -> None:
    (call,) = comes_to(hearing(home(language, name), said), f"{verb} awning A")
    assert call.action == f"cover.{action}_cover"
    assert done_to(call, home(language, name)) == ("cover.awning",)


def test_what_tells_nothing_is_done_as_it_was_understood() -> None:
    there = home("fr", "Store banne")
    (call,) = comes_to(hearing(there, "ferme le store banne"), "close awning A")
    assert call.action == "cover.close_cover"


def test_a_blind_goes_up_whatever_goes_in() -> None:
    (call,) = comes_to(hearing(home("de", "Markise"), "quillon ost rein"), "open shutter A")
    assert call.action == "cover.open_cover"


def test_one_that_is_called_a_blind_is_meant_before_a_shutter_that_is_not() -> None:
    there = home("fr", "Store banne")
    (call,) = comes_to(hearing(there, "ferme le store", "living"), "close blind")
    assert done_to(call, there) == ("cover.awning",)
    (call,) = comes_to(hearing(there, "ferme le volet", "living"), "close shutter")
    assert done_to(call, there) == ("cover.shutter",)
