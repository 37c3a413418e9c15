"""Which devices are meant where a sentence leaves it open: the table of ``semantics.md``."""

import pytest

from home_llm_core.actions import DEFAULT_ALLOWED
from home_llm_core.calls import Call, resolve
from home_llm_core.errors import CallError
from home_llm_core.formats import TINY
from home_llm_core.home import Area, Entity, Home
from home_llm_core.parser import BadCall, Event, Query, Say, Unclear

ALL_LIGHTS = ("light.k1", "light.k2", "light.b1")


@pytest.fixture
def doors() -> Home:
    """Return a home with two locks in the hall, one in the shed, and none in the kitchen."""
    return Home(
        areas=tuple(Area(area_id=a, name=a.title()) for a in ("hall", "shed", "kitchen")),
        entities=(
            Entity(entity_id="lock.f", name="Front door", area_id="hall", state="locked"),
            Entity(entity_id="lock.b", name="Back door", area_id="hall", state="locked"),
            Entity(entity_id="lock.g", name="Gate", area_id="shed", state="locked"),
            Entity(entity_id="media_player.tv", name="Television", area_id="kitchen", state="on"),
        ),
    )


def heard(
    home: Home,
    said: str,
    line: str,
    speaker: str | None = None,
    allowed: frozenset[str] = DEFAULT_ALLOWED,
) -> list[Event]:
    """Return what a line comes to that answers a sentence, spoken in an area."""
    area = home.area_by_id[speaker] if speaker is not None else None
    parser = TINY.hear(said, home, area, allowed).parser()
    return [*parser.feed(f"> {line}\n"), *parser.close()]


def refusal(event: Event, home: Home) -> tuple[str, str]:
    """Return why a call cannot be carried out."""
    assert isinstance(event, Call)
    with pytest.raises(CallError) as error:
        resolve(event, home, TINY.names(home))
    return error.value.reason, error.value.name


@pytest.mark.parametrize("speaker", [None, "kitchen", "bedroom", "shed"])
@pytest.mark.parametrize(
    ("said", "line", "expected"),
    [
        ("counter on", "on light A", Call(action="light.turn_on", devices=("light counter",))),
        (
            "counter and breeze off",
            "off fan B",
            Call(action="fan.turn_off", devices=("fan lena's fan",)),
        ),
        ("kitchen lights on", "on light: A", Call(action="light.turn_on", area="area kitchen")),
        ("upstairs dark", "off light: A", Call(action="light.turn_off", floor="floor upstairs")),
        ("all lights on", "on light: all", Call(action="light.turn_on", devices=("all",))),
        (
            "all the kitchen lights but the counter at 30",
            "on light: A; but B = brightness 30",
            Call(
                action="light.turn_on",
                area="area kitchen",
                excluding=("light counter",),
                arguments={"brightness": 30},
            ),
        ),
        # Of two that are called so, the one in this place can have been left out.
        (
            "the lights in the kitchen off but the ceiling",
            "off light: A; but B",
            Call(
                action="light.turn_off", area="area kitchen", excluding=("light kitchen ceiling",)
            ),
        ),
        # The place that was said tells two of the same name apart.
        (
            "ceiling in the kitchen on",
            "on light A: B",
            Call(action="light.turn_on", devices=("light kitchen ceiling",)),
        ),
    ],
)
def test_what_was_said_is_meant_wherever_it_is_said(
    house: Home, speaker: str | None, said: str, line: str, expected: Call
) -> None:
    assert heard(house, said, line, speaker) == [expected]


@pytest.mark.parametrize("speaker", [None, "kitchen", "shed"])
def test_the_only_one_is_meant_wherever_it_is(house: Home, speaker: str | None) -> None:
    expected = [Call(action="fan.turn_on", devices=("fan lena's fan",))]
    assert heard(house, "fan on", "on fan", speaker) == expected


def test_a_kind_alone_means_those_of_the_room(house: Home) -> None:
    """The same without "all", said in a room: the lights of that room."""
    expected = [Call(action="light.turn_off", area="area kitchen")]
    assert heard(house, "lights off", "off light", "kitchen") == expected


@pytest.mark.parametrize("speaker", [None, "shed"])
def test_a_kind_alone_asks_where_there_are_several(house: Home, speaker: str | None) -> None:
    expected = [Unclear(domain="light", entity_ids=ALL_LIGHTS)]
    assert heard(house, "light on", "on light", speaker) == expected


