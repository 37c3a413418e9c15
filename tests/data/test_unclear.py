"""Tests of asking back."""

from data.unclear import unclear
from tests.data.homes import device, home, house, invented_houses, scene


def test_the_home_asks_back_and_does_nothing() -> None:
    found = [
        draft
        for where in invented_houses("train", 30)
        for seed in range(10)
        if (draft := unclear(scene(where, seed))) is not None
    ]

    assert len(found) > 50
    assert all(draft.speech.endswith("?") and not draft.calls for draft in found)
    assert all(len(draft.said) == 1 for draft in found)


def test_rooms_tell_them_apart() -> None:
    where = house(
        home(
            device("light.a", "Spotty", "hall"),
            device("light.b", "Sunny", "attic"),
            device("light.c", "Desk", "attic"),
            areas=("hall", "attic"),
        )
    )
    draft = next(d for seed in range(50) if (d := unclear(scene(where, seed))) is not None)

    assert "the one in the hall or the ones in the attic?" in draft.speech


def test_names_do_where_rooms_do_not() -> None:
    where = house(home(*(device(f"light.{n}", f"Lamp {n}") for n in "abcd")))
    draft = next(d for seed in range(50) if (d := unclear(scene(where, seed))) is not None)

    assert "the lamp a, the lamp b or the lamp c?" in draft.speech


def test_it_is_clear_in_a_room_with_lights() -> None:
    where = house(
        home(
            device("light.a", "Spotty", "hall"),
            device("light.b", "Sunny", "attic"),
            areas=("hall", "attic"),
        )
    )

    assert all(unclear(scene(where, seed, "hall")) is None for seed in range(30))


def test_other_covers_of_the_room_will_do() -> None:
    """A reply does not tell blinds from curtains."""
    features = {name: frozenset({name}) for name in ("blind", "curtain")}
    where = house(
        home(
            device("cover.a", "Left", "hall", features=features["blind"], state="open"),
            device("cover.b", "Right", "hall", features=features["blind"], state="open"),
            device("cover.c", "Voile", "attic", features=features["curtain"], state="open"),
            areas=("hall", "attic"),
        )
    )

    assert all(unclear(scene(where, seed, "attic")) is None for seed in range(30))
    assert any(unclear(scene(where, seed)) is not None for seed in range(30))


def test_a_name_that_two_share_is_unclear_elsewhere() -> None:
    where = house(
        home(
            device("light.a", "Ceiling", "hall"),
            device("light.b", "Ceiling", "attic"),
            areas=("hall", "attic", "cellar"),
        )
    )
    texts = [d.sentence.text for seed in range(80) if (d := unclear(scene(where, seed, "cellar")))]

    assert any("ceiling" in text for text in texts)
