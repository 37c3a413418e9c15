"""What is measured, against a count by hand."""

from collections.abc import Callable, Sequence
from pathlib import Path
import random

import pytest
import torch
from transformers import LlamaForCausalLM

from training.dataset import token_file
from training.objective import Measured, measure, trunk_of
from training.packing import batch, plan


def test_counts_equal_those_of_single_requests(
    make_model: Callable[[], LlamaForCausalLM],
    homes_file: Path,
    tokenizer_folder: Path,
    tmp_path: Path,
) -> None:
    data = token_file(homes_file, tokenizer_folder, tmp_path)
    model, alone = make_model(), make_model()
    document = data.document(plan(data, 1024, random.Random(1)).sequences[0][0].document)
    _learn(model, [*document.prefix, *document.branches[1].ids])
    alone.load_state_dict(model.state_dict())
    pieces = plan(data, 1024, random.Random(1)).sequences[0]
    requests = exact = tokens = 0
    loss = 0.0
    with torch.no_grad():
        counted = measure(model, trunk_of(model), batch(pieces, data, 1024))
        for piece in pieces:
            document = data.document(piece.document)
            for branch in (document.branches[number] for number in piece.branches):
                ids = torch.tensor([[*document.prefix, *branch.ids]])
                first = len(document.prefix) + branch.prompt
                logits = alone(ids).logits[0, first - 1 : -1]
                asked = _bound(logits, branch.allowed)
                right = logits.argmax(-1) == ids[0, first:]
                loss += float(
                    torch.nn.functional.cross_entropy(
                        logits[asked], ids[0, first:][asked], reduction="sum"
                    )
                )
                requests += 1
                tokens += int(asked.sum())
                exact += bool(right.all())
    assert (counted.requests, counted.tokens) == (requests, tokens)
    assert counted.exact == exact
    assert 0 < exact < requests
    assert counted.loss == pytest.approx(loss, rel=1e-4)


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


def _learn(model: LlamaForCausalLM, ids: list[int]) -> None:
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
