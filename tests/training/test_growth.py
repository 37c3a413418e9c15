"""Deeper and wider models say at first what the model said that they are made from."""

import pytest
import torch
from transformers import LlamaForCausalLM

from training.errors import TrainingError
from training.growth import deepen, widen
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


@pytest.mark.parametrize(("hidden", "feed_forward"), [(32, 64), (32, 96), (48, 64), (64, 160)])
def test_a_wider_model_computes_the_same(
    model: LlamaForCausalLM, hidden: int, feed_forward: int
) -> None:
    ids = torch.randint(97, (2, 11), generator=torch.Generator().manual_seed(1))

    wider = widen(model, hidden, feed_forward)

    assert (wider.config.hidden_size, wider.config.intermediate_size) == (hidden, feed_forward)
    assert wider.config.num_attention_heads == hidden // 16
    torch.testing.assert_close(wider(ids).logits, model(ids).logits)


def test_new_channels_neurons_and_heads_learn(model: LlamaForCausalLM) -> None:
    wider = widen(model, 48, 96)
    ids = torch.randint(97, (2, 11), generator=torch.Generator().manual_seed(1))
    optimizer = torch.optim.SGD(wider.parameters(), lr=0.1)

    for _ in range(2):  # What reads new channels has something to read after the first step.
        optimizer.zero_grad()
        wider(ids, labels=ids).loss.backward()
        optimizer.step()

    for block in wider.model.layers:
        assert block.mlp.down_proj.weight.grad[:, 64:].abs().sum() > 0
        assert block.mlp.down_proj.weight.grad[32:].abs().sum() > 0
        assert block.self_attn.o_proj.weight.grad[:, 32:].abs().sum() > 0
        assert block.self_attn.q_proj.weight.grad[:, 32:].abs().sum() > 0
    assert wider.model.embed_tokens.weight.grad[:, 32:].abs().sum() > 0


@pytest.mark.parametrize(("hidden", "feed_forward"), [(40, 64), (16, 64), (32, 60)])
def test_a_model_is_not_made_narrower(
    model: LlamaForCausalLM, hidden: int, feed_forward: int
) -> None:
    with pytest.raises(TrainingError, match=f"cannot be widened to {hidden} and {feed_forward}"):
        widen(model, hidden, feed_forward)
