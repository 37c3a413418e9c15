"""What is learned and measured in a batch, against single requests."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy
from transformers import LlamaForCausalLM

from training.batches import batch, plan
from training.dataset import Request
from training.model import Shape, build_model
from training.objective import Measured, measure, predict, total_loss, trunk_of
from training.token_file import TokenFile


def alone(model: LlamaForCausalLM, request: Request) -> tuple[torch.Tensor, torch.Tensor]:
    """Return logits where a reply has a choice, and what is right; the request is by itself."""
    ids = torch.tensor([request.ids])
    logits = model(ids).logits[0, request.prompt - 1 : -1]
    asked = _bound(logits, request.allowed)
    return logits[asked], ids[0, request.prompt :][asked]


def _bound(logits: torch.Tensor, allowed: Sequence[Sequence[int]]) -> torch.Tensor:
    """Forbid in place what a grammar forbids, and return where there is more than one choice."""
    asked = torch.ones(len(logits), dtype=torch.bool)
    for row, few in enumerate(allowed):
        if few:
            forbidden = torch.ones(logits.shape[1], dtype=torch.bool)
            forbidden[list(few)] = False
            logits[row, forbidden] = float("-inf")
            asked[row] = len(few) > 1
    return asked


@pytest.mark.parametrize("kv_heads", [2, 1])
def test_gradients_equal_those_of_single_requests(data: TokenFile, kv_heads: int) -> None:
    shape = Shape(hidden=32, layers=2, heads=2, kv_heads=kv_heads, feed_forward=64)
    model, other = (build_model(shape, 400, seed=5) for _ in range(2))
    # Short and long, so that there is padding.
    numbers = range(0, len(data), 5)
    lengths = {len(data.request(number).ids) for number in numbers}
    assert max(lengths) > 2 * min(lengths)
    loss = total_loss(predict(model, trunk_of(model), batch(numbers, data)))
    loss.backward()
    expected = 0.0
    for number in numbers:
        part = cross_entropy(*alone(other, data.request(number)), reduction="sum")
        part.backward()
        expected += part.item()
    assert loss.item() == pytest.approx(expected, rel=1e-5)
    for ours, theirs in zip(model.parameters(), other.parameters(), strict=True):
        assert torch.allclose(ours.grad, theirs.grad, atol=1e-4, rtol=1e-3)


def test_tokens_of_prompts_are_learned_among_all_tokens(
    data: TokenFile, make_model: Callable[[], LlamaForCausalLM]
) -> None:
    model, request = make_model(), data.request(0)
    both, replies = (batch([0], data, share) for share in (1.0, 0.0))
    ids = torch.tensor([request.ids[: request.prompt]])
    with torch.no_grad():
        expected = cross_entropy(model(ids).logits[0, :-1], ids[0, 1:], reduction="sum")
        trunk = trunk_of(model)
        all_of_it, reply = (total_loss(predict(model, trunk, made)) for made in (both, replies))
    assert float(all_of_it - reply) == pytest.approx(float(expected), rel=1e-4)


def test_counts_equal_those_of_single_requests(
    data: TokenFile, make_model: Callable[[], LlamaForCausalLM]
) -> None:
    numbers = plan(data, 1024, np.random.default_rng(1)).batches[0]
    model = make_model()
    _learn(model, data.request(numbers[1]).ids)
    requests = exact = tokens = 0
    loss = 0.0
    with torch.no_grad():
        counted = measure(model, trunk_of(model), batch(numbers, data))
        for number in numbers:
            logits, right = alone(model, data.request(number))
            loss += float(cross_entropy(logits, right, reduction="sum"))
            requests += 1
            tokens += len(right)
            exact += bool((logits.argmax(-1) == right).all())
    assert (counted.requests, counted.tokens, counted.exact) == (requests, tokens, exact)
    assert 0 < exact < requests
    assert counted.loss == pytest.approx(loss, rel=1e-4)


def _learn(model: LlamaForCausalLM, ids: Sequence[int]) -> None:
    """Train until one request is known by heart; the others are not."""
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    sequence, loss = torch.tensor([ids]), torch.tensor(9.0)
    while loss > 0.05:
        loss = model(sequence, labels=sequence).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()


def test_sums_and_means() -> None:
    one = Measured(loss=2.0, tokens=4, requests=2, exact=0)
    two = Measured(loss=4.0, tokens=8, requests=2, exact=1)
    assert (one + two).summary() == {"valid_loss": 0.5, "valid_exact": 0.25}
