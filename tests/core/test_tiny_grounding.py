"""Which devices are meant where a sentence leaves it open: the table of ``semantics.md``."""

import pytest

from home_llm_core.actions import DEFAULT_ALLOWED
from home_llm_core.calls import Call
from home_llm_core.formats import TINY
from home_llm_core.home import Area, Entity, Home
from home_llm_core.parser import BadCall, Say, Unclear
from tests.core.hearing import comes_to, done_to, entity, heard, hearing, refusal

ALL_LIGHTS = (
    *("light.sofa", "light.corner", "light.worktop"),
    *("light.k_ceiling", "light.b_ceiling", "light.desk"),
)
LIVING = ("light.corner", "light.sofa")
KITCHEN = ("light.k_ceiling", "light.worktop")
ABSENT = [Say(key="absent")]


@pytest.mark.parametrize("speaker", [None, "living", "bedroom", "shed"])
@pytest.mark.parametrize(
    ("said", "line", "entity_ids"),
    [
        # A name beats everything.
        ("sofa lamp on", "on light A", ("light.sofa",)),
        ("sofa and desk lamp on", "on light A; B", ("light.desk", "light.sofa")),
        ("desk lamp and breeze off", "off fan B", ("fan.bedroom",)),
        # Then kind and area; a floor; the house.
        ("kitchen lights on", "on light: A", KITCHEN),
        ("kitchen off", "off light: A", KITCHEN),
        ("50 percent in the kitchen", "on light: A = brightness 50", ("light.worktop",)),
        ("upstairs dark", "off light: A", ("light.b_ceiling", "light.desk")),
        ("all lights on", "on light: all", tuple(sorted(ALL_LIGHTS))),
        ("the fan in the bedroom", "on fan: A", ("fan.bedroom",)),
        ("all blinds down", "close blind: all", ("cover.bedroom", "cover.blind")),
        ("living room curtains shut", "close curtain: A", ("cover.curtain",)),
        # The room that was said tells two of the same name apart.
        ("ceiling in the kitchen on", "on light A: B", ("light.k_ceiling",)),
        # The only one there is, wherever it is.
        ("fan on", "on fan", ("fan.bedroom",)),
        ("hoover a bit", "start vacuum", ("vacuum.rosie",)),
        ("hoover the kitchen", "start vacuum", ("vacuum.rosie",)),
        ("give the lawn a drink", "open valve", ("valve.sprinkler",)),
        ("let the car in", "open garage", ("cover.garage",)),
        ("open the garage", "open garage", ("cover.garage",)),
        ("ring the bell", "press button", ("button.bell",)),
        ("the tv on", "on tv", ("media_player.tv",)),
        (
            "all but the desk lamp",
            "off light: all; but A",
            tuple(sorted(set(ALL_LIGHTS) - {"light.desk"})),
        ),
        ("kitchen dark but the worktop", "off light: A; but B", ("light.k_ceiling",)),
        # Of two that are called so, the one that is there was left out.
        ("kitchen dark but the ceiling", "off light: A; but B", ("light.worktop",)),
        (
            "all lights but the kitchen",
            "off light: all; but A",
            tuple(sorted(set(ALL_LIGHTS) - set(KITCHEN))),
        ),
        ("lock all doors", "lock lock: all", ("lock.back", "lock.front")),
        ("unlock the front door", "unlock lock A", ("lock.front",)),
        ("unlock the kitchen", "unlock lock: A", ("lock.back",)),
    ],
)
def test_what_was_said_is_meant_wherever_it_is_said(
    villa: Home, speaker: str | None, said: str, line: str, entity_ids: tuple[str, ...]
) -> None:
    (call,) = heard(villa, said, line, speaker=speaker)
    assert done_to(call, villa) == entity_ids


