"""Documents in sequences: nothing is lost, and exactly the replies are learned."""

from collections import Counter
from pathlib import Path
import random
from typing import Any

import pytest
import torch

from training.dataset import TokenFile, token_file
from training.packing import IGNORED, batch, plan
from training.tokenizer import SegmentEncoder


@pytest.fixture
def data(homes_file: Path, tokenizer_folder: Path, tmp_path: Path) -> TokenFile:
    return token_file(homes_file, tokenizer_folder, tmp_path)


def test_every_request_once(data: TokenFile) -> None:
    made = plan(data, 512, random.Random(1))
    seen = Counter(
        (piece.document, branch)
        for pieces in made.sequences
        for piece in pieces
        for branch in piece.branches
    )
    assert set(seen.values()) == {1}
    assert len(seen) == len(data.branches)
    assert made.dropped == 0
    assert all(sum(piece.length for piece in pieces) <= 512 for pieces in made.sequences)
    assert made.tokens == sum(piece.length for pieces in made.sequences for piece in pieces)


def test_little_is_padding(data: TokenFile) -> None:
    made = plan(data, 1024, random.Random(1))
    full = made.sequences[:-1]
    assert full
    assert sum(piece.length for pieces in full for piece in pieces) > 0.85 * 1024 * len(full)


def test_what_is_too_long_is_counted(data: TokenFile) -> None:
    longest = max(
        data.documents[n][1] + size
        for n in range(len(data))
        for size in data.branches[data.documents[n][2] : data.documents[n + 1][2], 1]
    )
    made = plan(data, int(longest) - 1, random.Random(1))
    kept = sum(len(piece.branches) for pieces in made.sequences for piece in pieces)
    assert made.dropped >= 1
    assert kept + made.dropped == len(data.branches)


def test_order_follows_the_seed(data: TokenFile) -> None:
    first, again, other = (plan(data, 512, random.Random(seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_exactly_the_replies_are_learned(
    data: TokenFile, homes: list[dict[str, Any]], encoder: SegmentEncoder
) -> None:
    """The loss mask, token by token: each reply and the end of its turn, but what is forced."""
    for pieces in plan(data, 1024, random.Random(1)).sequences:
        packed = batch(pieces, data, 1024)
        expected = [
            (homes[piece.document]["requests"][number]["messages"][1]["content"], allowed)
            for piece in pieces
            for number in piece.branches
            for allowed in (data.document(piece.document).branches[number].allowed,)
        ]
        learned = packed.targets != IGNORED
        assert torch.equal(learned, packed.weights == 1)
        assert not packed.weights[~learned].any()
        for number, (reply, allowed) in enumerate(expected, start=1):
            targets = packed.targets[learned & (packed.requests == number)]
            whole = [*encoder.text(reply), encoder.turn_end]
            asked = [token for token, few in zip(whole, allowed, strict=True) if len(few) != 1]
            assert targets.tolist() == asked
            assert 0 < len(asked) < len(whole)
        assert int(packed.requests.max()) == len(expected)


def test_every_target_is_the_next_token(data: TokenFile) -> None:
    pieces = plan(data, 1024, random.Random(1)).sequences[0]
    for share in (0.0, 0.5, 1.0):
        packed = batch(pieces, data, 1024, share)
        where = (packed.targets != IGNORED).nonzero().squeeze(1)
        assert torch.equal(packed.targets[where], packed.ids[where + 1])
        # The next token is the next in the same request: positions go on.
        assert torch.equal(packed.positions[where] + 1, packed.positions[where + 1])
        assert torch.equal(packed.requests[where], packed.requests[where + 1])


def test_a_share_of_the_prompts_can_be_learned(data: TokenFile) -> None:
    pieces = plan(data, 1024, random.Random(1)).sequences[0]
    none, some, again, other, all_ = (
        batch(pieces, data, 1024, share, seed).targets != IGNORED
        for share, seed in ((0.0, (1,)), (0.3, (1,)), (0.3, (1,)), (0.3, (2,)), (1.0, (1,)))
    )
    # All but the last token of each prefix and branch, the padding, and what is forced.
    spans = len(pieces) + sum(len(piece.branches) for piece in pieces)
    forced = sum(
        len(few) == 1
        for piece in pieces
        for number in piece.branches
        for few in data.document(piece.document).branches[number].allowed
    )
    assert int(all_.sum()) == batch(pieces, data, 1024).tokens - spans - forced
    assert bool((some >= none).all())
    assert float(some[~none & all_].float().mean()) == pytest.approx(0.3, abs=0.1)
    assert torch.equal(some, again)
    assert not torch.equal(some, other)


def test_positions_start_anew(data: TokenFile) -> None:
    pieces = plan(data, 1024, random.Random(1)).sequences[0]
    packed = batch(pieces, data, 1024)
    at = 0
    for piece, prefix, branches in zip(
        pieces, packed.layout.prefixes, packed.layout.branches, strict=True
    ):
        assert packed.positions[at : at + prefix].tolist() == list(range(prefix))
        at += prefix
        for length in branches:
            assert packed.positions[at : at + length].tolist() == list(
                range(prefix, prefix + length)
            )
            at += length
        assert prefix + sum(branches) == piece.length
    assert at == packed.tokens == 1024 - packed.layout.padding
