"""trl's trainer for pairs that are token ids already, with replies that grammars bound.

trl tokenizes nothing: a batch holds the ids of ``preferences.py``. Of a reply only those tokens
count on which the model decides, as in training before (``objective.py``): what the grammar of a
sentence forces comes anyway, and elsewhere probabilities are among what it allows. Else a right
reply could become likelier, and a wrong one less likely, by what never comes to be chosen.
"""

from dataclasses import dataclass
from types import MethodType
from typing import Any

from datasets import Dataset
import torch
from torch import nn
from trl.trainer.dpo_trainer import DataCollatorForPreference, DPOTrainer
from trl.trainer.utils import FusedCausalLMOutput


class PairTrainer(DPOTrainer):
    """trl's trainer, which tells nobody of its runs.

    Args:
        options: as trl's trainer takes them; the reference model is one of them.

    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for model in (self.model, self.ref_model):
            if model is not None:
                _bound(model)

    def _prepare_dataset(self, dataset: Dataset, *_: object) -> Dataset:
        return dataset

    def _send_telemetry(self) -> None:
        """Send nothing."""

    def create_model_card(self, *_: object, **__: object) -> None:
        """Write none: what a model is, its makers say."""


@dataclass
class PairCollator(DataCollatorForPreference):
    """Pads pairs to a batch, in which only those tokens of replies count that are decided on.

    Args:
        vocabulary: rows of the output layer.

    """

    vocabulary: int = 0

    def torch_call(self, examples: list[dict[str, Any]]) -> dict[str, Any]:
        """Return a batch.

        Args:
            examples: pairs, each as ``PairIds``.

        Returns:
            ``input_ids``, ``attention_mask`` and ``completion_mask``, each ``(2 * pairs, tokens)``:
            first all right replies with their prompts, then all wrong ones. Where grammars bound
            replies also ``allowed``, ``(places, vocabulary)``: a row for each token that counts.

        """
        batch: dict[str, Any] = super().torch_call(examples)
        replies = [e["chosen_allowed"] for e in examples] + [
            e["rejected_allowed"] for e in examples
        ]
        for row, (example, sets) in enumerate(zip(examples * 2, replies, strict=True)):
            first = len(example["prompt_ids"])
            counts = torch.tensor([len(few) != 1 for few in sets])
            batch["completion_mask"][row, first : first + len(sets)] = counts
        decided = [few for sets in replies for few in sets if len(few) != 1]
        if any(decided):
            batch["allowed"] = allowed = torch.ones(len(decided), self.vocabulary, dtype=torch.bool)
            for row, few in enumerate(decided):
                if few:
                    allowed[row] = False
                    allowed[row, few] = True
        return batch


def _bound(model: nn.Module) -> None:
    """Let a model with trl's head take ``allowed`` as well."""
    forward = model.forward

    def bounded(
        _: nn.Module,
        *args: Any,
        allowed: torch.Tensor | None = None,
        **options: Any,
    ) -> Any:  # noqa: ANN401
        if allowed is None:
            return forward(*args, **options)
        labels = options.pop("labels")[:, 1:]
        del options["fused_lm_head"]
        return _output(forward(*args, **options).logits[:, :-1], labels, allowed)

    model.forward = MethodType(bounded, model)


def _output(
    logits: torch.Tensor, labels: torch.Tensor, allowed: torch.Tensor
) -> FusedCausalLMOutput:
    """Return what trl's head does, with probabilities among what is allowed.

    Args:
        logits: ``(rows, tokens, vocabulary)``.
        labels: ``(rows, tokens)``, the next token where it counts, else -100.
        allowed: ``(places, vocabulary)``, for each label that counts.

    """
    counts = labels != -100  # noqa: PLR2004 - torch's own
    bounded = logits[counts].float().masked_fill(~allowed, float("-inf"))  # (places, vocabulary)
    log_probs, right = bounded.log_softmax(-1), labels[counts]
    finite = log_probs.masked_fill(~allowed, 0.0).detach()
    values = (
        log_probs.gather(-1, right[:, None])[:, 0],
        -(finite.exp() * finite).sum(-1),
        bounded.detach().masked_fill(~allowed, 0.0).sum(-1) / allowed.sum(-1),
        bounded.argmax(-1) == right,
    )
    names = ("log_probs", "entropy", "mean_logits", "is_top1")
    spread = (value.new_zeros(counts.shape).masked_scatter(counts, value) for value in values)
    return FusedCausalLMOutput(**dict(zip(names, spread, strict=True)))
