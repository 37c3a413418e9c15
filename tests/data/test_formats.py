"""Tests of the formats other than our own: every label survives, and nothing else is there."""

from collections import Counter
import json
from pathlib import Path
import random
import subprocess
import sys
from typing import Any

import pytest

from data.assist_home import AssistHome
from data.builders import build
from data.conversations import Output
from data.generate import parse, told, write
from data.houses import House
from data.outputs import NAMES, output
from data.records import record
from data.requests import KINDS, Mixture, requests
from home_llm_core.calls import Call
from home_llm_core.formats import get_format
from home_llm_core.home import Area
from home_llm_core.parser import Speech
from tests.data.homes import device, home, house

ROOT = Path(__file__).parents[2]
HOME_LLM = NAMES[1:4]
Lines = list[tuple[House, dict[str, Any]]]


@pytest.fixture(scope="module")
def lines() -> Lines:
    """Return generated lines in our own format."""
    found = []
    for number in range(40):
        rng = random.Random(f"formats {number}")
        where = build("en", "train", rng, (4, 20))
        emphasis = {"follow_up": 3.0, "question": 2.0, "color": 4.0}
        made = requests(where, rng, 10, Mixture(emphasis=emphasis))
        found.append((where, record(where, made, number)))
    return found


def outputs(lines: Lines, name: str) -> list[tuple[House, Output]]:
    return [(where, output(where, line, name)) for where, line in lines]


def asked_in(lines: Lines) -> int:
    return sum(len(line["requests"]) for _, line in lines)


@pytest.mark.parametrize("name", NAMES[1:])
def test_what_cannot_be_expressed_is_counted(lines: Lines, name: str) -> None:
    made = [each for _, each in outputs(lines, name)]
    kept = sum(
        len(line["requests"]) if "requests" in line else 1 for each in made for line in each.lines
    )
    left_out = sum((each.left_out for each in made), Counter())

    assert kept
    assert kept + left_out.total() == sum(each.asked for each in made) == asked_in(lines)
    assert f"{left_out.total()} of {asked_in(lines)}" in told(name, asked_in(lines), left_out)


def test_our_own_format_is_left_as_it_is(lines: Lines) -> None:
    for where, line in lines:
        assert output(where, line, NAMES[0]).lines == (line,)


def home_llm_requests(lines: Lines, name: str) -> list[tuple[House, dict[str, Any]]]:
    made = outputs(lines, name)
    return [(w, each) for w, out in made for line in out.lines for each in line["requests"]]


@pytest.mark.parametrize("name", HOME_LLM)
def test_the_reply_comes_first_and_then_a_call_for_each_device(lines: Lines, name: str) -> None:
    format_, count = get_format(name), Counter[str]()
    for where, each in home_llm_requests(lines, name):
        *_, user, assistant = each["messages"]
        parser = format_.hear("", where.home).parser()
        events = [*parser.feed(assistant["content"]), *parser.close()]
        reply = "".join(event.text for event in events if isinstance(event, Speech))
        called = [event for event in events if isinstance(event, Call)]
        expected = [(c["action"], i) for c in each["record"]["calls"] for i in c["entity_ids"]]

        assert reply == each["record"]["speech"]
        assert user["content"]
        assert sorted((call.action, *call.devices) for call in called) == sorted(expected)
        assert len(called) == sum(not isinstance(event, Speech) for event in events)
        assert assistant["content"].startswith(reply)
        assert (assistant["content"] == reply) == (not called)
        assert {call.action for call in called} <= set(format_.actions)
        count[each["record"]["kind"]] += 1
    assert count["question"]
    assert count["follow_up"]


@pytest.mark.parametrize("name", HOME_LLM)
def test_the_system_prompt_is_the_format_s_own(lines: Lines, name: str) -> None:
    for where, each in home_llm_requests(lines, name):
        system = each["messages"][0]["content"]
        plain = get_format("home-llm-1").system(where.home, where.allowed)

        assert each["messages"][0]["role"] == "system"
        assert ("The current time" in system) == (name != "home-llm-1")
        assert [t for t in system.splitlines() if "current time" not in t] == plain.splitlines()


