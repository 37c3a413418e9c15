"""Answers are counted by kind, domain and language, and what scenarios gave is read."""

from dataclasses import replace
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from training.errors import TrainingError
from training.score_report import as_dict, read_scenarios, score, table
from training.scoring import Answer

JUDGED: dict[str, Any] = {
    "agent": None,
    "files_sha256": {"tests/scenarios/en/villa.yaml": "ab"},
    "counts": {
        "all": {"all": {"right": 7, "wrong": 1, "missed": 2, "all": 10, "rate": 0.7}},
        "language": {"en": {"right": 7, "wrong": 1, "missed": 2, "all": 10, "rate": 0.7}},
    },
    "scenarios": [],
}


def answer(**changes: Any) -> Answer:
    """Return an answer; only what is changed matters."""
    base = Answer(
        home="h",
        language="en",
        kind="direct",
        domains=("light",),
        text="t",
        expected="e",
        reply="r",
        outcome="exact",
    )
    return replace(base, **changes)


def test_groups() -> None:
    groups = score(
        [
            answer(),
            answer(outcome="wrong", kind="area"),
            answer(outcome="missed", domains=("light", "fan"), language="de"),
        ]
    )
    counts = {
        (name, key): (value.requests, value.exact, value.wrong)
        for name, group in groups.items()
        for key, value in group.items()
    }
    assert counts == {
        ("all", "all"): (3, 1, 1),
        ("kind", "area"): (1, 0, 1),
        ("kind", "direct"): (2, 1, 0),
        ("domain", "fan+light"): (1, 0, 0),
        ("domain", "light"): (2, 1, 1),
        ("language", "de"): (1, 0, 0),
        ("language", "en"): (2, 1, 1),
    }
    (row,) = [line for line in table(groups).splitlines() if line.startswith("kind direct")]
    assert row.split() == [
        *("kind", "direct", "2", "50.0%", "9.5", "-", "90.5%", "1"),
        *("0", "0.0%", "0.0", "-", "65.8%"),
    ]


def test_the_table_stays_aligned_beside_a_long_title() -> None:
    title = "a model with a very long name on a split with a long name.jsonl"
    head, *rows = table(score([answer(), answer(outcome="wrong")]), title).splitlines()

    assert head.startswith(f"{title}  requests   exact")
    assert {len(row) for row in (head, *rows)} == {len(head)}


def test_what_judge_wrote_is_read(tmp_path: Path) -> None:
    path = tmp_path / "judge.json"
    path.write_text(json.dumps(JUDGED), encoding="utf-8")
    scenarios = read_scenarios(path)

    (en,) = scenarios.groups["language"].values()
    assert (en.requests, en.exact, en.wrong, en.to_dict()["missed"]) == (10, 7, 1, 2)
    told = scenarios.to_dict()
    assert told["scores"] == as_dict(scenarios.groups)
    assert told["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert told["files_sha256"] == JUDGED["files_sha256"]


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", json.dumps(JUDGED | {"counts": {"all": {"all": {"right": 1}}}})]
)
def test_anything_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "judge.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(TrainingError, match="not what script/judge --json writes"):
        read_scenarios(path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="No such file"):
        read_scenarios(tmp_path / "none.json")
