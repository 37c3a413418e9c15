"""The training loop: it can be stopped after any step, and goes on from its last checkpoint."""

from collections.abc import Callable, Sequence
import contextlib
from dataclasses import dataclass, field
import json
from pathlib import Path
import sys
import time
from typing import Any

import torch
from torch._dynamo.exc import TorchDynamoException
from tqdm import tqdm
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from training.batches import Batch
from training.checkpoint import load_state, save_checkpoint
from training.objective import Measured, Objective, Trunk, measure, next_tokens, predict, trunk_of
from training.optimizer import Optimizers, Schedule
from training.stages import BatchStream, Stage, stage_at


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to train.

    Args:
        out: folder of the run.
        stages: the curriculum.
        objective: what is made small.
        steps: length of the run in steps, or
        minutes: its length in minutes, evaluation and checkpoints included.
        length: tokens in a batch.
        micro_batches: how many batches make a step.
        muon_lr: learning rate of the matrices.
        adam_lr: learning rate of embeddings and norms.
        weight_decay: of the matrices.
        clip: largest norm of the gradient.
        schedule: of both learning rates.
        bf16: whether matrix products are computed in bfloat16.
        compile_model: whether ``torch.compile`` is used.
        evaluate_minutes: time between evaluations.
        checkpoint_minutes: time between checkpoints.

    """

    out: Path
    stages: tuple[Stage, ...]
    objective: Objective = next_tokens
    steps: int | None = None
    minutes: float | None = None
    length: int = 8192
    micro_batches: int = 1
    muon_lr: float = 0.006
    adam_lr: float = 0.0015
    weight_decay: float = 0.0
    clip: float = 1.0
    schedule: Schedule = field(default_factory=Schedule)
    bf16: bool = True
    compile_model: bool = True
    evaluate_minutes: float = 5.0
    checkpoint_minutes: float = 5.0


class Trainer:
    """Trains a model on streams of rows.

    Args:
        model: is changed in place.
        tokenizer: saved with every checkpoint.
        streams: one for each stage.
        valid: batches to evaluate on; may be empty.
        settings: see there.

    """

    def __init__(
        self,
        model: LlamaForCausalLM,
        tokenizer: PreTrainedTokenizerFast,
        streams: Sequence[BatchStream],
        valid: Sequence[Batch],
        settings: Settings,
    ) -> None:
        self.settings = settings
        self.model = model
        self.step = 0
        self.tokens = 0
        self._tokenizer = tokenizer
        self._streams = streams
        self._valid = valid
        self._elapsed = 0.0
        self._since = time.monotonic()
        self._device = next(model.parameters()).device
        self._optimizers = Optimizers(
            model,
            muon_lr=settings.muon_lr,
            adam_lr=settings.adam_lr,
            weight_decay=settings.weight_decay,
            bf16=settings.bf16,
        )
        self._eager: Trunk = trunk_of(model)
        self._trunk: Trunk = self._eager
        if settings.compile_model:
            self._trunk = torch.compile(self._eager, dynamic=True)

    @property
    def seconds(self) -> float:
        """Time that this run has taken, also before it was resumed."""
        return self._elapsed + time.monotonic() - self._since

    @property
    def progress(self) -> float:
        """Share of the run that is done, 0-1."""
        if self.settings.steps is not None:
            return self.step / self.settings.steps
        return self.seconds / (60 * (self.settings.minutes or 1))

    def run(self) -> None:
        """Train to the end, with a progress bar, a log, evaluations and checkpoints."""
        checkpoint = _Every(self.settings.checkpoint_minutes)
        evaluation = _Every(self.settings.evaluate_minutes)
        form = "{l_bar}{bar}| {elapsed}<{remaining} {postfix}"
        started = min(self.progress, 1.0)
        with tqdm(total=1.0, initial=started, bar_format=form, mininterval=1) as bar:
            while self.progress < 1.0:
                record = self.train_step()
                if evaluation.is_due():
                    record |= self.evaluate()
                self._log(record)
                bar.set_postfix_str(
                    f"step {self.step}, loss {record['loss']:.3f}, {record['speed']:.0f} tokens/s",
                    refresh=False,
                )
                bar.update(min(self.progress, 1.0) - bar.n)
                if checkpoint.is_due():
                    self.save()
        self._log(self._place() | self.evaluate())
        self.save()

    def _place(self) -> dict[str, float]:
        return {"step": self.step, "seconds": self.seconds, "tokens": self.tokens}

    def train_step(self) -> dict[str, float]:
        """Make one step and return what is to be logged."""
        settings, started = self.settings, time.monotonic()
        progress = self.progress
        number = stage_at(settings.stages, progress)
        batches = [self._streams[number].take() for _ in range(settings.micro_batches)]
        targets = sum(len(batch.targets) for batch in batches)
        loss = 0.0
        for batch in batches:
            part = batch.to(self._device)
            part_loss = self._loss(part) / max(targets, 1)
            part_loss.backward()
            loss += part_loss.item()
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), settings.clip)
        factor = settings.schedule.factor(progress)
        self._optimizers.step(factor)
        self.step += 1
        tokens = sum(batch.tokens for batch in batches)
        self.tokens += tokens
        return self._place() | {
            "stage": number,
            "progress": progress,
            "loss": loss,
            "norm": float(norm),
            "factor": factor,
            "speed": tokens / (time.monotonic() - started),
        }

    def _loss(self, batch: Batch) -> torch.Tensor:
        try:
            with self._precision():
                return self.settings.objective(predict(self.model, self._trunk, batch), batch)
        except TorchDynamoException as err:
            if self._trunk is self._eager:
                raise
            reason = (str(err).strip().splitlines() or [type(err).__name__])[0]
            sys.stderr.write(f"torch.compile cannot be used, training is slower: {reason}\n")
            self._trunk = self._eager
            return self._loss(batch)

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Return loss and shares of right replies on the validation batches."""
        if not self._valid:
            return {}
        measured = Measured()
        for batch in self._valid:
            with self._precision():
                measured += measure(self.model, self._eager, batch.to(self._device))
        return measured.summary()

    def save(self) -> Path:
        """Write a checkpoint and return its folder."""
        state = {
            "step": self.step,
            "tokens": self.tokens,
            "seconds": self.seconds,
            "optimizers": self._optimizers.state_dict(),
            "positions": [stream.position for stream in self._streams],
            "random": torch.get_rng_state(),
        }
        return save_checkpoint(self.settings.out, self.step, self.model, self._tokenizer, state)

    def resume(self, folder: Path) -> None:
        """Go on from a checkpoint; the model must have been loaded from it."""
        state: dict[str, Any] = load_state(folder)
        self.step, self.tokens = state["step"], state["tokens"]
        self._elapsed, self._since = state["seconds"], time.monotonic()
        self._optimizers.load_state_dict(state["optimizers"])
        for stream, position in zip(self._streams, state["positions"], strict=True):
            stream.position = tuple(position)
        torch.set_rng_state(state["random"])

    def _precision(self) -> contextlib.AbstractContextManager[object]:
        if not self.settings.bf16:
            return contextlib.nullcontext()
        return torch.autocast(self._device.type, dtype=torch.bfloat16)

    def _log(self, record: dict[str, float]) -> None:
        with (self.settings.out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps({k: round(v, 6) for k, v in record.items()}) + "\n")


class _Every:
    """Says when so many minutes have passed."""

    def __init__(self, minutes: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = 60 * minutes, clock
        self._last = clock()

    def is_due(self) -> bool:
        now = self._clock()
        if now - self._last < self._seconds:
            return False
        self._last = now
        return True
