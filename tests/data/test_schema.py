"""Tests of the schema of bank files: what is wrong is told with file and line."""

from collections.abc import Callable
from pathlib import Path
import shutil

import pytest

from data.schema import LANGUAGES, load
from data.sources import BankError

_Edit = Callable[[str, str, str], Path]


@pytest.fixture
def edit(tmp_path: Path) -> _Edit:
    """Return a function that copies the English banks with one text in one file replaced."""

    def change(name: str, old: str, new: str) -> Path:
        shutil.copytree(LANGUAGES / "en", tmp_path / "en")
        path = tmp_path / "en" / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        return tmp_path

    return change


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("light.yaml", "- kind: direct", "- kinds: direct", "unknown field 'kinds'"),
        ("light.yaml", "action: light.turn_on", "action: light.explode", "is no action"),
        ("onoff.yaml", '"*.turn_on"', '"*.explode"', "is no action"),
        ("light.yaml", "reply: turn_on", "reply: turn_up", "there is no reply 'turn_up'"),
        ("light.yaml", "{target}", "{object}", r"unknown slot \{object\}"),
        ("light.yaml", "{target}", "{target.dative}", "targets have no form 'dative'"),
        ("light.yaml", "put {target} on", "put on {target}", "is said by"),
        ("ask_openings.yaml", "query: is", "query: was", "unknown query"),
        ("ask_openings.yaml", "asked: open", "asked: ajar", "unknown asked"),
        ("replies.yaml", "{subject} is on", "{object} is on", r"unknown slot \{object\}"),
        ("replies.yaml", "  one:", "  two:", "unknown field 'two'"),
        ("values.yaml", "value: 50", "value: 500", "500 is no value of brightness"),
        ("values.yaml", "{number} percent", "{count} percent", r"unknown slot \{count\}"),
        ("names.yaml", "{spot} {light_kind}", "{place} {light_kind}", r"unknown slot \{place\}"),
        ("names.yaml", "weight: 3}", "weight: heavy}", "a number is expected"),
        ("areas.yaml", "shared: true", "shared: [true]", "a text is expected"),
        ("kinds.yaml", "  light:", "  lamp:", "unknown field 'lamp'"),
        ("targets.yaml", "  pair:", "  couple:", "unknown field 'couple'"),
        ("sounds.yaml", "onsets:", "beginnings:", "unknown field 'beginnings'"),
        ("courtesies.yaml", "please {said}", "please {say}", r"unknown slot \{say\}"),
        ("noise.yaml", "replace:", "swap:", "unknown field 'swap'"),
    ],
)
def test_a_broken_file_is_named_with_its_line(
    edit: _Edit, name: str, old: str, new: str, message: str
) -> None:
    root = edit(name, old, new)

    with pytest.raises(BankError, match=message) as caught:
        load("en", root)

    path, line, _ = str(caught.value).split(":", 2)
    lines = Path(path).read_text().splitlines()
    assert Path(path).name == name
    assert 1 <= int(line) <= len(lines)


def test_the_line_is_the_right_one(edit: _Edit) -> None:
    root = edit("fan.yaml", "spin up {target}", "spin up {targets}")
    lines = (root / "en" / "fan.yaml").read_text().splitlines()
    number = next(n for n, line in enumerate(lines, start=1) if "{targets}" in line)

    with pytest.raises(BankError, match=rf"fan.yaml:{number}: unknown slot"):
        load("en", root)


def test_a_language_without_banks() -> None:
    with pytest.raises(BankError, match="no banks for the language 'xx'"):
        load("xx")


def test_a_missing_file(edit: _Edit) -> None:
    root = edit("noise.yaml", "replace:", "replace:")
    (root / "en" / "noise.yaml").unlink()

    with pytest.raises(BankError, match=r"noise.yaml:1: the file is missing"):
        load("en", root)


def test_a_list_must_serve_every_split(edit: _Edit) -> None:
    root = edit("names.yaml", "lists:\n", "lists:\n  lonely: [Lena]\n")

    with pytest.raises(BankError, match="none of these words belongs to the split 'train'"):
        load("en", root)
