"""One step of training by a plain recipe, and by ours, to compare them."""

from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence
from transformers import LlamaForCausalLM

from training.objective import predict, total_loss, trunk_of
from training.optimizer import Optimizers
from training.stages import BatchStream
from training.token_file import TokenFile

Step = Callable[[], int]
"""Makes one step, and returns how many tokens of requests were in it, padding not counted."""

_MUON, _ADAM = 0.006, 0.0015
_IGNORED = -100


def plain_step(model: LlamaForCausalLM, data: TokenFile, length: int) -> Step:
    """Return a step as a first script makes it.

    Requests as they come, padded to the longest of them, every position computed to the last,
    logits of the whole vocabulary, AdamW.

    Args:
        model: is changed in place.
        data: the requests.
        length: about so many tokens of requests are in a batch, padding not counted.

    """
    optimizer = torch.optim.AdamW(model.parameters(), lr=_ADAM)
    rng = np.random.default_rng(1)
    device = next(model.parameters()).device
    rows = [torch.from_numpy(data.ids[a:b].astype(np.int64)) for a, b in pairwise(data.starts)]
    size = max(round(length * len(rows) / len(data.ids)), 1)

    def step() -> int:
        chosen = [rows[number] for number in rng.integers(len(rows), size=size)]
        ids = pad_sequence(chosen, batch_first=True).to(device)  # (B, L)
        mask = pad_sequence([torch.ones_like(row) for row in chosen], batch_first=True).to(device)
        labels = ids.masked_fill(mask == 0, _IGNORED)
        model(ids, attention_mask=mask, labels=labels).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return int(mask.sum())

    return step


def our_step(model: LlamaForCausalLM, data: TokenFile, length: int) -> Step:
    """Return a step as ``trainer.py`` makes it.

    Args:
        model: is changed in place.
        data: the requests.
        length: tokens in a batch, padding included.

    """
    stream = BatchStream(data, length=length, seed="bench", prompt_share=0.05)
    optimizers = Optimizers(model, muon_lr=_MUON, adam_lr=_ADAM)
    device = next(model.parameters()).device
    trunk = trunk_of(model)

    def step() -> int:
        batch = stream.take().to(device)
        loss = total_loss(predict(model, trunk, batch)) / len(batch.targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizers.step(1.0)
        return batch.tokens

    return step


STEPS: Mapping[str, Callable[[LlamaForCausalLM, TokenFile, int], Step]] = {
    "plain": plain_step,
    "ours": our_step,
}
"""What makes a step, by recipe."""