def test_a_kind_that_is_not_there(house: Home) -> None:
    (event,) = heard(house, "open the blinds", "open cover", "kitchen")
    assert refusal(event, house) == ("empty_target", "all")


def test_a_kind_that_a_room_does_not_have(house: Home) -> None:
    (event,) = heard(house, "the fan in the kitchen", "on fan: A", "bedroom")
    assert refusal(event, house) == ("empty_target", "area kitchen")


def test_a_name_that_several_have(house: Home) -> None:
    """It means the one in this room; from elsewhere somebody has to ask."""
    expected = Call(action="light.turn_on", devices=("light bedroom ceiling",))
    assert heard(house, "ceiling on", "on light A", "bedroom") == [expected]
    unclear = Unclear(domain="light", entity_ids=("light.k1", "light.b1"))
    assert heard(house, "ceiling on", "on light A", "shed") == [unclear]
    assert heard(house, "ceiling on", "on light A") == [unclear]


def test_a_place_without_any_of_that_name(house: Home) -> None:
    """Never the next best: neither the one in another room nor the one where the speaker stands."""
    absent = Say(key="absent")
    assert heard(house, "ceiling in the shed on", "on light A: B") == [absent]
    assert heard(house, "ceiling in the shed on", "on light A: B", "bedroom") == [absent]


@pytest.mark.parametrize("text", ["", "…", " ?! "])
def test_who_says_nothing_wants_nothing(house: Home, text: str) -> None:
    assert heard(house, text, "off light: all") == [BadCall(line="> off light: all")]


def test_everything_but_what_is_elsewhere(house: Home) -> None:
    """Nobody who says "all but the lamp" means all."""
    text = "everything in the kitchen off but the bedroom ceiling"
    (event,) = heard(house, text, "off everything: A; but B")
    assert isinstance(event, BadCall)


def test_what_is_left_alone_but_is_not_there_is_a_misunderstanding(house: Home) -> None:
    (event,) = heard(house, "the bedroom off but the counter", "off light: A; but B")
    assert refusal(event, house) == ("unknown_target", "Counter")


def test_everything_in_the_house(house: Home) -> None:
    """Lights, fans and switches, as far as there are any that can be reached."""
    assert heard(house, "everything off", "off everything: all") == [
        Call(action="light.turn_off", devices=("all",)),
        Call(action="fan.turn_off", devices=("all",)),
        Call(action="switch.turn_off", devices=("all",)),
    ]
    assert heard(house, "everything off", "off everything") == heard(
        house, "everything off", "off everything: all", "bedroom"
    )


def test_everything_in_a_room(house: Home) -> None:
    expected = [
        Call(action="light.turn_off", area="area bedroom"),
        Call(action="fan.turn_off", area="area bedroom"),
    ]
    assert heard(house, "everything in the bedroom off", "off everything: A") == expected
    assert heard(house, "everything off", "off everything", "bedroom") == expected


def test_everything_but_one(house: Home) -> None:
    """A call that would reach nothing is not made."""
    said = "everything in the bedroom off but the breeze"
    assert heard(house, said, "off everything: A; but B") == [
        Call(action="light.turn_off", area="area bedroom")
    ]
    said = "everything in the kitchen off but the counter"
    assert heard(house, said, "off everything: A; but B") == [
        Call(action="light.turn_off", area="area kitchen", excluding=("light counter",))
    ]


def test_everything_where_nothing_can_be_reached(house: Home) -> None:
    (event,) = heard(house, "everything in the shed off", "off everything: A")
    assert refusal(event, house) == ("empty_target", "area shed")


def test_everything_means_only_what_is_allowed(house: Home) -> None:
    allowed = DEFAULT_ALLOWED - {"fan.turn_off"}
    found = heard(house, "everything off", "off everything", "bedroom", allowed)
    assert found == [Call(action="light.turn_off", area="area bedroom")]


def test_everything_off_holds_players_and_no_locks(doors: Home) -> None:
    """Players are turned off with everything, and nobody wants all of them on."""
    off = [Call(action="media_player.turn_off", devices=("all",))]
    assert heard(doors, "everything off", "off everything") == off
    (event,) = heard(doors, "everything on", "on everything")
    assert refusal(event, doors) == ("empty_target", "all")


