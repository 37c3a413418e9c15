"""Checkpoints: a folder that transformers can load, with what is needed to go on beside it."""

from pathlib import Path
from pickle import UnpicklingError
import shutil
from typing import Any

from gguf import GGUFReader
from safetensors import SafetensorError
import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from training.errors import TrainingError

_STATE = "training_state.pt"
_PATTERN = "step-*"
_KEPT = 2


def save_checkpoint(
    out: Path,
    step: int,
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    state: dict[str, Any],
) -> Path:
    """Write a checkpoint as a whole or not at all, and keep the last two.

    Args:
        out: folder of the run.
        step: number of the step that was just made.
        model: its weights.
        tokenizer: saved along, so that the folder is complete.
        state: everything else that training needs to go on.

    """
    folder = out / f"step-{step:08d}"
    partial = out / f".partial-{folder.name}"
    shutil.rmtree(partial, ignore_errors=True)
    save_model(partial, model, tokenizer)
    torch.save(state, partial / _STATE)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    for old in sorted(out.glob(_PATTERN))[:-_KEPT]:
        shutil.rmtree(old)
    return folder


def save_model(folder: Path, model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast) -> None:
    """Write weights, configuration and tokenizer as transformers does."""
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def latest_checkpoint(out: Path) -> Path:
    """Return the last checkpoint of a run.

    Raises:
        TrainingError: there is none.

    """
    found = sorted(folder for folder in out.glob(_PATTERN) if (folder / _STATE).is_file())
    if not found:
        raise TrainingError(f"there is no checkpoint in {out}")
    return found[-1]


def load_state(folder: Path) -> dict[str, Any]:
    """Return what ``save_checkpoint`` was given as state.

    Raises:
        TrainingError: there is none, or it is damaged.

    """
    try:
        state: dict[str, Any] = torch.load(folder / _STATE, weights_only=True)
    except (OSError, RuntimeError, UnpicklingError) as err:
        raise TrainingError(f"{folder} holds no checkpoint that can be read") from err
    return state


def load_model(source: Path) -> LlamaForCausalLM:
    """Load weights of a Llama from a checkpoint, any folder of transformers, or a GGUF file.

    Raises:
        TrainingError: there are none, they are damaged, or those of another architecture.

    """
    is_file = source.suffix == ".gguf"
    if not (source.is_file() if is_file else (source / "config.json").is_file()):
        raise TrainingError(f"{source} holds no model")
    folder, name = (source.parent, source.name) if is_file else (source, None)
    try:
        kind = _architecture(source)
        if kind != LlamaConfig.model_type:
            raise TrainingError(f"{source} holds a model of the architecture {kind}, not a Llama")
        model: LlamaForCausalLM = LlamaForCausalLM.from_pretrained(
            folder, gguf_file=name, dtype=torch.float32
        )
    except (OSError, ValueError, KeyError, IndexError, SafetensorError) as err:
        raise TrainingError(f"{source} holds no model that can be read") from err
    return _unbound(model) if is_file else model


def _architecture(source: Path) -> str:
    """Return what transformers and llama.cpp call the kind of a model."""
    if source.is_file():
        return str(GGUFReader(source).fields["general.architecture"].contents())
    config, _ = LlamaConfig.get_config_dict(source)
    return str(config["model_type"])


def _unbound(model: LlamaForCausalLM) -> LlamaForCausalLM:
    """Return a model that was read from a GGUF file as one that can be saved again."""
    config = LlamaConfig.from_dict(model.config.to_dict())
    config.quantization_config = None
    copy = LlamaForCausalLM(config)
    copy.load_state_dict(model.state_dict())
    return copy
