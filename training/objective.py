"""What is learned: the next token of replies, among those that the grammar allows.

What is measured: replies that are right.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn import functional as F
from transformers import LlamaForCausalLM

from training.batches import Batch

Trunk = Callable[[torch.Tensor], torch.Tensor]


def trunk_of(model: LlamaForCausalLM) -> Trunk:
    """Return the model up to its last hidden state: ``(B, L)`` to ``(B, L, H)``."""
    model.set_attn_implementation("sdpa")

    def trunk(ids: torch.Tensor) -> torch.Tensor:
        hidden: torch.Tensor = model.model(input_ids=ids, use_cache=False).last_hidden_state
        return hidden

    return trunk


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """What the model says at some places.

    Args:
        logits: ``(N, choices)`` in 32 bits; minus infinity for what the grammar forbids.
        targets: ``(N,)`` which of the choices is right.
        rows: ``(N,)`` row of the batch.

    """

    logits: torch.Tensor
    targets: torch.Tensor
    rows: torch.Tensor


def predict(model: LlamaForCausalLM, trunk: Trunk, batch: Batch) -> list[Predictions]:
    """Run the model over a batch; the head only where something is to be learned, as it costs much.

    Returns:
        Predictions among the tokens that the grammar allows somewhere, and among all tokens.

    """
    hidden = trunk(batch.ids).flatten(0, 1).index_select(0, batch.places)
    rows = batch.places // batch.ids.shape[1]
    sizes = [len(batch.allowed), len(batch.places) - len(batch.allowed)]
    (bounded, free), (few, every), (bounded_rows, free_rows) = (
        tensor.split(sizes) for tensor in (hidden, batch.targets, rows)
    )
    among_all = Predictions(logits=model.lm_head(free).float(), targets=every, rows=free_rows)
    if not sizes[0]:
        return [among_all]
    embeddings = model.lm_head.weight.index_select(0, batch.candidates)
    logits = F.linear(bounded, embeddings).float().masked_fill(~batch.allowed, float("-inf"))
    right = torch.searchsorted(batch.candidates, few)
    return [Predictions(logits=logits, targets=right, rows=bounded_rows), among_all]


def total_loss(predictions: list[Predictions]) -> torch.Tensor:
    """Return the sum of cross entropies (not their mean)."""
    losses = [F.cross_entropy(p.logits, p.targets, reduction="sum") for p in predictions]
    return torch.stack(losses).sum()


Objective = Callable[[list[Predictions], Batch], torch.Tensor]
"""From what the model says about a batch to the sum of the losses of its targets."""


def next_tokens(predictions: list[Predictions], batch: Batch) -> torch.Tensor:
    """Return the objective of training without a teacher: the next tokens themselves."""
    del batch
    return total_loss(predictions)


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
        batch: made without a share of the prompts.

    """
    predictions = predict(model, trunk, batch)
    rows = torch.cat([part.rows for part in predictions])
    wrong = torch.cat([part.logits.argmax(-1) != part.targets for part in predictions])
    requests = len(rows.unique())
    return Measured(
        loss=float(total_loss(predictions)),
        tokens=len(rows),
        requests=requests,
        exact=requests - len(rows[wrong].unique()),
    )
