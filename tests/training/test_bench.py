"""The benchmark of training runs both recipes on the same requests, and says what it cannot do."""

import json
from pathlib import Path
import subprocess
import sys

import pytest
import torch
from transformers import PhiConfig, PhiForCausalLM

from training.baseline import STEPS
from training.model import Shape, build_model
from training.phi_memory import PHI_2, micro_batch_seconds, phi_2_lora
from training.token_file import token_file

SHAPE = Shape(hidden=32, layers=2, heads=2, kv_heads=2, feed_forward=64)


@pytest.mark.parametrize("recipe", STEPS)
def test_a_step_learns_from_about_a_batch(
    recipe: str, homes_file: Path, tokenizer_folder: Path, tmp_path: Path
) -> None:
    data = token_file(homes_file, tokenizer_folder, tmp_path)
    model = build_model(SHAPE, vocab_size=400, seed=1)
    before = {name: value.clone() for name, value in model.state_dict().items()}

    tokens = STEPS[recipe](model, data, 512)()

    # Ours counts padding into the length of a batch, the plain recipe does not.
    assert 300 < tokens < 750
    changed = [n for n, value in model.state_dict().items() if not torch.equal(value, before[n])]
    assert len(changed) == len(before)


def test_phi_2_has_its_real_size() -> None:
    with torch.device("meta"):
        parameters = sum(p.numel() for p in PhiForCausalLM(PHI_2).parameters())
    assert parameters == 2_779_683_840


def test_the_phi_2_command_can_be_tried() -> None:
    small = PhiConfig(
        vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=2, max_position_embeddings=32,
    )  # fmt: skip
    assert micro_batch_seconds(small, torch.device("cpu"), rows=2, tokens=16) > 0


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_it_says_so() -> None:
    assert "there is no CUDA GPU here" in phi_2_lora(24.0)["said"]


def test_the_command(homes_file: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "training.bench", "--data", str(homes_file), "--steps", "1"]
    out = tmp_path / "speed.json"
    command += ["--batch-tokens", "256", "--json", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(out.read_text())
    assert found["tokens_per_second"].keys() == found["peak_gb"].keys() == {"plain", "ours"}
    assert f"Ours is {found['ratio']:.1f} times as fast." in done.stdout
    done = subprocess.run([*command, "--preset", "9g"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("error: --preset is one of 4m")
