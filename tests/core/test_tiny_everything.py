"""“Everything on” and “everything off”, as people mean it."""

import pytest

from home_llm_core.actions import DEFAULT_ALLOWED
from home_llm_core.calls import Call
from home_llm_core.home import Area, Home
from home_llm_core.parser import BadCall, Event, Unclear, Unmet
from tests.core.hearing import comes_to, done_to, entity, heard, hearing, refusal


def touched(events: list[Event], home: Home) -> set[str]:
    """Return the ids of all that calls reach."""
    return {entity_id for event in events for entity_id in done_to(event, home)}


def domains(events: list[Event]) -> list[str]:
    """Return the domains of calls."""
    return [event.action.partition(".")[0] for event in events if isinstance(event, Call)]


def test_everything_in_the_study_off(villa: Home) -> None:
    """Its lights, switches, fans and media players; no climate, no lock, no cover."""
    found = heard(villa, "everything in the study off", "off everything: A")
    assert touched(found, villa) == {"light.desk", "switch.printer", "media_player.study"}
    found = heard(villa, "everything in the bedroom off", "off everything: A")
    assert touched(found, villa) == {"light.b_ceiling", "fan.bedroom"}


def test_everything_in_the_house_off(villa: Home) -> None:
    """What cannot be reached is left out where something else can."""
    found = heard(villa, "everything off", "off everything: all")
    assert domains(found) == ["light", "fan", "switch", "media_player"]
    assert all(event.devices == ("all",) for event in found if isinstance(event, Call))
    assert "switch.pump" not in touched(found, villa)
    assert heard(villa, "everything off", "off everything") == found
    assert heard(villa, "all off", "off everything: here") == found


def test_everything_where_the_speaker_is(villa: Home) -> None:
    said = heard(villa, "everything in the study off", "off everything: A")
    assert heard(villa, "everything off", "off everything", speaker="study") == said
    assert heard(villa, "everything off", "off everything: here", speaker="study") == said
    everywhere = heard(villa, "everything in the house off", "off everything: all")
    assert heard(villa, "all off", "off everything: all", speaker="study") == everywhere


def test_who_speaks_of_this_room_does_not_mean_the_house(villa: Home) -> None:
    """Whatever a model made of it."""
    study = heard(villa, "everything in the study off", "off everything: A")
    said = "turn off everything in here"
    assert heard(villa, said, "off everything: all", speaker="study") == study
    (event,) = heard(villa, "all lights in this room", "on light: all", speaker="study")
    assert done_to(event, villa) == ("light.desk",)
    lines = ("if light: all = on", "on switch A")
    assert isinstance(heard(villa, "in here: printer", *lines, speaker="study")[0], Unmet)


def test_nobody_wants_all_players_on(villa: Home) -> None:
    found = heard(villa, "everything in the study on", "on everything: A")
    assert touched(found, villa) == {"light.desk", "switch.printer"}


def test_everything_but_one(villa: Home) -> None:
    """Of whatever domain; a call that would reach nothing is not made."""
    found = heard(villa, "the study off but the printer", "off everything: A; but B")
    assert touched(found, villa) == {"light.desk", "media_player.study"}
    found = heard(villa, "all off but the soundbar and breeze", "off everything: all; but A; B")
    assert not {"media_player.study", "fan.bedroom"} & touched(found, villa)
    assert {"media_player.radio", "light.desk"} <= touched(found, villa)


def test_everything_but_a_room(villa: Home) -> None:
    found = heard(villa, "everything off but the study", "off everything: all; but A")
    everything = heard(villa, "everything off", "off everything: all")
    study = heard(villa, "everything in the study off", "off everything: A")
    assert touched(found, villa) == touched(everything, villa) - touched(study, villa)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        # What is elsewhere, or no part of everything, was not left out of it.
        ("everything in the study off but the worktop", "off everything: A; but B"),
        ("everything in the study off but the radiator", "off everything: A; but B"),
        ("everything in the study off but the kitchen", "off everything: A; but B"),
        # Nothing is left.
        ("everything in the kitchen off but the kitchen", "off everything: A; but B"),
        ("everything in the shed off but the pump", "off everything: A; but B"),
        ("toggle everything", "toggle everything"),
    ],
)
def test_a_misunderstanding_does_nothing(villa: Home, said: str, line: str) -> None:
    assert comes_to(hearing(villa, said), line) == [BadCall(line=f"> {line}")]


def test_where_nothing_can_be_reached(villa: Home) -> None:
    (event,) = heard(villa, "everything in the shed off", "off everything: A")
    assert refusal(event, villa) == ("unavailable", "Pump")
    (event,) = heard(villa, "everything in the garden off", "off everything: A")
    assert refusal(event, villa) == ("empty_target", "area garden")


def test_what_is_left_alone_stays_on_where_the_rest_cannot_be_reached() -> None:
    home = Home(
        areas=(Area(area_id="den", name="Den"),),
        entities=(
            entity("light.good", "Dragon", area_id="den", state="on"),
            entity("light.broken", "Mirror", area_id="den", state="unavailable"),
        ),
    )
    (event,) = heard(home, "everything in the den off but the dragon", "off everything: A; but B")
    assert refusal(event, home) == ("unavailable", "Mirror")


def test_only_what_is_allowed(villa: Home) -> None:
    allowed = DEFAULT_ALLOWED - {"switch.turn_off", "media_player.turn_off"}
    found = heard(villa, "study off", "off everything: A", allowed=allowed)
    assert touched(found, villa) == {"light.desk"}
    nothing = hearing(villa, "everything off", None, frozenset())
    assert comes_to(nothing, "off everything") == [BadCall(line="> off everything")]


def test_a_place_that_fits_several_asks() -> None:
    rooms = (Area(area_id="b1", name="Bath"), Area(area_id="b2", name="Bath"))
    lights = tuple(entity(f"light.{room}", f"Lamp {room}", area_id=room) for room in ("b1", "b2"))
    home = Home(areas=rooms, entities=lights)
    (event,) = heard(home, "everything in the bath off", "off everything: A")
    assert event == Unclear(entity_ids=("light.b1", "light.b2"), verb="off")
    (call,) = heard(home, "everything in the bath off", "off everything: A", speaker="b1")
    assert done_to(call, home) == ("light.b1",)
