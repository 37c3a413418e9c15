"""Deeper models say at first what the model said that they are made from."""

import pytest
import torch
from transformers import LlamaForCausalLM

from training.errors import TrainingError
from training.growth import deepen
from training.model import Shape, build_model

SHAPE = Shape(hidden=32, layers=3, heads=2, kv_heads=2, feed_forward=64, context=64)


@pytest.fixture
def model() -> LlamaForCausalLM:
    return build_model(SHAPE, vocab_size=97, seed=5)


@pytest.mark.parametrize("layers", [3, 4, 5, 6, 7])
def test_a_deeper_model_computes_the_same(model: LlamaForCausalLM, layers: int) -> None:
    ids = torch.randint(97, (2, 11), generator=torch.Generator().manual_seed(1))

    deeper = deepen(model, layers)

    assert deeper.config.num_hidden_layers == len(deeper.model.layers) == layers
    torch.testing.assert_close(deeper(ids).logits, model(ids).logits)


def test_new_blocks_learn(model: LlamaForCausalLM) -> None:
    deeper = deepen(model, 4)
    ids = torch.randint(97, (2, 11), generator=torch.Generator().manual_seed(1))

    deeper(ids, labels=ids).loss.backward()

    new = [b for b in deeper.model.layers if not b.mlp.down_proj.weight.any()]
    assert len(new) == 1
    assert new[0].mlp.down_proj.weight.grad.abs().sum() > 0
    assert new[0].self_attn.o_proj.weight.grad.abs().sum() > 0


def test_the_model_that_is_deepened_stays(model: LlamaForCausalLM) -> None:
    before = {name: value.clone() for name, value in model.state_dict().items()}

    with torch.no_grad():
        for parameter in deepen(model, 6).parameters():
            parameter.zero_()

    for name, value in model.state_dict().items():
        torch.testing.assert_close(value, before[name])


def test_a_model_is_not_made_shallower(model: LlamaForCausalLM) -> None:
    with pytest.raises(TrainingError, match="3 layers cannot be deepened to 2"):
        deepen(model, 2)
