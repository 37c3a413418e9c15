"""LoRA adapters as peft saves them: whether llama.cpp can apply one at run time, and to what.

An adapter adds ``alpha / rank * B @ A`` to a matrix (Hu et al. 2021, arXiv:2106.09685). llama.cpp
does the same, with one alpha for all of an adapter, and nothing but that.
"""

import json
from pathlib import Path
from typing import Any

from huggingface_hub import hf_hub_download
from safetensors import SafetensorError, safe_open

from training.errors import TrainingError

_CONFIG = "adapter_config.json"
_WEIGHTS = "adapter_model.safetensors"
_MERGE = "merge it into its base model instead (--lora_merge of training/train.py)"


def is_adapter(folder: Path) -> bool:
    """Return whether a folder holds an adapter, and no model."""
    return (folder / _CONFIG).is_file()


def check_adapter(folder: Path) -> None:
    """See that an adapter is one that llama.cpp can apply.

    Raises:
        TrainingError: it is not, or it cannot be read.

    """
    config = _config(folder)
    for key in ("use_rslora", "alpha_pattern"):
        if config.get(key):
            raise TrainingError(f"{folder} uses {key}, which llama.cpp does not know: {_MERGE}")
    try:
        with safe_open(folder / _WEIGHTS, framework="pt") as file:
            names = list(file.keys())
    except (OSError, SafetensorError) as err:
        raise TrainingError(f"{folder / _WEIGHTS} cannot be read") from err
    others = sorted(
        {
            name.removeprefix("base_model.model.")
            for name in names
            if not name.endswith((".lora_A.weight", ".lora_B.weight"))
        }
    )
    if others:
        some = ", ".join(others[:2]) + (", ..." if others[2:] else "")
        msg = f"{folder} changes whole layers ({some}), which no adapter in llama.cpp can: {_MERGE}"
        raise TrainingError(msg)


def base_of(folder: Path, given: Path | None) -> Path:
    """Return a folder with the configuration of an adapter's base model.

    Args:
        folder: of the adapter.
        given: folder of the base model; none to go by what the adapter says.

    Raises:
        TrainingError: it is not there, and was never loaded from the hub.

    """
    name = str(given) if given is not None else str(_config(folder)["base_model_name_or_path"])
    if (Path(name) / "config.json").is_file():
        return Path(name)
    if given is not None or Path(name).exists():
        raise TrainingError(f"{name} holds no model of transformers")
    try:
        # It was loaded when the adapter was trained; only its configuration is needed.
        return Path(hf_hub_download(name, "config.json", local_files_only=True)).parent
    except (OSError, ValueError) as err:
        msg = f"the base model {name} is not on this machine: give its folder with --base"
        raise TrainingError(msg) from err


def _config(folder: Path) -> dict[str, Any]:
    try:
        config: dict[str, Any] = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError) as err:
        raise TrainingError(f"{folder} holds no adapter that can be read") from err
    return config
