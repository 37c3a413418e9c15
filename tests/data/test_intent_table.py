"""Tests of the table of what Home Assistant's intents mean, and of the rules of languages."""

from pathlib import Path

import pytest

from data.intent_files import files_of
from data.intent_table import Entry, Rule, parse, rules_in, table
from data.schema import LANGUAGES as FOLDER
from data.sources import BankError, read
from tests.data.homes import CODES
from training.corpus import LANGUAGES


def test_every_intent_of_the_package_is_used_or_left_out_for_a_reason() -> None:
    there = {name for code in LANGUAGES for file in files_of(code) for name in file.intents}
    known = {*table().intents, *table().left_out}

    assert there == known
    assert not table().intents.keys() & table().left_out.keys()
    assert all(table().left_out.values())


def test_an_entry_of_the_table() -> None:
    (speed,) = table().intents["HassFanSetSpeed"]

    assert speed == Entry(
        kind="value", action="fan.set_percentage", says={"percentage": "speed"}, reply="speed"
    )
    assert speed.slots == {"percentage": "speed"}


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{kind: direct, action: light.explode}", "'light.explode' is no action"),
        ("{kind: direct}", "one of action, query and talk is expected here"),
        ("{kind: direct, action: light.turn_on, talk: hello}", "one of action, query and talk"),
        ("{kind: question, query: perhaps}", "'perhaps' is none of"),
        ("{kind: question, query: is, asked: {state: {up: high}}}", "'high' is none of"),
        ("{kind: value, action: light.turn_on, says: {a: b}}", "'b' is none of"),
        ("{kind: direct, action: light.turn_on, domains: [lamp]}", "'lamp' is none of"),
        ("{kind: direct, action: light.turn_on, wish: no}", "unknown field 'wish'"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path: Path, entry: str, problem: str) -> None:
    path = tmp_path / "intents.yaml"
    path.write_text(f"intents:\n  HassTest:\n    - {entry}\nleft_out: {{}}\n")

    with pytest.raises(BankError, match=r"intents\.yaml:3: ") as error:
        parse(read(path))
    assert problem in str(error.value)


@pytest.mark.parametrize("code", CODES)
def test_rules_of_a_language_can_be_read(code: str) -> None:
    assert isinstance(rules_in(FOLDER / code), tuple)


def test_rules(tmp_path: Path) -> None:
    assert rules_in(tmp_path) == ()
    path = tmp_path / "intents.yaml"
    path.write_text("rules:\n  - {intents: [HassMediaPause], says: [here], without: [stop|halt]}\n")

    assert rules_in(tmp_path) == (
        Rule(intents=("HassMediaPause",), says=("here",), without=("stop", "halt")),
    )


@pytest.mark.parametrize(
    "rule",
    ["{intents: [HassNoSuch], only: [a]}", "{intents: [HassMediaPause]}", "{says: [x], only: [a]}"],
)
def test_mistakes_in_rules_are_told(tmp_path: Path, rule: str) -> None:
    (tmp_path / "intents.yaml").write_text(f"rules:\n  - {rule}\n")

    with pytest.raises(BankError, match=r"intents\.yaml:2: "):
        rules_in(tmp_path)
