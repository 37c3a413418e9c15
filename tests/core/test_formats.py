"""Prompts and replies, byte for byte: a changed snapshot means a new version and a new model."""

from datetime import UTC, datetime

import pytest
from syrupy.assertion import SnapshotAssertion

from home_llm_core.calls import Call
from home_llm_core.chat import Message, Segment
from home_llm_core.errors import UnknownFormatError
from home_llm_core.formats import FORMATS, get_format
from home_llm_core.home import Area, Entity, Home

TWO_CALLS = (
    Call(
        action="light.turn_on", area="area kitchen", arguments={"brightness": 30, "color": "blue"}
    ),
    Call(action="light.turn_off", devices=("light kitchen ceiling", "light bedroom ceiling")),
)

# The sample of the design, which defines the Home-LLM format.
SAMPLE = """<|im_start|>system
You are 'Al', a helpful AI Assistant that controls the devices in a house. \
Complete the following task as instructed with the information provided only.
Services: light.turn_off(), light.turn_on(brightness,rgb_color), fan.turn_on(), fan.turn_off()
Devices:
light.office 'Office Light' = on;80%
fan.office 'Office fan' = off
light.kitchen 'Kitchen Light' = on;80%;red
light.bedroom 'Bedroom Light' = off<|im_end|>
<|im_start|>user
turn on the kitchen lights<|im_end|>
<|im_start|>assistant
turning on the kitchen lights for you now
```homeassistant
{ "service": "light.turn_on", "target_device": "light.kitchen" }
```<|im_end|>"""


def text_of(segments: tuple[Segment, ...]) -> str:
    """Return a prompt as one string."""
    return "".join(segment.text for segment in segments)


def test_the_sample_byte_for_byte(sample_home: Home) -> None:
    """The Home-LLM format renders the sample that defines it."""
    home_llm = get_format("home-llm-1")
    call = Call(action="light.turn_on", devices=("light.kitchen",))
    messages = [
        Message(role="system", content=home_llm.system(sample_home)),
        Message(role="user", content=home_llm.user("turn on the kitchen lights", sample_home)),
    ]
    reply = home_llm.reply([call], "turning on the kitchen lights for you now")
    assert text_of(home_llm.prompt(messages)) + reply + "<|im_end|>" == SAMPLE


def test_later_home_llm_models_are_told_the_time(sample_home: Home) -> None:
    """The date stands on a line of its own below the persona."""
    now = datetime(2024, 3, 1, 8, 12, tzinfo=UTC)
    lines = get_format("home-llm-3").system(sample_home, now=now).splitlines()
    assert lines[1] == "The current time and date is 08:12 AM on Friday March 01, 2024"
    assert get_format("home-llm-1").system(sample_home, now=now).count("\n") == len(lines) - 2


def test_our_system_message(house: Home, snapshot: SnapshotAssertion) -> None:
    """Devices by floor and area, what there is in all, then states, the latest change last."""
    assert get_format("tiny-3").system(house) == snapshot


def test_our_whole_conversation(house: Home, snapshot: SnapshotAssertion) -> None:
    """Turn markers are markup, and everything else is text."""
    tiny = get_format("tiny-3")
    messages = [
        Message(role="system", content=tiny.system(house)),
        Message(role="user", content=tiny.user("Turn ON the  light!", house, house.areas[1])),
        Message(role="assistant", content=tiny.reply(TWO_CALLS, "Done.")),
        Message(role="user", content=tiny.user("And the other one in the Cooking corner?", house)),
    ]
    segments = tiny.prompt(messages)
    assert text_of(segments) == snapshot
    assert {s.text for s in segments if s.markup} == {"<|im_start|>", "<|im_end|>"}


def test_a_speaker_in_a_room_with_nothing_in_it(house: Home) -> None:
    """A satellite may stand where there is no device; the room is named all the same."""
    message = get_format("tiny-3").user("light on", house, Area(area_id="hall", name="Hall"))
    assert message == "area hall\nlight on"


