"""The curriculum and its streams."""

from pathlib import Path

import pytest
import torch

from training.errors import TrainingError
from training.stages import BatchStream, Stage, parse_stage, stage_at
from training.token_file import TokenFile


def test_parse() -> None:
    assert parse_stage("a/b.jsonl") == Stage(path=Path("a/b.jsonl"), share=1.0)
    assert parse_stage("b.jsonl:0.25") == Stage(path=Path("b.jsonl"), share=0.25)


@pytest.mark.parametrize("text", ["a:b", "a:0", "a:-1", "a:1:2"])
def test_parse_what_is_no_stage(text: str) -> None:
    with pytest.raises(TrainingError, match="a:"):
        parse_stage(text)


def test_shares() -> None:
    stages = [Stage(path=Path(name), share=share) for name, share in (("a", 1), ("b", 3))]
    numbers = [stage_at(stages, progress) for progress in (0.0, 0.24, 0.26, 0.99, 1.0, 1.5)]
    assert numbers == [0, 0, 1, 1, 1, 1]


def test_a_stream_goes_on_from_its_position(data: TokenFile) -> None:
    stream = BatchStream(data, length=512, seed="x")
    per_epoch = len(stream.plan.batches)
    for _ in range(per_epoch + 1):
        stream.take()
    position = stream.position
    assert position == (1, 1)
    expected = [stream.take().ids for _ in range(per_epoch)]
    other = BatchStream(data, length=512, seed="x")
    other.position = position
    assert all(torch.equal(ids, other.take().ids) for ids in expected)


def test_epochs_and_seeds_differ(data: TokenFile) -> None:
    stream = BatchStream(data, length=512, seed="x")
    first = stream.plan
    stream.position = (1, 0)
    assert stream.plan != first
    assert BatchStream(data, length=512, seed="y").plan != first


def test_too_short(data: TokenFile) -> None:
    with pytest.raises(TrainingError, match="8 tokens are too short"):
        BatchStream(data, length=8, seed="x")
