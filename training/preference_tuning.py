"""Preference tuning: right replies become likelier than wrong ones, by trl's trainer.

Direct preference optimization (Rafailov et al. 2023, arXiv:2305.18290): the loss is
``-log sigmoid(beta * margin)``, where the margin is by how much more the log-probability of the
right reply has risen than that of the wrong one, both against a frozen copy of the model. A margin
also rises where both become less likely; so the negative log-likelihood of the right reply, a mean
over its tokens, is added (Pang et al. 2024, arXiv:2404.19733).

How a pair becomes tokens, and which of them count, is in ``pair_trainer.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
import shutil
import sys

from datasets import Dataset
import torch
from tqdm import tqdm
from transformers import PreTrainedTokenizerBase
from transformers.trainer_utils import get_last_checkpoint
from transformers.utils import logging
from trl.trainer.dpo_config import DPOConfig

from training.base_models import load_base_model, load_base_tokenizer
from training.errors import TrainingError
from training.history import draw_history
from training.pair_trainer import PairCollator, PairTrainer
from training.preferences import Pair, PairIds, encode_pair, read_pairs
from training.tokenizer import SegmentEncoder
from training.train_options import BaseModel

LOSSES = (
    *("sigmoid", "sigmoid_norm", "hinge", "ipo", "apo_zero", "apo_down", "nca_pair"),
    *("bco_pair", "sppo_hard", "discopop"),
)
"""The losses of trl that need nothing but pairs and beta."""


@dataclass(frozen=True, kw_only=True)
class PreferenceOptions:
    """Everything that makes a run.

    Args:
        model: folder of transformers to begin with, and to stay near.
        pairs: file of pairs.
        out: folder of the run.
        loss: one of ``LOSSES``.
        beta: how strongly the model is kept near its beginning.
        right_weight: of the negative log-likelihood of the right replies; 0 leaves it out.
        learning_rate: of AdamW; it rises for a tenth of the run, then falls to zero.
        epochs: how often each pair is seen.
        max_steps: the length of the run instead, in steps, if it is positive.
        batch_size: pairs in a step.
        micro_batches: in how many parts a step is computed.
        max_length: longest prompt with its reply, in tokens.
        save_steps: steps from checkpoint to checkpoint; the last two are kept.
        logging_steps: steps from one point of the curves to the next.
        checkpointing: whether activations are computed anew in the backward pass.
        bf16: whether it is computed in bfloat16.
        seed: of the order of the pairs.
        resume: whether to go on from the last checkpoint.

    """

    model: Path
    pairs: Path
    out: Path
    loss: str = "sigmoid"
    beta: float = 0.1
    right_weight: float = 1.0
    learning_rate: float = 1e-5
    epochs: float = 1.0
    max_steps: int = -1
    batch_size: int = 16
    micro_batches: int = 1
    max_length: int = 2048
    save_steps: int = 500
    logging_steps: int = 10
    checkpointing: bool = False
    bf16: bool = False
    seed: int = 1
    resume: bool = False


def tune(options: PreferenceOptions) -> Path:
    """Train and return the folder of the model, ``OUT/model``.

    Raises:
        TrainingError: something in the options cannot be used.

    """
    checkpoint = _checkpoint(options)
    trainer = make_trainer(options)
    trainer.train(resume_from_checkpoint=checkpoint)
    return _save(trainer, options.out)


def make_trainer(options: PreferenceOptions) -> PairTrainer:
    """Return what trains: the model, its frozen copy, and the pairs as token ids.

    Raises:
        TrainingError: something in the options cannot be used.

    """
    logging.disable_progress_bar()
    pairs = read_pairs(options.pairs)
    if not options.model.is_dir():
        raise TrainingError(f"there is no folder {options.model}")
    base = BaseModel(name=str(options.model))
    tokenizer = load_base_tokenizer(base)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    examples = Dataset.from_list(_encoded(pairs, tokenizer, options))
    model = load_base_model(base, tokenizer)
    return PairTrainer(
        train_dataset=examples,
        model=model,
        ref_model=load_base_model(base, tokenizer),
        args=_config(options),
        data_collator=PairCollator(
            pad_token_id=tokenizer.pad_token_id,
            vocabulary=model.get_output_embeddings().weight.shape[0],
        ),
        processing_class=tokenizer,
    )


def _checkpoint(options: PreferenceOptions) -> str | None:
    """Return the checkpoint to go on from, if that is wanted."""
    last = get_last_checkpoint(str(options.out)) if options.out.is_dir() else None
    if options.resume and last is None:
        raise TrainingError(f"there is no checkpoint in {options.out}")
    if not options.resume and (last is not None or (options.out / "model").exists()):
        raise TrainingError(f"{options.out} holds a run: use --resume, or another --out")
    return last


def _encoded(
    pairs: Sequence[Pair], tokenizer: PreTrainedTokenizerBase, options: PreferenceOptions
) -> list[PairIds]:
    """Return pairs as token ids, without those that are too long."""
    encoder = SegmentEncoder(tokenizer)
    name = options.pairs.name
    shown = tqdm(pairs, name, unit=" pairs", disable=None)
    examples = [encode_pair(pair, encoder) for pair in shown]
    fitting = [each for each in examples if _length(each) <= options.max_length]
    if not fitting:
        shortest = min(map(_length, examples))
        raise TrainingError(
            f"{options.pairs}: no pair fits into --max-length {options.max_length};"
            f" the shortest has {shortest} tokens"
        )
    if len(fitting) < len(examples):
        left_out = len(examples) - len(fitting)
        sys.stderr.write(f"{name}: {left_out:,} of {len(examples):,} pairs are too long\n")
    return fitting


def _length(pair: PairIds) -> int:
    return len(pair["prompt_ids"]) + max(len(pair["chosen_ids"]), len(pair["rejected_ids"]))


def _config(options: PreferenceOptions) -> DPOConfig:
    losses, weights = [options.loss], [1.0]
    if options.right_weight:
        losses, weights = [*losses, "sft"], [*weights, options.right_weight]
    return DPOConfig(
        output_dir=str(options.out),
        loss_type=losses,
        loss_weights=weights,
        beta=options.beta,
        learning_rate=options.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=0.1,
        num_train_epochs=options.epochs,
        max_steps=options.max_steps,
        per_device_train_batch_size=options.batch_size // options.micro_batches,
        gradient_accumulation_steps=options.micro_batches,
        max_length=None,
        # The collator takes more than the model does.
        remove_unused_columns=False,
        activation_checkpointing=options.checkpointing,
        dataloader_pin_memory=torch.cuda.is_available(),
        bf16=options.bf16,
        # Without a GPU, transformers takes bfloat16 only where it is told that there is none.
        use_cpu=options.bf16 and not torch.cuda.is_available(),
        save_steps=options.save_steps,
        save_total_limit=2,
        logging_steps=options.logging_steps,
        logging_first_step=True,
        report_to="none",
        seed=options.seed,
    )


def _save(trainer: PairTrainer, out: Path) -> Path:
    """Write the model, as a whole or not at all, and the picture of the run."""
    folder, partial = out / "model", out / ".partial-model"
    shutil.rmtree(partial, ignore_errors=True)
    trainer.save_model(str(partial))
    if trainer.is_world_process_zero():
        (partial / "training_args.bin").unlink()
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
        draw_history(trainer.state.log_history, out / "curves.png")
    return folder
