"""Replies in pieces, split anywhere: calls in a fence, and our own on lines with a mark."""

from hypothesis import given, strategies as st
import pytest

from home_llm_core.calls import Call
from home_llm_core.formats import TINY, get_format
from home_llm_core.home import Entity, Home
from home_llm_core.parser import BadCall, Event, Say, Speech

LINE = '{"service": "light.turn_on", "target_device": "light lamp"}'
LAMP = Call(action="light.turn_on", devices=("light lamp",))


def parse(*pieces: str) -> list[Event]:
    """Return all events of a reply that comes in pieces."""
    parser = get_format("home-llm-1").hear("", Home()).parser()
    events = [event for piece in pieces for event in parser.feed(piece)]
    return [*events, *parser.close()]


def said(events: list[Event]) -> str:
    """Return all speech."""
    return "".join(event.text for event in events if isinstance(event, Speech))


@pytest.mark.parametrize(
    "reply",
    [
        f"```homeassistant\n{LINE}\n```\nDone.",
        f"Done.\n```homeassistant\n{LINE}\n```",
        f"Done.\n```json\n{LINE}```\n",
        f"Done. ```{LINE}```",
        f"```homeassistant {LINE}\n```Done.",
        f"Done.\n```homeassistant\n{LINE}",
    ],
)
def test_a_call_and_a_sentence_split_anywhere(reply: str) -> None:
    """Wherever the pieces end, there is one call and one sentence."""
    for cut in range(len(reply)):
        events = parse(reply[:cut], reply[cut:])
        assert [e for e in events if isinstance(e, Call)] == [LAMP]
        assert said(events) == "Done."
    assert said(parse(*reply)) == "Done."


def test_a_call_is_given_as_soon_as_its_line_ends() -> None:
    """The light need not wait for the sentence."""
    parser = get_format("home-llm-1").hear("", Home()).parser()
    assert list(parser.feed(f"```homeassistant\n{LINE}")) == []
    assert list(parser.feed("\n")) == [LAMP]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[1]",
        "null",
        '{"service": 3, "target_device": "x"}',
        '{"service": "light.turn_on"}',
        '{"service": "light.turn_on", "target_device": [1]}',
        '{"service": "light.turn_on", "target_device": "x", "brightness": {}}',
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_a_line_that_is_no_call_is_never_read_out(line: str) -> None:
    """It is reported as what it is, and the next line counts."""
    events = parse(f"```homeassistant\n{line}\n{LINE}\n```\nDone.")
    assert [type(e) for e in events] == [BadCall, Call, Speech]
    assert said(events) == "Done."


def test_an_unfinished_fence_is_not_speech() -> None:
    """A reply that breaks off in the opening of a fence says nothing of it."""
    assert parse("Sure.\n```homeass") == [Speech(text="Sure.")]


def test_speech_keeps_its_inner_spaces() -> None:
    """Pieces that end in a space do not lose it."""
    assert said(parse("The lamp ", "is", " on.\n")) == "The lamp is on."


@given(st.lists(st.text(alphabet='`{}\n" ahomeassistant:,'), max_size=8))
def test_any_text_ends_in_speech_or_bad_calls(pieces: list[str]) -> None:
    """No text makes the parser fail, and no fence is read out."""
    assert "```" not in said(parse(*pieces))


HOME = Home(entities=(Entity(entity_id="light.x", name="Lamp", features=frozenset({"dim"})),))
OURS = "> on light A = brightness 30\n"
DIMMED = Call(action="light.turn_on", devices=("light lamp",), arguments={"brightness": 30})


def parse_ours(*pieces: str) -> list[Event]:
    """Return all events of a reply in our own format, to a sentence that names a lamp."""
    parser = TINY.hear("lamp to 30", HOME).parser()
    events = [event for piece in pieces for event in parser.feed(piece)]
    return [*events, *parser.close()]


@pytest.mark.parametrize("reply", [f"{OURS}> say thanks\n", f"\n{OURS}\n > say thanks\n"])
def test_our_lines_split_anywhere(reply: str) -> None:
    """Wherever the pieces end, each line counts once."""
    for cut in range(len(reply)):
        assert parse_ours(reply[:cut], reply[cut:]) == [DIMMED, Say(key="thanks")]
    assert parse_ours(*reply) == [DIMMED, Say(key="thanks")]


def test_our_lines_are_read_as_soon_as_they_end() -> None:
    """The light need not wait for the next call."""
    parser = TINY.hear("lamp to 30", HOME).parser()
    assert list(parser.feed(OURS[:-1])) == []
    assert list(parser.feed("\n> off")) == [DIMMED]


def test_the_same_call_twice_is_made_once() -> None:
    """To toggle a lamp twice would leave it as it was."""
    other = OURS.replace("30", "40")
    events = parse_ours(f"{OURS}{OURS}{other}{OURS}")
    assert events[0] == DIMMED
    assert [type(event) for event in events] == [Call, Call]


def test_a_call_that_breaks_off_is_not_made() -> None:
    """Of "brightness 30" the model may have come as far as "brightness 3"."""
    assert [type(event) for event in parse_ours(OURS[:-2])] == [BadCall]


@pytest.mark.parametrize(
    "line",
    [
        ">",
        "> on",
        "> on A",
        "> explode bomb A",
        "> explode light A = brightness 3",
        "> on light B",
        "> on fan A",
        "> on light: A",
        "> on light lamp",
        "> on light A = volume 3",
        "> on light A = ",
        "> say",
        "> say boo",
    ],
)
def test_our_lines_that_make_no_sense_are_never_read_out(line: str) -> None:
    """They are reported as what they are, and the next line counts."""
    assert parse_ours(f"{line}\n{OURS}") == [BadCall(line=line), DIMMED]


@given(st.lists(st.text(alphabet=">=:;\n onlightA"), max_size=8))
def test_no_mark_begins_a_line_of_speech(pieces: list[str]) -> None:
    """No text makes the parser fail, and what begins as a call is never said."""
    events = parse_ours(*pieces)
    spoken = [event.text for event in events if isinstance(event, Speech)]
    assert not spoken or not spoken[0].startswith(">")