@pytest.mark.parametrize(
    ("said", "line", "speaker", "entity_ids"),
    [
        ("the light on", "on light", "living", LIVING),
        ("lights on", "on light", "kitchen", KITCHEN),
        ("lights out", "off light: here", "kitchen", KITCHEN),
        # "Lights out, off to work" with no area known.
        ("lights out", "off light: here", None, tuple(sorted(ALL_LIGHTS))),
        ("ceiling on", "on light A", "bedroom", ("light.b_ceiling",)),
        ("ceiling on", "on light A", "kitchen", ("light.k_ceiling",)),
        ("the blind", "close blind", "bedroom", ("cover.bedroom",)),
        ("unlock the door", "unlock lock", "hall", ("lock.front",)),
        ("lock the door", "lock lock", "kitchen", ("lock.back",)),
        # What one hears is in the room, or it is what plays.
        ("louder", "louder media_player", "living", ("media_player.tv",)),
        ("louder", "louder media_player", "hall", ("media_player.radio",)),
        ("next", "next media_player", None, ("media_player.radio",)),
        ("play", "play media_player", "living", ("media_player.tv",)),
    ],
)
def test_what_is_meant_depends_on_where_the_speaker_is(
    villa: Home, said: str, line: str, speaker: str | None, entity_ids: tuple[str, ...]
) -> None:
    (call,) = heard(villa, said, line, speaker=speaker)
    assert done_to(call, villa) == entity_ids


@pytest.mark.parametrize(
    ("said", "line", "speaker", "entity_ids"),
    [
        ("the light on", "on light", None, ALL_LIGHTS),
        ("lights on", "on light", "garden", ALL_LIGHTS),
        ("lock the door", "lock lock", None, ("lock.front", "lock.back")),
        ("the blind down", "close blind", "study", ("cover.blind", "cover.bedroom")),
        ("ceiling on", "on light A", None, ("light.k_ceiling", "light.b_ceiling")),
        ("ceiling on", "on light A", "study", ("light.k_ceiling", "light.b_ceiling")),
        ("ceiling and desk lamp", "on light B; A", None, ("light.k_ceiling", "light.b_ceiling")),
        # Nobody unlocks a house with one word.
        ("unlock the door", "unlock lock", None, ("lock.front", "lock.back")),
        ("unlock all doors", "unlock lock: all", None, ("lock.front", "lock.back")),
        ("unlock all doors", "unlock lock: all", "hall", ("lock.front", "lock.back")),
        ("unlock the ground floor", "unlock lock: A", None, ("lock.front", "lock.back")),
    ],
)
def test_where_several_are_meant_somebody_asks(
    villa: Home, said: str, line: str, speaker: str | None, entity_ids: tuple[str, ...]
) -> None:
    verb = line.partition(" ")[0]
    expected = Unclear(entity_ids=entity_ids, verb=verb)
    assert heard(villa, said, line, speaker=speaker) == [expected]


def test_many_that_are_called_alike(villa: Home) -> None:
    (call,) = heard(villa, "ceilings on", "on light A")
    assert done_to(call, villa) == ("light.b_ceiling", "light.k_ceiling")


def test_nobody_unlocks_several_doors_that_are_called_alike() -> None:
    doors = tuple(Entity(entity_id=f"lock.{n}", name=f"Portal {n}") for n in (1, 2))
    (event,) = heard(Home(entities=doors), "unlock the portals", "unlock lock A")
    assert event == Unclear(entity_ids=("lock.1", "lock.2"), verb="unlock")


def test_what_was_asked_for_is_kept_for_the_answer(villa: Home) -> None:
    (asked,) = heard(villa, "the light to 30", "on light = brightness 30")
    assert asked == Unclear(entity_ids=ALL_LIGHTS, verb="on", arguments={"brightness": 30})


def test_players_ask_where_none_or_several_play(villa: Home) -> None:
    players = tuple(e.entity_id for e in villa.of_domain("media_player"))
    (event,) = heard(villa, "turn the player off", "off media_player")
    assert event == Unclear(entity_ids=players, verb="off")
    silent = Home(entities=tuple(e for e in villa.entities if e.state != "playing"))
    (event,) = heard(silent, "pause", "pause media_player")
    assert event == Unclear(entity_ids=("media_player.tv", "media_player.study"), verb="pause")