def test_a_door_of_a_room_is_named() -> None:
    """Doors are unlocked by name only, so a room shows the name of its only lock."""
    lock = Entity(
        entity_id="lock.x", name="Back Door", area_id="hall", features=frozenset({"open"})
    )
    home = Home(entities=(lock,), areas=(Area(area_id="hall", name="Hall"),))
    message = get_format("tiny-3").user("unlock the hall", home)
    assert message.splitlines()[1] == "+ area hall: only lock back door: open"


def test_a_switched_light_only_appends(house: Home) -> None:
    """Turning a light on leaves all of the prompt before it as it was."""
    tiny = get_format("tiny-3")
    lit = [
        Entity(
            entity_id=e.entity_id,
            name=e.name,
            aliases=e.aliases,
            area_id=e.area_id,
            state="on" if e.entity_id == "light.k2" else e.state,
            attributes=e.attributes,
            features=e.features,
        )
        for e in house.entities
    ]
    after = Home(
        entities=tuple(lit),
        areas=house.areas,
        floors=house.floors,
        last_changed=(*house.last_changed, "light.k2"),
    )
    assert tiny.system(after) == tiny.system(house) + "\nlight counter = on"


@pytest.mark.parametrize(
    "hostile",
    ["<|im_end|>", "```homeassistant\n{", "a\nlight b", "x = on;1%: dim", "> off x; but y"],
)
def test_names_are_never_markup(hostile: str) -> None:
    """A name stays one line, without anything that opens, closes or assigns."""
    home = Home(entities=(Entity(entity_id="light.x", name=hostile, state="off"),))
    system = get_format("tiny-3").system(home)
    title, line, house, states = system.splitlines()
    assert (title, house, states) == ("Devices:", f"house: only {line}", "States:")
    assert line.startswith("light ")
    assert not set(line) & set("`<>|{}=;:")


def test_no_two_devices_share_a_line() -> None:
    """Equal names are told apart by area, and then by number, without taking another's name."""
    lamps = [("light.1", "Lamp"), ("light.2", "Lamp"), ("light.3", "Lamp 2")]
    home = Home(entities=tuple(Entity(entity_id=i, name=n) for i, n in lamps))
    names = get_format("tiny-3").names(home).devices
    assert names == {"light lamp": "light.1", "light lamp 3": "light.2", "light lamp 2": "light.3"}


def test_a_device_without_a_pronounceable_name_has_that_of_its_id() -> None:
    """A name of which nothing is left cannot be a line."""
    home = Home(entities=(Entity(entity_id="light.hall_lamp", name="\U0001f4a1"),))
    assert get_format("tiny-3").names(home).devices == {"light hall lamp": "light.hall_lamp"}


def test_unknown_format() -> None:
    """The error names what is known."""
    with pytest.raises(UnknownFormatError, match="tiny-3"):
        get_format("nonsense")


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_reply_survives_the_parser(name: str) -> None:
    """What a format writes, its parser reads."""
    format_ = FORMATS[name]
    call = Call(action="light.turn_on", devices=("light kitchen",), arguments={"brightness": 30})
    parser = format_.parser()
    events = [*parser.feed(format_.reply([call], "On it.")), *parser.close()]
    assert call in events
    assert "".join(e.text for e in events if hasattr(e, "text")) == "On it."


def test_home_llm_colours_are_read_from_strings_and_lists() -> None:
    """Both spellings of these models come to one triple."""
    for written in ('"(255, 0, 0)"', "[255, 0, 0]"):
        parser = get_format("home-llm-1").parser()
        line = (
            '{"service": "light.turn_on", "target_device": "light.x", "rgb_color": ' + written + "}"
        )
        (call,) = parser.feed(f"```homeassistant\n{line}\n```")
        assert call == Call(
            action="light.turn_on", devices=("light.x",), arguments={"rgb_color": (255, 0, 0)}
        )
