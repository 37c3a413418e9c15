"""Words that tell the sort of a thing: "the lamp" of a floor lamp and a ceiling light."""

import pytest

from home_llm_core.home import Area, Home
from home_llm_core.parser import Say, Unclear
from tests.core.hearing import comes_to, done_to, entity, hearing

DEN, LOFT = (Area(area_id=each, name=f"Quil{each}") for each in ("den", "loft"))


def home(kind: str, den: tuple[str, ...], loft: tuple[str, ...], language: str) -> Home:
    """Return a house with things of a kind in two rooms, by their names."""
    rows = ((room, name) for room, names in ((DEN, den), (LOFT, loft)) for name in names)
    return Home(
        areas=(DEN, LOFT),
        entities=tuple(
            entity(f"{kind}.{number}", name, area_id=room.area_id)
            for number, (room, name) in enumerate(rows)
        ),
        language=language,
    )


@pytest.mark.parametrize(
    ("language", "names", "said", "done"),
    [
        ("en", ("Floor lamp", "Ceiling light"), "turn off the lamp", [0]),
        ("en", ("Floor lamp", "Ceiling light"), "turn off the light", [0, 1]),
        ("en", ("Floor lamp", "Ceiling light"), "turn off the lamps", [0, 1]),
        ("en", ("Floor lamp", "Desk lamp", "Pendant"), "lamp off", [0, 1, 2]),
        ("de", ("Stehlampe", "Deckenlicht"), "mach die lampe aus", [0]),
        ("de", ("Stehlampe", "Deckenlicht"), "mach das licht aus", [0, 1]),
        ("es", ("Lámpara de pie", "Techo"), "apaga la lámpara", [0]),
        ("es", ("Luz Hugo", "Techo"), "apaga la luz", [0, 1]),
        ("fr", ("Lampe Zoé", "Plafonnier"), "éteins la lampe", [0]),
        ("it", ("Lampada Leo", "Specchiera"), "spegni la lampada", [0]),
        ("nl", ("Staande lamp", "Plafonnière"), "lamp uit", [0]),
    ],
)
def test_one_of_several_here(
    language: str, names: tuple[str, ...], said: str, done: list[int]
) -> None:
    there = home("light", names, ("Quorl",), language)
    for speaker, line in (("den", "off light"), (None, "off light: A")):
        text = said if speaker else f"{said} quilden"
        (call,) = comes_to(hearing(there, text, speaker), line)
        assert done_to(call, there) == tuple(f"light.{number}" for number in done)


@pytest.mark.parametrize(
    ("kind", "language", "here", "said", "done"),
    [
        ("climate", "es", "Aire", "apaga el radiador", 1),
        ("climate", "es", "Aire", "apaga la calefacción", 0),
        ("climate", "es", "Quorl", "apaga el radiador", 0),
        ("climate", "es", "Aire", "apaga la estufa", 0),
        ("fan", "es", "Ventilador", "apaga el abanico", 0),
    ],
)
def test_another_sort_elsewhere(kind: str, language: str, here: str, said: str, done: int) -> None:
    there = home(kind, (here,), ("Radiador del loft",), language)
    (call,) = comes_to(hearing(there, said, "den"), f"off {kind}")
    assert done_to(call, there) == (f"{kind}.{done}",)


def test_both_are_two() -> None:
    there = home("cover", ("Quorl", "Blorb"), (), "en")
    (call,) = comes_to(hearing(there, "shut both of the covers"), "close cover")
    assert done_to(call, there) == ("cover.0", "cover.1")
    assert isinstance(comes_to(hearing(there, "shut the cover"), "close cover")[0], Unclear)
    more = home("cover", ("Quorl", "Blorb"), ("Fnuss",), "en")
    assert isinstance(comes_to(hearing(more, "shut both covers"), "close cover")[0], Unclear)


def test_nobody_unlocks_both() -> None:
    there = home("lock", ("Quorl", "Blorb"), (), "en")
    assert isinstance(comes_to(hearing(there, "unlock both"), "unlock lock")[0], Unclear)


