"""The command that counts the tokens of replies in two formats."""

from pathlib import Path
import subprocess
import sys

import pytest
from transformers import PreTrainedTokenizerFast

from data.generate import parse, write
from home_llm_core.calls import Call
from home_llm_core.formats import get_format
from home_llm_core.home import Home
from training.reply_lengths import ACTIONS, JSON, count
from training.tokenizer import SegmentEncoder

CALL = Call(action="light.turn_on", devices=("light.x",), arguments={"brightness": 40})


def measure(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run(
        [sys.executable, "training/reply_lengths.py", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_token_of_its_own_counts_as_one(tokenizer: PreTrainedTokenizerFast) -> None:
    """A tokenizer that was given the tokens gives as many ids."""
    format_ = get_format(ACTIONS)
    reply = format_.hear("", Home()).reply([CALL, CALL], "Done.")
    parts = ("Done.", "light.x brightness=40", "light.x brightness=40")
    encoder = SegmentEncoder(tokenizer)
    expected = sum(len(encoder.text(part)) for part in parts) + 4
    assert count(reply, format_.tokens, encoder) == expected
    assert count(reply, (), encoder) > expected
    assert count("<|im_end|>", (), encoder) > 1


def test_replies_are_shorter(tmp_path: Path, tokenizer_folder: Path) -> None:
    out = tmp_path / "homes.jsonl"
    few = ["--homes", "4", "--max-devices", "8", "--domains", "light", "fan", "switch"]
    write(parse([*few, "--workers", "1", "--out", str(out)]))
    done = measure(out, "--tokenizer", tokenizer_folder)
    assert done.returncode == 0, done.stderr
    head, *rows = done.stdout.splitlines()
    assert head.split() == ["tokens", "of", JSON, ACTIONS, "ratio"]
    assert len(rows) == 5
    for row in rows:
        *_, json_calls, actions, ratio = row.split()
        assert float(actions) < float(json_calls)
        assert float(ratio) == pytest.approx(float(actions) / float(json_calls), abs=0.02)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"format": "tiny-6"}\n', ":1: not a generated home"),
        ('{"format": "tools"}\n', ":1: in tools, not in tiny-6"),
        ("\n", "the file is empty"),
    ],
)
def test_what_is_no_home(tmp_path: Path, tokenizer_folder: Path, text: str, message: str) -> None:
    path = tmp_path / "homes.jsonl"
    path.write_text(text, encoding="utf-8")
    done = measure(path, "--tokenizer", tokenizer_folder)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not done.stdout
