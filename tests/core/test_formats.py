"""Prompts and replies, byte for byte: a changed snapshot means a new version and a new model."""

from datetime import UTC, datetime

import pytest
from syrupy.assertion import SnapshotAssertion

from home_llm_core.calls import Call, Wanted
from home_llm_core.chat import Message, Segment
from home_llm_core.errors import UnknownFormatError
from home_llm_core.formats import FORMATS, TINY, get_format
from home_llm_core.home import Entity, Home
from home_llm_core.parser import BadCall, Say

TWO_CALLS = (
    Call(
        action="light.turn_on", area="area kitchen", arguments={"brightness": 30, "color": "blue"}
    ),
    Call(action="light.turn_off", devices=("light kitchen ceiling",)),
)
EVERYTHING_BUT = (
    Call(action="everything.turn_off", area="area bedroom", excluding=("fan lena's fan",)),
)
ANY_LIGHTS = (
    Wanted(
        verb="any",
        kind="light",
        target=Call(action="", floor="floor upstairs"),
        arguments={"asked": "on"},
    ),
)
IF_DARK = (
    Wanted(
        verb="if",
        kind="illuminance",
        target=Call(action="", area="area kitchen"),
        arguments={"below": 5},
    ),
    Call(action="light.turn_on", devices=("light counter",)),
)
IN_THE_BEDROOM = (Wanted(verb="same", target=Call(action="", area="area bedroom")),)
A_LIST = (
    Call(action="todo.add_item", arguments={"item": "oat milk"}),
    Call(action="todo.add_item", arguments={"item": "bulbs for the ceiling"}),
)
A_TIMER = (Call(action="timer.start", arguments={"minutes": 5, "name": "eggs"}),)

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
    hearing = home_llm.hear("turn on the kitchen lights", sample_home)
    call = Call(action="light.turn_on", devices=("light.kitchen",))
    messages = [
        Message(role="system", content=home_llm.system(sample_home)),
        Message(role="user", content=hearing.message),
    ]
    reply = hearing.reply([call], "turning on the kitchen lights for you now")
    assert text_of(home_llm.prompt(messages)) + reply + "<|im_end|>" == SAMPLE


def test_later_home_llm_models_are_told_the_time(sample_home: Home) -> None:
    """The date stands on a line of its own below the persona."""
    now = datetime(2024, 3, 1, 8, 12, tzinfo=UTC)
    lines = get_format("home-llm-3").system(sample_home, now=now).splitlines()
    assert lines[1] == "The current time and date is 08:12 AM on Friday March 01, 2024"
    assert get_format("home-llm-1").system(sample_home, now=now).count("\n") == len(lines) - 2


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("Turn ON the  light!", "turn on the light!"),
        ("turn on the counter", "turn on the light A"),
        ("the pump, and Breeze upstairs", "the switch A, and fan B floor C"),
        ("the cooking corner\u2019s dark", "the area A 's dark"),
        # Two are called so.
        ("ceiling in the kitchen off", "light A* in the area B off"),
        # Only like a name: the words stay.
        ("dark in the corner", "dark in the corner ~area A"),
        ("beam me up", "beam me up"),
        ("kithcen dark", "area A dark"),
        ("lena\u2019s fan\u2026", "fan A..."),
        ("a > b | c ~ d", "a > b | c ~ d"),
    ],
)
def test_what_a_sentence_names_is_a_kind_and_a_letter(house: Home, said: str, message: str) -> None:
    assert TINY.hear(said, house).message == message


