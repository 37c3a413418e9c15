"""Which weights go to which optimizer, and how the learning rate runs."""

from collections.abc import Callable

import pytest
import torch
from torch import nn
from transformers import LlamaForCausalLM

from training.optimizer import BatchedMuon, Optimizers, Schedule


@pytest.mark.parametrize(
    ("progress", "factor"),
    [
        (0.0, 0.02),
        (0.05, 0.5),
        (0.1, 1.0),
        (0.7, 1.0),
        (0.8, 1.0),
        (0.95, 0.134),
        (1.0, 0.0),
        (1.2, 0.0),
    ],
)
def test_schedule(progress: float, factor: float) -> None:
    schedule = Schedule(warmup=0.1, decay=0.2)
    assert schedule.factor(progress) == pytest.approx(factor, abs=1e-3)


def test_muon_takes_the_matrices(make_model: Callable[[], LlamaForCausalLM]) -> None:
    model = make_model()
    optimizers = Optimizers(model, muon_lr=0.1, adam_lr=0.0)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    generator = torch.Generator().manual_seed(1)
    for parameter in model.parameters():
        parameter.grad = torch.randn(parameter.shape, generator=generator)
    optimizers.step(1.0)
    moved = {n for n, p in model.named_parameters() if not torch.equal(p, before[n])}
    assert moved == {n for n in before if "proj" in n}
    # A step that is nearly orthogonal: all directions are moved alike, as the rate says.
    name = "model.layers.0.self_attn.q_proj.weight"
    step = before[name] - model.get_parameter(name)
    assert torch.linalg.svdvals(step / 0.1).tolist() == pytest.approx([1.0] * 32, abs=0.4)


def test_batched_muon_is_muon() -> None:
    """All matrices of a shape at once: what torch's Muon does, but for the rounding of bfloat16.

    Processors with instructions for bfloat16 add up a batch of products in another order than one.
    """
    generator = torch.Generator().manual_seed(1)
    shapes = [(16, 16), (48, 16), (16, 48), (16, 16)]
    ours = [nn.Parameter(torch.randn(shape, generator=generator)) for shape in shapes]
    theirs = [nn.Parameter(matrix.detach().clone()) for matrix in ours]
    options = {"lr": 0.02, "weight_decay": 0.1, "momentum": 0.95}
    batched, plain = BatchedMuon(ours, bf16=True, **options), torch.optim.Muon(theirs, **options)
    steps = 3
    for _ in range(steps):
        for a, b in zip(ours, theirs, strict=True):
            a.grad = torch.randn(a.shape, generator=generator)
            b.grad = a.grad.clone()
        batched.step()
        plain.step()
    rounding = steps * options["lr"] * torch.finfo(torch.bfloat16).eps
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=rounding)


def test_factor_scales_both(make_model: Callable[[], LlamaForCausalLM]) -> None:
    model = make_model()
    optimizers = Optimizers(model, muon_lr=0.1, adam_lr=0.1)
    before = [p.detach().clone() for p in model.parameters()]
    model(torch.tensor([[5, 6, 7]]), labels=torch.tensor([[5, 6, 7]])).loss.backward()
    optimizers.step(0.0)
    assert all(torch.equal(p, b) for p, b in zip(model.parameters(), before, strict=True))
