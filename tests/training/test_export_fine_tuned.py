"""GGUF files of fine-tuned models and of adapters say what transformers and peft say."""

from collections.abc import Callable
from dataclasses import replace
import json
from pathlib import Path
import subprocess
import sys
from typing import Any

from gguf import GGUFReader
import llama_cpp
import numpy as np
from numpy.typing import NDArray
from peft import LoraConfig, PeftModel, get_peft_model
import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from tests.training.small_models import FAMILIES, write_small_model
from training.errors import TrainingError
from training.export import export, export_adapter
from training.gguf_file import Description

DESCRIPTION = Description(
    name="Fine: tuned", license="mit", prompt_format="home-llm-3", domains=("light",)
)
MARKERS = ["<|im_start|>", "<|im_end|>"]
TEXTS = (
    "Please turn the kitchen lamp on, it's 3.5 degrees!",
    "two  spaces, a tab\t and\n\n\nlines  ",
    "Küche 客厅开灯 включи свет 🚀 42% we'LL don't ∑ \u00a0x",
    "xqzvj KITCHEN___lamp....  =======1314151",
)
MODULES = [
    "q_proj",
    "k_proj",
    "v_proj",
    "o_proj",
    "dense",
    "fc1",
    "fc2",
    "gate_proj",
    "up_proj",
    "down_proj",
]

Made = Callable[[str], Path]


def _tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder)
    return tokenizer