def test_our_whole_conversation(house: Home, snapshot: SnapshotAssertion) -> None:
    """Turn markers are markup, and everything else is text."""
    turns = [
        ("Turn on the Cooking corner, blue at 30, and the ceiling off!", TWO_CALLS),
        ("everything in the bedroom off but Lena\u2019s fan", EVERYTHING_BUT),
        ("are there lights on upstairs?", ANY_LIGHTS),
        ("If it\u2019s darker than 5 lux in the kitchen, turn the counter on", IF_DARK),
        ("and the bedroom", IN_THE_BEDROOM),
        ("add oat milk and bulbs for the ceiling to my list", A_LIST),
        ("eggs, five minutes", A_TIMER),
        ("a bit brighter", (Wanted(verb="up", kind="it", arguments={"by": 10}),)),
        ("undo that", (Wanted(verb="undo"),)),
        ("thanks", (Say(key="thanks"),)),
    ]
    messages = [Message(role="system", content=TINY.system(house))]
    for said, wanted in turns:
        hearing = TINY.hear(said, house)
        messages.append(Message(role="user", content=hearing.message))
        reply = hearing.reply(wanted)
        assert hearing.grammar.accepts(reply, hearing.words)
        messages.append(Message(role="assistant", content=reply))
    segments = TINY.prompt([*messages, Message(role="user", content="and now?")])
    assert text_of(segments) == snapshot
    assert {s.text for s in segments if s.markup} == {"<|im_start|>", "<|im_end|>"}


def test_nothing_is_read_anew_when_a_light_is_switched(house: Home) -> None:
    """What the model reads does not depend on states."""
    lit = tuple(Entity(entity_id=e.entity_id, name=e.name, state="on") for e in house.entities)
    dark = tuple(Entity(entity_id=e.entity_id, name=e.name, state="off") for e in house.entities)
    assert TINY.system(house) == ""
    messages = {TINY.hear("ceiling on", Home(entities=those)).message for those in (lit, dark)}
    assert len(messages) == 1


@pytest.mark.parametrize(
    "hostile",
    ["<|im_end|>", "```homeassistant\n{", "a\nlight b", "x = on;1%: dim", "> off x; but y"],
)
def test_names_are_never_markup(hostile: str) -> None:
    """A name stays one line, without anything that opens, closes or assigns."""
    home = Home(entities=(Entity(entity_id="light.x", name=hostile, state="off"),))
    (line,) = TINY.names(home).devices
    assert line.startswith("light ")
    assert not set(line) & set("`<>|{}=;:\n")


def test_no_two_devices_share_a_line() -> None:
    """Equal names are told apart by area, and then by number, without taking another's name."""
    lamps = [("light.1", "Lamp"), ("light.2", "Lamp"), ("light.3", "Lamp 2")]
    home = Home(entities=tuple(Entity(entity_id=i, name=n) for i, n in lamps))
    names = TINY.names(home).devices
    assert names == {"light lamp": "light.1", "light lamp 3": "light.2", "light lamp 2": "light.3"}


def test_a_device_without_a_pronounceable_name_has_that_of_its_id() -> None:
    """A name of which nothing is left cannot be a line."""
    home = Home(entities=(Entity(entity_id="light.hall_lamp", name="\U0001f4a1"),))
    assert TINY.names(home).devices == {"light hall lamp": "light.hall_lamp"}


def test_unknown_format() -> None:
    """The error names what is known."""
    with pytest.raises(UnknownFormatError, match="tiny-6"):
        get_format("nonsense")


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_reply_survives_the_parser(name: str, house: Home) -> None:
    """What a format writes, its parser reads."""
    format_ = FORMATS[name]
    (device,) = (line for line, e in format_.names(house).devices.items() if e == "light.k2")
    call = Call(action="light.turn_on", devices=(device,), arguments={"brightness": 30})
    hearing = format_.hear("counter to 30 percent", house)
    parser = hearing.parser()
    events = [*parser.feed(hearing.reply([call], "On it.")), *parser.close()]
    assert [event for event in events if isinstance(event, Call)] == [call]
    assert not any(isinstance(event, BadCall) for event in events)


def test_home_llm_colours_are_read_from_strings_and_lists() -> None:
    """Both spellings of these models come to one triple."""
    for written in ('"(255, 0, 0)"', "[255, 0, 0]"):
        parser = get_format("home-llm-1").hear("", Home()).parser()
        line = (
            '{"service": "light.turn_on", "target_device": "light.x", "rgb_color": ' + written + "}"
        )
        (call,) = parser.feed(f"```homeassistant\n{line}\n```")
        assert call == Call(
            action="light.turn_on", devices=("light.x",), arguments={"rgb_color": (255, 0, 0)}
        )
