"""Tests of distorted speech."""

from collections import Counter
import random

import pytest

from data.houses import House
from data.noise import Noise
from data.patterns import patterns_of
from data.scenes import Draft, Sentence
from tests.data.homes import device, home, house

WHERE = house(
    home(
        device("light.a", "Lena's Reading Lamp", "bedroom"),
        device("light.b", "Spotlight", "bedroom"),
        areas=("bedroom",),
    )
)


def heard(
    text: str, *values: str, kind: str = "direct", count: int = 400, where: House = WHERE
) -> Counter[str]:
    """Return what arrives of a sentence, many times."""
    noise = Noise(where, patterns_of("en", "train"), random.Random(0))
    sorts = () if kind == "small_talk" else ("light",)
    sentence = Sentence(text=text, patterns=(), values=values, sorts=sorts)
    draft = Draft(kind=kind, sentence=sentence, speech="")
    return Counter(noise.distort(draft).text for _ in range(count))


def test_a_good_share_arrives_as_it_was_said() -> None:
    found = heard("turn on lena's reading lamp")
    plain = sum(found[f"turn on lena's reading lamp{end}"] for end in ("", ".", "!"))

    assert 100 < plain < 300


def test_the_share_says_how_much_may_be_distorted() -> None:
    text = "please turn on lena's reading lamp"
    sentence = Sentence(text=text, patterns=(), values=(), sorts=("light",))
    draft = Draft(kind="direct", sentence=sentence, speech="")

    def distorted(share: float) -> int:
        noise = Noise(WHERE, patterns_of("en", "train"), random.Random(0), share=share)
        return sum(noise.distort(draft).text.rstrip(".!") != text for _ in range(400))

    assert distorted(0) == 0 < distorted(0.5) < distorted(1)


def test_values_are_never_touched() -> None:
    for text in heard("set the spotlight to thirty five percent", "thirty five percent", count=800):
        assert "thirty five percent" in text


def test_a_possessive_may_be_lost_but_it_is_stays() -> None:
    texts = heard("it's dark near lena's reading lamp", kind="implicit")

    assert any("lena reading" in text or "lenas reading" in text for text in texts)
    assert not any("its' " in text or "it dark" in text for text in texts)


def test_what_is_said_shorter() -> None:
    assert {"the lamp's too bright", "the lamp is too bright"} <= set(
        heard("the lamp is too bright")
    )


@pytest.mark.parametrize(("other", "slips"), [("Tulip", True), ("Marat", False)])
def test_no_slip_becomes_another_name(other: str, slips: bool) -> None:
    where = house(home(device("light.a", "Marta"), device("light.b", other)))
    texts = heard("turn on marta", where=where, count=4000)

    assert any("marat" in text for text in texts) is slips


def test_courtesy_keeps_to_imperatives() -> None:
    assert not any("could you bedroom" in text for text in heard("bedroom off", count=800))
    assert any("could you turn" in text for text in heard("turn off the spotlight", count=800))


def test_talk_is_not_made_polite() -> None:
    for text in heard("thank you", kind="small_talk"):
        assert "could you" not in text
        assert "please" not in text


def test_asides_have_words_that_nobody_knows() -> None:
    asides = {pattern.template.source for pattern in patterns_of("en", "train").asides}
    texts = heard("turn off the spotlight", count=2000)
    after = [tail for text in texts for tail in text.split("turn off the spotlight, ")[1:]]
    known = {word for aside in asides for word in aside.split()}
    unheard = [aside for aside in after if len(set(aside.rstrip(".!").split()) - known) == 1]

    assert any(aside in asides for aside in after)
    assert len(unheard) > 5


def test_an_aside_goes_before_or_after() -> None:
    asides = {pattern.template.source for pattern in patterns_of("en", "train").asides}
    parts = [text.split(". ", 1) for text in heard("turn off the spotlight", count=3000)]
    two = [part for part in parts if len(part) == 2]

    assert any(before == "turn off the spotlight" and after in asides for before, after in two)
    assert any(after == "turn off the spotlight" and before in asides for before, after in two)
    assert all(". " not in text for text in heard("thank you", kind="small_talk"))


@pytest.mark.parametrize("kind", ["not_a_request", "question"])
def test_what_is_forbidden_or_asked_has_its_reasons_too(kind: str) -> None:
    asides = {pattern.template.source for pattern in patterns_of("en", "train").asides}
    texts = heard("don't turn off the spotlight", kind=kind, count=3000)

    assert any(after in asides for text in texts for after in text.split(". ", 1)[1:])