def test_a_speaker_where_nothing_can_be_controlled(house: Home) -> None:
    """A room without devices is in no snapshot; it is as if nobody knew where the speaker is."""
    hall = Area(area_id="hall", name="Hall")
    for said, line in (("everything off", "off everything"), ("light on", "on light")):
        parser = TINY.hear(said, house, hall).parser()
        assert list(parser.feed(f"> {line}\n")) == heard(house, said, line)


@pytest.mark.parametrize(
    ("said", "line", "entity_ids"),
    [
        ("unlock the door", "unlock lock", ("lock.f", "lock.b", "lock.g")),
        ("unlock all doors", "unlock lock: all", ("lock.f", "lock.b", "lock.g")),
        ("unlock the hall", "unlock lock: A", ("lock.f", "lock.b")),
        ("unlock all but the gate", "unlock lock: all; but A", ("lock.f", "lock.b")),
    ],
)
def test_nobody_unlocks_several_doors_with_one_word(
    doors: Home, said: str, line: str, entity_ids: tuple[str, ...]
) -> None:
    assert heard(doors, said, line) == [Unclear(domain="lock", entity_ids=entity_ids)]


@pytest.mark.parametrize(
    ("said", "line", "speaker", "device"),
    [
        ("unlock the front door", "unlock lock A", None, "lock front door"),
        ("unlock the shed", "unlock lock: A", None, "lock gate"),
        ("unlock it", "unlock lock", "shed", "lock gate"),
        ("unlock the hall but the front door", "unlock lock: A; but B", None, "lock back door"),
    ],
)
def test_one_door_is_unlocked_by_its_name(
    doors: Home, said: str, line: str, speaker: str | None, device: str
) -> None:
    (call,) = heard(doors, said, line, speaker)
    assert call == Call(action="lock.unlock", devices=(device,))
    assert len(resolve(call, doors, TINY.names(doors)).entity_ids) == 1


def test_the_door_that_is_left_alone_stays_locked(doors: Home) -> None:
    (event,) = heard(doors, "unlock the shed but the gate", "unlock lock: A; but B")
    assert refusal(event, doors) == ("empty_target", "area shed")
    (event,) = heard(doors, "unlock the shed but the front door", "unlock lock: A; but B")
    assert refusal(event, doors) == ("unknown_target", "Front door")


def test_a_room_without_a_door(doors: Home) -> None:
    (event,) = heard(doors, "unlock the kitchen", "unlock lock: A")
    assert refusal(event, doors) == ("empty_target", "area kitchen")


def test_doors_are_locked_together(doors: Home) -> None:
    expected = [Call(action="lock.lock", devices=("all",))]
    assert heard(doors, "lock all doors", "lock lock: all") == expected


@pytest.mark.parametrize(
    ("said", "line", "speaker", "entity_ids"),
    [
        ("is the counter on", "state light A", None, ("light.k2",)),
        ("is the ceiling on", "state light A", None, ("light.k1", "light.b1")),
        ("is the ceiling in the kitchen on", "state light A: B", None, ("light.k1",)),
        ("are the lights in the kitchen on", "state light: A", None, ("light.k1", "light.k2")),
        ("are there lights on upstairs", "state light: A", None, ("light.b1",)),
        ("are any lights on", "state light: all", "bedroom", ALL_LIGHTS),
        ("is the light on", "state light", "bedroom", ("light.b1",)),
        ("is the light on", "state light", None, ALL_LIGHTS),
        ("is the fan on", "state fan", "kitchen", ("fan.b2",)),
        ("are the blinds open", "state cover", None, ()),
    ],
)
def test_questions(
    house: Home, said: str, line: str, speaker: str | None, entity_ids: tuple[str, ...]
) -> None:
    expected = [Query(domain=line.split()[1].strip(":"), entity_ids=entity_ids)]
    assert heard(house, said, line, speaker) == expected


@pytest.mark.parametrize("key", Say.KEYS)
def test_what_is_only_said(house: Home, key: str) -> None:
    assert heard(house, "thanks", f"say {key}") == [Say(key=key)]


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
    ],
)
def test_letters_that_stand_for_nothing_of_the_kind(house: Home, line: str) -> None:
    """No such line does anything, and none is read out."""
    said = "the ceiling in the kitchen" if ": A" in line else "the counter in the kitchen"
    assert heard(house, said, line) == [BadCall(line=f"> {line}")]
