"""Tests of Alpaca records for the Home-LLM models."""

import json
from pathlib import Path
from typing import Any

import pytest

from data.alpaca import main
from data.generate import parse, write

GENERAL = [
    {"instruction": "Say hello.", "input": "", "output": "Hello."},
    {"instruction": "Add one.", "input": "4", "output": "5"},
    {"instruction": "Say bye.", "output": "Bye."},
]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the same houses in several formats, and a general file."""
    folder = tmp_path_factory.mktemp("alpaca")
    found = {}
    for name in ("tiny-6", "home-llm-3", "tools"):
        found[name] = folder / f"{name}.jsonl"
        arguments = ["--homes", "25", "--seed", "4", "--workers", "1", "--max-devices", "12"]
        emphasis = ["--emphasis", "follow_up=4"]
        write(parse([*arguments, *emphasis, "--format", name, "--out", str(found[name])]))
    found["general"] = folder / "general.json"
    found["general"].write_text(json.dumps(GENERAL))
    return found


def made(train: Path, out: Path, *more: str) -> list[dict[str, Any]]:
    assert main(["--train", str(train), "--out", str(out), *more]) == 0
    records: list[dict[str, Any]] = json.loads(out.read_text(encoding="utf-8"))
    return records


def test_every_request_becomes_a_record(files: dict[str, Path], tmp_path: Path) -> None:
    lines = [json.loads(text) for text in files["home-llm-3"].read_text().splitlines()]
    expected = {
        (messages[0]["content"], messages[-2]["content"], messages[-1]["content"])
        for line in lines
        for messages in (request["messages"] for request in line["requests"])
    }
    records = made(files["home-llm-3"], tmp_path / "out.json")

    assert {(r["instruction"], r["input"], r["output"]) for r in records} == expected
    assert any("```homeassistant" in record["output"] for record in records)
    assert all(record["instruction"].startswith("You are 'Al'") for record in records)


def test_what_was_said_before_is_the_history(files: dict[str, Path], tmp_path: Path) -> None:
    records = made(files["home-llm-3"], tmp_path / "out.json")
    before = [record["history"] for record in records if "history" in record]

    assert before
    assert all(len(pair) == 2 and all(pair) for pairs in before for pair in pairs)


def test_lines_of_our_own_format_come_to_the_same(
    files: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = made(files["tiny-6"], tmp_path / "own.json")
    other = made(files["home-llm-3"], tmp_path / "other.json")

    assert sorted((r["input"], r["instruction"]) for r in own) == sorted(
        (r["input"], r["instruction"]) for r in other
    )
    assert "requests are left out" in capsys.readouterr().err


def test_a_general_file_is_mixed_in(files: dict[str, Path], tmp_path: Path) -> None:
    alone = made(files["home-llm-3"], tmp_path / "alone.json")
    merge = ("--merge", str(files["general"]))
    both = made(files["home-llm-3"], tmp_path / "both.json", *merge)
    general = [record for record in both if record["instruction"] in ("Say hello.", "Say bye.")]

    assert len(both) == len(alone) + len(GENERAL)
    assert all(record["input"] == "" for record in general)


def test_the_order_follows_from_the_seed(files: dict[str, Path], tmp_path: Path) -> None:
    merge = ("--merge", str(files["general"]))
    outs = [tmp_path / name for name in ("a", "b", "c")]
    for out, seed in zip(outs, ("1", "1", "2"), strict=True):
        made(files["home-llm-3"], out, *merge, "--seed", seed)

    assert outs[0].read_bytes() == outs[1].read_bytes()
    assert outs[0].read_bytes() != outs[2].read_bytes()
    assert sorted(outs[0].read_text().splitlines()) != outs[0].read_text().splitlines()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty."),
        ("no json\n", ":1: this is no line of a training set"),
        ("[]\n", ":1: this is no line of a training set"),
        ('{"format": "home-llm-3"}\n', ":1: this is no line of a training set"),
        ('{"format": "x", "requests": []}\n', ":1: this is no line of a training set"),
        (
            '{"format": "home-llm-3", "requests": [{"messages": []}]}\n',
            ":1: this is no line of a training set",
        ),
    ],
)
def test_bad_lines_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, message: str
) -> None:
    train, out = tmp_path / "train.jsonl", tmp_path / "out.json"
    train.write_text(content)

    assert main(["--train", str(train), "--out", str(out)]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("no json", "this is not JSON."),
        ("{}", "this is no list of records"),
        ('[{"instruction": "a"}]', "this is no list of records"),
        ('[{"instruction": "a", "input": 1, "output": "b"}]', "this is no list of records"),
    ],
)
def test_a_bad_general_file_is_refused(
    files: dict[str, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: str,
    message: str,
) -> None:
    general, out = tmp_path / "general.json", tmp_path / "out.json"
    general.write_text(content)
    arguments = ["--train", str(files["home-llm-3"]), "--out", str(out), "--merge", str(general)]

    assert main(arguments) == 1
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_chats_with_tools_and_missing_files_are_refused(
    files: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--train", str(files["tools"]), "--out", str(tmp_path / "x")]) == 1
    assert "this is no line of a training set" in capsys.readouterr().err
    assert main(["--train", str(tmp_path / "none"), "--out", str(tmp_path / "x")]) == 1
    assert "No such file or directory." in capsys.readouterr().err
