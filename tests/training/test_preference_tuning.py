"""A model learns to prefer right replies, from exactly the tokens of its pairs."""

from collections.abc import Callable
from dataclasses import replace
import json
from pathlib import Path
import shutil
import subprocess
import sys
from typing import Any

import pytest
import torch
from torch.nn.functional import logsigmoid
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from home_llm_core.formats import TINY
from tests.training.conftest import SHAPE
from training.answering import answer_all
from training.checkpoint import load_model, save_model
from training.errors import TrainingError
from training.export import export
from training.gguf_file import Description
from training.model import build_model
from training.pairs import PairMaker, Request
from training.preference_tuning import LOSSES, PreferenceOptions, make_trainer, tune
from training.preferences import Pair, read_pairs
from training.prompts import Runtime
from training.scoring import Answer
from training.tokenizer import SegmentEncoder


@pytest.fixture
def options(
    homes: list[dict[str, Any]],
    tmp_path: Path,
    tokenizer: PreTrainedTokenizerFast,
    make_model: Callable[[], LlamaForCausalLM],
) -> PreferenceOptions:
    """Return options for a small model and pairs that code has made."""
    save_model(tmp_path / "base", make_model(), tokenizer)
    maker = PairMaker(lambda: tokenizer, TINY.name, 1.0, 1)
    lines = []
    for home in homes[:6]:
        for request in home["requests"]:
            pair = maker.pair(_right(request), Request(home=home, request=request))
            lines += [pair.to_json()] if pair is not None else []
    (tmp_path / "pairs.jsonl").write_text("".join(lines), encoding="utf-8")
    return PreferenceOptions(
        model=tmp_path / "base",
        pairs=tmp_path / "pairs.jsonl",
        out=tmp_path / "run",
        learning_rate=3e-3,
        batch_size=8,
        max_steps=8,
        logging_steps=1,
    )


def _right(request: dict[str, Any]) -> Answer:
    reply, record = request["messages"][-1]["content"], request["record"]
    return Answer(
        home="h",
        language="en",
        kind=record["kind"],
        domains=(),
        text=record["text"],
        expected=reply,
        reply=reply,
        outcome="exact",
    )


def test_the_ids_are_ours_and_only_what_is_decided_in_replies_counts(
    options: PreferenceOptions, encoder: SegmentEncoder
) -> None:
    pairs = read_pairs(options.pairs)
    batch = next(iter(make_trainer(options).get_train_dataloader()))
    size = options.batch_size
    assert batch["input_ids"].shape[0] == 2 * size

    found = set()
    for row in range(size):
        seen = tuple(_row(batch, row + offset) for offset in (0, size))
        found.add(seen)
    # A row of what is allowed for each token that counts; the right one is among it.
    counts = batch["completion_mask"][:, 1:].bool()
    right = batch["input_ids"][:, 1:][counts]
    assert batch["allowed"].gather(1, right[:, None]).all()
    # Nothing but the prompts, the replies and their ends, and each of them as our encoder has it.
    assert found <= {tuple(_expected(pair, encoder)) for pair in pairs}
    assert len(found) > 1


def _row(batch: dict[str, torch.Tensor], row: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the ids of a row without padding, and which of them count."""
    size = int(batch["attention_mask"][row].sum())
    assert not batch["completion_mask"][row, size:].any()
    ids, counts = batch["input_ids"][row, :size], batch["completion_mask"][row, :size]
    return tuple(ids.tolist()), tuple(counts.tolist())


def _expected(pair: Pair, encoder: SegmentEncoder) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    prompt, rows = encoder.encode(pair.prompt), []
    for reply in (pair.chosen, pair.rejected):
        assert reply.allowed is not None
        ids = (*prompt, *encoder.encode(reply.segments))
        decided = [int(len(few) != 1) for few in reply.allowed]
        rows.append((ids, (*[0] * len(prompt), *decided)))
    return rows


@pytest.mark.parametrize("is_bounded", [True, False])
def test_the_loss_is_that_of_the_papers(
    options: PreferenceOptions, tokenizer: PreTrainedTokenizerFast, *, is_bounded: bool
) -> None:
    options = replace(options, beta=0.5, right_weight=0.7)
    if not is_bounded:
        _without_grammars(options.pairs)
    trainer = make_trainer(options)
    batch = next(iter(trainer.get_train_dataloader()))
    other = build_model(SHAPE, len(tokenizer), seed=4)
    reference = load_model(options.model)
    model: Any = trainer.model
    model.load_state_dict(other.state_dict())
    with torch.no_grad():
        loss = trainer.compute_loss(model, batch)
        tuned, was = (_log_probabilities(model, batch) for model in (other, reference))

    assert ("allowed" in batch) == is_bounded
    counts = batch["completion_mask"][:, 1:].bool()
    risen = (tuned - was).where(counts, 0.0).sum(1)
    chosen, rejected = risen.chunk(2)
    right = counts.chunk(2)[0]
    expected = -logsigmoid(0.5 * (chosen - rejected)).mean() - 0.7 * tuned.chunk(2)[0][right].mean()
    torch.testing.assert_close(loss, expected)
    assert loss > 0.7


def _without_grammars(file: Path) -> None:
    """Make pairs into those of a format that has no grammars."""
    lines = []
    for line in file.read_text(encoding="utf-8").splitlines():
        data = json.loads(line)
        del data["chosen_allowed"], data["rejected_allowed"]
        lines.append(json.dumps(data) + "\n")
    file.write_text("".join(lines), encoding="utf-8")


def _log_probabilities(model: LlamaForCausalLM, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Return the log-probability of each token after the first, ``(rows, tokens - 1)``."""
    ids, counts = batch["input_ids"], batch["completion_mask"][:, 1:].bool()
    logits = model(input_ids=ids, attention_mask=batch["attention_mask"]).logits[:, :-1]
    if "allowed" in batch:
        logits[counts] = logits[counts].where(batch["allowed"], float("-inf"))
    found: torch.Tensor = logits.log_softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]
    return found