@pytest.mark.parametrize(
    ("said", "line"),
    [
        # No such device, none there, or nothing that can do it.
        ("ceiling in the study on", "on light A: B"),
        ("close the blinds in the garage", "close blind: A"),
        ("open the awning", "open awning"),
    ],
)
def test_never_the_next_best(villa: Home, said: str, line: str) -> None:
    for speaker in (None, "living", "bedroom"):
        assert heard(villa, said, line, speaker=speaker) == ABSENT


@pytest.mark.parametrize(
    ("said", "line", "reason"),
    [
        ("start the mower", "start lawn_mower", ("empty_target", "all")),
        ("the fan in the kitchen", "on fan: A", ("empty_target", "area kitchen")),
        ("unlock the study", "unlock lock: A", ("empty_target", "area study")),
        ("dim the corner lamp", "on light A = brightness 5", ("unsupported", "Corner lamp")),
        ("pump on", "on switch A", ("unavailable", "Pump")),
        ("shed on", "on switch: A", ("unavailable", "Pump")),
        ("cool the bedroom", "mode climate: A = mode cool", ("unsupported", "Radiator")),
    ],
)
def test_what_cannot_be_done_is_told(
    villa: Home, said: str, line: str, reason: tuple[str, str]
) -> None:
    (event,) = heard(villa, said, line)
    assert refusal(event, villa) == reason


def test_it_is_enough_that_one_of_them_can(villa: Home) -> None:
    """Of a kind that is not all of its domain, too."""
    (call,) = heard(villa, "living room at 20", "on light: A = brightness 20")
    assert done_to(call, villa) == ("light.sofa",)
    (call,) = heard(villa, "all blinds half", "position blind: all = position 50")
    assert done_to(call, villa) == ("cover.blind",)


def test_what_is_so_already_is_done_anyway(villa: Home) -> None:
    (call,) = heard(villa, "sofa lamp on", "on light A")
    assert done_to(call, villa) == ("light.sofa",)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("off light: A; but B", "the bedroom dark but the worktop"),
        ("off light: A; but B", "the bedroom dark but the printer"),
        ("off light: A; but B", "the study dark but the desk lamp"),
        ("unlock lock: A; but B", "the kitchen but the back door"),
        ("unlock lock: A; but B", "the kitchen but the front door"),
    ],
)
def test_nobody_who_says_all_but_the_lamp_means_all(villa: Home, line: str, said: str) -> None:
    """What is left alone but is not there is a misunderstanding, and so is when nothing is left."""
    sentence = hearing(villa, said)
    assert comes_to(sentence, line) == [BadCall(line=f"> {line}")]


def test_one_door_is_left_to_be_unlocked(villa: Home) -> None:
    (call,) = heard(villa, "unlock all but the front door", "unlock lock: all; but A")
    assert done_to(call, villa) == ("lock.back",)


def test_a_place_that_fits_several_asks() -> None:
    """Two rooms of one name; who speaks of the fan does not mean the room without fans."""
    rooms = (Area(area_id="b1", name="Bath"), Area(area_id="b2", name="Bath"))
    lights = tuple(entity(f"light.{room}", f"Lamp {room}", area_id=room) for room in ("b1", "b2"))
    home = Home(areas=rooms, entities=(*lights, entity("fan.x", "Air", area_id="b2")))
    (event,) = heard(home, "bath off", "off light: A")
    assert event == Unclear(entity_ids=("light.b1", "light.b2"), verb="off")
    (call,) = heard(home, "bath off", "off light: A", speaker="b2")
    assert done_to(call, home) == ("light.b2",)
    (call,) = heard(home, "the fan in the bath", "on fan: A")
    assert done_to(call, home) == ("fan.x",)


def test_what_is_nowhere_may_be_where_it_was_said() -> None:
    home = Home(
        areas=(Area(area_id="den", name="Den"), Area(area_id="loft", name="Loft")),
        entities=(entity("light.x", "Dragon"), entity("light.y", "Other", area_id="den")),
    )
    (call,) = heard(home, "dragon in the den on", "on light A: B")
    assert done_to(call, home) == ("light.x",)


