"""Names said in other words, in part or with slips; and words that name nothing."""

import pytest

from home_llm_core.home import Area, Entity, Floor, Home
from home_llm_core.linking import linker
from home_llm_core.text import fold
from home_llm_core.vocabulary import vocabulary
from tests.core.hearing import entity

HOME = Home(
    floors=(Floor(floor_id="up", name="Upstairs"), Floor(floor_id="ground", name="Ground floor")),
    areas=(
        Area(area_id="living", name="Living room", floor_id="ground"),
        Area(area_id="kids", name="Kids room", floor_id="up"),
        Area(area_id="kitchen", name="Kitchen"),
        Area(area_id="study", name="Study"),
        Area(area_id="bath", name="Guest bathroom"),
    ),
    entities=(
        entity("media_player.tv", "Living room TV", area_id="living", device_class="tv"),
        entity("light.bedside", "Bedside lamp", area_id="study"),
        entity("climate.space", "Space heater", area_id="study"),
        entity("light.couch", "Couch light", area_id="living"),
        entity("switch.coffee", "Coffee machine", area_id="kitchen"),
        entity("light.spot_1", "Spot 1", area_id="kitchen"),
        entity("light.spot_2", "Spot 2", area_id="kitchen"),
        entity("sensor.k", "Kitchen temperature", area_id="kitchen", device_class="temperature"),
        entity("cover.blind", "Bathroom blind", area_id="bath", device_class="blind"),
        entity("lock.front", "Front door"),
        entity("vacuum.robbie", "Robbie", area_id="living"),
        entity("todo.groceries", "Groceries"),
    ),
)


def linked(sentence: str, home: Home = HOME) -> list[tuple[str, str]]:
    """Return the words that name something, and what; like a name is marked with a tilde."""
    folded = fold(sentence)
    return [
        (
            folded[span.start : span.end],
            ("" if span.is_whole else "~") + "|".join(t.id for t in span.things),
        )
        for span in linker(home).link(folded)
    ]


@pytest.mark.parametrize(
    ("sentence", "words", "thing"),
    [
        ("lights in the lounge", "lounge", "living"),
        ("the sitting room", "sitting room", "living"),
        ("it's dark in the office", "office", "study"),
        ("the children's room", "children's room", "kids"),
        ("the kid's room", "kid's room", "kids"),
        ("downstairs off", "downstairs", "ground"),
        ("guest bath", "guest bath", "bath"),
        ("the sofa light", "sofa light", "light.couch"),
        ("settee light on", "settee light", "light.couch"),
        ("coffee maker on", "coffee maker", "switch.coffee"),
        ("the espresso machine", "espresso machine", "switch.coffee"),
        ("the nightstand lamp", "nightstand lamp", "light.bedside"),
        ("on the shopping list", "shopping list", "todo.groceries"),
    ],
)
def test_other_words_for_the_same(sentence: str, words: str, thing: str) -> None:
    assert linked(sentence) == [(words, thing)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        # What its kind says anyway need not be said, nor what its room says.
        ("the bedside on", [("bedside", "light.bedside")]),
        ("the couch on", [("couch", "light.couch")]),
        ("bath blind down", [("bath blind", "cover.blind")]),
        # A part that tells is like the name.
        ("coffee on", [("coffee", "~switch.coffee")]),
        # A word for its own kind tells nothing: which heater, grounding knows.
        ("the heater on", []),
        # After it, another kind is said: that is something else.
        ("coffee light on", []),
        # What could be several is like all of them, but another number is none of them.
        ("spot on", [("spot", "~light.spot_1|light.spot_2")]),
        ("spot 3 on", []),
        # What could be any names none.
        ("the door", []),
        ("the kitchen temperature", [("kitchen temperature", "sensor.k")]),
        ("the kitchen temp", [("kitchen", "kitchen")]),
    ],
)  # fmt: skip
def test_parts_of_names(sentence: str, expected: list[tuple[str, str]]) -> None:
    assert linked(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "words", "thing"),
    [
        ("livng room", "livng room", "living"),
        ("the livingroom", "livingroom", "living"),
        ("liv ing room", "liv ing room", "living"),
        ("kichen", "kichen", "kitchen"),
        ("kitchne", "kitchne", "kitchen"),
        ("kitchens", "kitchens", "kitchen"),
        ("KITCHEN!!", "kitchen", "kitchen"),
        ("coffe machine", "coffe machine", "switch.coffee"),
        ("coffeemachine", "coffeemachine", "switch.coffee"),
        ("robie clean", "robie", "vacuum.robbie"),
        ("spot two", "spot two", "light.spot_2"),
        ("up stairs", "up stairs", "up"),
        ("frontdoor", "frontdoor", "lock.front"),
        # The first letter is seldom wrong, and short words are easily others.
        ("ditchen", "", ""),
        ("stude", "stude", "study"),
        ("spat 1", "", ""),
    ],
)
def test_slips(sentence: str, words: str, thing: str) -> None:
    assert linked(sentence) == ([(words, thing)] if thing else [])