def test_right_replies_become_preferred_and_the_result_can_be_exported(
    options: PreferenceOptions, homes: list[dict[str, Any]], tmp_path: Path
) -> None:
    options = replace(options, max_steps=24, save_steps=12)
    before = load_model(options.model).state_dict()
    folder = tune(options)

    state = json.loads((options.out / "checkpoint-24" / "trainer_state.json").read_text("utf-8"))
    first, last = (state["log_history"][at] for at in (0, -2))
    assert last["rewards/margins"] > first["rewards/margins"] + 0.1
    assert last["rewards/accuracies"] > 0.8
    # Not because the wrong ones fell faster.
    assert last["rewards/chosen"] > 0
    assert (options.out / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert {path.name for path in options.out.iterdir() if path.is_dir()} == {
        "checkpoint-12",
        "checkpoint-24",
        "model",
    }
    # The model that was given stays as it was.
    for name, weights in load_model(options.model).state_dict().items():
        assert torch.equal(weights, before[name])

    file = tmp_path / "tuned.gguf"
    description = Description(
        name="Tuned", license="apache-2.0", prompt_format=TINY.name, domains=("light",)
    )
    export(folder, file, "f32", description)
    runtime = Runtime(model=file, n_ctx=256, max_tokens=24)
    answers = list(answer_all([json.dumps(homes[0])], runtime))
    assert [answer.reply[:2] for answer in answers] == ["> "] * len(homes[0]["requests"])


def test_a_run_that_was_stopped_goes_on_as_if_it_was_not(options: PreferenceOptions) -> None:
    options = replace(options, max_steps=6, save_steps=3)
    whole = load_model(tune(options)).state_dict()
    with pytest.raises(TrainingError, match="holds a run: use --resume"):
        tune(options)
    shutil.rmtree(options.out / "model")
    shutil.rmtree(options.out / "checkpoint-6")

    resumed = load_model(tune(replace(options, resume=True))).state_dict()
    for name, weights in whole.items():
        torch.testing.assert_close(resumed[name], weights, rtol=0, atol=1e-6)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_has_a_gradient(options: PreferenceOptions, loss: str) -> None:
    trainer = make_trainer(replace(options, loss=loss, right_weight=0.0))
    batch = next(iter(trainer.get_train_dataloader()))
    model: Any = trainer.model
    trainer.compute_loss(model, batch).backward()
    gradient = model.lm_head.weight.grad
    assert gradient.isfinite().all()
    assert gradient.abs().sum() > 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pairs": Path("none.jsonl")}, "none.jsonl: No such file"),
        ({"model": Path("none")}, "there is no folder none"),
        ({"model": Path("tests")}, "tests holds no model"),
        ({"max_length": 4}, "no pair fits into --max-length 4; the shortest has "),
        ({"resume": True}, "there is no checkpoint in "),
    ],
)
def test_what_cannot_be_used(
    options: PreferenceOptions, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(TrainingError, match=message):
        tune(replace(options, **changes))
    assert not options.out.exists()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--beta", "0"], "--beta is more than 0"),
        (["--logging-steps", "0"], "--logging-steps is more than 0"),
        (["--sft", "-1"], "--sft is 0 or more"),
        (["--micro-batches", "3"], "--batch-size is a multiple of --micro-batches"),
        (["--loss-type", "best"], "--loss-type is one of sigmoid, "),
        ([], "none.jsonl: No such file"),
    ],
)
def test_command_says_what_is_wrong_in_one_line(
    tmp_path: Path, more: list[str], message: str
) -> None:
    command = [sys.executable, "training/prefer.py", "none", "none.jsonl", "--out"]
    done = subprocess.run(
        [*command, str(tmp_path / "run"), *more], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert message in line
    assert not list(tmp_path.iterdir())
