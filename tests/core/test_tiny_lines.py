"""Lines as our models write them, and what is none."""

import pytest

from home_llm_core.actions import (
    ACTIONS,
    DEFAULT_ALLOWED,
    Argument,
    NumberArgument,
    check_arguments,
)
from home_llm_core.errors import CallError, ParseError
from home_llm_core.formats.tiny_lines import (
    BUY,
    Line,
    action_of,
    arguments_of,
    commands,
    domains_of,
    read_line,
    short_word,
    verb_of,
    write_line,
)
from home_llm_core.home import Value
from home_llm_core.kinds import EVERYTHING, IT, KINDS
from home_llm_core.parser import Say

LINES = {
    "on light": Line(verb="on", kind="light"),
    "on light A; B = brightness 30": Line(
        verb="on", kind="light", devices=("A", "B"), arguments={"brightness": 30}
    ),
    "off light: C; but A; D": Line(verb="off", kind="light", place="C", excluding=("A", "D")),
    "close blind: all": Line(verb="close", kind="blind", place="all"),
    "off light: here": Line(verb="off", kind="light", place="here"),
    "on light A: C": Line(verb="on", kind="light", devices=("A",), place="C"),
    "off everything: C": Line(verb="off", kind="everything", place="C"),
    "on light = by -20 = color red": Line(
        verb="on", kind="light", arguments={"by": -20, "color": "red"}
    ),
    "temperature climate A = temperature 21.5": Line(
        verb="temperature", kind="climate", devices=("A",), arguments={"temperature": 21.5}
    ),
    "temperature climate = by 1": Line(verb="temperature", kind="climate", arguments={"by": 1}),
    "mute media_player = muted true": Line(
        verb="mute", kind="media_player", arguments={"muted": True}
    ),
    "set number A = value -3.25": Line(
        verb="set", kind="number", devices=("A",), arguments={"value": -3.25}
    ),
    "select select A = name movie night": Line(
        verb="select", kind="select", devices=("A",), arguments={"name": "movie night"}
    ),
    "add todo A = item oat milk": Line(
        verb="add", kind="todo", devices=("A",), arguments={"item": "oat milk"}
    ),
    "buy todo = item eggs": Line(verb="buy", kind="todo", arguments={"item": "eggs"}),
    "start timer = minutes 5 = name tea": Line(
        verb="start", kind="timer", arguments={"minutes": 5, "name": "tea"}
    ),
    "state timer": Line(verb="state", kind="timer"),
    "is lock A = locked": Line(
        verb="is", kind="lock", devices=("A",), arguments={"asked": "locked"}
    ),
    "if temperature: C = above 23.5": Line(
        verb="if", kind="temperature", place="C", arguments={"above": 23.5}
    ),
    "is light A = of brightness = below 50": Line(
        verb="is", kind="light", devices=("A",), arguments={"of": "brightness", "below": 50}
    ),
    "state media_player A = of title": Line(
        verb="state", kind="media_player", devices=("A",), arguments={"of": "title"}
    ),
    "forecast weather = day tomorrow": Line(
        verb="forecast", kind="weather", arguments={"day": "tomorrow"}
    ),
    "count light: all": Line(verb="count", kind="light", place="all"),
    "all door = closed": Line(verb="all", kind="door", arguments={"asked": "closed"}),
    "same": Line(verb="same"),
    "same other": Line(verb="same", devices=("other",)),
    "same: B": Line(verb="same", place="B"),
    "same light B": Line(verb="same", kind="light", devices=("B",)),
    "undo": Line(verb="undo"),
    "again": Line(verb="again"),
    "off it": Line(verb="off", kind="it"),
    "up it = by 20": Line(verb="up", kind="it", arguments={"by": 20}),
    "set it = value 50": Line(verb="set", kind="it", arguments={"value": 50}),
    "say thanks": Say(key="thanks"),
}


