"""Tests that the README of the generator says what there is."""

from pathlib import Path
import re

import pytest

from data import grouping, schema
from data.banks import TEXT_SLOTS
from data.sources import read
from data.values import HALF
from tests.data.homes import ENGLISH

FOLDER = Path(schema.__file__).parent
TEXT = (FOLDER / "README.md").read_text(encoding="utf-8")
LANGUAGE = TEXT.partition("## A new language")[2]


def test_it_names_every_module() -> None:
    modules = {path.name for path in FOLDER.glob("*.py")} - {"__init__.py"}

    assert sorted(name for name in modules if name not in TEXT) == []


def test_every_module_that_it_names_is_there() -> None:
    named = re.findall(r"^ {4}(\w+\.py) |\s(\w+\.py)\s{2,}", TEXT, re.MULTILINE)

    assert [name for both in named for name in both if name and not (FOLDER / name).exists()] == []


@pytest.mark.parametrize(
    "names",
    [
        schema._FILES,
        schema._SCOPES,
        schema._MORE_SCOPES,
        schema._NOISE,
        tuple(schema._SHARED),
        grouping._FIELDS,
        grouping._FOLLOW,
        grouping._SLOTS,
        grouping._LIMITS,
        TEXT_SLOTS,
        *(grouping._ONE_OF[field] for field in ("scope", "query", "condition")),
        ("asides", "joins", "articles", "counted", "endings", "plurals", f"{HALF}degrees"),
    ],
)
def test_it_explains_what_banks_may_hold(names: tuple[str, ...]) -> None:
    assert [name for name in names if not re.search(rf"`{{?{name}}}?`|\b{name}:", LANGUAGE)] == []


def test_its_examples_are_read(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(- kind: relative.*?)```", LANGUAGE, re.DOTALL)
    path = tmp_path / "example.yaml"
    path.write_text("requests:\n" + example, encoding="utf-8")
    known = grouping.Grouping(
        forms=ENGLISH.targets["device"],
        durations=(),
        agreement=ENGLISH.agreement,
        replies=ENGLISH.replies,
    )

    assert len(list(known.groups("example", read(path)))) == 9
