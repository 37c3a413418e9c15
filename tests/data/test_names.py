"""Tests of names."""

from dataclasses import replace
import random

import pytest

from data.banks import Word
from data.grammar import Gender, Grammar
from data.names import Name, Namer, Vocabulary
from data.splits import SPLITS, split_of
from data.templates import Template
from home_llm_core.text import label
from tests.data.homes import ENGLISH, called


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("invented", [0.0, 1.0])
def test_a_device_is_called_as_its_split_allows(split: str, invented: float) -> None:
    namer = Namer(Vocabulary(ENGLISH, split), random.Random(0), invented)
    for domain in ENGLISH.kinds:
        for _ in range(30):
            assert split_of(namer.name(domain, called("Kitchen")).plain) == split


def test_invented_names_hold_words_that_nobody_knows() -> None:
    namer = Namer(Vocabulary(ENGLISH, "train"), random.Random(0), 1.0)
    names = [namer.name("light").words for _ in range(100)]

    assert sum(not words <= ENGLISH.known_words for words in names) > 90


def test_without_a_room_no_name_says_one() -> None:
    namer = Namer(Vocabulary(ENGLISH, "train"), random.Random(0), 0.0)

    assert not any("{" in namer.name("light").text for _ in range(300))


def test_forms_follow_the_name() -> None:
    name = called("Desk Lamp")
    other = name.renamed("Floor Lamp", Grammar())

    assert other is not None
    assert other.text == "Floor Lamp"
    assert other.form("the") == "the floor lamp"
    assert other.form("dative") == "floor lamp"
    assert other.words == {"floor", "lamp"}


def said(plain: str, **forms: str) -> Name:
    return Name(text=plain, forms={"": plain, **forms})


ROMANCE = Grammar(genders={"f": Gender(forms={})}, is_head_first=True)
LAMP = said("lampe du salon", the="la lampe du salon", acc="lampę du salon")


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("Lampe du bureau", {"the": "la lampe du bureau", "acc": "lampę du bureau"}),
        ("lampe du salon 2", {"the": "la lampe du salon 2", "acc": "lampę du salon 2"}),
        ("four du salon", None),  # Who knows of what gender it is?
    ],
)
def test_a_twin_is_said_as_its_twin_is(text: str, forms: dict[str, str] | None) -> None:
    other = LAMP.renamed(text, ROMANCE)

    assert (other and other.forms) == (forms and {"": label(text), **forms})


@pytest.mark.parametrize(
    ("name", "part", "forms"),
    [
        (LAMP, "lampe", {"the": "la lampe", "acc": "lampę"}),
        (called("desk lamp"), "lamp", {"the": "the lamp", "in": "in the lamp"}),
        (said("linke lampe", dat="der linken lampe"), "lampe", None),
    ],
)
def test_a_shortened_name_keeps_its_article(
    name: Name, part: str, forms: dict[str, str] | None
) -> None:
    shorter = name.shortened(part)

    assert (shorter and shorter.forms) == (forms and {"": part, **forms})


def test_a_style_asks_for_forms_of_its_slots_and_takes_the_gender_of_the_thing() -> None:
    language = replace(
        ENGLISH,
        grammar=Grammar(genders={"f": Gender(forms={"the": Template("la {name}")})}),
        kinds={"light": {"one": (Word(text=Template("lampe"), gender="f", shared=True),)}},
        lists={"side": (Word(text=Template("vert"), forms={"f": Template("verte")}, shared=True),)},
        styles={"light": (Word(text=Template("{kind} {side.agree} {area.of}")),)},
        forms={},
    )
    namer = Namer(Vocabulary(language, "train"), random.Random(0), 0.0)
    names = [namer.name("light", said(f"salon {n}", of=f"du salon {n}")) for n in range(9)]

    whole = {name.form("the") for name in names if name.style == "{kind} {side.agree} {area.of}"}
    assert whole
    assert all(each.startswith("la lampe verte du salon") for each in whole)


def test_rooms_say_how_one_is_in_them() -> None:
    namer = Namer(Vocabulary(ENGLISH, "train"), random.Random(0), 0.0)
    rooms = {room.plain: room for room in (namer.name("area") for _ in range(3000))}

    assert rooms["kitchen"].form("in") == "in the kitchen"
    assert rooms["balcony"].form("in") == "on the balcony"
    people = {word.text.source.lower() for word in ENGLISH.lists["owner"]} - {"baby"}
    owned = [r for plain, r in rooms.items() if plain.removesuffix("'s room") in people]
    assert owned
    assert all(room.form("in") == f"in {room.plain}" for room in owned)


def test_a_name_with_capitals_is_known_by_the_letters_that_they_become() -> None:
    language = replace(
        ENGLISH,
        kinds={"light": {"one": (Word(text=Template("\u0131\u015f\u0131k"), shared=True),)}},
        styles={"light": (Word(text=Template("{kind} {area}")),)},
    )
    namer = Namer(Vocabulary(language, "train"), random.Random(0), 0.0)
    names = [namer.name("light", said(f"oda {n}")) for n in range(60)]

    assert any(name.text.startswith("I\u015f") for name in names)
    assert all(label(name.text) == name.plain for name in names)
