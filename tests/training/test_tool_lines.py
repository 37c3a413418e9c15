"""Chats with tools are asked turn by turn, and the calls in replies are judged."""

import json
from typing import Any

import pytest

from training.tool_lines import ToolLine, calls_in

TURN_ON, LOOK, ADD = "intent__HassTurnOn", "homeassistant__GetLiveContext", "todo__HassListAddItem"
LIGHT = {"name": "Desk Lamp", "domain": ["light"]}


def tool(name: str) -> dict[str, Any]:
    """Return a tool that takes anything."""
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}}


def calling(*calls: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a turn that calls tools as data.generate writes it, and their results."""
    ids = [f"call_{number}" for number in range(len(calls))]
    told = [
        {"id": i, "type": "function", "function": {"name": n, "arguments": json.dumps(arguments)}}
        for i, (n, arguments) in zip(ids, calls, strict=True)
    ]
    results = [{"role": "tool", "tool_call_id": i, "content": "{}"} for i in ids]
    return [{"role": "assistant", "content": "", "tool_calls": told}, *results]


def line(*turns: list[dict[str, Any]], **more: Any) -> ToolLine:
    """Return a chat whose last sentence is followed by turns, then by a reply."""
    messages = [
        {"role": "system", "content": "Home."},
        {"role": "user", "content": "hello"},
        {"role": "assistant", "content": "Hi."},
        {"role": "user", "content": "if the lamp is off turn it on"},
        *(message for turn in turns for message in turn),
        {"role": "assistant", "content": "It is on."},
    ]
    tools = [tool(name) for name in (TURN_ON, LOOK, ADD)]
    return ToolLine({"messages": messages, "tools": tools, **more}, 7)


def written(name: str, arguments: dict[str, Any]) -> str:
    """Return a call as Hermes and Qwen write it."""
    body = json.dumps({"name": name, "arguments": arguments})
    return f"<tool_call>\n{body}\n</tool_call>"


LOOKED = written(LOOK, {"name": "Desk Lamp", "domain": "light"})
TURNED = written(TURN_ON, LIGHT)
CONDITION = (calling((LOOK, {"name": "Desk Lamp", "domain": "light"})), calling((TURN_ON, LIGHT)))


def test_each_turn_is_asked_with_the_right_ones_before_it() -> None:
    chat = line(*CONDITION)
    prompts = chat.prompts

    assert all(len(prompt.tools) == 3 for prompt in prompts)
    assert [[m["role"] for m in prompt.messages][4:] for prompt in prompts] == [
        [],
        ["assistant", "tool"],
        ["assistant", "tool"] * 2,
    ]
    (call,) = prompts[2].messages[6]["tool_calls"]
    assert call["function"] == {"name": TURN_ON, "arguments": LIGHT}


@pytest.mark.parametrize(
    ("replies", "outcome"),
    [
        ([LOOKED, TURNED, "It is on."], "exact"),
        ([LOOKED, f"Now.\n{TURNED}", ""], "exact"),
        # Without a look, with one too many, without doing anything.
        ([TURNED, TURNED, "It is on."], "missed"),
        ([LOOKED, TURNED, LOOKED], "missed"),
        ([LOOKED, "It is on.", "It is on."], "missed"),
        # Something else, the same once more, twice at once.
        ([LOOKED, written(TURN_ON, {"name": "Wall"}), ""], "wrong"),
        ([LOOKED, TURNED, TURNED], "wrong"),
        ([LOOKED, TURNED + TURNED, ""], "wrong"),
        ([LOOKED, TURNED + written(ADD, {"item": "milk"}), ""], "wrong"),
        # Nothing comes of a tool that is not there.
        ([LOOKED, written("intent__HassFly", {}), ""], "missed"),
    ],
)
def test_outcomes(replies: list[str], outcome: str) -> None:
    (answer,) = line(*CONDITION, language="de", kind="condition").answers(replies)

    assert answer.outcome == outcome
    assert (answer.home, answer.language, answer.kind) == ("7", "de", "condition")
    assert answer.domains == ("light",)
    assert answer.text == "if the lamp is off turn it on"
    assert answer.expected.count("\n") == 1


@pytest.mark.parametrize(
    ("reply", "outcome"), [("I can't.", "exact"), (TURNED, "wrong"), (LOOKED, "missed")]
)
def test_where_nothing_is_to_be_done(reply: str, outcome: str) -> None:
    (answer,) = line().answers([reply])

    assert (answer.outcome, answer.domains, answer.expected) == (outcome, (), "")


@pytest.mark.parametrize(
    ("calls", "domains"),
    [
        ([(ADD, {"item": "milk"})], ("todo",)),
        ([("intent__HassStartTimer", {"minutes": 5})], ("timer",)),
        ([(TURN_ON, LIGHT), (TURN_ON, {"area": "Hall", "domain": ["fan"]})], ("fan", "light")),
        ([("llm__GetDateTime", {})], ()),
    ],
)
def test_domains(calls: list[tuple[str, dict[str, Any]]], domains: tuple[str, ...]) -> None:
    (answer,) = line(calling(*calls)).answers(["", ""])

    assert answer.domains == domains


THOUGHT = f"<think>{TURNED} {{ </think>"
WANTED = calls_in(written("x__Set", {"area": "Kitchen", "brightness": 50}))


@pytest.mark.parametrize(
    "reply",
    [
        'Sure! {"name": "x__Set", "parameters": {"area": "Kitchen", "brightness": 50}}',
        '[TOOL_CALLS] [{"name": "x__Set", "arguments": {"brightness": 50, "area": "Kitchen"}}]',
        '{"name": "x__Set", "arguments": "{\\"area\\": \\"Kitchen\\", \\"brightness\\": 50}"}',
        '{"function": {"name": "x__Set", "arguments": {"area": " kitchen", "brightness": "50"}}}',
        THOUGHT + '{"name": "x__Set", "arguments": {"area": ["Kitchen"], "brightness": 50.0}}',
        'a { b {"name": "x__Set", "arguments": {"area": "Kitchen", "brightness": 50}} }',
    ],
)
def test_ways_to_write_a_call(reply: str) -> None:
    assert len(WANTED) == 1
    assert calls_in(reply) == WANTED


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "{",
        '{"name": "x__Set"}',
        '{"name": "x__Set", "arguments": "{"}',
        '{"name": 3, "arguments": {}}',
        '<think>{"name": "x__Set", "arguments": {}}',
        '{"name": "x__Set", "arguments": {"a": 1}',
        pytest.param('{"a":' * 2000, id="deep"),
    ],
)
def test_no_calls(reply: str) -> None:
    assert calls_in(reply) == []


def test_what_makes_a_difference() -> None:
    named = written("x__Set", {"name": "Lamp", "domain": "light"})
    assert calls_in(named) == calls_in(written("x__Set", {"name": "lamp"}))
    for name, arguments in (
        ("x__Set", {"area": "Kitchen", "brightness": 51}),
        ("x__Set", {"area": "Hall", "brightness": 50}),
        ("x__Set", {"area": "Kitchen", "brightness": 50, "domain": "light"}),
        ("y__Set", {"area": "Kitchen", "brightness": 50}),
    ):
        assert calls_in(written(name, arguments)) != WANTED
