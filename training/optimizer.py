"""Muon for the matrices, AdamW for the rest, and a learning rate that warms up, stays, and decays.

Sources: Muon, https://kellerjordan.github.io/posts/muon/ (``torch.optim.Muon``);
warmup-stable-decay, Hu et al. 2024 (MiniCPM), with the square-root decay of Hägele et al. 2024.
"""

from dataclasses import dataclass
import math
from typing import Any

import torch
from torch import nn

_LEAST = 0.02  # So that the first step is not made in vain.


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Warmup, stable, decay.

    Args:
        warmup: share of the run in which the learning rate rises from next to 0.
        decay: share of the run, at its end, in which it falls to 0.

    """

    warmup: float = 0.01
    decay: float = 0.3

    def factor(self, progress: float) -> float:
        """Return the learning rate's factor, 0-1, at a share of the run."""
        if progress < self.warmup:
            return max(progress / self.warmup, _LEAST)
        left = max(0.0, 1.0 - progress)
        return 1.0 if left >= self.decay else 1.0 - math.sqrt(1.0 - left / self.decay)


class Optimizers:
    """Both optimizers as one.

    Args:
        model: whose parameters are trained; its matrices outside of embeddings go to Muon.
        muon_lr: learning rate of Muon.
        adam_lr: learning rate of AdamW, for embeddings and norms.
        weight_decay: of Muon's matrices.

    """

    def __init__(
        self, model: nn.Module, *, muon_lr: float, adam_lr: float, weight_decay: float = 0.0
    ) -> None:
        matrices: list[nn.Parameter] = []
        others: list[nn.Parameter] = []
        for name, parameter in model.named_parameters():
            is_matrix = parameter.ndim == 2 and "embed" not in name and "lm_head" not in name  # noqa: PLR2004
            (matrices if is_matrix else others).append(parameter)
        self._members: list[torch.optim.Optimizer] = [
            torch.optim.Muon(
                matrices, lr=muon_lr, weight_decay=weight_decay, momentum=0.95, nesterov=True
            ),
            torch.optim.AdamW(others, lr=adam_lr, betas=(0.9, 0.95), eps=1e-10, weight_decay=0.0),
        ]
        self._rates = (muon_lr, adam_lr)

    def step(self, factor: float) -> None:
        """Change the parameters; ``factor`` scales both learning rates."""
        for member, rate in zip(self._members, self._rates, strict=True):
            for group in member.param_groups:
                group["lr"] = rate * factor
            member.step()
            member.zero_grad(set_to_none=True)

    def state_dict(self) -> list[dict[str, Any]]:
        """Return the state of both."""
        return [member.state_dict() for member in self._members]

    def load_state_dict(self, states: list[dict[str, Any]]) -> None:
        """Take up a state that ``state_dict`` returned."""
        for member, state in zip(self._members, states, strict=True):
            member.load_state_dict(state)
