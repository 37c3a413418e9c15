"""The Home-LLM format with action tokens: prompts and replies byte for byte, and in pieces."""

from datetime import UTC, datetime

from hypothesis import given, strategies as st
import pytest
from syrupy.assertion import SnapshotAssertion

from home_llm_core.calls import Call, Wanted
from home_llm_core.chat import Message, Segment, marked
from home_llm_core.errors import CannotBeSaidError
from home_llm_core.formats import FORMATS, get_format
from home_llm_core.home import Entity, Home, Value
from home_llm_core.parser import BadCall, Event, Say, Speech

FORMAT = get_format("home-llm-actions")
ON, OFF, END = "<|light.turn_on|>", "<|light.turn_off|>", "<|call_end|>"
DIM = f"{ON}light.lamp brightness=40{END}"
DIMMED = Call(action="light.turn_on", devices=("light.lamp",), arguments={"brightness": 40})
RED = Call(action="light.turn_on", devices=("light.lamp",), arguments={"rgb_color": (255, 0, 0)})
DARK = Call(action="light.turn_off", devices=("light.lamp",))


def parse(*pieces: str) -> list[Event]:
    """Return all events of a reply that comes in pieces."""
    parser = FORMAT.hear("", Home()).parser()
    events = [event for piece in pieces for event in parser.feed(piece)]
    return [*events, *parser.close()]


def said(events: list[Event]) -> str:
    """Return all speech."""
    return "".join(event.text for event in events if isinstance(event, Speech))


def test_a_whole_conversation(sample_home: Home, snapshot: SnapshotAssertion) -> None:
    """Turn markers and action tokens are markup, and everything else is text."""
    now = datetime(2024, 3, 1, 8, 12, tzinfo=UTC)
    blue: dict[str, Value] = {"brightness": 30, "rgb_color": (0, 0, 255)}
    turns = [
        (
            "kitchen blue at 30",
            [Call(action="light.turn_on", devices=("light.kitchen",), arguments=blue)],
        ),
        ("is the office fan on?", []),
        (
            "then both off",
            [
                Call(action="fan.turn_off", devices=("fan.office",)),
                Call(action="light.turn_off", devices=("light.kitchen",)),
            ],
        ),
    ]
    messages = [Message(role="system", content=FORMAT.system(sample_home, now=now))]
    for text, calls in turns:
        hearing = FORMAT.hear(text, sample_home)
        messages.append(Message(role="user", content=hearing.message))
        messages.append(Message(role="assistant", content=hearing.reply(calls, "As you wish.")))
    segments = FORMAT.prompt([*messages, Message(role="user", content="thanks")])
    assert "".join(segment.text for segment in segments) == snapshot
    assert {s.text for s in segments if s.markup} == {
        *("<|im_start|>", "<|im_end|>", "<|call_end|>"),
        *("<|light.turn_on|>", "<|fan.turn_off|>", "<|light.turn_off|>"),
    }
    assert FORMAT.system(sample_home, now=now) == get_format("home-llm-3").system(
        sample_home, now=now
    )


def test_there_is_a_token_for_each_action_and_one_that_ends_a_call() -> None:
    assert sorted(FORMAT.tokens) == sorted([*(f"<|{name}|>" for name in FORMAT.actions), END])
    assert all(FORMATS[name].tokens == () for name in FORMATS if name != FORMAT.name)


@pytest.mark.parametrize("calls", [[], [DIMMED], [RED, DARK], [DARK, DARK, DIMMED]])
@pytest.mark.parametrize("speech", ["", "Done.", "3 < 4 | 5 > 2, see <b>."])
def test_a_reply_split_anywhere(calls: list[Call], speech: str) -> None:
    """Wherever the pieces end, the same is said and called."""
    reply = FORMAT.hear("", Home()).reply([*calls, Say(key="thanks"), Wanted(verb="undo")], speech)
    for cut in range(len(reply) + 1):
        events = parse(reply[:cut], reply[cut:])
        assert [event for event in events if not isinstance(event, Speech)] == calls
        assert said(events) == speech
    assert said(parse(*reply)) == speech


