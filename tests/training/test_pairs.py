"""Pairs are made of what a model answers, and of what code changes."""

from collections.abc import Callable
import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from home_llm_core.chat import Message
from home_llm_core.formats import TINY
from training.checkpoint import save_model
from training.errors import TrainingError
from training.pairs import PairMaker, Request, _requests
from training.preferences import encode_pair, read_pairs
from training.scoring import Answer, Outcome
from training.tokenizer import SegmentEncoder

RIGHT = "> off light: A\n"


@pytest.fixture
def request_(homes: list[dict[str, Any]]) -> Request:
    """Return a request to switch off what is in a room."""
    return Request(home=homes[1], request=homes[1]["requests"][1])


def answer(expected: str, reply: str, outcome: Outcome = "exact") -> Answer:
    """Return an answer of a model."""
    return Answer(
        home="h",
        language="en",
        kind="area",
        domains=("light",),
        text="make the kitchen dark",
        expected=expected,
        reply=reply,
        outcome=outcome,
    )


def maker(
    tokenizer: PreTrainedTokenizerFast, share: float = 0.0, format_: str = TINY.name
) -> PairMaker:
    """Return what makes pairs."""
    return PairMaker(lambda: tokenizer, format_, share, 1)


def test_a_wrong_reply_makes_a_pair(
    request_: Request, tokenizer: PreTrainedTokenizerFast, encoder: SegmentEncoder
) -> None:
    wrong = answer(expected=RIGHT, reply="> on light: A\n", outcome="wrong")
    pair = maker(tokenizer).pair(wrong, request_)

    assert pair is not None
    assert pair.kind == "wrong"
    message = Message(role="user", content=request_.request["messages"][0]["content"])
    assert pair.prompt == TINY.prompt([message])
    texts = [reply.segments[0].text for reply in (pair.chosen, pair.rejected)]
    assert texts == [RIGHT, "> on light: A\n"]
    for reply in (pair.chosen, pair.rejected):
        ids = encoder.encode(reply.segments)
        assert ids[-1] == encoder.turn_end
        assert reply.allowed is not None
        assert len(reply.allowed) == len(ids)
        # The mark comes anyway; whether the light goes on or off does not.
        assert reply.allowed[0] == (ids[0],)
        verb = len(encoder.text(">"))
        assert {encoder.text(f" {word}")[0] for word in ("on", "off")} <= {*reply.allowed[verb]}


@pytest.mark.parametrize(
    ("expected", "reply", "outcome"),
    [
        ("", "> on light: A\n", "wrong"),  # Nothing right is known.
        (RIGHT, RIGHT, "missed"),
        (RIGHT, "> on light: A; but", "wrong"),  # Cut off.
        (RIGHT, RIGHT, "exact"),
    ],
)
def test_no_pair(
    request_: Request,
    tokenizer: PreTrainedTokenizerFast,
    expected: str,
    reply: str,
    outcome: Outcome,
) -> None:
    found = answer(expected=expected, reply=reply, outcome=outcome)
    assert maker(tokenizer).pair(found, request_) is None


def test_the_share_of_contrasts(request_: Request, tokenizer: PreTrainedTokenizerFast) -> None:
    right = answer(expected=RIGHT, reply=RIGHT)
    half, all_ = maker(tokenizer, 0.5), maker(tokenizer, 1.0)
    assert all(all_.pair(right, request_) is not None for _ in range(20))
    assert 10 <= sum(half.pair(right, request_) is not None for _ in range(40)) <= 30


@pytest.mark.parametrize(
    ("share", "model", "homes_format", "message"),
    [
        (0.0, "home-llm-3", TINY.name, "reads home-llm-3, the homes are written in tiny-6"),
        (0.5, "home-llm-3", "home-llm-3", "--contrast knows the replies of tiny-6 alone"),
    ],
)
def test_formats_that_do_not_fit(  # noqa: PLR0917 - fixtures
    request_: Request,
    tokenizer: PreTrainedTokenizerFast,
    share: float,
    model: str,
    homes_format: str,
    message: str,
) -> None:
    request = Request(home={**request_.home, "format": homes_format}, request=request_.request)
    found = answer(expected=RIGHT, reply=RIGHT)
    with pytest.raises(TrainingError, match=message):
        maker(tokenizer, share, model).pair(found, request)


def test_command_with_a_folder(
    homes_file: Path,
    tmp_path: Path,
    tokenizer: PreTrainedTokenizerFast,
    make_model: Callable[[], LlamaForCausalLM],
) -> None:
    save_model(tmp_path / "model", make_model(), tokenizer)
    out = tmp_path / "pairs" / "pairs.jsonl"
    command = [sys.executable, "training/pairs.py", str(tmp_path / "model"), str(homes_file)]
    command += ["--out", str(out), "--homes", "4", "--max-tokens", "40", "--contrast", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

    pairs = read_pairs(out)
    counts = {row[:12].strip(): int(row[12:]) for row in done.stdout.splitlines()}
    assert counts.pop("of requests") >= counts.pop("pairs") == len(pairs) == sum(counts.values())
    # Random weights are seldom right.
    assert counts.keys() & {"wrong", "missed"}
    rights = {
        request["messages"][1]["content"]
        for line in homes_file.read_text(encoding="utf-8").splitlines()
        for request in json.loads(line)["requests"]
    }
    encoder = SegmentEncoder(tokenizer)
    for pair in pairs:
        assert pair.chosen.segments[0].text in rights
        assert pair.chosen != pair.rejected
        encode_pair(pair, encoder)
    assert [file.name for file in out.parent.iterdir()] == ["pairs.jsonl"]


def test_chats_with_tools_are_no_homes() -> None:
    with pytest.raises(TrainingError, match="not of chats with tools"):
        list(_requests(['{"messages": [], "tools": []}']))


@pytest.mark.parametrize(
    ("model", "data", "more", "message"),
    [
        ("none.gguf", "homes.jsonl", [], "there is no model none.gguf"),
        ("bad.gguf", "homes.jsonl", [], "bad.gguf is no GGUF file"),
        ("bad.gguf", "none.jsonl", [], "none.jsonl: No such file"),
        ("bad.gguf", "homes.jsonl", ["--contrast", "2"], "--contrast is a share"),
        ("folder", "homes.jsonl", [], "folder holds no model of transformers"),
    ],
)
def test_command_with_what_cannot_be_used(  # noqa: PLR0917 - fixtures
    homes_file: Path, tmp_path: Path, model: str, data: str, more: list[str], message: str
) -> None:
    (tmp_path / "bad.gguf").write_bytes(b"GGUF" + b"1" * 100)
    (tmp_path / "folder").mkdir()
    (tmp_path / "homes.jsonl").write_bytes(homes_file.read_bytes())
    script = Path("training/pairs.py").resolve()
    done = subprocess.run(
        [sys.executable, str(script), model, data, "--out", "pairs.jsonl", *more],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("error: ")
    assert message in line
    assert not list(tmp_path.glob("*pairs*"))
