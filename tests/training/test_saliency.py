"""The measures of saliency, beside what they stand for."""

from itertools import pairwise

import pytest
import torch
from torch import nn
from torch.nn.functional import cosine_similarity
from transformers import LlamaForCausalLM

from training.batches import Batch, batch
from training.model import Shape, build_model
from training.objective import predict, total_loss, trunk_of
from training.saliency import block_influence, taylor_saliency
from training.token_file import TokenFile

SHAPE = Shape(hidden=32, layers=2, heads=4, kv_heads=2, feed_forward=24)
REQUESTS = (0, 3, 7, 40)
STEP = 0.01
TOLERANCE = 2e-3


@pytest.fixture
def model() -> LlamaForCausalLM:
    model = build_model(SHAPE, 400, seed=4)
    # Random weights say hardly anything; larger ones do.
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 2:
                parameter.mul_(4)
    model.eval()
    return model


@pytest.fixture
def together(data: TokenFile) -> Batch:
    """Return requests of different lengths as one batch, with padding."""
    return batch(REQUESTS, data)


@pytest.fixture
def alone(data: TokenFile) -> list[Batch]:
    """Return the same requests, each without padding."""
    return [batch([number], data) for number in REQUESTS]


def slope(
    model: LlamaForCausalLM, one: Batch, weight: torch.Tensor, channels: slice
) -> torch.Tensor:
    """Return by how much the loss changes as some input channels of a matrix fade."""

    def loss(scale: float) -> torch.Tensor:
        with torch.no_grad():
            kept = weight[:, channels].clone()
            weight[:, channels] *= scale
            loss = total_loss(predict(model, trunk_of(model), one))
            weight[:, channels] = kept
        return loss

    return (loss(1 + STEP) - loss(1 - STEP)) / (2 * STEP)


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("part", ["heads", "neurons"])
def test_heads_and_neurons_matter_by_the_slope_of_the_loss(
    model: LlamaForCausalLM, together: Batch, alone: list[Batch], layer: int, part: str
) -> None:
    block = model.model.layers[layer]
    module, width = (block.self_attn.o_proj, 8) if part == "heads" else (block.mlp.down_proj, 1)
    number = module.in_features // width
    channels = [slice(n * width, (n + 1) * width) for n in range(number)]
    slopes = [[slope(model, one, module.weight, c).abs() for c in channels] for one in alone]

    measured = getattr(taylor_saliency(model, [together]), part)

    assert measured.shape == (2, number)
    expected = torch.tensor(slopes).mean(0)
    assert expected.max() > 20 * TOLERANCE  # Else there would be nothing to compare.
    torch.testing.assert_close(measured[layer], expected, rtol=0.02, atol=TOLERANCE)


def test_batches_do_not_matter(
    model: LlamaForCausalLM, together: Batch, alone: list[Batch]
) -> None:
    measured, expected = (taylor_saliency(model, batches) for batches in ([together], alone))
    torch.testing.assert_close(measured.heads, expected.heads)
    torch.testing.assert_close(measured.neurons, expected.neurons)
    torch.testing.assert_close(block_influence(model, [together]), block_influence(model, alone))


def test_weights_get_no_gradients(model: LlamaForCausalLM, together: Batch) -> None:
    taylor_saliency(model, [together])
    assert [
        name for name, parameter in model.named_parameters() if parameter.grad is not None
    ] == []


def test_layers_matter_by_how_much_they_turn(model: LlamaForCausalLM, alone: list[Batch]) -> None:
    similarities = []
    for one in alone:
        with torch.no_grad():
            states = model(one.ids, output_hidden_states=True).hidden_states
        # The last is normed, which changes no direction as long as the norm's weights are equal.
        pairs = pairwise(states)
        similarities.append(torch.stack([cosine_similarity(*pair, dim=-1)[0] for pair in pairs]))

    influence = block_influence(model, alone)

    torch.testing.assert_close(influence, 1 - torch.cat(similarities, dim=1).mean(1))
    assert influence.min() > 0.01


def test_what_does_nothing_does_not_matter(model: LlamaForCausalLM, together: Batch) -> None:
    block = model.model.layers[1]
    with torch.no_grad():
        block.self_attn.o_proj.weight[:, 8:16] = 0
        block.mlp.down_proj.weight[:, 5] = 0
    saliency = taylor_saliency(model, [together])
    assert (saliency.heads == 0).nonzero().tolist() == [[1, 1]]
    assert (saliency.neurons == 0).nonzero().tolist() == [[1, 5]]

    nn.init.zeros_(block.self_attn.o_proj.weight)
    nn.init.zeros_(block.mlp.down_proj.weight)
    influence = block_influence(model, [together])
    assert influence[1].abs() < 1e-6
    assert influence[0] > 0.01
