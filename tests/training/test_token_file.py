"""The requests of a file as arrays."""

import json
from pathlib import Path
from typing import Any

import pytest

from training.choices import Choices
from training.dataset import Request, encode_home
from training.errors import TrainingError
from training.token_file import TokenFile, token_file
from training.tokenizer import SegmentEncoder


@pytest.fixture(scope="module")
def requests(
    homes: list[dict[str, Any]], encoder: SegmentEncoder, choices: Choices
) -> list[Request]:
    return [request for home in homes for request in encode_home(home, encoder, choices)]


def all_of(data: TokenFile) -> list[Request]:
    """Return all requests of a file."""
    return [data.request(number) for number in range(len(data))]


def test_file_holds_what_was_encoded(
    requests: list[Request], homes_file: Path, tokenizer_folder: Path, tmp_path: Path
) -> None:
    assert all_of(token_file(homes_file, tokenizer_folder, tmp_path)) == requests
    (stored,) = tmp_path.glob("*.npz")
    before = stored.stat().st_mtime_ns
    assert all_of(token_file(homes_file, tokenizer_folder, tmp_path)) == requests
    assert stored.stat().st_mtime_ns == before


def test_equal_sets_are_kept_once(data: TokenFile) -> None:
    sets = [data.set(number) for number in range(len(data.sets_at) - 1)]
    assert sets[0] == ()
    assert len(set(sets)) == len(sets)


def test_several_processes_keep_the_order(
    homes: list[dict[str, Any]], requests: list[Request], tokenizer_folder: Path, tmp_path: Path
) -> None:
    unanswered = homes[0] | {"requests": []}
    path = tmp_path / "many.jsonl"
    many = [*homes * 6, *[unanswered] * 70, *homes]
    path.write_text("".join(json.dumps(home) + "\n" for home in many), encoding="utf-8")
    assert all_of(token_file(path, tokenizer_folder, tmp_path / "cache")) == requests * 7


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "homes.jsonl:2"),
        ('{"format": "tiny-6"}', "homes.jsonl:2: not a generated home: KeyError"),
        ('{"format": "big-9", "requests": []}', "homes.jsonl:2: prompt format 'big-9'"),
    ],
)
def test_broken_line(
    homes: list[dict[str, Any]], tokenizer_folder: Path, tmp_path: Path, line: str, message: str
) -> None:
    path = tmp_path / "homes.jsonl"
    path.write_text(json.dumps(homes[0]) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(TrainingError, match=message):
        token_file(path, tokenizer_folder, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()
