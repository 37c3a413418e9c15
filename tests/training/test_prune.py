"""Pruned models: what is left of them, what they say, and what comes of them."""

from pathlib import Path
import subprocess
import sys

import llama_cpp
import numpy as np
import pytest
import torch
from torch import nn
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PhiConfig,
    PhiForCausalLM,
    PreTrainedTokenizerFast,
)

from training.batches import Batch
from training.checkpoint import load_model, save_model
from training.errors import TrainingError, run
from training.export import export
from training.gguf_file import Description
from training.model import Shape, build_model
from training.prune import calibration, main
from training.pruning import Left, choose_heads, prune, shape_left

SHAPE = Shape(hidden=64, layers=3, heads=4, kv_heads=4, feed_forward=48)
GROUPED = Shape(hidden=64, layers=2, heads=8, kv_heads=4, feed_forward=48)
DESCRIPTION = Description(name="A model", license="apache-2.0", prompt_format="tiny-6")
IDS = torch.randint(400, (2, 23), generator=torch.Generator().manual_seed(1))


def larger(model: LlamaForCausalLM) -> LlamaForCausalLM:
    """Return a model that is sure of what it says, as random weights of usual size are not."""
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 2:
                parameter.mul_(4)
    model.eval()
    return model


def logits(model: LlamaForCausalLM) -> torch.Tensor:
    """Return what a model says to some tokens."""
    with torch.no_grad():
        found: torch.Tensor = model(IDS).logits
    return found


@pytest.fixture
def model() -> LlamaForCausalLM:
    return larger(build_model(SHAPE, 400, seed=3))


@pytest.fixture
def folder(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, tmp_path: Path) -> Path:
    """Return a folder with the model and its tokenizer."""
    save_model(tmp_path / "model", model, tokenizer)
    return tmp_path / "model"


@pytest.fixture
def grouped() -> LlamaForCausalLM:
    return larger(build_model(GROUPED, 400, seed=3))


@pytest.fixture(scope="module")
def batches(homes_file: Path, tokenizer: PreTrainedTokenizerFast) -> list[Batch]:
    return calibration(homes_file, tokenizer, length=512, number=3, seed=1)


def test_nothing_is_left_out(model: LlamaForCausalLM, batches: list[Batch]) -> None:
    same = prune(model, batches, Left(layers=3, heads=4, neurons=48))
    torch.testing.assert_close(logits(same), logits(model), rtol=0, atol=0)


def test_heads_and_neurons_that_do_nothing_go(
    model: LlamaForCausalLM, batches: list[Batch]
) -> None:
    useless_heads = [[1, 3], [0, 2], [0, 1]]
    useless_neurons = [range(20, 44), range(0, 48, 2), range(24)]
    with torch.no_grad():
        for block, heads, neurons in zip(
            model.model.layers, useless_heads, useless_neurons, strict=True
        ):
            block.self_attn.o_proj.weight.view(64, 4, 16)[:, heads] = 0
            block.mlp.down_proj.weight[:, list(neurons)] = 0
    before = logits(model)

    smaller = prune(model, batches, Left(heads=2, neurons=24))

    config = smaller.config
    assert (config.num_attention_heads, config.num_key_value_heads, config.head_dim) == (2, 2, 16)
    assert config.intermediate_size == 24
    torch.testing.assert_close(logits(smaller), before)
    torch.testing.assert_close(logits(model), before, rtol=0, atol=0)
    for old, new, heads in zip(
        model.model.layers, smaller.model.layers, useless_heads, strict=True
    ):
        stay = [number for number in range(4) if number not in heads]
        for name in ("q_proj", "k_proj", "v_proj"):
            expected = getattr(old.self_attn, name).weight.view(4, 16, 64)[stay].flatten(0, 1)
            assert torch.equal(getattr(new.self_attn, name).weight, expected)
    assert smaller.num_parameters() < 0.8 * model.num_parameters()


def test_layers_that_change_nothing_go_first(model: LlamaForCausalLM, batches: list[Batch]) -> None:
    nn.init.zeros_(model.model.layers[1].self_attn.o_proj.weight)
    nn.init.zeros_(model.model.layers[1].mlp.down_proj.weight)

    smaller = prune(model, batches, Left(layers=2))

    assert len(smaller.model.layers) == smaller.config.num_hidden_layers == 2
    torch.testing.assert_close(logits(smaller), logits(model))
    assert [block.self_attn.layer_idx for block in smaller.model.layers] == [0, 1]


@pytest.mark.parametrize(
    ("left", "useless"),
    [(Left(heads=4), [2, 3, 6, 7]), (Left(heads=4, kv_heads=4), [0, 3, 4, 6])],
)
def test_heads_that_share_keys_and_values(
    grouped: LlamaForCausalLM, batches: list[Batch], left: Left, useless: list[int]
) -> None:
    with torch.no_grad():
        for block in grouped.model.layers:
            block.self_attn.o_proj.weight.view(64, 8, 8)[:, useless] = 0

    smaller = prune(grouped, batches, left)

    assert smaller.config.num_attention_heads == 4
    assert smaller.config.num_key_value_heads == (left.kv_heads or 2)
    torch.testing.assert_close(logits(smaller), logits(grouped))


def test_groups_matter_by_their_heads_that_stay() -> None:
    saliency = torch.tensor([[5.0, 0.0, 3.0, 3.0, 1.0, 4.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]])
    best = choose_heads(saliency, kv_heads=3, heads_left=2, kv_heads_left=2)
    assert [part.tolist() for part in best] == [[[0, 5], [3, 5]], [[0, 2], [1, 2]]]
    whole = choose_heads(saliency, kv_heads=3, heads_left=2, kv_heads_left=1)
    assert [part.tolist() for part in whole] == [[[2, 3], [4, 5]], [[1], [2]]]


