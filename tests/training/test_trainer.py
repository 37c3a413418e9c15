"""Training learns, stops anywhere, and goes on as if it had not stopped."""

from collections.abc import Callable
from dataclasses import replace
import json
import os
from pathlib import Path
import subprocess
import sys

import numpy as np
import pytest
import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from training.batches import Batch, batch, plan
from training.checkpoint import latest_checkpoint, load_model
from training.objective import predict, total_loss, trunk_of
from training.optimizer import Optimizers
from training.stages import BatchStream, Stage
from training.token_file import TokenFile
from training.trainer import Settings, Trainer

MakeTrainer = Callable[[LlamaForCausalLM, Settings], Trainer]


@pytest.fixture
def settings(homes_file: Path, tmp_path: Path) -> Settings:
    out = tmp_path / "run"
    out.mkdir()
    stage = Stage(path=homes_file, share=1)
    return Settings(
        out=out, stages=(stage, stage), steps=8, length=512, micro_batches=2, compile_model=False
    )


@pytest.fixture
def valid(data: TokenFile) -> list[Batch]:
    return [batch(numbers, data) for numbers in plan(data, 1024, np.random.default_rng(1)).batches]


@pytest.fixture
def make_trainer(
    data: TokenFile, tokenizer: PreTrainedTokenizerFast, valid: list[Batch]
) -> MakeTrainer:
    def make(model: LlamaForCausalLM, settings: Settings) -> Trainer:
        streams = [BatchStream(data, length=settings.length, seed=seed) for seed in "ab"]
        return Trainer(model, tokenizer, streams, valid, settings)

    return make


def weights(model: LlamaForCausalLM) -> torch.Tensor:
    """Return all weights in one vector."""
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


@pytest.mark.parametrize("bf16", [False, True])
def test_resumed_equals_uninterrupted(
    make_model: Callable[[], LlamaForCausalLM],
    make_trainer: MakeTrainer,
    settings: Settings,
    bf16: bool,
) -> None:
    settings = replace(settings, bf16=bf16)
    whole = make_trainer(make_model(), settings)
    losses = [whole.train_step()["loss"] for _ in range(8)]
    first = make_trainer(make_model(), settings)
    for _ in range(3):
        first.train_step()
    folder = first.save()
    second = make_trainer(load_model(folder), settings)
    second.resume(folder)
    assert (second.step, second.tokens) == (first.step, first.tokens)
    resumed = [second.train_step()["loss"] for _ in range(5)]
    assert resumed == pytest.approx(losses[3:], abs=1e-6)
    assert (weights(second.model) - weights(whole.model)).abs().max() <= 1e-6
    # Every step did something, so that equality is no matter of course.
    assert (weights(whole.model) - weights(first.model)).abs().max() > 1e-3


def test_a_step_is_made_from_the_cross_entropy_of_next_tokens(
    data: TokenFile,
    make_model: Callable[[], LlamaForCausalLM],
    make_trainer: MakeTrainer,
    settings: Settings,
) -> None:
    settings = replace(settings, bf16=False)
    trainer, model = make_trainer(make_model(), settings), make_model()
    optimizers = Optimizers(model, muon_lr=settings.muon_lr, adam_lr=settings.adam_lr)
    stream = BatchStream(data, length=settings.length, seed="a")
    for number in range(3):
        batches = [stream.take() for _ in range(settings.micro_batches)]
        targets = sum(len(each.targets) for each in batches)
        for each in batches:
            (total_loss(predict(model, trunk_of(model), each)) / targets).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
        optimizers.step(settings.schedule.factor(number / 8))
        trainer.train_step()
    assert torch.equal(weights(trainer.model), weights(model))


def test_it_learns(
    make_model: Callable[[], LlamaForCausalLM], make_trainer: MakeTrainer, settings: Settings
) -> None:
    trainer = make_trainer(make_model(), replace(settings, steps=400, bf16=False))
    before = trainer.evaluate()
    trainer.run()
    after = trainer.evaluate()
    # Before, every token of what the grammar allows is about as likely as the others.
    assert before["valid_loss"] > 0.5
    assert after["valid_loss"] < 0.1
    assert before["valid_exact"] < 0.2
    assert after["valid_exact"] > 0.9
    log = (settings.out / "log.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in log]
    assert [record["step"] for record in records] == [*range(1, 401), 400]
    assert {record["stage"] for record in records[:-1]} == {0, 1}
    assert records[-1]["valid_loss"] == pytest.approx(after["valid_loss"], abs=1e-5)
    assert latest_checkpoint(settings.out).name == "step-00000400"


def test_minutes_are_kept(
    make_model: Callable[[], LlamaForCausalLM], make_trainer: MakeTrainer, settings: Settings
) -> None:
    trainer = make_trainer(make_model(), replace(settings, steps=None, minutes=0.05))
    trainer.run()
    assert trainer.step > 1
    assert trainer.progress >= 1
    records = [json.loads(line) for line in (settings.out / "log.jsonl").open(encoding="utf-8")]
    assert records[-2]["factor"] < 0.5


def test_without_a_compiler_it_trains_all_the_same(
    homes_file: Path, tokenizer_folder: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "training/scratch.py", "--train", str(homes_file), "--steps", "1"]
    command += ["--tokenizer", str(tokenizer_folder), "--out", str(tmp_path / "run")]
    command += ["--batch-tokens", "512", "--compile"]
    environment = {
        "CXX": "/nonexistent/c++",
        "TORCHINDUCTOR_CACHE_DIR": str(tmp_path / "inductor"),
        "TORCHINDUCTOR_FORCE_DISABLE_CACHES": "1",
    }
    done = subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "torch.compile cannot be used" in done.stderr
    assert (tmp_path / "run" / "model" / "model.safetensors").is_file()
