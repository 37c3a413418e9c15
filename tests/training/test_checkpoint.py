"""Checkpoints are whole, few, and folders of transformers."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from tests.training.small_models import write_small_model
from training.checkpoint import latest_checkpoint, load_model, load_state, save_checkpoint
from training.errors import TrainingError
from training.gguf_file import Description, convert

DESCRIPTION = Description(name="A model", license="apache-2.0", prompt_format="tiny-6")


def test_the_last_two_are_kept(
    make_model: Callable[[], LlamaForCausalLM], tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    model = make_model()
    for step in (1, 2, 30):
        save_checkpoint(tmp_path, step, model, tokenizer, {"step": step})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["step-00000002", "step-00000030"]
    latest = latest_checkpoint(tmp_path)
    assert load_state(latest) == {"step": 30}
    loaded = load_model(latest)
    for ours, theirs in zip(model.parameters(), loaded.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_what_was_left_half_written_is_not_used(
    make_model: Callable[[], LlamaForCausalLM], tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    whole = save_checkpoint(tmp_path, 1, make_model(), tokenizer, {})
    (tmp_path / ".partial-step-00000002").mkdir()
    (tmp_path / "step-00000003").mkdir()
    assert latest_checkpoint(tmp_path) == whole


def test_a_gguf_file_is_a_start(
    make_model: Callable[[], LlamaForCausalLM], tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    model = make_model()
    folder = save_checkpoint(tmp_path, 1, model, tokenizer, {})
    convert(folder, tmp_path / "model.gguf", "f32", DESCRIPTION)
    loaded = load_model(tmp_path / "model.gguf")
    ids = torch.tensor([[5, 6, 7, 8, 9]])
    with torch.no_grad():
        assert torch.allclose(loaded(ids).logits, model(ids).logits, atol=1e-5)


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no checkpoint"):
        latest_checkpoint(tmp_path)
    with pytest.raises(TrainingError, match="holds no model"):
        load_model(tmp_path)
    with pytest.raises(TrainingError, match="holds no model"):
        load_model(tmp_path / "missing.gguf")


def test_damaged(
    make_model: Callable[[], LlamaForCausalLM], tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    folder = save_checkpoint(tmp_path, 1, make_model(), tokenizer, {})
    (folder / "training_state.pt").write_bytes(b"no zip")
    with pytest.raises(TrainingError, match="can be read"):
        load_state(folder)
    (folder / "model.safetensors").write_bytes(b"\0" * 100)
    with pytest.raises(TrainingError, match="can be read"):
        load_model(folder)
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + b"\0" * 50)
    with pytest.raises(TrainingError, match="can be read"):
        load_model(tmp_path / "broken.gguf")


@pytest.mark.parametrize("architecture", ["phi", "qwen"])
def test_a_folder_that_is_no_llama(architecture: str, tmp_path: Path) -> None:
    folder = write_small_model(architecture, tmp_path / "model")
    with pytest.raises(TrainingError, match=rf"of the architecture {architecture}\d?, not a Llama"):
        load_model(folder)


def test_a_gguf_file_that_is_no_llama(tmp_path: Path) -> None:
    folder = write_small_model("qwen", tmp_path / "model")
    convert(folder, tmp_path / "model.gguf", "f32", DESCRIPTION)
    with pytest.raises(TrainingError, match="of the architecture qwen2, not a Llama"):
        load_model(tmp_path / "model.gguf")