@pytest.mark.parametrize("word", sorted(vocabulary("en").vague_words))
def test_a_vague_word_names_nothing(word: str) -> None:
    """It may stand in any name and in any sentence."""
    names = ("Dragon room lamp", "The other light", "Second floor", "My door sensor", "Set 1")
    home = Home(
        areas=(Area(area_id="a", name="Dragon room"), Area(area_id="b", name="All day room")),
        entities=tuple(entity(f"light.{n}", name) for n, name in enumerate(names)),
    )
    assert [words for words, thing in linked(word, home) if not thing.startswith("~")] == []


def test_a_name_can_be_nothing_but_a_kind() -> None:
    """Then it is that one: "lamp" where a lamp is called so; "lamps" are all of them."""
    home = Home(entities=(entity("light.x", "Lamp"), entity("light.y", "Dragon lamp")))
    assert linked("the lamp on", home) == [("lamp", "light.x")]
    assert linked("the lamps on", home) == []


def test_a_heater_that_is_a_plug() -> None:
    """A word for another kind names it where nothing else is called so."""
    heater = entity("switch.h", "Bedroom heater", area_id="bedroom")
    bedroom = Area(area_id="bedroom", name="Bedroom")
    assert linked("heater on", Home(areas=(bedroom,), entities=(heater,))) == [
        ("heater", "switch.h")
    ]
    other = entity("climate.o", "Office heater")
    both = Home(areas=(bedroom,), entities=(heater, other))
    assert [thing for _, thing in linked("heater on", both)] == []


def test_what_people_say_anyway_is_no_scene() -> None:
    """It takes more than one word of two to mean it."""
    home = Home(entities=(entity("scene.s", "Storm night"), entity("light.d", "Dragon egg")))
    assert linked("good night", home) == []
    assert linked("storm night", home) == [("storm night", "scene.s")]
    assert linked("storm", home) == []
    assert linked("dragon", home) == [("dragon", "~light.d")]


def test_an_alias_is_a_name() -> None:
    home = Home(
        areas=(Area(area_id="den", name="Den", aliases=("Cave", "Man cave")),),
        entities=(Entity(entity_id="light.x", name="", aliases=("Dragon", "Big glow")),),
    )
    assert linked("dragon in the man cave", home) == [("dragon", "light.x"), ("man cave", "den")]
    assert linked("big glow", home) == [("big glow", "light.x")]


@pytest.mark.parametrize(
    ("language", "there", "said", "found"),
    [
        ("nl", ("Plafondlamp", "Hanglamp eettafel"), "hanglamp aan", "~light.1"),
        ("nl", ("Plafondlamp", "Eettafel"), "hanglamp aan", "light.0"),
        ("en", ("Couch light", "Sofa light kids"), "sofa light", "light.1"),
        ("en", ("Couch light", "Kids light"), "sofa light", "light.0"),
    ],
)
def test_who_is_called_so_goes_before_who_may_be(
    language: str, there: tuple[str, ...], said: str, found: str
) -> None:
    lights = tuple(entity(f"light.{at}", name) for at, name in enumerate(there))
    assert [thing for _, thing in linked(said, Home(entities=lights, language=language))] == [found]
