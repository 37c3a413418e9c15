"""``training/train.py --preset tiny``: the recipe of the model that ships, for one's own homes."""

import argparse
import os
from pathlib import Path
import re
import subprocess
import sys

from gguf import GGUFReader
import pytest
from transformers import LlamaForCausalLM

from training.errors import TrainingError
from training.from_scratch import scratch_arguments
from training.scratch import training_parser
from training.tokenizer import load_tokenizer
from training.train_options import given_options

SHIPPED = Path("custom_components/home_llm/model/home-llm-tiny.gguf")
GIVEN = ["--preset", "tiny", "--run_name", "a", "--train_dataset", "b.jsonl"]


def train(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command, without the minutes that a compiler takes."""
    return subprocess.run(
        [sys.executable, "training/train.py", "--preset", "tiny", *arguments],
        env=os.environ | {"TORCHDYNAMO_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_from_homes_to_a_model_like_the_one_that_ships(homes_file: Path, tmp_path: Path) -> None:
    run = tmp_path / "mine"
    common = ["--run_name", "mine", "--output_dir", str(tmp_path)]
    common += ["--train_dataset", str(homes_file), "--test_dataset", str(homes_file)]
    done = train(*common)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(run / "model")
    (batches,) = re.findall(r"in (\d+) batches", done.stderr)
    assert [each.name for each in run.glob("step-*")] == [f"step-{int(batches):08d}"]

    again = train(*common, "--max_steps", "3")
    assert again.returncode == 2
    assert again.stderr.splitlines()[-1].startswith(f"error: {run} holds a run: use --resume")
    assert int(batches) < 3
    more = train(*common, "--max_steps", "3", "--resume_from_checkpoint")
    assert more.returncode == 0, more.stderr
    assert (run / "step-00000003").is_dir()
    assert (run / "curves.png").is_file()

    made = LlamaForCausalLM.from_pretrained(run / "model").config
    shipped = GGUFReader(SHIPPED).fields
    for name, value in {
        "block_count": made.num_hidden_layers,
        "embedding_length": made.hidden_size,
        "feed_forward_length": made.intermediate_size,
        "attention.head_count": made.num_attention_heads,
        "attention.head_count_kv": made.num_key_value_heads,
        "context_length": made.max_position_embeddings,
        "vocab_size": made.vocab_size,
    }.items():
        assert shipped[f"llama.{name}"].contents() == value
    assert load_tokenizer(run / "model").get_vocab() == load_tokenizer(SHIPPED).get_vocab()


def read(*more: str) -> argparse.Namespace:
    """Return the options of ``training/scratch.py`` that a command line comes to."""
    return training_parser("").parse_args(scratch_arguments(given_options([*GIVEN, *more])))


def test_options_in_the_words_of_the_recipe() -> None:
    options = read("--test_dataset", "c.jsonl", "--seed", "7")

    assert (options.train, options.valid, options.out) == (
        ["b.jsonl"], Path("c.jsonl"), Path("models/a"),
    )  # fmt: skip
    assert (options.epochs, options.steps, options.minutes) == (1, None, None)
    assert (options.seed, options.resume) == (7, False)
    assert options.tokenizer.samefile(SHIPPED)
    assert options.muon_lr == 0.008

    other = read("--max_steps", "9", "--epochs", "2", "--tokenizer", "d")
    assert (other.epochs, other.steps, other.tokenizer) == (None, 9, Path("d"))
    assert read("--epochs", "0.5", "--resume_from_checkpoint").resume


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--use_lora"], "--use_lora is for fine-tuning: --preset tiny trains a model from"),
        (["--lora_rank", "32"], "--lora_rank is for fine-tuning"),
        (["--base_model", "b"], "--base_model is for fine-tuning"),
        (["--resume_from_checkpoint", "a/step-1"], "goes on from the newest checkpoint"),
    ],
)
def test_what_has_no_meaning_from_scratch(more: list[str], message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        read(*more)


def test_a_file_of_options_and_what_it_lacks(tmp_path: Path) -> None:
    config = tmp_path / "run.yaml"
    config.write_text("train_dataset: b.jsonl\nmax_steps: 4\n")
    asked = ["--preset", "tiny", "--config", str(config)]
    with pytest.raises(TrainingError, match="--run_name is missing"):
        scratch_arguments(given_options(asked))

    found = scratch_arguments(given_options([*asked, "--run_name", "a"]))
    assert training_parser("").parse_args(found).steps == 4
    config.write_text("packing: true\n")
    with pytest.raises(TrainingError, match="--packing is for fine-tuning"):
        scratch_arguments(given_options([*asked, "--run_name", "a"]))