def test_the_only_place_that_was_named_tells_which() -> None:
    there = home("vacuum", ("Quorl",), ("Blorb",), "en")
    (call,) = comes_to(hearing(there, "vacuum quilloft"), "start vacuum")
    assert done_to(call, there) == ("vacuum.1",)
    aside = "i'm in quilloft start the vacuum"
    assert isinstance(comes_to(hearing(there, aside), "start vacuum")[0], Unclear)
    both = "vacuum quilloft and quilden"
    assert isinstance(comes_to(hearing(there, both), "start vacuum")[0], Unclear)


@pytest.mark.parametrize(
    ("language", "names", "said", "done"),
    [
        ("fr", ("Volet quilden", "Ouest"), "ferme les volets quilden", [0, 1]),
        ("fr", ("Volet quilden", "Ouest"), "ferme le volet quilden", [0]),
        ("fr", ("Volet ouest", "Est"), "ferme les volets ouest", [0]),
        ("it", ("Tapparella quilden", "Ovest"), "chiudi le tapparelle quilden", [0, 1]),
        ("it", ("Tapparella quilden", "Ovest"), "chiudi la tapparella quilden", [0]),
    ],
)
def test_many_where_one_is_called_after_its_room(
    language: str, names: tuple[str, ...], said: str, done: list[int]
) -> None:
    entities = [
        entity(f"cover.{n}", name, area_id="den", device_class="shutter")
        for n, name in enumerate(names)
    ]
    there = Home(areas=(DEN, LOFT), entities=tuple(entities), language=language)
    (call,) = comes_to(hearing(there, said), "close shutter A")
    assert done_to(call, there) == tuple(f"cover.{number}" for number in done)


@pytest.mark.parametrize(
    ("language", "said", "done"),
    [
        ("de", "licht beim emil aus", [1, 2]),
        ("de", "licht bei emil aus", [1, 2]),
        ("de", "beim lesen brauche ich kein licht", [0]),
        ("nl", "lampen bij emil uit", [1, 2]),
        ("fr", "éteins la lumière chez emil", [1, 2]),
        ("es", "apaga la luz donde emil", [1, 2]),
    ],
)
def test_what_is_called_after_somebody(language: str, said: str, done: list[int]) -> None:
    there = home("light", ("Quorl",), ("Quonk Emil", "Fnuss Emil"), language)
    (call,) = comes_to(hearing(there, said, "den"), "off light")
    assert done_to(call, there) == tuple(f"light.{number}" for number in done)


def test_a_word_for_two_kinds_means_none_besides() -> None:
    classes = {"Quorl": "blind", "Blorb": "shutter", "Fnuss": "curtain"}
    covers = [entity(f"cover.{k}", n, device_class=k) for n, k in classes.items()]
    there = Home(entities=tuple(covers), language="de")
    (call,) = comes_to(hearing(there, "alle rollos runter"), "close shade: all")
    assert done_to(call, there) == ("cover.blind", "cover.shutter")


def test_a_door_is_told_from_others_by_a_word_of_its_name() -> None:
    there = home("lock", ("Front door",), ("Back door",), "en")
    for said, number in (("lock the back", 1), ("lock the front", 0), ("lock the door", 0)):
        (call,) = comes_to(hearing(there, said, "den"), "lock lock")
        assert done_to(call, there) == (f"lock.{number}",)


def test_a_radiator_is_no_thermostat_where_one_is_called_so() -> None:
    there = home("climate", ("Thermostaat",), ("Radiator loft",), "nl")
    for said, number in (("zet de radiator uit", 1), ("zet de verwarming uit", 0)):
        heard = hearing(there, said, "den")
        (call,) = comes_to(heard, "off climate A" if "A" in heard.message else "off climate")
        assert done_to(call, there) == (f"climate.{number}",)


@pytest.mark.parametrize(
    ("language", "said", "is_done"),
    [
        ("nl", "bij quilden alles uit", False),
        ("nl", "alles uit behalve quilden", True),
        ("en", "everything off in quilden", False),
        ("en", "everything off without quilden", True),
        ("en", "everything off but leave quilden on", True),
        ("de", "alles aus, quilden bleibt an", True),
        ("zh-Hans", "除了quilden全部关掉", True),
        ("ja", "quilden以外全部消して", True),
    ],
)
def test_an_exception_that_nobody_made(language: str, said: str, is_done: bool) -> None:
    there = home("light", ("Quorl",), ("Blorb",), language)
    (found,) = comes_to(hearing(there, said), "off everything: all; but A")
    assert (found == Say(key="what")) is not is_done
