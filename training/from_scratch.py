"""The options of ``training/train.py`` in the words of ``training/scratch.py``, which runs them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.errors import TrainingError
from training.presets import FROM_SCRATCH
from training.train_parser import NEWEST

_NAMES = {
    "tokenizer": "--tokenizer",
    "train_dataset": "--train",
    "test_dataset": "--valid",
    "seed": "--seed",
    "epochs": "--epochs",
    "max_steps": "--steps",
}
_OTHERS = ("preset", "run_name", "output_dir", "resume_from_checkpoint")


def scratch_arguments(given: Mapping[str, Any]) -> list[str]:
    """Return the command line of ``training/scratch.py`` for a preset of ``FROM_SCRATCH``.

    Args:
        given: options of ``training/train.py`` by name, the preset among them.

    Raises:
        TrainingError: something is missing, or has no meaning from scratch.

    """
    preset = given["preset"]
    for name in given:
        if name not in _NAMES and name not in _OTHERS:
            raise TrainingError(
                f"--{name} is for fine-tuning: --preset {preset} trains a model from scratch"
                " (training/scratch.py has more options for that)"
            )
    for name in ("run_name", "train_dataset"):
        if name not in given:
            raise TrainingError(f"--{name} is missing")
    checkpoint = given.get("resume_from_checkpoint")
    if checkpoint not in (None, NEWEST):
        raise TrainingError(f"--preset {preset} goes on from the newest checkpoint: name none")
    out = given.get("output_dir", Path("models")) / given["run_name"]
    values = {"epochs": 1, **given}
    if "max_steps" in values:
        del values["epochs"]
    named = (part for name in _NAMES if name in values for part in (_NAMES[name], values[name]))
    resume = () if checkpoint is None else ("--resume",)
    return [*FROM_SCRATCH[preset], "--out", str(out), *map(str, named), *resume]
