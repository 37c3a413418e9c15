"""The recipe: from the options of a run to a trained model in a folder."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
import math
from pathlib import Path
import sys

import numpy as np
import torch
from torch import nn
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast
from transformers.utils import logging

from training.batches import Batch, batch, plan
from training.checkpoint import latest_checkpoint, load_model, save_model
from training.curves import draw_curves
from training.errors import TrainingError
from training.growth import deepen, widen
from training.model import Shape, build_model
from training.stages import BatchStream
from training.token_file import token_file
from training.tokenizer import load_tokenizer
from training.trainer import Settings, Trainer


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Everything that makes a run.

    Args:
        settings: of the trainer.
        shape: of the model, if it starts from random weights.
        tokenizer: its folder, or a GGUF file that has it.
        cache: folder for token ids.
        valid: file to evaluate on.
        valid_batches: how many batches of it.
        epochs: how often the data is gone through; none where the settings say how long a run is.
        prompt_loss: share of the prompts' tokens that is learned as well.
        seed: of weights and of the data's order.
        warm_start: folder or GGUF file whose weights are the start.
        layers: to how many blocks the start is deepened, if to any.
        hidden: to how many channels it is widened, if to any.
        feed_forward: to how many neurons it is widened, if to any.
        resume: whether to go on from the run's last checkpoint.

    """

    settings: Settings
    shape: Shape
    tokenizer: Path
    cache: Path
    valid: Path | None
    valid_batches: int
    epochs: float | None
    prompt_loss: float
    seed: int
    warm_start: Path | None
    layers: int | None
    hidden: int | None
    feed_forward: int | None
    resume: bool


def run_recipe(recipe: Recipe) -> Path:
    """Train and return the folder of the model, ``OUT/model``.

    Raises:
        TrainingError: something in the recipe cannot be used.

    """
    logging.disable_progress_bar()
    settings = recipe.settings
    checkpoint = latest_checkpoint(settings.out) if recipe.resume else None
    if checkpoint is None and any(settings.out.glob("step-*")):
        raise TrainingError(f"{settings.out} holds a run: use --resume, or another folder")
    tokenizer = load_tokenizer(recipe.tokenizer)
    streams = [
        BatchStream(
            token_file(stage.path, recipe.tokenizer, recipe.cache),
            length=settings.length,
            seed=f"{recipe.seed} stage {number}",
            prompt_share=recipe.prompt_loss,
        )
        for number, stage in enumerate(settings.stages)
    ]
    if recipe.epochs is not None:
        settings = replace(settings, steps=_steps(recipe.epochs, streams, settings))
    valid = _valid_batches(recipe)
    model = _model(recipe, checkpoint, tokenizer)
    trainer = Trainer(model, tokenizer, streams, valid, settings)
    if checkpoint is not None:
        trainer.resume(checkpoint)
    settings.out.mkdir(parents=True, exist_ok=True)
    _say(model, streams)
    trainer.run()
    save_model(settings.out / "model", model, tokenizer)
    draw_curves(settings.out / "log.jsonl", settings.out / "curves.png")
    return settings.out / "model"


def _steps(epochs: float, streams: Sequence[BatchStream], settings: Settings) -> int:
    """Return how many steps go through the data of all stages so many times."""
    batches = sum(len(stream.plan.batches) for stream in streams)
    return math.ceil(epochs * batches / settings.micro_batches)


def _model(
    recipe: Recipe, checkpoint: Path | None, tokenizer: PreTrainedTokenizerFast
) -> LlamaForCausalLM:
    start = checkpoint or recipe.warm_start
    if start is None:
        model = build_model(recipe.shape, len(tokenizer), recipe.seed)
    else:
        model = load_model(start)
        if model.config.vocab_size != len(tokenizer):
            raise TrainingError(f"{start} has another tokenizer than {recipe.tokenizer}")
        if checkpoint is None:
            model = _grown(model, recipe)
    nn.Module.to(model, run_device())
    return model


def _grown(model: LlamaForCausalLM, recipe: Recipe) -> LlamaForCausalLM:
    if recipe.layers is not None:
        model = deepen(model, recipe.layers)
    if recipe.hidden is None and recipe.feed_forward is None:
        return model
    size = model.config
    return widen(
        model, recipe.hidden or size.hidden_size, recipe.feed_forward or size.intermediate_size
    )


def run_device() -> torch.device:
    """Return where runs are computed: on the GPU, if there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _valid_batches(recipe: Recipe) -> list[Batch]:
    if recipe.valid is None:
        return []
    data = token_file(recipe.valid, recipe.tokenizer, recipe.cache)
    length = recipe.settings.length
    batches = plan(data, length, np.random.default_rng(0)).batches[: recipe.valid_batches]
    if not batches:
        raise TrainingError(f"{length} tokens are too short for every request in {recipe.valid}")
    return [batch(numbers, data) for numbers in batches]


def _say(model: LlamaForCausalLM, streams: Sequence[BatchStream]) -> None:
    parameters = sum(parameter.numel() for parameter in model.parameters())
    sys.stderr.write(f"{parameters / 1e6:.1f} M parameters, {torch.get_num_threads()} threads\n")
    for number, stream in enumerate(streams):
        made = stream.plan
        sys.stderr.write(
            f"stage {number}: {made.tokens / 1e6:.2f} M tokens an epoch in"
            f" {len(made.batches):,} batches, {made.filled:.0%} filled,"
            f" {made.dropped:,} requests too long\n"
        )