def _model(folder: Path) -> PreTrainedModel:
    model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    return model


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return what makes a folder as fine-tuning leaves it: with new tokens, saved once more."""
    torch.set_num_threads(1)
    done: dict[str, Path] = {}

    def make(architecture: str) -> Path:
        if architecture not in done:
            folder = tmp_path_factory.mktemp(architecture)
            hub = write_small_model(architecture, folder / "hub")
            tokenizer, model = _tokenizer(hub), _model(hub)
            tokenizer.add_special_tokens(
                {"extra_special_tokens": MARKERS}, replace_extra_special_tokens=False
            )
            if len(tokenizer) > model.config.vocab_size:
                model.resize_token_embeddings(len(tokenizer))
            model.save_pretrained(folder / "merged")
            tokenizer.save_pretrained(folder / "merged")
            done[architecture] = folder / "merged"
        return done[architecture]

    return make


@pytest.fixture(scope="module")
def gguf(merged: Made) -> Made:
    """Return what exports that folder."""
    done: dict[str, Path] = {}

    def make(architecture: str) -> Path:
        if architecture not in done:
            folder = merged(architecture)
            done[architecture] = folder.parent / "model.gguf"
            export(folder, done[architecture], "f32", DESCRIPTION)
        return done[architecture]

    return make


def _llama(file: Path, adapter: Path | None = None) -> llama_cpp.Llama:
    return llama_cpp.Llama(
        str(file),
        lora_path=None if adapter is None else str(adapter),
        n_ctx=256,
        n_threads=1,
        logits_all=True,
        type_k=llama_cpp.GGML_TYPE_F32,
        type_v=llama_cpp.GGML_TYPE_F32,
        flash_attn=False,
        verbose=False,
    )


def _logits(model: PreTrainedModel, ids: list[int]) -> NDArray[np.float32]:
    with torch.no_grad():
        return np.asarray(model(torch.tensor([ids])).logits[0].numpy())


def _largest_difference(
    model: PreTrainedModel, llama: llama_cpp.Llama, tokenizer: PreTrainedTokenizerBase
) -> float:
    """Return how far the logits are from one another, as a share of how far they are from zero."""
    ids = tokenizer(" ".join(TEXTS))["input_ids"]
    expected = _logits(model, ids)
    llama.n_tokens = 0
    llama.eval(ids)
    found = llama.scores[: len(ids), : expected.shape[1]]
    return float(np.abs(found - expected).max() / np.abs(expected).max())


@pytest.mark.parametrize("architecture", list(FAMILIES))
def test_fine_tuned_model(architecture: str, merged: Made, gguf: Made) -> None:
    folder = merged(architecture)
    assert not (folder / "tokenizer.model").exists()
    tokenizer, llama = _tokenizer(folder), _llama(gguf(architecture))
    fields = GGUFReader(gguf(architecture)).fields
    # llama.cpp looks GELU up in a table of 16 bits: 5e-4 of the largest logit; 1e-6 with SiLU.
    assert _largest_difference(_model(folder), llama, tokenizer) < 2e-3

    for text in TEXTS:
        ids = tokenizer(text)["input_ids"]
        assert llama.tokenize(text.encode(), add_bos=True, special=False) == ids
    markers = [tokenizer.convert_tokens_to_ids(marker) for marker in MARKERS]
    assert llama.tokenize("".join(MARKERS).encode(), add_bos=False, special=True) == markers
    assert not set(markers) & set(llama.tokenize("".join(MARKERS).encode(), special=False))

    expected = {
        "general.name": "Fine: tuned",
        "general.license": "mit",
        "home_llm.format": "home-llm-3",
        "home_llm.domains": "light",
    }
    assert {key: fields[key].contents() for key in expected} == expected
    template = fields.get("tokenizer.chat_template")
    assert (template and template.contents()) == tokenizer.chat_template


def _adapter(base: Path, folder: Path, **options: Any) -> Path:
    """Write a random adapter as training leaves it."""
    torch.manual_seed(1)
    known = {name.rpartition(".")[2] for name, _ in _model(base).named_modules()}
    modules = [name for name in MODULES if name in known]
    assert len(modules) > 4
    config = LoraConfig(
        r=4, lora_alpha=6, target_modules=modules, init_lora_weights=False, **options
    )
    get_peft_model(_model(base), config).save_pretrained(str(folder))
    _tokenizer(base).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("architecture", ["phi", "llama", "gemma3", "qwen3"])
def test_adapter(architecture: str, merged: Made, gguf: Made, tmp_path: Path) -> None:
    base, out = merged(architecture), tmp_path / "adapter.gguf"
    adapter = _adapter(base, tmp_path / "adapter")
    export_adapter(adapter, base, out, "f32", DESCRIPTION)
    tokenizer, llama = _tokenizer(base), _llama(gguf(architecture), out)
    assert _largest_difference(_model(base), llama, tokenizer) > 0.1
    loaded: Any = PeftModel.from_pretrained(_model(base), adapter)
    assert _largest_difference(loaded.merge_and_unload(), llama, tokenizer) < 2e-3
    fields = GGUFReader(out).fields
    assert fields["general.type"].contents() == "adapter"
    assert fields["general.name"].contents() == "Fine: tuned"
    assert fields["home_llm.format"].contents() == "home-llm-3"


def test_adapters_that_llama_cpp_cannot_apply(merged: Made, tmp_path: Path) -> None:
    base, out = merged("phi"), tmp_path / "adapter.gguf"
    for options, problem in (
        (
            {"modules_to_save": ["lm_head"]},
            "whole layers .lm_head.bias, lm_head.weight., .*: merge",
        ),
        ({"use_dora": True}, "whole layers .*magnitude.*: merge"),
        ({"use_rslora": True}, "use_rslora"),
    ):
        adapter = _adapter(base, tmp_path / "adapter", **options)
        with pytest.raises(TrainingError, match=problem):
            export_adapter(adapter, base, out, "f32", DESCRIPTION)
    adapter = _adapter(base, tmp_path / "fine")
    for where, kind in ((tmp_path, "f16"), (tmp_path / "none", "f16"), (base, "q4_0")):
        with pytest.raises(TrainingError):
            export_adapter(adapter, where, out, kind, DESCRIPTION)
    (adapter / "adapter_model.safetensors").write_bytes(b"nothing")
    with pytest.raises(TrainingError, match="cannot be read"):
        export_adapter(adapter, None, out, "f16", DESCRIPTION)
    assert not out.exists()


def test_command_for_an_adapter(merged: Made, tmp_path: Path) -> None:
    adapter = _adapter(merged("qwen"), tmp_path / "run" / "adapter")
    out = tmp_path / "adapter.gguf"
    command = [sys.executable, "training/export.py", str(adapter), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "--format" in done.stderr
    command += ["--format", "none"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    fields = GGUFReader(out).fields
    assert fields["general.name"].contents() == "run"
    assert fields["general.license"].contents() == "other"
    assert "home_llm.format" not in fields


def test_word_boundaries_without_a_name(tmp_path: Path) -> None:
    model = write_small_model("stablelm", tmp_path / "model")
    file = model / "tokenizer.json"
    saved = json.loads(file.read_text(encoding="utf-8"))
    saved["pre_tokenizer"] = {"type": "ByteLevel", "add_prefix_space": True, "use_regex": True}
    saved["pre_tokenizer"]["trim_offsets"] = True
    file.write_text(json.dumps(saved), encoding="utf-8")
    out = tmp_path / "model.gguf"
    with pytest.raises(TrainingError, match="--pre-tokenizer"):
        export(model, out, "f32", DESCRIPTION)
    assert not out.exists()
    export(model, out, "f32", replace(DESCRIPTION, pre_tokenizer="stablelm2"))
    assert GGUFReader(out).fields["tokenizer.ggml.pre"].contents() == "stablelm2"
