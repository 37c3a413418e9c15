"""Requests in batches: nothing is lost, and exactly the replies are learned."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch

from training.batches import Batch, batch, plan
from training.token_file import TokenFile


def rng(seed: int = 1) -> np.random.Generator:
    """Return what a plan is drawn with."""
    return np.random.default_rng(seed)


def learned(made: Batch) -> list[list[tuple[int, int]]]:
    """Return what is learned of each row: places, not of what predicts it, and the tokens."""
    rows: list[list[tuple[int, int]]] = [[] for _ in made.ids]
    for place, token in zip(made.places.tolist(), made.targets.tolist(), strict=True):
        row, column = divmod(place, made.ids.shape[1])
        rows[row].append((column + 1, token))
    return [sorted(row) for row in rows]


def test_every_request_once(data: TokenFile) -> None:
    made = plan(data, 512, rng())
    assert Counter(number for numbers in made.batches for number in numbers) == Counter(
        range(len(data))
    )
    assert made.dropped == 0
    assert made.tokens == len(data.ids)
    assert all(batch(numbers, data).ids.numel() <= 512 for numbers in made.batches)


def test_rows_are_of_about_one_length(data: TokenFile) -> None:
    many = [number for numbers in plan(data, 512, rng()).batches for number in numbers]
    assert plan(data, 256, rng()).filled > 0.85
    # Batches come in no order of length.
    assert many != sorted(many, key=lambda number: len(data.request(number).ids))
    widths = [batch(numbers, data).ids.shape[1] for numbers in plan(data, 256, rng()).batches]
    assert widths not in (sorted(widths), sorted(widths, reverse=True))


def test_what_is_too_long_is_counted(data: TokenFile) -> None:
    longest = max(batch([number], data).ids.shape[1] for number in range(len(data)))
    made = plan(data, longest - 1, rng())
    assert made.dropped >= 1
    assert sum(map(len, made.batches)) + made.dropped == len(data)


def test_order_follows_the_seed(data: TokenFile) -> None:
    first, again, other = (plan(data, 512, rng(seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_exactly_the_replies_are_learned(data: TokenFile) -> None:
    """The loss mask, token by token: each reply and the end of its turn, but what is forced."""
    for numbers in plan(data, 1024, rng()).batches:
        made = batch(numbers, data)
        for number, ids, found in zip(numbers, made.ids.tolist(), learned(made), strict=True):
            request = data.request(number)
            reply = enumerate(request.ids[request.prompt :], start=request.prompt)
            asked = [
                pair for pair, few in zip(reply, request.allowed, strict=True) if len(few) != 1
            ]
            assert found == asked
            assert 0 < len(asked) < len(request.allowed)
            # All that comes before the last choice is read; what follows is as good as padding.
            last = asked[-1][0]
            assert tuple(ids[:last]) == request.ids[:last]
        assert made.tokens == sum(len(data.request(number).ids) for number in numbers)


def test_choices_are_those_of_the_grammar(data: TokenFile) -> None:
    numbers = plan(data, 1024, rng()).batches[0]
    made = batch(numbers, data)
    assert len(made.allowed) == len(made.places)
    assert torch.equal(made.candidates, made.candidates.unique())
    for place, target, allowed in zip(made.places, made.targets, made.allowed, strict=True):
        row, column = divmod(int(place), made.ids.shape[1])
        request = data.request(numbers[row])
        few = request.allowed[column + 1 - request.prompt]
        assert tuple(made.candidates[allowed].tolist()) == few
        assert int(target) in few


def test_where_there_is_no_grammar_anything_may_come(data: TokenFile) -> None:
    unbounded = replace(data, allowed=np.zeros_like(data.allowed))
    made = batch([0, 1], unbounded)
    assert made.allowed.shape == (0, 0)
    for number, found in zip((0, 1), learned(made), strict=True):
        request = data.request(number)
        assert [token for _, token in found] == list(request.ids[request.prompt :])


def test_a_share_of_the_prompts_can_be_learned(data: TokenFile) -> None:
    numbers = plan(data, 1024, rng()).batches[0]
    none, some, again, other, every = (
        batch(numbers, data, share, seed)
        for share, seed in ((0.0, (1,)), (0.3, (1,)), (0.3, (1,)), (0.3, (2,)), (1.0, (1,)))
    )
    # All but the first token of each prompt, and what is forced.
    for number, found in zip(numbers, learned(every), strict=True):
        request = data.request(number)
        assert found[: request.prompt - 1] == list(enumerate(request.ids))[1 : request.prompt]
    prompts = [len(made.places) - len(none.places) for made in (some, every)]
    assert prompts[0] / prompts[1] == pytest.approx(0.3, abs=0.1)
    assert set(some.places.tolist()) >= set(none.places.tolist())
    assert torch.equal(some.places, again.places)
    assert not torch.equal(some.places, other.places)
    # Grammars bound replies only.
    assert torch.equal(some.allowed, none.allowed)
