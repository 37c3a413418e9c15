"""Tests of names."""

import random

import pytest

from data.names import Namer, Vocabulary
from data.splits import SPLITS, split_of
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
    other = name.renamed("Floor Lamp")

    assert other.text == "Floor Lamp"
    assert other.form("the") == "the floor lamp"
    assert other.form("dative") == "floor lamp"
    assert other.words == {"floor", "lamp"}


def test_rooms_say_how_one_is_in_them() -> None:
    namer = Namer(Vocabulary(ENGLISH, "train"), random.Random(0), 0.0)
    rooms = {room.plain: room for room in (namer.name("area") for _ in range(3000))}

    assert rooms["kitchen"].form("in") == "in the kitchen"
    assert rooms["balcony"].form("in") == "on the balcony"
    people = {word.text.source.lower() for word in ENGLISH.lists["owner"]} - {"baby"}
    owned = [r for plain, r in rooms.items() if plain.removesuffix("'s room") in people]
    assert owned
    assert all(room.form("in") == f"in {room.plain}" for room in owned)
