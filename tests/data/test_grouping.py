"""Tests of reading groups of patterns: what they may hold, and that no two say the same."""

from collections.abc import Callable
from pathlib import Path

import pytest

from data.banks import Group
from data.grouping import Grouping
from data.sources import BankError, read

_Read = Callable[[str], list[Group]]


@pytest.fixture
def groups(tmp_path: Path) -> _Read:
    """Return a function that reads groups, each on a line of its own."""

    def read_groups(text: str) -> list[Group]:
        path = tmp_path / "bank.yaml"
        path.write_text(f"requests:\n{text}\n")
        grouping = Grouping(
            forms=("full", "bare"), durations=("a",), agreement=("be",), replies=("turn_on", "what")
        )
        return list(grouping.groups("bank", read(path)))

    return read_groups


def test_a_question_and_what_it_asks(groups: _Read) -> None:
    (group,) = groups(
        "- {kind: question, query: any, about: [lock, door], asked: locked, of: battery,"
        ' day: tomorrow, train: ["{be} {target} locked"]}'
    )

    assert (group.role, group.query, group.about) == ("query", "any", ("lock", "door"))
    assert (group.asked, group.of, group.day) == ("locked", "battery", "tomorrow")
    assert group.patterns[0].id == "bank:{be} {target} locked"


def test_a_clause_with_the_slot_of_its_number(groups: _Read) -> None:
    (group,) = groups(
        "- {kind: condition, condition: unless, query: is, about: [temperature],"
        ' asked: {above: degrees}, test: ["{target} {be} above {degrees}"]}'
    )

    assert (group.role, group.condition) == ("condition", "unless")
    assert (group.asked, group.limits) == ("", {"above": "degrees"})


def test_a_follow_up_and_its_verb(groups: _Read) -> None:
    (group,) = groups(
        '- {kind: follow_up, follow: it, verb: up, arguments: {by: 10}, train: ["a bit more"]}'
    )

    assert (group.role, group.follow, group.verb_said) == ("follow", "it", "up")
    assert group.arguments == {"by": 10}


@pytest.mark.parametrize(
    ("group", "role"),
    [
        ('{kind: direct, action: light.turn_on, train: ["{target} on"]}', "action"),
        ('{kind: timer, action: timer.pause, train: ["hold the {timer}"]}', "worded"),
        ('{kind: value, action: select.select_option, train: ["{option} please"]}', "worded"),
        ('{kind: everything, everything: [light.turn_off], train: ["all off"]}', "everything"),
        ('{kind: small_talk, talk: what, train: ["hm"]}', "talk"),
    ],
)
def test_what_it_does_is_told_by_its_fields(groups: _Read, group: str, role: str) -> None:
    assert [found.role for found in groups(f"- {group}")] == [role]


@pytest.mark.parametrize(
    ("group", "message"),
    [
        ("{kinds: direct}", "unknown field 'kinds'"),
        ("{action: light.turn_on}", "'kind' is missing"),
        ("{kind: direct, action: light.explode}", "'light.explode' is no action"),
        ('{kind: direct, action: "*.explode"}', r"'\*.explode' is no action"),
        ("{kind: direct, action: light.turn_on, reply: up}", "there is no reply 'up'"),
        ("{kind: small_talk, talk: hm}", "there is no reply 'hm'"),
        ("{kind: direct, scope: there}", "unknown scope; known are area"),
        ("{kind: question, query: was, about: [lock]}", "unknown query; known are all"),
        ("{kind: condition, condition: when, about: [lock]}", "unknown condition; known are if"),
        ("{kind: question, query: is, about: [lock], asked: ajar}", "unknown asked"),
        ("{kind: question, query: state, about: [lock], of: mood}", "unknown of"),
        ("{kind: question, query: forecast, about: [weather], day: soon}", "unknown day"),
        ("{kind: follow_up, follow: up}", "unknown follow"),
        ("{kind: question, query: is, about: [dragon]}", "there is no kind 'dragon'"),
        ("{kind: question, query: is, asked: locked}", "'about' is missing"),
        (
            "{kind: question, query: is, about: [power], asked: {over: watts}}",
            "unknown field 'over'",
        ),
        (
            "{kind: question, query: is, about: [power], asked: {above: joy}}",
            "there is no slot 'joy'",
        ),
        (
            '{kind: question, query: is, about: [power], asked: {above: ppm}, train: ["{be} it"]}',
            "'{be} it' does not say 'ppm'",
        ),
        ('{kind: direct, train: ["{object} on"]}', r"unknown slot \{object\}"),
        (
            '{kind: small_talk, talk: what, train: ["no {kind} again"]}',
            "talk has no slot 'kind': 'no {kind} again'",
        ),
        ('{kind: direct, train: ["{target.dative} on"]}', "targets have no form 'dative'"),
        ('{kind: timer, train: ["{duration.the} {timer}"]}', "durations have no form 'the'"),
        (
            '{kind: timer, train: ["({duration.a} {timer}|{timer} of {duration})"]}',
            "a duration is said in one form",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(groups: _Read, group: str, message: str) -> None:
    with pytest.raises(BankError, match=rf"bank.yaml:2: {message}"):
        groups(f"- {group}")


LIGHT = "kind: direct, action: light.turn_on"
OPEN = "kind: question, query: is, asked: open"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (f'{LIGHT}, train: ["(put|get) on {{target}}"]', f'{LIGHT}, train: ["put on {{target}}"]'),
        (f'{OPEN}, about: [gate], train: ["is it"]', f'{OPEN}, about: [gate], train: ["is it"]'),
    ],
)
def test_no_two_patterns_of_a_domain_say_the_same(groups: _Read, first: str, second: str) -> None:
    with pytest.raises(BankError, match=r"bank.yaml:3: '.*' is said by 'bank:"):
        groups(f"- {{{first}}}\n- {{{second}}}")


CLAUSE = "kind: condition, condition: if, asked: open"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            f'{OPEN}, about: [gate], train: ["is it"]',
            f'{OPEN}, about: [door], test: ["is it [so]"]',
        ),
        (f'{CLAUSE}, about: [gate], train: ["it is"]', f'{CLAUSE}, about: [door], test: ["it is"]'),
        (f'{LIGHT}, train: ["once more"]', 'kind: follow_up, follow: again, test: ["once more"]'),
    ],
)
def test_no_two_splits_say_the_same_whatever_it_is_about(
    groups: _Read, first: str, second: str
) -> None:
    with pytest.raises(BankError, match=r"bank.yaml:3: '.*' is said in 'train' by 'bank:"):
        groups(f"- {{{first}}}\n- {{{second}}}")


def test_the_same_words_may_be_said_of_different_things_in_one_split(groups: _Read) -> None:
    found = groups(
        f'- {{{OPEN}, about: [gate], train: ["{{be}} {{target}} open"]}}\n'
        f'- {{{OPEN}, about: [door], train: ["{{be}} {{target}} open"]}}\n'
        f'- {{{LIGHT}, train: ["start {{target}}"]}}\n'
        '- {kind: direct, action: fan.turn_on, train: ["start {target}"]}'
    )

    assert len(found) == 4
