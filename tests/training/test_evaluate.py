"""A model is run over lines of any format, and its replies are counted."""

import hashlib
import json
import multiprocessing
import os
from pathlib import Path
import signal
import subprocess
import sys
from typing import Any

import pytest
from transformers import PreTrainedTokenizerFast

from home_llm_core.formats import TINY
from home_llm_core.home import home_from_dict
from tests.training.conftest import ALLOWED, SHAPE
from training.answering import Runtime, answer_all
from training.checkpoint import save_model
from training.errors import TrainingError
from training.evaluate import commit, main, write
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
        name="Tiny", license="apache-2.0", prompt_format="tiny-6", domains=("light",)
    )
    export(out / "model", out / "model.gguf", "f32", description)
    return out / "model.gguf"


@pytest.fixture(scope="module")
def folder(gguf: Path) -> Path:
    """Return the folder of transformers that it was made of."""
    return gguf.parent / "model"


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


def test_a_folder_of_transformers_answers_as_its_gguf_file(
    homes: list[dict[str, Any]], gguf: Path, folder: Path
) -> None:
    replies = [
        list(answer_all(lines(homes[:5]), Runtime(model=model, max_tokens=48, batch=4)))
        for model in (gguf, folder)
    ]
    assert replies[0] == replies[1]
    assert len({answer.reply for answer in replies[0]}) > 3


def test_a_worker_that_is_ended_from_outside(homes: list[dict[str, Any]], gguf: Path) -> None:
    answers = answer_all(lines(homes), Runtime(model=gguf, max_tokens=4), workers=2)
    next(answers)
    for worker in multiprocessing.active_children():
        os.kill(worker.pid or 0, signal.SIGKILL)
    with pytest.raises(TrainingError, match="ended from outside"):
        list(answers)


def chat(*, calls: bool) -> dict[str, Any]:
    """Return a chat with tools in which something is done, or nothing."""
    call = {"name": "intent__HassTurnOn", "arguments": json.dumps({"name": "Desk"})}
    acts = [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": "a", "type": "function", "function": call}],
        },
        {"role": "tool", "tool_call_id": "a", "content": "{}"},
    ]
    return {
        "messages": [
            {"role": "user", "content": "switch off light A"},
            *(acts if calls else []),
            {"role": "assistant", "content": "Yes."},
        ],
        "tools": [{"type": "function", "function": {"name": "intent__HassTurnOn"}}],
        "language": "en",
        "kind": "direct" if calls else "small_talk",
    }


def test_chats_with_tools(gguf: Path, folder: Path) -> None:
    data = [json.dumps(chat(calls=calls)) for calls in (True, False, True)]
    found = [list(answer_all(data, Runtime(model=model, max_tokens=8))) for model in (gguf, folder)]

    # A model that knows no tools calls none.
    for answers in found:
        assert [answer.outcome for answer in answers] == ["missed", "exact", "missed"]
        assert [answer.kind for answer in answers] == ["direct", "small_talk", "direct"]
    with pytest.raises(TrainingError, match=r"line 1: a prompt of \d+ tokens does not fit"):
        list(answer_all(data, Runtime(model=gguf, n_ctx=8, max_tokens=8)))


def test_command(gguf: Path, homes_file: Path, tmp_path: Path) -> None:
    command = [sys.executable, "training/evaluate.py", str(gguf), str(homes_file)]
    command += ["--homes", "3", "--json", str(tmp_path / "out" / "scores.json")]
    command += ["--mistakes", str(tmp_path / "mistakes.jsonl"), "--n-ctx", "1024"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "out" / "scores.json").read_text(encoding="utf-8"))
    assert result["homes"] == 3
    assert result["formats"] == ["tiny-6"]
    assert result["model_sha256"] == hashlib.sha256(gguf.read_bytes()).hexdigest()
    assert result["data_sha256"] == hashlib.sha256(homes_file.read_bytes()).hexdigest()
    total = result["scores"]["all"]["all"]
    mistakes = (tmp_path / "mistakes.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(mistakes) == total["requests"] - total["exact"]
    assert done.stdout.splitlines()[1].split()[:2] == ["all", str(total["requests"])]


def evaluate(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    """Run the command in this process."""
    monkeypatch.setattr(sys, "argv", ["evaluate.py", *map(str, arguments)])
    main()


def test_command_with_a_folder_scenarios_and_a_chart(
    folder: Path,
    homes_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    counts = {"all": {"all": {"right": 3, "wrong": 1, "missed": 0, "all": 4}}}
    judged: dict[str, Any] = {
        "agent": None,
        "files_sha256": {"a.yaml": "1"},
        "counts": counts,
        "scenarios": [],
    }
    (tmp_path / "judge.json").write_text(json.dumps(judged), encoding="utf-8")
    outputs = ["--json", tmp_path / "scores.json", "--chart", tmp_path / "chart.png"]
    scenarios = ["--scenarios", tmp_path / "judge.json"]
    evaluate(monkeypatch, folder, homes_file, "--homes", 2, *scenarios, *outputs)

    result = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert result["scenarios"]["scores"]["all"]["all"]["wrong"] == 1
    assert result["scenarios"]["files_sha256"] == {"a.yaml": "1"}
    assert result["scores"]["all"]["all"]["requests"] > 4
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")
    titles = [line for line in capsys.readouterr().out.splitlines() if "requests" in line]
    assert [title.split()[0] for title in titles] == ["model", "scenarios"]

    evaluate(monkeypatch, folder, *scenarios, *outputs[:2])
    alone = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert alone["scenarios"] == result["scenarios"]
    assert (alone["data"], alone["homes"], alone["scores"]) == (None, 0, {})
    assert alone["model_sha256"] == result["model_sha256"]
    (folder / "config.json").write_text((folder / "config.json").read_text() + " ")
    evaluate(monkeypatch, folder, *scenarios, *outputs[:2])
    other = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert other["model_sha256"] != result["model_sha256"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.gguf", "homes.jsonl"], "there is no model none.gguf"),
        (["bad.gguf", "none.jsonl"], "none.jsonl: No such file"),
        (["bad.gguf", "homes.jsonl"], "bad.gguf"),
        (["bad.gguf"], "there is nothing to evaluate on"),
        (["bad.gguf", "--scenarios", "homes.jsonl"], "not what script/judge --json writes"),
        ([".", "homes.jsonl"], "there is no model ."),
    ],
)
def test_command_with_wrong_files(
    homes_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    (tmp_path / "bad.gguf").write_bytes(b"GGUF" + b"\0" * 100)
    (tmp_path / "homes.jsonl").write_bytes(homes_file.read_bytes())
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TrainingError) as raised:
        evaluate(monkeypatch, *arguments, "--workers", 1, "--json", "scores.json")
    assert message in str(raised.value)
    assert not (tmp_path / "scores.json").exists()


@pytest.mark.parametrize("name", ["file/scores.json", "folder"])
def test_what_cannot_be_written(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(TrainingError, match=f"{name} cannot be written"):
        write(tmp_path / name, "{}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_where_git_is_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit() is None


def test_what_is_wrong_is_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "training/evaluate.py", "none.gguf", "none.jsonl"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "error: there is no model none.gguf\n")
