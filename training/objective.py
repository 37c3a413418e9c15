"""What is learned: the next token of replies, among those that the grammar allows.

What is measured: replies that are right.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn import functional as F
from transformers import LlamaForCausalLM

from training.attention import NAME as PACKED, packed
from training.packing import IGNORED, Batch

Trunk = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def trunk_of(model: LlamaForCausalLM) -> Trunk:
    """Return the model up to its last hidden state: two times ``(1, T)`` to ``(1, T, H)``."""
    model.set_attn_implementation(PACKED)

    def trunk(ids: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        output = model.model(input_ids=ids, position_ids=positions, use_cache=False)
        hidden: torch.Tensor = output.last_hidden_state
        return hidden

    return trunk


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """What the model says where something is to be learned.

    Args:
        logits: ``(N, vocab)`` in 32 bits, for the N positions that have a target.
        where: ``(N,)`` positions in the batch.

    """

    logits: torch.Tensor
    where: torch.Tensor


def predict(model: LlamaForCausalLM, trunk: Trunk, batch: Batch) -> Predictions:
    """Run the model over a batch; the head only where there is a target, as it costs much."""
    with packed(batch.layout, batch.ids.device):
        hidden = trunk(batch.ids[None], batch.positions[None])[0]
    where = (batch.targets != IGNORED).nonzero().squeeze(1)
    logits = model.lm_head(hidden.index_select(0, where)).float()
    return Predictions(logits=_bounded(logits, where, batch), where=where)


def _bounded(logits: torch.Tensor, where: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Return ``(N, vocab)``: minus infinity for what the grammar forbids."""
    row_at = torch.zeros(len(batch.ids), dtype=torch.long, device=where.device)
    row_at[where] = torch.arange(len(where), device=where.device)
    rows = row_at[batch.bounded]
    forbidden = torch.zeros_like(logits, dtype=torch.bool)
    forbidden[rows] = True
    forbidden[rows[batch.allowed_of], batch.allowed] = False
    return logits.masked_fill(forbidden, float("-inf"))


def total_loss(predictions: Predictions, batch: Batch) -> torch.Tensor:
    """Return the weighted sum of cross entropies (not their mean)."""
    targets = batch.targets[predictions.where]
    losses = F.cross_entropy(predictions.logits, targets, reduction="none")
    return (losses * batch.weights[predictions.where]).sum()


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Counts over replies, each token predicted from the right tokens before it.

    Args:
        loss: sum over tokens of replies.
        tokens: their number.
        requests: number of requests.
        exact: requests whose reply is right to the last token.

    """

    loss: float = 0.0
    tokens: int = 0
    requests: int = 0
    exact: int = 0

    def __add__(self, other: "Measured") -> "Measured":
        return Measured(**{name: value + vars(other)[name] for name, value in vars(self).items()})

    def summary(self) -> dict[str, float]:
        """Return means: the loss per token and shares of the requests."""
        requests = max(self.requests, 1)
        return {
            "valid_loss": self.loss / max(self.tokens, 1),
            "valid_exact": self.exact / requests,
        }


def measure(model: LlamaForCausalLM, trunk: Trunk, batch: Batch) -> Measured:
    """Count what the model gets right.

    Args:
        model: the model.
        trunk: of the model.
        batch: made without prompt weights.

    """
    predictions = predict(model, trunk, batch)
    where = predictions.where
    right = predictions.logits.argmax(-1) == batch.targets[where]
    groups, group = batch.requests[where].unique(return_inverse=True)

    def without_mistake(mistakes: torch.Tensor) -> int:
        counts = torch.zeros(len(groups), dtype=torch.long, device=where.device)
        return int((counts.index_add_(0, group, mistakes.long()) == 0).sum())

    return Measured(
        loss=float(total_loss(predictions, batch)),
        tokens=len(where),
        requests=len(groups),
        exact=without_mistake(~right),
    )