@pytest.mark.parametrize(("text", "line"), LINES.items(), ids=LINES)
def test_a_line_is_read_as_it_is_written(text: str, line: Line | Say) -> None:
    assert read_line(f"> {text}") == line
    assert write_line(line) == f"> {text}\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "on",
        "light",
        "explode light",
        "on dragon",
        "on light a",
        "on light AB",
        "on light A B",
        "on light; A",
        "on light A;",
        "on light:",
        "on light: b",
        "on light = dragon 5",
        "on light = brightness 30 = dragon",
        "off light; but A",
        "lock door",
        "say",
        "say boo",
        "say thanks A",
        "is lock A = dragon",
        "is lock A = of",
        "state light = brightness 30",
        "is timer",
        "if temperature = above",
        "if temperature = above x",
        "set number = value nan",
        "set number = value inf",
        "set number = value 1e5",
        "set number = value 1_0",
        "set number = value ٣",
        "set number = value " + "9" * 5000,
        "same dragon",
        "ON LIGHT",
        "on light: here all",
        "on light A; but B",
    ],
)
def test_what_is_no_line(text: str) -> None:
    """It is refused; it neither does something nor breaks anything."""
    with pytest.raises(ParseError):
        read_line(f"> {text}")


def test_a_value_out_of_range_is_refused_where_calls_are_checked() -> None:
    line = read_line("> on light = brightness 300")
    assert isinstance(line, Line)
    with pytest.raises(CallError, match="invalid_argument"):
        check_arguments(ACTIONS["light.turn_on"], line.arguments)


@pytest.mark.parametrize("item", ["a = b", "= b", "x = item y", "a : b; but c", "> off light"])
def test_people_may_say_anything_for_a_text(item: str) -> None:
    line = read_line(f"> add todo A = item {item}")
    assert isinstance(line, Line)
    assert line.arguments["item"].split() == item.split()  # type: ignore[union-attr]


def test_every_action_has_a_verb_of_its_own() -> None:
    """What is read is what was written."""
    for action in ACTIONS.values():
        assert action_of(action.domain, verb_of(action)) is action


def test_arguments_of_an_action_are_told_apart() -> None:
    for action in ACTIONS.values():
        named = [short_word(argument.name) for argument in action.listed]
        assert len(set(named)) == len(named)


def test_to_buy_is_to_add() -> None:
    assert action_of("todo", BUY) is ACTIONS["todo.add_item"]
    assert [argument.name for argument in arguments_of("todo", BUY)] == ["item"]


@pytest.mark.parametrize(
    ("kind", "verb", "domains"),
    [
        ("light", "on", ("light",)),
        ("blind", "open", ("cover",)),
        ("door", "open", ("cover",)),
        ("lock", "open", ("lock",)),
        ("button", "press", ("button", "input_button")),
        ("number", "set", ("number", "input_number")),
        ("timer", "start", ("timer",)),
        ("timer", "on", ()),
        ("temperature", "on", ()),
        ("weather", "open", ()),
        ("dragon", "on", ()),
    ],
)
def test_what_can_be_done_to_a_kind(kind: str, verb: str, domains: tuple[str, ...]) -> None:
    assert domains_of(kind, verb) == domains


def test_every_command_can_be_read() -> None:
    """With each of its arguments, and without one where that makes sense."""
    for verb, kind, is_bare in commands(DEFAULT_ALLOWED):
        assert kind in (*KINDS, EVERYTHING, IT, "timer")
        known = arguments_of(kind, verb) if kind != EVERYTHING else ()
        values = [{short_word(a.name): _value(a)} for a in known]
        for arguments in [*values, {}] if is_bare else values:
            line = Line(verb=verb, kind=kind, arguments=arguments)
            assert read_line(write_line(line).strip()) == line


def _value(argument: Argument) -> Value:
    if isinstance(argument, NumberArgument):
        return 2.5
    return argument.values[-1] if argument.values else "words of a sentence"


def test_only_what_is_allowed_is_a_command() -> None:
    found = commands(frozenset({"light.turn_on", "cover.open_cover"}))
    verbs = {(verb, kind) for verb, kind, _ in found}
    assert {("on", "light"), ("open", "blind"), ("on", EVERYTHING), ("up", IT)} <= verbs
    assert not {("off", "light"), ("off", EVERYTHING), ("on", "fan"), ("unlock", "lock")} & verbs
