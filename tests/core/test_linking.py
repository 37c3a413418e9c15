"""What of a home a sentence names."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings, strategies as st
import pytest

from home_llm_core.home import Area, Entity, Floor, Home
from home_llm_core.linking import MOST, linker
from home_llm_core.text import fold

HOME = Home(
    floors=(Floor(floor_id="up", name="Upstairs"),),
    areas=(
        Area(area_id="kitchen", name="Kitchen"),
        Area(area_id="living", name="Living room", aliases=("Lounge",)),
    ),
    entities=(
        Entity(entity_id="light.desk", name="Desk lamp"),
        Entity(entity_id="light.kitchen", name="Kitchen light", area_id="kitchen"),
        Entity(entity_id="light.2", name="Lamp 2"),
        Entity(entity_id="light.3", name="Lamp 3"),
        Entity(entity_id="light.jun", name="Jun\u2019s lamp"),
        Entity(entity_id="light.bed", name="Bedside left", aliases=("Left sleepy",)),
        Entity(entity_id="light.c1", name="Ceiling", area_id="kitchen"),
        Entity(entity_id="light.c2", name="Ceiling", area_id="living"),
        Entity(entity_id="switch.coffee", name="Kaffeemaschine"),
        Entity(entity_id="light.cn", name="客厅灯"),
        Entity(
            entity_id="light.ru",
            name="Настольная лампа",
        ),
    ),
)
ANY_NAME = [e.name for e in HOME.entities] + [a.name for a in HOME.areas] + ["Upstairs", "Lounge"]


def named(sentence: str, home: Home = HOME) -> list[tuple[str, set[str]]]:
    """Return the words that say all of a name, and the ids of what they may name."""
    folded = fold(sentence)
    return [
        (folded[span.start : span.end], {thing.id for thing in span.things})
        for span in linker(home).link(folded)
        if span.is_whole
    ]


def alike(sentence: str) -> list[tuple[str, set[str]]]:
    """Return the words that are only like a name."""
    folded = fold(sentence)
    return [
        (folded[span.start : span.end], {thing.id for thing in span.things})
        for span in linker(HOME).link(folded)
        if not span.is_whole
    ]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("turn on the desk lamp", [("desk lamp", {"light.desk"})]),
        ("Desk LAMP on!", [("desk lamp", {"light.desk"})]),
        ("lamp 2 on", [("lamp 2", {"light.2"})]),
        ("the lounge", [("lounge", {"living"})]),
        ("everything in the kitchen off", [("kitchen", {"kitchen"})]),
        # In whatever order.
        ("the left bedside one", [("left bedside", {"light.bed"})]),
        ("sleepy left", [("sleepy left", {"light.bed"})]),
        # Possessives, as people and as speech recognition write them.
        ("jun's lamp on", [("jun's lamp", {"light.jun"})]),
        ("jun\u2019s lamp on", [("jun's lamp", {"light.jun"})]),
        ("juns lamp on", [("juns lamp", {"light.jun"})]),
        # Slips, joined and parted words, endings.
        ("kithcen dark", [("kithcen", {"kitchen"})]),
        ("livingroom dark", [("livingroom", {"living"})]),
        ("the desklamp", [("desklamp", {"light.desk"})]),
        ("up stairs too", [("up stairs", {"up"})]),
        ("die kaffeemaschinen an", [("kaffeemaschinen", {"switch.coffee"})]),
        # Several things in a sentence, in its order.
        ("upstairs and in the kitchen", [("upstairs", {"up"}), ("kitchen", {"kitchen"})]),
        ("kitchen and then upstairs", [("kitchen", {"kitchen"}), ("upstairs", {"up"})]),
        # Nothing.
        ("turn on the flux capacitor", []),
        ("turn on the lamp", []),
        ("lamp 4 on", []),
        ("", []),
        ("!?", []),
    ],
)
def test_whole_names(sentence: str, expected: list[tuple[str, set[str]]]) -> None:
    assert named(sentence) == expected


def test_the_longer_name_wins() -> None:
    """A device that is called after its room is not the room."""
    assert named("turn off the kitchen light") == [("kitchen light", {"light.kitchen"})]


def test_lights_of_a_room_are_not_the_one_light_that_is_called_after_it() -> None:
    assert named("kitchen lights off") == [("kitchen", {"kitchen"})]


def test_twins_are_named_together() -> None:
    """Which of them is meant is for others to decide, also from the room that was said."""
    assert named("the ceiling off") == [("ceiling", {"light.c1", "light.c2"})]
    assert named("the ceiling in the kitchen off") == [
        ("ceiling", {"light.c1", "light.c2"}),
        ("kitchen", {"kitchen"}),
    ]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("打开客厅灯", "客厅灯"),  # without spaces
        ("打开客厅的灯", "客厅"),  # "of" stands within the name
    ],
)
def test_chinese_names(sentence: str, expected: str) -> None:
    assert named(sentence) == [(expected, {"light.cn"})]


def test_what_else_is_called_after_somebody_tells_nothing_of_her_lamp() -> None:
    house = Home(
        entities=(
            Entity(entity_id="light.b", name="Leeslamp Ben"),
            Entity(entity_id="light.e", name="Leeslamp Eva"),
            *(Entity(entity_id=f"sensor.{n}", name=f"Eva {n}") for n in ("phone", "watch", "bike")),
        )
    )
    (span,) = linker(house).link("doe de leeslamp aan")
    assert {thing.id for thing in span.things} == {"light.b", "light.e"}


@pytest.mark.parametrize(
    ("sentence", "language", "is_plural"),
    [
        ("turn on the spots", "en", True),
        ("turn on the spot", "en", False),
        ("schalte die leselampen ein", "de", True),
        ("schalte die leselampe ein", "de", False),
    ],
)
def test_many_are_told_from_one(sentence: str, language: str, *, is_plural: bool) -> None:
    house = Home(
        entities=tuple(
            Entity(entity_id=f"light.{number}_{name}", name=f"{name} {number}")
            for number in (1, 2)
            for name in ("Spot", "Leselampe")
        ),
        language=language,
    )
    (span,) = linker(house).link(sentence)
    assert (len(span.things), span.is_plural) == (2, is_plural)


def test_the_lights_of_a_room_are_not_its_main_light() -> None:
    house = Home(
        areas=(Area(area_id="bedroom", name="主卧"),),
        entities=(
            Entity(entity_id="light.m", name="主卧主灯", area_id="bedroom"),
            Entity(entity_id="light.b", name="主卧床头灯", area_id="bedroom"),
        ),
        language="zh-Hans",
    )
    assert named("主卧灯全开", house) == [("主卧", {"bedroom"})]
    assert named("打开主卧主灯", house) == [("主卧主灯", {"light.m"})]
    assert named("打开主灯", house) == [("主灯", {"light.m"})]


def test_idioms_name_nothing() -> None:
    house = Home(
        entities=(
            Entity(entity_id="cover.r", name="Right garage door"),
            Entity(entity_id="light.s", name="Suite"),
        )
    )
    assert named("close it right now", house) == []
    named_by_it = [("right garage door", {"cover.r"})]
    assert named("close the right garage door right now", house) == named_by_it
    scene = Home(entities=(Entity(entity_id="scene.n", name="Right now"),))
    assert named("right now please", scene) == [("right now", {"scene.n"})]
    french = replace(house, language="fr")
    assert named("éteins tout de suite", french) == []
    assert named("éteins la suite", french) == [("suite", {"light.s"})]


def test_names_that_are_declined() -> None:
    """An accusative is a name with other endings."""
    sentence = "включи настольную лампу"
    assert named(sentence) == [(sentence.partition(" ")[2], {"light.ru"})]


def test_a_telling_part_of_a_name_is_like_it() -> None:
    assert named("the bedside on") == []
    assert alike("the bedside on") == [("bedside", {"light.bed"})]


FRIDGE = (
    Entity(entity_id="sensor.f", name="Fridge temperature", device_class="temperature"),
    Entity(entity_id="binary_sensor.f", name="Fridge door sensor", device_class="door"),
    Entity(entity_id="sensor.k", name="Kitchen humidity", device_class="humidity"),
    Entity(entity_id="sensor.p", name="Boiler power", device_class="power"),
)
KITCHEN = (Area(area_id="kitchen", name="Kitchen"),)


@pytest.mark.parametrize(
    ("sentence", "things", "parts"),
    [
        ("how cold is the fridge", {"switch.f"}, {"sensor.f", "binary_sensor.f"}),
        ("the fridge temperature", {"sensor.f"}, set()),
        ("how humid is the kitchen", {"kitchen"}, set()),  # A room is no device.
        ("is the boiler on", {"sensor.p"}, set()),  # There is just one of that name.
        ("turn up the heat", None, None),  # "Up" is not the UPS with a slip.
    ],
)
def test_sensors_are_parts_of_what_they_are_called_after(
    sentence: str, things: set[str] | None, parts: set[str] | None
) -> None:
    switches = tuple(
        Entity(entity_id=f"switch.{name[0].lower()}", name=name) for name in ("Fridge", "UPS")
    )
    home = Home(entities=(*switches, *FRIDGE), areas=KITCHEN)
    spans = linker(home).link(fold(sentence))
    assert [({t.id for t in s.things}, {t.id for t in s.parts}) for s in spans] == (
        [] if things is None else [(things, parts)]
    )


def test_sensors_of_one_thing_are_named_together() -> None:
    (span,) = linker(Home(entities=FRIDGE)).link("how cold is the fridge")
    assert span.is_whole
    assert {thing.id for thing in span.things} == {"sensor.f", "binary_sensor.f"}


def test_one_of_two_hundred() -> None:
    """Names that share their words with many others are told apart."""
    rooms = ("Attic", "Barn", "Cellar", "Den", "Entry", "Foyer", "Gym", "Hall", "Nook", "Office")
    sides = ("North", "South")
    things = ("desk", "shelf", "stairs", "mirror", "niche", "arch", "sofa", "door", "wall", "bar")
    names = [f"{room} {side} {thing}" for room in rooms for side in sides for thing in things]
    home = Home(
        entities=tuple(Entity(entity_id=f"light.{n}", name=name) for n, name in enumerate(names))
    )
    assert len(names) == 200
    for number in range(0, 200, 19):
        name = names[number].lower()
        assert named(f"please turn the {name} on", home) == [(name, {f"light.{number}"})]


def test_the_only_place_of_its_sort_is_called_by_what_it_is() -> None:
    master = Area(area_id="master", name="Master bedroom")
    curtains = (
        Entity(entity_id="cover.a", name="Bedroom curtain", area_id="master"),
        Entity(entity_id="fan.a", name="Bedroom ceiling fan", area_id="master"),
    )
    home = Home(areas=(master,), entities=curtains)
    (span,) = linker(home).link("make the bedroom dark")
    assert [thing.id for thing in span.things] == ["master"]
    assert named("close the bedroom curtain", home) == [("bedroom curtain", {"cover.a"})]
    guests = Area(area_id="guests", name="Guest bedroom")
    home = Home(areas=(master, guests), entities=curtains)
    assert linker(home).link("make the bedroom dark") == ()


GERMAN = Home(
    language="de",
    areas=(
        Area(area_id="bed", name="Schlafzimmer"),
        Area(area_id="lena", name="Kinderzimmer Lena"),
        Area(area_id="living", name="Wohnzimmer"),
    ),
    entities=(
        Entity(entity_id="light.papa", name="Nachttischlampe Papa", area_id="bed"),
        Entity(entity_id="light.mama", name="Nachttischlampe Mama", area_id="bed"),
        Entity(
            entity_id="cover.left",
            name="Rollladen Wohnzimmer links",
            area_id="living",
            device_class="shutter",
        ),
        Entity(
            entity_id="cover.right",
            name="Rollladen Wohnzimmer rechts",
            area_id="living",
            device_class="shutter",
        ),
    ),
)


@pytest.mark.parametrize(
    ("said", "those"),
    [
        ("nachttischlampe von papa aus", {"light.papa"}),
        ("beide nachttischlampen an", {"light.papa", "light.mama"}),
        ("den linken rollladen zu", {"cover.left"}),
        ("im kinderzimmer licht aus", {"lena"}),
        ("ventilator auf stufe drei", set[str]()),
    ],
)
def test_german_names_in_sentences(said: str, those: set[str]) -> None:
    found = linker(GERMAN).link(fold(said))
    assert {thing.id for span in found for thing in span.things} == those


FRENCH = Home(
    language="fr",
    areas=(Area(area_id="bed", name="Chambre parents"), Area(area_id="garden", name="Jardin")),
    entities=(
        Entity(entity_id="light.papa", name="Chevet Papa", area_id="bed"),
        Entity(entity_id="light.maman", name="Chevet Maman", area_id="bed"),
        Entity(entity_id="valve.lawn", name="Arrosage pelouse", area_id="garden"),
    ),
)


@pytest.mark.parametrize(
    ("said", "those"),
    [
        ("les deux chevets à dix pour cent", {"light.papa", "light.maman"}),
        ("allume le chevet de papa", {"light.papa"}),
        ("allume la chambre", {"bed"}),
    ],
)
def test_french_names_in_sentences(said: str, those: set[str]) -> None:
    found = linker(FRENCH).link(fold(said))
    assert {thing.id for span in found for thing in span.things} == those


def test_what_is_in_a_place_is_not_what_is_called_so() -> None:
    kitchen = Area(area_id="kitchen", name="Kitchen")
    light = Entity(entity_id="light.k", name="Kitchen light", area_id="kitchen")
    home = Home(areas=(kitchen,), entities=(light,))
    assert named("turn on the light in the kitchen", home) == [("kitchen", {"kitchen"})]
    # Where there is no such room it is the light of that name.
    home = Home(entities=(Entity(entity_id="light.k", name="Kitchen light"),))
    assert named("turn on the light in the kitchen", home) == [
        ("light in the kitchen", {"light.k"})
    ]


def test_no_more_names_than_there_are_letters() -> None:
    assert len(named("kitchen, lounge, " * MOST)) == MOST


def test_what_was_found_changes_with_the_names_only() -> None:
    """States change all the time, and cost nothing."""
    lit = Home(
        entities=tuple(
            Entity(entity_id=e.entity_id, name=e.name, state="on") for e in HOME.entities
        )
    )
    dark = Home(
        entities=tuple(
            Entity(entity_id=e.entity_id, name=e.name, state="off") for e in HOME.entities
        )
    )
    assert linker(lit) is linker(dark)
    assert linker(lit) is not linker(HOME)


@settings(deadline=None)
@given(st.lists(st.sampled_from([*ANY_NAME, "on", "the", "and", "lamps", "\U0001f4a1", "'"])))
def test_spans_are_in_order_and_do_not_overlap(parts: list[str]) -> None:
    sentence = fold(" ".join(parts))
    found = linker(HOME).link(sentence)
    assert all(0 <= span.start < span.end <= len(sentence) and span.things for span in found)
    assert all(first.end <= second.start for first, second in pairwise(found))


def test_any_text_can_be_looked_for() -> None:
    """Nothing that a home or a person can say breaks it."""
    names = ("", "```", "\u202e", "a" * 5000, "'", "\U0001f4a1")
    odd = Home(entities=tuple(Entity(entity_id=f"light.{n}", name=x) for n, x in enumerate(names)))
    for sentence in ("", "'", "x" * 5000, "\U0001f4a1", "<|im_end|>", "```homeassistant"):
        assert named(sentence, odd) == []
    assert named("a" * 5000, odd) == [("a" * 5000, {"light.3"})]
