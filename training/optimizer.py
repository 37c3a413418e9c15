"""Muon for the matrices, AdamW for the rest, and a learning rate that warms up, stays, and decays.

Sources: Muon, https://kellerjordan.github.io/posts/muon/ (``torch.optim.Muon``, here with
matrices of one shape orthogonalized together and in the precision that the processor is fast in);
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


class BatchedMuon(torch.optim.Muon):
    """Muon that orthogonalizes all matrices of one shape in one batched product.

    torch's own takes them one by one and always in bfloat16, which processors without instructions
    for it do a hundred times more slowly than 32 bits.

    Args:
        params: matrices.
        bf16: whether to orthogonalize in bfloat16.
        options: those of ``torch.optim.Muon``.

    """

    def __init__(self, params: list[nn.Parameter], *, bf16: bool, **options: Any) -> None:
        super().__init__(params, **options)
        self._dtype = torch.bfloat16 if bf16 else torch.float32

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Change the parameters."""
        del closure
        for group in self.param_groups:
            shapes: dict[torch.Size, list[tuple[nn.Parameter, torch.Tensor]]] = {}
            for parameter in group["params"]:
                if parameter.grad is not None:
                    those = shapes.setdefault(parameter.shape, [])
                    those.append((parameter, parameter.grad))
            for shape, those in shapes.items():
                updates = self._orthogonal(
                    torch.stack(
                        [self._momentum(p, gradient, group["momentum"]) for p, gradient in those]
                    ),
                    group,
                )
                rate = group["lr"] * math.sqrt(max(1, shape[0] / shape[1]))
                for (parameter, _), update in zip(those, updates, strict=True):
                    parameter.mul_(1 - group["lr"] * group["weight_decay"])
                    parameter.add_(update, alpha=-rate)

    def _momentum(
        self, parameter: nn.Parameter, gradient: torch.Tensor, momentum: float
    ) -> torch.Tensor:
        """Return Nesterov's look ahead, ``(rows, columns)``."""
        state = self.state[parameter]
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros_like(gradient)
        buffer: torch.Tensor = state["momentum_buffer"].lerp_(gradient, 1 - momentum)
        return gradient.lerp(buffer, momentum)

    def _orthogonal(self, matrices: torch.Tensor, group: dict[str, Any]) -> torch.Tensor:
        """Return ``(N, rows, columns)`` with all singular values near 1 (Newton-Schulz)."""
        a, b, c = group["ns_coefficients"]
        tall = matrices.shape[1] > matrices.shape[2]
        x = (matrices.mT if tall else matrices).to(self._dtype)
        x = x / x.norm(dim=(1, 2), keepdim=True).clamp(min=group["eps"])
        for _ in range(group["ns_steps"]):
            gram = torch.bmm(x, x.mT)
            x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
        return (x.mT if tall else x).to(matrices.dtype)


class Optimizers:
    """Both optimizers as one.

    Args:
        model: whose parameters are trained; its matrices outside of embeddings go to Muon.
        muon_lr: learning rate of Muon.
        adam_lr: learning rate of AdamW, for embeddings and norms.
        weight_decay: of Muon's matrices.
        bf16: whether the processor is fast in bfloat16.

    """

    def __init__(
        self,
        model: nn.Module,
        *,
        muon_lr: float,
        adam_lr: float,
        weight_decay: float = 0.0,
        bf16: bool = False,
    ) -> None:
        matrices: list[nn.Parameter] = []
        others: list[nn.Parameter] = []
        for name, parameter in model.named_parameters():
            is_matrix = parameter.ndim == 2 and "embed" not in name and "lm_head" not in name  # noqa: PLR2004
            (matrices if is_matrix else others).append(parameter)
        self._members: list[torch.optim.Optimizer] = [
            BatchedMuon(matrices, bf16=bf16, lr=muon_lr, weight_decay=weight_decay, momentum=0.95),
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
