"""The command that trains, from its options to a model that can be exported."""

import json
from pathlib import Path
import subprocess
import sys

import pytest
from transformers import LlamaForCausalLM

from training.export import export
from training.gguf_file import Description

DESCRIPTION = Description(name="Tiny", license="apache-2.0", prompt_format="tiny-6")


def scratch(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run(
        [sys.executable, "training/scratch.py", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_from_homes_to_a_model(homes_file: Path, tokenizer_folder: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    common = ["--train", f"{homes_file}:1", f"{homes_file}:2", "--valid", homes_file]
    common += ["--tokenizer", tokenizer_folder, "--out", run, "--batch-tokens", "1024"]
    common += ["--no-compile"]
    done = scratch(*common, "--steps", "2", "--prompt-loss", "0.1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(run / "model")
    assert (run / "curves.png").read_bytes().startswith(b"\x89PNG")
    again = scratch(*common, "--steps", "3")
    assert again.returncode == 2
    assert "--resume" in again.stderr
    more = scratch(*common, "--steps", "3", "--resume")
    assert more.returncode == 0, more.stderr
    steps = [json.loads(line)["step"] for line in (run / "log.jsonl").open(encoding="utf-8")]
    assert steps == [1, 2, 2, 3, 3]
    assert LlamaForCausalLM.from_pretrained(run / "model").config.vocab_size == 400
    export(run / "model", tmp_path / "model.gguf", "q8_0", DESCRIPTION)
    warm = scratch(
        "--train", homes_file, "--tokenizer", tokenizer_folder, "--out", tmp_path / "warm",
        "--batch-tokens", "1024", "--no-compile", "--steps", "1",
        "--warm-start", tmp_path / "model.gguf", "--layers", "10", "--feed-forward", "1024",
    )  # fmt: skip
    assert warm.returncode == 0, warm.stderr
    grown = LlamaForCausalLM.from_pretrained(tmp_path / "warm" / "model")
    assert (grown.config.num_hidden_layers, grown.config.intermediate_size) == (10, 1024)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"--train": "none.jsonl"}, "none.jsonl: No such file"),
        ({"--tokenizer": "nowhere"}, "no tokenizer.json in nowhere"),
        ({"--preset": "9g"}, "--preset is one of 4m, 6m, 7m"),
        ({"--batch-tokens": "8"}, "8 tokens are too short"),
        ({"--minutes": "1"}, "either --steps, --epochs or --minutes"),
        ({"--epochs": "1"}, "either --steps, --epochs or --minutes"),
        ({"--tokenizer": "nowhere.gguf"}, "nowhere.gguf holds no tokenizer"),
        ({"--warm-start": "nowhere"}, "nowhere holds no model"),
        ({"--layers": "3"}, "--layers, --hidden and --feed-forward are of a --warm-start"),
    ],
)
def test_what_cannot_be_used(
    homes_file: Path,
    tokenizer_folder: Path,
    tmp_path: Path,
    changes: dict[str, str],
    message: str,
) -> None:
    options = {"--train": homes_file, "--tokenizer": tokenizer_folder, "--steps": "1"}
    options |= {"--out": tmp_path / "run", "--cache": tmp_path / "cache"} | changes
    done = scratch(*(part for option in options.items() for part in option), "--no-compile")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("error: ")
    assert message in done.stderr.splitlines()[-1]
    assert not (tmp_path / "run").exists()