def test_biases_and_a_head_of_its_own(batches: list[Batch]) -> None:
    config = LlamaConfig(
        vocab_size=400, hidden_size=64, intermediate_size=32, num_hidden_layers=1,
        num_attention_heads=4, head_dim=24, attention_bias=True, mlp_bias=True,
    )  # fmt: skip
    model = larger(LlamaForCausalLM(config))
    block = model.model.layers[0]
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("bias"):
                parameter.normal_(generator=torch.Generator().manual_seed(2))
        block.self_attn.o_proj.weight[:, 24:72] = 0
        block.mlp.down_proj.weight[:, :16] = 0
    smaller = prune(model, batches, Left(heads=2, neurons=16))
    torch.testing.assert_close(logits(smaller), logits(model))
    assert smaller.config.head_dim == 24


@pytest.mark.parametrize(
    ("left", "message"),
    [
        (Left(layers=3), "3 layers cannot be left: the model has 2"),
        (Left(heads=16), "16 heads cannot be left: the model has 8"),
        (Left(neurons=0), "0 neurons cannot be left"),
        (Left(heads=3), "2 heads share keys and values: leave a multiple of 2"),
        (Left(heads=4, kv_heads=3), "4 heads do not fit 3 heads of keys and values"),
        (Left(heads=8, kv_heads=2), "8 heads do not fit 2"),
        (Left(heads=6), "no 6 heads with a hidden size of 64"),
    ],
)
def test_what_cannot_be_left(grouped: LlamaForCausalLM, left: Left, message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        shape_left(grouped.config, left)


def test_from_a_file_to_a_file(folder: Path, homes_file: Path, tmp_path: Path) -> None:
    """A pruned GGUF file is a folder that is exported again, says the same, and can be read."""
    whole, out, gguf = tmp_path / "whole.gguf", tmp_path / "small", tmp_path / "small.gguf"
    export(folder, whole, "f32", DESCRIPTION)
    options = f"{whole} --calibration {homes_file} --out {out} --batches 2"
    command = [sys.executable, "training/prune.py", *options.split()]
    command += ["--layers", "2", "--heads", "2", "--neurons", "32"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = {line[:34].strip(): line[34:].split() for line in done.stdout.splitlines()}
    assert rows["layers"] == ["3", "2"]
    assert rows["heads"] == rows["heads of keys and values"] == ["4", "2"]
    assert rows["neurons"] == ["48", "32"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "small", "whole.gguf"]

    smaller = load_model(out).eval()
    assert rows["parameters"][1] == f"{smaller.num_parameters():,}"
    export(out, gguf, "f32", DESCRIPTION)
    llama = llama_cpp.Llama(
        str(gguf),
        n_ctx=64,
        n_threads=1,
        logits_all=True,
        type_k=llama_cpp.GGML_TYPE_F32,
        type_v=llama_cpp.GGML_TYPE_F32,
        flash_attn=False,
        verbose=False,
    )
    llama.eval(IDS[0].tolist())
    expected = logits(smaller)
    assert expected.abs().max() > 1
    assert np.abs(llama.scores[:23] - expected[0].numpy()).max() <= 1e-3
    torch.testing.assert_close(logits(load_model(gguf).eval()), expected)


def test_healing(
    model: LlamaForCausalLM,
    batches: list[Batch],
    tokenizer: PreTrainedTokenizerFast,
    homes_file: Path,
    tmp_path: Path,
) -> None:
    folder, out = tmp_path / "small", tmp_path / "run"
    save_model(folder, prune(model, batches, Left(heads=2, neurons=32)), tokenizer)
    options = {"--train": homes_file, "--tokenizer": folder, "--warm-start": folder, "--out": out}
    arguments = [str(part) for option in options.items() for part in option]
    done = subprocess.run(
        [sys.executable, "training/scratch.py", *arguments, "--steps", "3", "--no-compile"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    healed = load_model(out / "model").config
    assert (healed.num_attention_heads, healed.head_dim, healed.intermediate_size) == (2, 16, 32)


def test_what_cannot_be_used(
    folder: Path,
    homes_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    phi = tmp_path / "phi"
    config = PhiConfig(
        vocab_size=400, hidden_size=16, intermediate_size=16, num_hidden_layers=1,
        num_attention_heads=1,
    )  # fmt: skip
    PhiForCausalLM(config).save_pretrained(phi)
    for source, out, options, message in [
        (phi, "out", "--heads=1", "of the architecture phi, not a Llama"),
        (folder, "out", "--heads=5", "5 heads cannot be left: the model has 4"),
        (folder, "model", "--heads=2", "is there already: give another --out"),
        (folder, "out", "--seed=2", "say what is to be left"),
        (folder, "out", "--heads=2 --batches=0", "--batches is at least 1"),
        (folder, "out", "--heads=2 --batch-tokens=4", "no request of up to 4 tokens"),
    ]:
        arguments = [source, "--calibration", homes_file, "--out", tmp_path / out]
        monkeypatch.setattr(sys, "argv", ["prune.py", *map(str, arguments), *options.split()])
        with pytest.raises(SystemExit) as end:
            run(main)
        assert end.value.code == 2
        error = capsys.readouterr().err.splitlines()[-1]
        assert error.startswith("error: ")
        assert message in error
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "phi"]
