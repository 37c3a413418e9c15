"""Tests of writing a training set."""

from collections.abc import Callable
import json
from pathlib import Path
import re
import subprocess
import sys

import pytest

from data import alpaca, generate, report, validate
from data.generate import INTENTS, Options, parse, write
from data.requests import KINDS, Mixture
from home_llm_core.kinds import DOMAINS

ROOT = Path(__file__).parents[2]


def options(out: Path, **changes: object) -> Options:
    values = {
        "split": "train", "homes": 70, "seed": 3, "out": out, "language": "en", "size": None,
        "domains": DOMAINS, "requests": (4, 14), "mixture": Mixture(intents=INTENTS), "workers": 1,
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


def test_the_bar_tells_how_many_requests_a_second(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(options(tmp_path / "x.jsonl", homes=2))

    assert re.search(r"2/2 .* [1-9]\d* requests/s", capsys.readouterr().err)


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


@pytest.mark.parametrize("command", [generate.parse, validate.main, alpaca.parse, report.parse])
def test_help_explains_everything(
    command: Callable[[list[str]], object], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command(["--help"])
    usage, _, explained = capsys.readouterr().out.partition("options:\n")
    options, _, example = explained.partition("\nexample")

    for option in {*re.findall(r"--[a-z-]+", usage)}:
        words = re.search(rf"^  {option}(?: .*?)?(?:  |\n {{10,}})\w", options, re.MULTILINE)
        assert words is not None, option
    assert "python -m data." in example


def test_help_names_every_kind_and_domain(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--help"])
    text = capsys.readouterr().out

    assert {*KINDS, *DOMAINS} <= {*re.findall(r"\w+", text)}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--homes", "0"], "are counted from 1"),
        (["--min-requests", "0"], "are counted from 1"),
        (["--min-devices", "9", "--max-devices", "3"], "more than the most"),
        (["--min-requests", "9", "--max-requests", "3"], "more than the most"),
        (["--emphasis", "nothing=2"], "'nothing' is no kind"),
        (["--emphasis", "several=often"], "a kind is followed by = and a number"),
        (["--language", "xx"], "invalid choice: 'xx'"),
        (["--noise", "2"], "'2' is no number from 0 to 1"),
    ],
)
def test_what_cannot_be_is_refused(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse([*arguments, "--out", "x"])
    assert message in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    out = tmp_path / "file" / "x.jsonl"

    assert generate.main(["--homes", "1", "--workers", "1", "--out", str(out)]) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith(f"{out}: ")