def test_action_tokens_say_the_same_as_json(lines: Lines) -> None:
    """Of all requests the same are kept, with the same prompt, sentence and calls."""
    both = [home_llm_requests(lines, name) for name in ("home-llm-3", "home-llm-actions")]
    given = Counter[str]()
    for (where, json_calls), (_, actions) in zip(*both, strict=True):
        said = []
        for name, each in (("home-llm-3", json_calls), ("home-llm-actions", actions)):
            *prompt, reply = each["messages"]
            format_ = get_format(name)
            before = [m["content"] for m in prompt if m["role"] != "assistant"]
            parser = format_.hear("", where.home).parser()
            events = [*parser.feed(reply["content"]), *parser.close()]
            said.append((before, each["record"], events))
            given.update(a for e in events if isinstance(e, Call) for a in e.arguments)
        assert said[0] == said[1]
    assert given["brightness"]
    assert given["rgb_color"]


@pytest.mark.parametrize("name", HOME_LLM)
def test_a_follow_up_is_a_conversation(lines: Lines, name: str) -> None:
    for _, each in home_llm_requests(lines, name):
        roles = [message["role"] for message in each["messages"]]
        turns = 2 if each["record"]["turn"] else 1

        assert roles == ["system", *["user", "assistant"] * turns]
        assert turns == 1 or each["messages"][1]["content"] == each["record"]["before"].strip()


@pytest.fixture
def rooms() -> House:
    return house(
        home(
            device("light.a", "Desk Lamp", "study"),
            device("light.b", "Ceiling", "hall", aliases=("Sunny",), state="on"),
            device("script.c", "Good Night", aliases=("Sleep",)),
            device("todo.d", "Groceries", state="2"),
            device("calendar.e", "Family"),
            areas=("study", "hall"),
        )
    )


def written(where: House, name: str, text: str, reply: str, **more: Any) -> Output:
    """Return what one request comes to in a format."""
    known: dict[str, Any] = {
        "text": text, "speaker_area": None, "calls": [], "speech": "", "before": "",
        "turn": None, "kind": "question",
    }  # fmt: skip
    messages = [{"role": "user", "content": ""}, {"role": "assistant", "content": reply}]
    request = {"messages": messages, "record": known | more}
    return output(where, {"id": "x", "requests": [request]}, name)


def chat(where: House, text: str, reply: str, **more: Any) -> list[dict[str, Any]]:
    """Return the messages of a chat with tools."""
    (line,) = written(where, "tools", text, reply, **more).lines
    messages: list[dict[str, Any]] = line["messages"]
    return messages


def called(messages: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (call["function"]["name"], json.loads(call["function"]["arguments"]))
        for message in messages
        for call in message.get("tool_calls", ())
    ]


@pytest.mark.parametrize(
    ("text", "reply", "missing"),
    [
        ("is the light in the study on", "> is light: A = on\n", "the rooms"),
        ("is the sunny on", "> is light A = on\n", "the other names"),
        ("where is the ceiling", "> where light A\n", "the rooms"),
    ],
)
def test_what_the_home_llm_models_do_not_see(
    rooms: House, text: str, reply: str, missing: str
) -> None:
    made = written(rooms, "home-llm-3", text, reply)

    assert (made.lines, made.left_out) == ((), Counter({missing: 1}))


def test_colors_and_steps_are_said_in_the_words_of_home_llm(rooms: House) -> None:
    call = {"action": "light.turn_on", "devices": [], "entity_ids": ["light.a"]}
    for arguments, said in (
        ({"color": "red"}, '"rgb_color": [255, 0, 0]'),
        ({"brightness_step": 20}, '"brightness": 0.2'),
    ):
        calls = [call | {"arguments": arguments}]
        text = "do this to the desk lamp"
        made = written(rooms, "home-llm-1", text, "> on light A\n", calls=calls, kind="color")
        assert said in made.lines[0]["requests"][0]["messages"][-1]["content"]


def test_a_question_looks_at_the_live_context(rooms: House) -> None:
    messages = chat(rooms, "is the ceiling on", "> is light A = on\n")

    assert called(messages) == [
        ("homeassistant__GetLiveContext", {"name": "Ceiling", "domain": "light"})
    ]
    assert "names: Ceiling, Sunny" in messages[3]["content"]
    assert "state: 'on'" in messages[3]["content"]
    assert "the ceiling is on" in messages[-1]["content"].lower()


