"""Files are compared on the same requests: what is counted is what evaluation counts."""

import json
from pathlib import Path
import sys

import pytest

from training.answering import answer_all
from training.compare import main
from training.errors import TrainingError
from training.prompts import Runtime
from training.quantization import quantize
from training.score_report import score


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    """Run the command in this process, with little to measure speed on."""
    few = ("--chats", "3", "--rounds", "2", "--n-ctx", "512")
    monkeypatch.setattr(sys, "argv", ["compare.py", *map(str, arguments), *few])
    main()


def test_files_are_compared(
    random_gguf: Path,
    homes_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = [random_gguf, tmp_path / "same.gguf", tmp_path / "small.gguf"]
    files[1].write_bytes(random_gguf.read_bytes())
    quantize(random_gguf, files[2], "q4_0")
    found = tmp_path / "found.json"
    run(monkeypatch, *files, "--data", homes_file, "--homes", 5, "--json", found)
    heads, _, *rows = capsys.readouterr().out.splitlines()
    result = json.loads(found.read_text())
    first, same, small = result["models"]
    assert (result["homes"], result["seed"], result["data"]) == (5, 1, "homes.jsonl")
    assert [row.split(" | ")[0] for row in rows] == [f"| {file.name}" for file in files]
    assert {row.count("|") for row in (heads, *rows)} == {12}
    assert (first["ratio"], first["same"], same["same"]) == (1.0, 1.0, 1.0)
    assert min(each[key] for each in (first, same, small) for key in ("prompt", "reply")) > 0
    assert first["score"] == same["score"]
    assert [each["size"] for each in result["models"]] == [file.stat().st_size for file in files]
    assert (first["bits"], small["types"]) == (32.0, "14 Q4_0, 1 Q8_0")


def test_counts_are_those_of_evaluation(
    random_gguf: Path, homes_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = tmp_path / "found.json"
    run(monkeypatch, random_gguf, "--data", homes_file, "--json", found)
    lines = homes_file.read_text().splitlines()
    answers = list(answer_all(lines, Runtime(model=random_gguf, n_ctx=512)))
    counted = json.loads(found.read_text())["models"][0]["score"]
    assert counted["requests"] == len(answers) > 40
    assert counted == json.loads(json.dumps(score(answers)["all"]["all"].to_dict()))


def test_what_cannot_be_compared(
    random_gguf: Path, homes_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = ("--data", homes_file, "--json", tmp_path / "found.json")
    with pytest.raises(TrainingError, match="no GGUF file"):
        run(monkeypatch, random_gguf, homes_file, *out)
    with pytest.raises(TrainingError, match=r"missing\.gguf"):
        run(monkeypatch, tmp_path / "missing.gguf", *out)
    with pytest.raises(TrainingError, match=r"missing\.jsonl"):
        run(monkeypatch, random_gguf, "--data", tmp_path / "missing.jsonl")
    assert not list(tmp_path.iterdir())