def test_a_speaker_where_nothing_can_be_controlled(villa: Home) -> None:
    """A room without devices is in no snapshot; it is as if nobody knew where the speaker is."""
    attic = Area(area_id="attic", name="Attic")
    for line in ("off light: here", "on light", "off everything"):
        nowhere = TINY.hear("on and off", villa, attic)
        assert comes_to(nowhere, line) == heard(villa, "on and off", line)


def test_only_what_is_allowed(villa: Home) -> None:
    allowed = DEFAULT_ALLOWED - {"light.turn_on", "input_button.press"}
    sentence = hearing(villa, "light on", "living", allowed)
    assert comes_to(sentence, "on light") == [BadCall(line="> on light")]
    (call,) = heard(villa, "bell", "press button", allowed=allowed)
    assert done_to(call, villa) == ("button.bell",)


@pytest.mark.parametrize("text", ["", "…", " ?! ", "\U0001f4a1\U0001f4a1"])
def test_who_says_nothing_wants_nothing(villa: Home, text: str) -> None:
    sentence = hearing(villa, text)
    assert comes_to(sentence, "off light: all") == [BadCall(line="> off light: all")]


@pytest.mark.parametrize("key", Say.KEYS)
def test_what_is_only_said(villa: Home, key: str) -> None:
    """At "don't …" and "I was thinking about …" nothing is done."""
    assert heard(villa, "don't turn the light on", f"say {key}") == [Say(key=key)]


@pytest.mark.parametrize(
    "line",
    [
        "on light C",
        "on fan A",
        "on light: A",
        "on light: C",
        "on light A: A",
        "off light: B; but C",
        "off fan: B; but A",
        "off everything: A",
        "off everything: B; but C",
        "state light C",
        "state fan A",
        "state light: A",
        "if light C = on",
        "if light: A = on",
    ],
)
def test_letters_that_stand_for_nothing_of_the_kind(villa: Home, line: str) -> None:
    """No such line does anything, and none is read out; nor what would depend on it."""
    sentence = hearing(villa, "just the worktop in the kitchen")
    assert sentence.message == "just the light A in the area B"
    assert comes_to(sentence, line) == [BadCall(line=f"> {line}")]
    if line.startswith("if"):
        assert comes_to(sentence, line, "on light A") == [BadCall(line=f"> {line}")]


def test_what_is_only_like_the_name_of_a_lock_unlocks_nothing(villa: Home) -> None:
    (event,) = heard(villa, "the back, put it on", "unlock lock A")
    assert isinstance(event, Unclear)
    assert event.entity_ids == ("lock.back",)
    assert hearing(villa, "put it back on").message == "put it back on"
    (event,) = heard(villa, "open the back door", "unlock lock A")
    assert done_to(event, villa) == ("lock.back",)


@pytest.mark.parametrize(
    ("features", "action"), [((), "lock.unlock"), (("open",), "lock.open")], ids=str
)
def test_a_lock_that_opens_no_door_is_unlocked(features: tuple[str, ...], action: str) -> None:
    home = Home(entities=(entity("lock.front", "Front door", features=features),))
    (event,) = heard(home, "open the front door", "open lock A")
    assert isinstance(event, Call)
    assert event.action == action
    assert done_to(event, home) == ("lock.front",)


@pytest.mark.parametrize(
    ("language", "names", "said", "fan"),
    [
        ("en", ("Bathroom extractor", "Tower fan"), "turn on the fan", "fan.1"),
        ("de", ("Abluft", "Deckenventilator"), "ventilator an", "fan.1"),
        ("nl", ("Afzuiging badkamer", "Torenventilator"), "afzuiging aan", "fan.0"),
    ],
)
def test_the_word_for_a_kind_may_be_a_name(
    language: str, names: tuple[str, ...], said: str, fan: str
) -> None:
    devices = tuple(entity(f"fan.{number}", name) for number, name in enumerate(names))
    home = Home(entities=devices, language=language)
    (call,) = comes_to(hearing(home, said), "on fan")

    assert done_to(call, home) == (fan,)
