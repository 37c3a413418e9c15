"""Tests of the command that checks training sets."""

from pathlib import Path

import pytest

from data.generate import INTENTS, Options, write
from data.requests import Mixture
from data.validate import main, validate
from home_llm_core.kinds import DOMAINS


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("sets")
    paths = []
    for split in ("train", "test"):
        paths.append(folder / f"{split}.jsonl")
        write(
            Options(
                split=split, homes=20, seed=1, out=paths[-1], language="en", size=(2, 9),
                domains=DOMAINS, requests=(4, 8), workers=1, mixture=Mixture(intents=INTENTS),
            )
        )  # fmt: skip
    return paths


def test_a_good_set_passes(files: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(path) for path in files]) == 0
    assert "40 homes" in capsys.readouterr().out


def test_a_set_in_two_splits_fails(
    files: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copied = tmp_path / "copied.jsonl"
    text = files[0].read_text().replace('"split": "train"', '"split": "test"')
    copied.write_text(text.replace('"id": "train', '"id": "copy'))

    assert main([str(files[0]), str(copied)]) == 1
    errors = capsys.readouterr().err
    assert f"{copied}:1: the pattern" in errors


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err.endswith("No such file or directory.\n")


def test_a_line_that_is_none(files: list[Path], tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_bytes(files[0].read_bytes().splitlines()[0] + b"\n{\n[]\n\xff\n")
    report = validate([broken])

    assert report.homes == 4
    assert [problem.split(": ", 1)[0] for problem in report.problems] == [
        f"{broken}:2",
        f"{broken}:3",
        f"{broken}:4",
    ]
