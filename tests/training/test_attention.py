"""A request in a pack is computed exactly as the request alone."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
import random

import numpy as np
import pytest
import torch
from transformers import LlamaForCausalLM

from training.dataset import TokenFile, token_file
from training.model import Shape, build_model
from training.objective import predict, total_loss, trunk_of
from training.packing import IGNORED, batch, plan


def unbounded(data: TokenFile) -> TokenFile:
    """Return a file as if there were no grammar: every token of a reply is learned."""
    return replace(data, allowed_at=np.zeros_like(data.allowed_at))


@pytest.mark.parametrize("kv_heads", [2, 1])
def test_packed_equals_alone(
    homes_file: Path, tokenizer_folder: Path, tmp_path: Path, kv_heads: int
) -> None:
    data = unbounded(token_file(homes_file, tokenizer_folder, tmp_path))
    shape = Shape(hidden=32, layers=2, heads=2, kv_heads=kv_heads, feed_forward=64)
    model = build_model(shape, 400, seed=5)
    alone = build_model(shape, 400, seed=5)
    pieces = plan(data, 1024, random.Random(1)).sequences[0]
    packed = batch(pieces, data, 1040)
    # Short prefixes and long ones, and something behind the last of them.
    assert min(packed.layout.prefixes) < 4
    assert max(packed.layout.prefixes) > 16
    assert packed.layout.padding >= 16
    with torch.no_grad():
        logits = predict(model, trunk_of(model), packed).logits
        expected = []
        for piece in pieces:
            document = data.document(piece.document)
            for number in piece.branches:
                branch = document.branches[number]
                ids = torch.tensor([[*document.prefix, *branch.ids]])
                first = len(document.prefix) + branch.prompt - 1
                expected.append(alone(ids).logits[0, first:-1])
    assert torch.allclose(logits, torch.cat(expected), atol=1e-4)


def test_gradients_equal_alone(
    homes_file: Path,
    tokenizer_folder: Path,
    tmp_path: Path,
    make_model: Callable[[], LlamaForCausalLM],
) -> None:
    data = unbounded(token_file(homes_file, tokenizer_folder, tmp_path))
    model, alone = make_model(), make_model()
    pieces = plan(data, 512, random.Random(1)).sequences[0]
    packed = batch(pieces, data, 512)
    total_loss(predict(model, trunk_of(model), packed), packed).backward()
    for piece in pieces:
        document = data.document(piece.document)
        for number in piece.branches:
            branch = document.branches[number]
            ids = torch.tensor([[*document.prefix, *branch.ids]])
            labels = ids.clone()
            labels[:, : len(document.prefix) + branch.prompt] = IGNORED
            (alone(ids, labels=labels).loss * (len(branch.ids) - branch.prompt)).backward()
    for ours, theirs in zip(model.parameters(), alone.parameters(), strict=True):
        assert torch.allclose(ours.grad, theirs.grad, atol=1e-4, rtol=1e-3)
