"""A model between a trained one and the one that it began from."""

from copy import deepcopy

import pytest
import torch
from transformers import LlamaForCausalLM

from training.average import average
from training.errors import TrainingError
from training.growth import widen
from training.model import Shape, build_model

SHAPE = Shape(hidden=32, layers=2, heads=2, kv_heads=2, feed_forward=64, context=64)


@pytest.fixture
def old() -> LlamaForCausalLM:
    return build_model(SHAPE, vocab_size=97, seed=5)


def logits(model: LlamaForCausalLM) -> torch.Tensor:
    """Return what a model says of some tokens."""
    ids = torch.randint(97, (2, 11), generator=torch.Generator().manual_seed(1))
    found: torch.Tensor = model(ids).logits
    return found.detach()


def trained(model: LlamaForCausalLM) -> LlamaForCausalLM:
    """Return a grown model that has learned something."""
    new = widen(model, 32, 96)
    torch.manual_seed(3)
    with torch.no_grad():
        for parameter in new.parameters():
            parameter.add_(torch.randn_like(parameter), alpha=0.05)
    return new


def test_nothing_of_the_new_one_is_the_old_one(old: LlamaForCausalLM) -> None:
    new = trained(old)
    average(new, old, 0.0)
    torch.testing.assert_close(logits(new), logits(old))


def test_all_of_the_new_one_is_the_new_one(old: LlamaForCausalLM) -> None:
    new = trained(old)
    before = logits(new)
    average(new, old, 1.0)
    torch.testing.assert_close(logits(new), before)


def test_half_of_each_is_the_mean_of_the_weights(old: LlamaForCausalLM) -> None:
    new = build_model(SHAPE, vocab_size=97, seed=6)
    mean = {
        n: (p + q) / 2 for (n, p), q in zip(new.named_parameters(), old.parameters(), strict=True)
    }
    average(new, old, 0.5)
    for name, parameter in new.named_parameters():
        torch.testing.assert_close(parameter, mean[name])


def test_bad_averages(old: LlamaForCausalLM) -> None:
    other = build_model(SHAPE, vocab_size=98, seed=5)
    before = deepcopy(old.state_dict())
    with pytest.raises(TrainingError, match="other shapes"):
        average(old, other, 0.5)
    with pytest.raises(TrainingError, match="between 0 and 1"):
        average(old, old, 1.5)
    torch.testing.assert_close(old.state_dict(), before)
