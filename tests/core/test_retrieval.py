"""What of a home a sentence names."""

import pytest

from home_llm_core.retrieval import Index, words

HOME = Index(
    {
        "light desk lamp": ["Desk lamp"],
        "light kitchen light": ["Kitchen light"],
        "light lamp 2": ["Lamp 2"],
        "light lamp 3": ["Lamp 3"],
        "light jun's lamp": ["Jun's lamp"],
        "light bedside left": ["Bedside left", "left sleepy"],
        "switch kaffeemaschine": ["Kaffeemaschine"],
        "light 客厅灯": ["客厅灯"],
        "light лампа": ["Настольная лампа"],
        "area kitchen": ["Kitchen"],
        "area living room": ["Living room", "Lounge"],
        "floor upstairs": ["Upstairs"],
    },
    places=("area kitchen", "area living room", "floor upstairs"),
)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("turn on the desk lamp", ("light desk lamp",)),
        ("Desk LAMP on!", ("light desk lamp",)),
        # The whole name of a device, and the room that it holds.
        ("turn off the kitchen light", ("light kitchen light", "area kitchen")),
        ("kitchen lights off", ("light kitchen light", "area kitchen")),
        ("everything in the kitchen off", ("area kitchen",)),
        ("the lounge", ("area living room",)),
        ("lamp 2 on", ("light lamp 2",)),
        ("jun's lamp on", ("light jun's lamp",)),
        ("juns lamp on", ("light jun's lamp",)),
        ("the left bedside one", ("light bedside left",)),
        ("sleepy left", ("light bedside left",)),
        # As speech arrives: slips, joined and parted words, endings.
        ("kithcen dark", ("area kitchen",)),
        ("livingroom", ("area living room",)),
        ("up stairs too", ("floor upstairs",)),
        ("die kaffeemaschinen an", ("switch kaffeemaschine",)),
        ("включи настольную лампу", ("light лампа",)),
        ("打开客厅的灯", ("light 客厅灯",)),
        # In the order of the sentence.
        ("upstairs and in the kitchen", ("floor upstairs", "area kitchen")),
        ("turn on the flux capacitor", ()),
        ("lamp 4 on", ()),
        ("", ()),
        ("!?", ()),
    ],
)
def test_whole_names(sentence: str, said: tuple[str, ...]) -> None:
    assert HOME.find(sentence).said == said


def test_parts_of_names() -> None:
    """A telling word is enough, a word that everything has is not."""
    assert HOME.find("the bedside one on").alike == ("light bedside left",)
    assert HOME.find("my desk").alike == ("light desk lamp",)
    assert HOME.find("the desk lamp on").alike == ()


def test_of_many_that_are_equally_alike_none_is_picked() -> None:
    many = Index({f"light spot {n}": [f"spot {n}"] for n in "abcdefgh"})
    assert many.find("the spot").alike == ()


def test_a_room_is_found_however_many_devices_are_called_the_same() -> None:
    names = {f"light spot {n}": [f"spot {n}", "light"] for n in "abcdefghij"}
    many = Index({**names, "area kitchen": ["Kitchen"]}, places=("area kitchen",))
    assert many.find("turn off the light in the kitchen").said == ("area kitchen",)


def test_words() -> None:
    assert words("Anna's Lamp-2, \u201coben\u201d") == ("anna", "lamp", "2", "oben")
    assert words("客厅 light") == ("客", "厅", "light")
    assert words("") == ()


def test_any_text_can_be_looked_for() -> None:
    """Nothing that a home or a person can say breaks it."""
    odd = Index({"light x": [""], "light y": ["```", "\u202e", "a" * 5000], "light z": ["'"]})
    for sentence in ("", "'", "x" * 5000, "\ud83d\udca1", "<|im_end|>", "```homeassistant"):
        found = odd.find(sentence)
        assert set(found.said) | set(found.alike) <= {"light y"}
