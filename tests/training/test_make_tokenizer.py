"""The command that makes a tokenizer."""

from pathlib import Path
import subprocess
import sys

from home_llm_core.chat import Segment
from home_llm_core.formats import get_format
from training.tokenizer import SegmentEncoder, load_tokenizer


def make(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run(
        [sys.executable, "training/make_tokenizer.py", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_same_seed_same_bytes(homes_file: Path, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        done = make("--data", homes_file, "--out", folder, "--vocab-size", "2000")
        assert done.returncode == 0, done.stderr
    first, second = ((folder / "tokenizer.json").read_bytes() for folder in folders)
    assert first == second
    assert len(load_tokenizer(folders[0])) == 2000


def test_what_is_no_home(tmp_path: Path) -> None:
    path = tmp_path / "homes.jsonl"
    path.write_text('{"id": ""}\n', encoding="utf-8")
    done = make("--data", path, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {path}:1: not a generated home")
    assert not (tmp_path / "out").exists()


def test_tokens_of_a_format_are_added(homes_file: Path, tmp_path: Path) -> None:
    """They follow all others, and text that looks like one gives none."""
    arguments = ("--data", homes_file, "--out", tmp_path, "--vocab-size", "2000")
    done = make(*arguments, "--format", "home-llm-actions")
    assert done.returncode == 0, done.stderr
    tokenizer, tokens = load_tokenizer(tmp_path), get_format("home-llm-actions").tokens
    new = range(2000, 2000 + len(tokens))
    assert tokenizer.convert_tokens_to_ids(list(tokens)) == list(new)
    encoder = SegmentEncoder(tokenizer)
    assert encoder.encode([Segment(text=token, markup=True) for token in tokens]) == list(new)
    assert not set(new) & set(encoder.text("".join(tokens)))
