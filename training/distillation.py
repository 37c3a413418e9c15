"""Distillation: a student learns what its teachers think of every choice, not only what is right.

The loss at a place whose next token is learned is::

    alpha * T^2 * KL(teacher || student) + (1 - alpha) * cross entropy of the right token

Both are over the tokens that the grammar allows there (in prompts: all), and nothing is computed at
other places, as without a teacher. In the divergence the logits of both are divided by the
temperature T before the softmax, so that the student sees more of what the teacher holds unlikely;
gradients shrink with 1 / T^2 by this, so it is multiplied by T^2. The probabilities of several
teachers are averaged. The gradient for the student's logits is::

    alpha * T * (q_T - p_T) + (1 - alpha) * (q_1 - right)

with the student's probabilities q, the teacher's p, and 1 for the right token.

Source: Hinton, Vinyals and Dean 2015, Distilling the Knowledge in a Neural Network
(arXiv:1503.02531), section 2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast
from transformers.utils import logging

from training.batches import Batch
from training.checkpoint import load_model
from training.errors import TrainingError
from training.objective import Predictions, Trunk, predict, total_loss, trunk_of
from training.recipe import run_device
from training.tokenizer import load_tokenizer, tokenizer_of_gguf


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """How much is learned from teachers.

    Args:
        alpha: weight of the teachers, 0-1; what is left is that of the right tokens.
        temperature: by which logits are divided, above 0.

    """

    alpha: float = 0.5
    temperature: float = 2.0


def kl_divergence(
    student: torch.Tensor, teachers: Sequence[torch.Tensor], temperature: float
) -> torch.Tensor:
    """Return the sum over places of KL(teachers || student), in nats, not multiplied by T^2.

    Args:
        student: ``(N, choices)`` logits; minus infinity for what the grammar forbids.
        teachers: the same of each teacher; their probabilities are averaged.
        temperature: by which logits are divided.

    """
    expected = torch.stack([(logits / temperature).softmax(-1) for logits in teachers]).mean(0)
    # What is forbidden has probability 0 for both; 0 times minus infinity would be no number.
    said = (student / temperature).log_softmax(-1).masked_fill(student.isneginf(), 0.0)
    return F.kl_div(said, expected, reduction="sum")


class Distillation:
    """The objective of a run with teachers, as ``training.trainer.Settings`` takes it.

    Args:
        teachers: models with the student's tokenizer, on its device; they stay as they are.
        mixture: of what they say and what is right.

    """

    def __init__(self, teachers: Sequence[LlamaForCausalLM], mixture: Mixture) -> None:
        self._teachers: list[tuple[LlamaForCausalLM, Trunk]] = [
            (teacher.eval().requires_grad_(requires_grad=False), trunk_of(teacher))
            for teacher in teachers
        ]
        self._mixture = mixture

    def __call__(self, predictions: list[Predictions], batch: Batch) -> torch.Tensor:
        """Return the sum of the losses of a batch's targets, of what the student predicts there."""
        alpha = self._mixture.alpha
        soft = self._mixture.temperature**2 * self.divergence(predictions, batch)
        return alpha * soft + (1 - alpha) * total_loss(predictions)

    def divergence(self, predictions: list[Predictions], batch: Batch) -> torch.Tensor:
        """Return the sum of KL(teachers || student) over a batch's targets, at the temperature."""
        temperature = self._mixture.temperature
        with torch.no_grad():
            taught = [predict(teacher, trunk, batch) for teacher, trunk in self._teachers]
        return torch.stack(
            [
                kl_divergence(said.logits, [part.logits for part in parts], temperature)
                for said, *parts in zip(predictions, *taught, strict=True)
            ]
        ).sum()


def load_teacher(source: Path, tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """Load a teacher to where runs are computed, from a folder of transformers or a GGUF file.

    Args:
        source: where it is.
        tokenizer: of the student.

    Raises:
        TrainingError: it cannot be read, is no Llama, or has another tokenizer than the student.

    """
    logging.disable_progress_bar()
    if not source.exists():
        raise TrainingError(f"there is no teacher at {source}")
    own = load_tokenizer(source) if source.is_dir() else tokenizer_of_gguf(source)
    if _pieces(own) != _pieces(tokenizer):
        raise TrainingError(f"the teacher {source} has another tokenizer than the student")
    model = load_model(source)
    if model.config.vocab_size != len(tokenizer):
        raise TrainingError(
            f"the teacher {source} knows {model.config.vocab_size} tokens,"
            f" but its tokenizer has {len(tokenizer)}"
        )
    nn.Module.to(model, run_device())
    return model


def _pieces(tokenizer: PreTrainedTokenizerFast) -> tuple[dict[str, int], list[list[str]] | None]:
    """Return what makes ids of text: the ids of tokens, and merges in their order."""
    backend = tokenizer.backend_tokenizer
    return backend.get_vocab(), json.loads(backend.to_str())["model"].get("merges")