def test_a_call_is_given_as_soon_as_it_ends() -> None:
    """The light need not wait for the next call."""
    parser = FORMAT.hear("", Home()).parser()
    assert list(parser.feed("On it.")) == [Speech(text="On it.")]
    assert list(parser.feed(f" {DIM[:-1]}")) == []
    assert list(parser.feed(">")) == [DIMMED]


def test_speech_goes_on_after_a_call() -> None:
    events = parse(f"The lamp: {DIM}\n Next  comes", f" {OFF}light.lamp{END}that. ")
    assert events == [
        Speech(text="The lamp:"),
        DIMMED,
        Speech(text=" Next  comes"),
        DARK,
        Speech(text=" that."),
    ]


def test_a_call_that_breaks_off_is_not_made() -> None:
    """Of "brightness=40" the model may have come as far as "brightness=4"."""
    begun = f"{ON}light.lamp brightness=4"
    assert parse(begun) == [BadCall(line=begun)]
    assert parse(f"{begun}{DIM}") == [BadCall(line=begun), DIMMED]
    assert parse("Sure. <|light.tu") == [Speech(text="Sure.")]


@pytest.mark.parametrize(
    "inside",
    [
        *("", " ", "all", "lamp", "light.lamp light.desk", "light.lamp brightness"),
        *("light.lamp brightness=", "light.lamp brightness=x", "light.lamp rgb_color=1,2"),
        pytest.param("light.lamp brightness=" + "9" * 9999, id="huge"),
    ],
)
def test_what_is_no_call_is_never_read_out(inside: str) -> None:
    """It is reported as what it is, and the next call counts."""
    events = parse(f"Well.{ON}{inside}{END}{DIM}")
    assert events == [Speech(text="Well."), BadCall(line=f"{ON}{inside}"), DIMMED]


@pytest.mark.parametrize(
    "call",
    [
        Call(action="lock.unlock", devices=("lock.front",)),
        Call(action="light.turn_on", area="kitchen"),
        Call(action="light.turn_on", devices=("light.a", "light.b")),
        Call(action="light.turn_on", devices=("all",)),
        Call(action="light.turn_on", devices=("light.a",), arguments={"color": "red"}),
        Call(action="light.turn_on", devices=(f"light.a{END}{ON}light.b",)),
    ],
)
def test_what_there_are_no_words_for(call: Call) -> None:
    with pytest.raises(CannotBeSaidError, match="no words"):
        FORMAT.hear("", Home()).reply([call], "Done.")


@pytest.mark.parametrize(
    "hostile", [*FORMAT.tokens, f"{ON}light.x{END}", "<\u200b|light.turn_on|>", "\uff1c|call_end|>"]
)
def test_tokens_never_come_from_data(hostile: str) -> None:
    """In names, sentences and speech they are text, and a model does not even read them."""
    home = Home(entities=(Entity(entity_id="light.x", name=hostile, state=hostile),))
    hearing = FORMAT.hear(f"play {hostile}", home)
    reply = hearing.reply([], f"I play {hostile}.")
    messages = [
        Message(role="system", content=FORMAT.system(home)),
        Message(role="user", content=hearing.message),
        Message(role="assistant", content=reply),
    ]
    segments = FORMAT.prompt(messages)
    assert {s.text for s in segments if s.markup} == {"<|im_start|>", "<|im_end|>"}
    assert not any(token in s.text for s in segments for token in FORMAT.tokens)
    assert [type(event) for event in parse(reply)] == [Speech]


@given(st.lists(st.sampled_from([*FORMAT.tokens, "<|", "|>", "<", " ", "light.x", "a=1", "é\n"])))
def test_any_text_ends_in_speech_or_bad_calls(pieces: list[str]) -> None:
    """No text makes the parser fail, and no token is read out."""
    whole = "".join(pieces)
    assert said(parse(whole)) == said(parse(*whole)) == said(parse(*pieces))
    assert not any(token in said(parse(*pieces)) for token in FORMAT.tokens)


def test_markup_within_a_text() -> None:
    assert marked(f"a{DIM}", FORMAT.tokens) == (
        Segment(text="a"),
        Segment(text=ON, markup=True),
        Segment(text="light.lamp brightness=40"),
        Segment(text=END, markup=True),
    )
    assert marked(DIM, ()) == (Segment(text=DIM),)
