"""Several processes learn what one does."""

import json
from pathlib import Path
import subprocess
import sys

from accelerate.commands.config.config_args import load_config_from_file
import pytest

from tests.training.small_models import write_small_model

CONFIGS = Path("training/accelerate")
RECORDS = [
    {"instruction": "You are Al.", "input": f"turn on lamp {n}", "output": "Done. " * (n % 5 + 1)}
    for n in range(16)
]


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_accelerate_takes_the_configuration(path: Path) -> None:
    config = load_config_from_file(str(path))

    assert config.num_processes >= 2
    assert config.distributed_type in ("FSDP", "MULTI_CPU")


def test_two_processes_have_the_losses_of_one(tmp_path: Path) -> None:
    base = write_small_model("llama", tmp_path / "base")
    chats = tmp_path / "chats.json"
    chats.write_text(json.dumps(RECORDS))
    common = ["training/train.py", "--base_model", str(base), "--output_dir", str(tmp_path)]
    common += ["--train_dataset", str(chats), "--ctx_size", "256", "--learning_rate", "1e-3"]
    common += ["--batch_size", "8", "--micro_batch_size", "2", "--logging_steps", "1"]
    launch = ["-m", "accelerate.commands.launch", "--config_file", str(CONFIGS / "cpus.yaml")]
    for name, before in (("one", []), ("two", launch)):
        command = [sys.executable, *before, *common, "--run_name", name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    losses = {}
    for name in ("one", "two"):
        (state,) = tmp_path.glob(f"{name}/checkpoint-*/trainer_state.json")
        history = json.loads(state.read_text())["log_history"]
        losses[name] = [line["loss"] for line in history if "loss" in line]
    assert len(losses["one"]) == 2
    assert losses["two"] == pytest.approx(losses["one"], abs=1e-5)
