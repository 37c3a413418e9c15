"""A model is run over homes, and its replies are counted."""

from dataclasses import replace
import hashlib
import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest
from transformers import PreTrainedTokenizerFast

from home_llm_core.formats import TINY
from home_llm_core.home import home_from_dict
from tests.training.conftest import ALLOWED, SHAPE
from training.answering import Answer, Runtime, answer_all
from training.checkpoint import save_model
from training.errors import TrainingError
from training.evaluate import score, table
from training.export import export
from training.gguf_file import Description
from training.model import build_model
from training.stages import BatchStream, Stage
from training.token_file import TokenFile
from training.tokenizer import SegmentEncoder
from training.trainer import Settings, Trainer


@pytest.fixture(scope="module")
def gguf(
    homes_file: Path,
    data: TokenFile,
    tokenizer: PreTrainedTokenizerFast,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Return a model that has learned a little, so that it writes one thing and another."""
    out = tmp_path_factory.mktemp("run")
    stage = Stage(path=homes_file, share=1)
    settings = Settings(out=out, stages=(stage,), steps=100, length=1024, compile_model=False)
    stream = BatchStream(data, length=1024, seed="x")
    model = build_model(SHAPE, len(tokenizer), seed=3)
    trainer = Trainer(model, tokenizer, [stream], [], settings)
    for _ in range(100):
        trainer.train_step()
    save_model(out / "model", model, tokenizer)
    description = Description(
        name="Tiny", license="apache-2.0", prompt_format="tiny-5", domains=("light",)
    )
    export(out / "model", out / "model.gguf", "f32", description)
    return out / "model.gguf"


def lines(homes: list[dict[str, Any]]) -> list[str]:
    """Return homes as the lines of a file."""
    return [json.dumps(home) for home in homes]


def test_every_request_is_answered_in_order(homes: list[dict[str, Any]], gguf: Path) -> None:
    runtime = Runtime(model=gguf, n_ctx=1024, max_tokens=16)
    answers = list(answer_all(lines(homes[:4]), runtime, workers=2))
    expected = [
        (home["id"], request["record"]["text"], request["messages"][1]["content"])
        for home in homes[:4]
        for request in home["requests"]
    ]
    assert [(a.home, a.text, a.expected) for a in answers] == expected
    assert answers == list(answer_all(lines(homes[:4]), runtime, workers=1))


def test_replies_are_bounded_by_their_sentences_and_the_domains_of_the_model(
    homes: list[dict[str, Any]], gguf: Path, encoder: SegmentEncoder
) -> None:
    runtime = Runtime(model=gguf, n_ctx=1024, max_tokens=80)
    answers = {
        (answer.home, answer.text): answer.reply
        for answer in answer_all(lines(homes[:4]), runtime, workers=1)
    }
    whole = 0
    for data in homes[:4]:
        home = home_from_dict(data["home"])
        for request in data["requests"]:
            text = request["record"]["text"]
            reply = answers[data["id"], text]
            is_whole = TINY.hear(text, home, allowed=ALLOWED).grammar.accepts(reply)
            assert is_whole or len(encoder.text(reply)) == runtime.max_tokens
            whole += is_whole
    assert whole


@pytest.mark.parametrize(
    ("line", "message"), [("{", "line 2: not a generated home"), ("{}", "line 2: not a generated")]
)
def test_broken_line(homes: list[dict[str, Any]], gguf: Path, line: str, message: str) -> None:
    runtime = Runtime(model=gguf, n_ctx=1024, max_tokens=4)
    with pytest.raises(TrainingError, match=message):
        list(answer_all([*lines(homes[:1]), line], runtime, workers=1))


def test_context_too_short(homes: list[dict[str, Any]], gguf: Path) -> None:
    runtime = Runtime(model=gguf, n_ctx=16, max_tokens=4)
    with pytest.raises(TrainingError, match="context"):
        list(answer_all(lines(homes[2:3]), runtime, workers=1))


def answer(**changes: Any) -> Answer:
    """Return an answer; only what is changed matters."""
    base = Answer(
        home="h",
        language="en",
        kind="direct",
        domains=("light",),
        text="t",
        expected="e",
        reply="r",
        outcome="exact",
    )
    return replace(base, **changes)


def test_groups() -> None:
    groups = score(
        [
            answer(),
            answer(outcome="wrong", kind="area"),
            answer(outcome="missed", domains=("light", "fan"), language="de"),
        ]
    )
    counts = {
        (name, key): (value.requests, value.exact, value.wrong)
        for name, group in groups.items()
        for key, value in group.items()
    }
    assert counts == {
        ("all", "all"): (3, 1, 1),
        ("kind", "area"): (1, 0, 1),
        ("kind", "direct"): (2, 1, 0),
        ("domain", "fan+light"): (1, 0, 0),
        ("domain", "light"): (2, 1, 1),
        ("language", "de"): (1, 0, 0),
        ("language", "en"): (2, 1, 1),
    }
    (row,) = [line for line in table(groups).splitlines() if line.startswith("kind direct")]
    assert row.split() == ["kind", "direct", "2", "50.0%", "9.5%", "-", "90.5%", "0", "1"]


def test_command(gguf: Path, homes_file: Path, tmp_path: Path) -> None:
    command = [sys.executable, "training/evaluate.py", str(gguf), str(homes_file)]
    command += ["--homes", "3", "--json", str(tmp_path / "out" / "scores.json")]
    command += ["--mistakes", str(tmp_path / "mistakes.jsonl"), "--n-ctx", "1024"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "out" / "scores.json").read_text(encoding="utf-8"))
    assert result["homes"] == 3
    assert result["formats"] == ["tiny-5"]
    assert result["model_sha256"] == hashlib.sha256(gguf.read_bytes()).hexdigest()
    assert result["data_sha256"] == hashlib.sha256(homes_file.read_bytes()).hexdigest()
    total = result["scores"]["all"]["all"]
    mistakes = (tmp_path / "mistakes.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(mistakes) == total["requests"] - total["exact"]
    assert done.stdout.splitlines()[1].split()[:2] == ["all", str(total["requests"])]


@pytest.mark.parametrize(
    ("model", "data", "message"),
    [
        ("none.gguf", "homes.jsonl", "there is no model none.gguf"),
        ("bad.gguf", "none.jsonl", "none.jsonl: No such file"),
        ("bad.gguf", "homes.jsonl", "line 1: "),
    ],
)
def test_command_with_wrong_files(
    homes_file: Path, tmp_path: Path, model: str, data: str, message: str
) -> None:
    (tmp_path / "bad.gguf").write_bytes(b"GGUF" + b"\0" * 100)
    (tmp_path / "homes.jsonl").write_bytes(homes_file.read_bytes())
    script = Path("training/evaluate.py").resolve()
    done = subprocess.run(
        [sys.executable, str(script), model, data, "--workers", "1", "--json", "scores.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("error: ")
    assert message in last
    assert not (tmp_path / "scores.json").exists()
