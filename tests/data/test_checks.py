"""Tests of the checks of a line: each finds what it is there for."""

from collections.abc import Callable
import copy
import random
import re
from typing import Any

import pytest

from data.checks import check
from data.records import record
from data.requests import requests
from tests.data.homes import invented_houses

_Line = dict[str, Any]
_LETTER = r" [A-P]\b"


@pytest.fixture(scope="module")
def lines() -> list[_Line]:
    rng = random.Random(0)
    houses = invented_houses("train", 120)
    return [record(house, requests(house, rng, 24), n) for n, house in enumerate(houses)]


def first(lines: list[_Line], fits: Callable[[_Line], bool]) -> tuple[_Line, _Line]:
    """Return a copy of a line, and in it the first request that fits."""
    for line in lines:
        for number, request in enumerate(line["requests"]):
            if fits(request):
                changed = copy.deepcopy(line)
                return changed, changed["requests"][number]
    raise AssertionError


def problems(line: _Line) -> str:
    return "\n".join(check(line))


def named(request: _Line) -> bool:
    """Return whether a request ends in one call to one device, with a brightness."""
    calls = request["record"]["calls"]
    return (
        len(calls) == 1
        and len(calls[0].get("devices", ())) == 1
        and request["record"]["kind"] == "value"
        and re.search(_LETTER, request["messages"][1]["content"]) is not None
    )


def told(request: _Line, action: str) -> bool:
    """Return whether a request ends in one call of an action."""
    calls = request["record"]["calls"]
    return request["record"]["kind"] == "direct" and [c["action"] for c in calls] == [action]


def swap(request: _Line, old: str, new: str) -> None:
    content = request["messages"][1]["content"]
    assert old in content
    request["messages"][1]["content"] = content.replace(old, new)


def test_what_is_generated_is_right(lines: list[_Line]) -> None:
    assert [problems(line) for line in lines] == [""] * len(lines)


def test_another_letter(lines: list[_Line]) -> None:
    line, request = first(lines, named)
    content = request["messages"][1]["content"]
    request["messages"][1]["content"] = re.sub(_LETTER, " Z", content)

    found = problems(line)
    assert "the reply holds a line that makes no sense" in found
    assert "the grammar does not accept the reply" in found
    assert "which the reply does not" in found


def test_another_entity(lines: list[_Line]) -> None:
    line, request = first(lines, named)
    request["record"]["calls"][0]["entity_ids"] = ["light.other"]

    found = problems(line)
    assert "to light.other, which the reply does not" in found
    assert "which the record does not" in found


def test_a_reply_that_does_more(lines: list[_Line]) -> None:
    line, request = first(
        lines, lambda r: named(r) and r["record"]["calls"][0]["action"].startswith("light.")
    )
    request["messages"][1]["content"] += "> toggle light: all\n"

    assert "the reply does light.toggle" in problems(line)


def test_a_value_that_is_not_said(lines: list[_Line]) -> None:
    line, request = first(
        lines,
        lambda r: (
            named(r)
            and r["record"]["values"]
            and list(r["record"]["calls"][0]["arguments"]) == ["brightness"]
        ),
    )
    old = request["record"]["calls"][0]["arguments"]["brightness"]
    new = 37 if old != 37 else 38
    swap(request, f"= brightness {old}", f"= brightness {new}")

    found = problems(line)
    assert f"the record does light.turn_on {{'brightness': {old}}}" in found


def test_a_value_that_nobody_speaks_of(lines: list[_Line]) -> None:
    line, request = first(lines, lambda r: told(r, "light.turn_on") and not r["record"]["values"])
    request["record"]["calls"][0]["arguments"]["color"] = "red"
    swap(request, "\n", " = color red\n")

    assert "nothing in the sentence justifies color = 'red'" in problems(line)


def test_a_value_that_is_lost(lines: list[_Line]) -> None:
    line, request = first(lines, lambda r: named(r) and len(r["record"]["values"]) == 1)
    request["record"]["values"] = ["seventeen kelvin"]

    assert "'seventeen kelvin' is not in the sentence" in problems(line)


def test_words_that_claim_what_did_not_happen(lines: list[_Line]) -> None:
    line, request = first(lines, lambda r: r["record"]["kind"] == "not_a_request")
    request["record"]["speech"] = "Turned off the lamp."

    assert "nothing is done, but 'Turned off the lamp.' is said" in problems(line)


def test_words_that_keep_silent_about_what_happened(lines: list[_Line]) -> None:
    line, request = first(lines, named)
    request["record"]["speech"] = "You're welcome."

    assert "does not say what is done" in problems(line)


def test_words_with_a_wrong_number(lines: list[_Line]) -> None:
    line, request = first(lines, lambda r: named(r) and r["record"]["speech"].endswith("%."))
    head, _, _ = request["record"]["speech"].rpartition(" ")
    request["record"]["speech"] = f"{head} 101%."

    assert "what is said is 101%" in problems(line)


def test_what_cannot_be_said_is_left_out(lines: list[_Line]) -> None:
    line, request = first(lines, named)
    request["messages"][1]["content"] = ""

    assert problems(line) == ""


def test_a_broken_call(lines: list[_Line]) -> None:
    line, request = first(lines, named)
    swap(request, "> ", "> > ")

    assert "the reply holds a line that makes no sense" in problems(line)


def test_a_message_that_the_format_does_not_print(lines: list[_Line]) -> None:
    line, request = first(lines, named)
    request["record"]["text"] += " now"

    assert "the user's message is not what the format prints" in problems(line)


def test_a_pattern_that_is_in_no_bank(lines: list[_Line]) -> None:
    line, request = first(lines, named)
    request["record"]["pattern"] = "light:make {target} dance"

    assert "no bank holds the pattern 'light:make {target} dance'" in problems(line)


def test_a_request_that_is_there_twice(lines: list[_Line]) -> None:
    line, request = first(lines, named)
    line["requests"].append(copy.deepcopy(request))

    assert "is there twice" in problems(line)


def test_a_home_that_cannot_be_read(lines: list[_Line]) -> None:
    line = lines[0] | {"home": {"entities": [{"name": "Lamp"}]}}

    assert problems(line).startswith("the home cannot be read")


def test_nearly_all_that_is_said_can_be_learnt_from(lines: list[_Line]) -> None:
    requests = [request for line in lines for request in line["requests"]]
    left = [r["record"]["text"] for r in requests if not r["messages"][1]["content"]]

    assert len(left) <= 0.02 * len(requests), left
