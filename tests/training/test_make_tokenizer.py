"""The command that makes a tokenizer."""

from pathlib import Path
import subprocess
import sys

from training.tokenizer import load_tokenizer


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