def test_a_condition_is_looked_at_before_something_is_done(rooms: House) -> None:
    call = {"action": "light.turn_on", "devices": [], "arguments": {}, "entity_ids": ["light.a"]}
    text = "if the ceiling is on turn on the desk lamp"
    met = chat(rooms, text, "> if light A = on\n> on light B\n", calls=[call], kind="condition")
    unmet = chat(rooms, text, "> if light A = off\n> on light B\n", kind="condition")

    assert [name for name, _ in called(met)] == [
        "homeassistant__GetLiveContext",
        "intent__HassTurnOn",
    ]
    assert [m["role"] for m in met] == ["system", "user", *["assistant", "tool"] * 2, "assistant"]
    assert [name for name, _ in called(unmet)] == ["homeassistant__GetLiveContext"]


def test_lists_and_calendars_have_tools_of_their_own(rooms: House) -> None:
    messages = chat(rooms, "what is on the groceries", "> list todo A\n")
    items = json.loads(messages[3]["content"])["items"]

    assert called(messages) == [("todo__get_items", {"todo_list": "Groceries"})]
    assert len(items) == 2
    assert all(item["summary"].lower() in messages[-1]["content"].lower() for item in items)
    ((name, arguments),) = called(
        chat(rooms, "am i free on friday", "> list calendar = day friday\n")
    )
    assert (name, arguments) == (
        "calendar__get_events",
        {"calendar": "Family", "range": "week"},
    )


def test_a_script_is_a_tool(rooms: House) -> None:
    call = {"action": "script.turn_on", "arguments": {}, "entity_ids": ["script.c"]}
    messages = chat(rooms, "good night", "> on script A\n", calls=[call], kind="direct")
    names = [tool["function"]["name"] for tool in AssistHome(rooms.home).tools]

    assert called(messages) == [("script__c", {})]
    assert "script__c" in names
    assert "light__HassLightSet" in names
    assert "fan__HassFanSetSpeed" not in names


def test_the_prompt_says_where_the_satellite_stands(rooms: House) -> None:
    assist = AssistHome(rooms.home)

    assert "You are in area Study and all" in assist.prompt(Area(area_id="study", name="Study"))
    assert "ask the user to specify an area" in assist.prompt(None)
    assert "- names: Ceiling, Sunny\n  domain: light\n  areas: Hall\n" in assist.prompt(None)
    assert "Good Night" not in assist.prompt(None)


def test_every_call_of_a_tool_is_one_that_it_takes(lines: Lines) -> None:
    count = Counter[str]()
    for _, made in outputs(lines, "tools"):
        for line in made.lines:
            known = {tool["function"]["name"]: tool["function"] for tool in line["tools"]}
            for name, arguments in called(line["messages"]):
                schema = known[name]["parameters"]
                assert arguments.keys() <= schema.get("properties", {}).keys(), (name, arguments)
                assert set(schema.get("required", ())) <= arguments.keys()
                count[name] += 1
            assert json.loads(json.dumps(line)) == line
    assert len(count) > 8


def test_every_call_of_a_tool_has_a_result_and_every_chat_a_reply(lines: Lines) -> None:
    for where, made in outputs(lines, "tools"):
        for line in made.lines:
            messages = line["messages"]
            ids = [call["id"] for m in messages for call in m.get("tool_calls", ())]
            results = [m for m in messages if m["role"] == "tool"]

            assert len(set(ids)) == len(ids)
            assert [result["tool_call_id"] for result in results] == ids
            assert all(json.loads(result["content"]) for result in results)
            assert line["language"] == where.home.language
            assert line["kind"] in KINDS
            assert messages[-1]["role"] == "assistant"
            assert messages[-1]["content"]
            assert messages[0]["content"].startswith("You are a voice assistant")
            assert where.home.entities


def test_the_command_writes_every_format(tmp_path: Path) -> None:
    out = tmp_path / "x.jsonl"
    for name in NAMES:
        arguments = ["--homes", "2", "--max-devices", "9", "--workers", "1", "--out", str(out)]
        write(parse([*arguments, "--format", name]))
        for text in out.read_text(encoding="utf-8").splitlines():
            line = json.loads(text)
            assert line.get("format", "tools") == name


def test_the_command_tells_what_is_left_out(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "data.generate", "--homes", "3", "--workers", "1"]
    arguments = ["--format", "home-llm-1", "--out", str(tmp_path / "x.jsonl")]
    result = subprocess.run(
        [*command, *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    )

    assert "requests are left out, for want of:" in result.stderr
