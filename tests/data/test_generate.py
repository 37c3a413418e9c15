"""Tests of writing a training set."""

import json
from pathlib import Path
import subprocess
import sys

import pytest

from data.generate import Options, parse, write
from home_llm_core.kinds import DOMAINS

ROOT = Path(__file__).parents[2]


def options(out: Path, **changes: object) -> Options:
    values = {
        "split": "train", "homes": 70, "seed": 3, "out": out, "language": "en", "size": None,
        "domains": DOMAINS, "requests": (4, 14), "emphasis": {}, "workers": 1,
    } | changes  # fmt: skip
    return Options(**values)  # type: ignore[arg-type]


def run(out: Path, *arguments: str) -> bytes:
    """Return what the command writes."""
    command = [sys.executable, "-m", "data.generate", "--homes", "70", "--out", str(out)]
    subprocess.run([*command, *arguments], cwd=ROOT, check=True, capture_output=True)
    return out.read_bytes()


def test_the_same_seed_gives_the_same_bytes_whatever_the_workers(tmp_path: Path) -> None:
    one = run(tmp_path / "one", "--seed", "3", "--workers", "1")

    assert run(tmp_path / "two", "--seed", "3", "--workers", "2") == one
    assert run(tmp_path / "other", "--seed", "4", "--workers", "1") != one


def test_a_home_does_not_depend_on_how_many_follow(tmp_path: Path) -> None:
    write(options(tmp_path / "few", homes=3))
    write(options(tmp_path / "more", homes=5))

    assert (tmp_path / "more").read_bytes().startswith((tmp_path / "few").read_bytes())


def test_lines_hold_what_is_asked_for(tmp_path: Path) -> None:
    write(options(tmp_path / "x.jsonl", homes=10, split="test", size=(3, 5), requests=(5, 6)))
    lines = [json.loads(text) for text in (tmp_path / "x.jsonl").read_text().splitlines()]

    assert [line["id"] for line in lines] == [f"test-{n:06d}" for n in range(1, 11)]
    assert all(3 <= len(line["home"]["entities"]) <= 5 for line in lines)
    assert all(5 <= len(line["requests"]) <= 6 for line in lines)


def test_the_command_line(tmp_path: Path) -> None:
    out = str(tmp_path / "x")
    given = parse(["--split", "test", "--homes", "5", "--max-devices", "9", "--out", out])

    assert given == options(tmp_path / "x", split="test", homes=5, seed=0, size=(1, 9), workers=2)


def test_help_explains_everything(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--help"])
    text = capsys.readouterr().out

    for option in ("--split", "--homes", "--seed", "--out", "--min-devices", "--workers"):
        assert option in text
