"""Whole documents packed into one long sequence, with every request computed as if it stood alone.

A token sees its own branch up to itself and the prefix of its own document, nothing else; position
ids start anew in every document, and every branch goes on where the prefix ended. So what the
requests of a home have in common is paid for once, however much it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
import random

import numpy as np
import numpy.typing as npt
import torch

from training.choices import Allowed
from training.dataset import Document, TokenFile

IGNORED = -100


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A document, or a part of one: its prefix and some of its branches.

    Args:
        document: number of the document.
        branches: numbers of the branches within the document.
        length: tokens in all.

    """

    document: int
    branches: tuple[int, ...]
    length: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Which pieces share a sequence.

    Args:
        sequences: the pieces of each sequence.
        dropped: requests that are longer than a sequence.
        tokens: tokens in all sequences, padding left out.

    """

    sequences: tuple[tuple[Piece, ...], ...]
    dropped: int
    tokens: int


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where documents lie in a sequence, one after the other; padding follows.

    Args:
        prefixes: tokens in each document's prefix.
        branches: tokens in each of its branches.
        padding: tokens after the last document.

    """

    prefixes: tuple[int, ...]
    branches: tuple[tuple[int, ...], ...]
    padding: int


@dataclass(frozen=True, kw_only=True)
class Batch:
    """A sequence as tensors, of shape ``(length,)`` if nothing else is said.

    Args:
        ids: token ids.
        positions: position ids.
        requests: number of the request within the sequence, from 1; prefixes and padding are 0.
        targets: the next token, where it is learned; elsewhere ``IGNORED``.
        weights: how much each target counts; 1 in a reply.
        bounded: ``(M,)`` places whose targets the grammar leaves a choice of few tokens for.
        allowed: ``(A,)`` these tokens, for each of the places.
        allowed_of: ``(A,)`` which of the M places each belongs to.
        layout: where the documents lie.

    """

    ids: torch.Tensor
    positions: torch.Tensor
    requests: torch.Tensor
    targets: torch.Tensor
    weights: torch.Tensor
    bounded: torch.Tensor
    allowed: torch.Tensor
    allowed_of: torch.Tensor
    layout: Layout

    @property
    def tokens(self) -> int:
        """The number of tokens, padding left out."""
        return len(self.ids) - self.layout.padding

    def to(self, device: torch.device) -> "Batch":
        """Return the batch on a device."""
        tensors = {k: v.to(device) for k, v in vars(self).items() if isinstance(v, torch.Tensor)}
        return Batch(**tensors, layout=self.layout)


def plan(data: TokenFile, length: int, rng: random.Random) -> Plan:
    """Assign all documents to sequences, in random order.

    A document that does not fit into what is left of a sequence is parted: some of its requests
    follow its prefix here, the others follow it again in the next sequence.

    Args:
        data: the documents.
        length: tokens in a sequence.
        rng: decides the order of documents and of their branches.

    """
    sequences: list[tuple[Piece, ...]] = []
    current: list[Piece] = []
    room, dropped, tokens = length, 0, 0
    order = list(range(len(data)))
    rng.shuffle(order)
    for number in order:
        prefix, sizes = _sizes(data, number)
        left = [branch for branch, size in enumerate(sizes) if prefix + size <= length]
        dropped += len(sizes) - len(left)
        rng.shuffle(left)
        while left:
            piece, left = _take(number, prefix, sizes, left, room)
            # A prefix for one or two requests out of many is not worth its tokens.
            if piece is None or (left and len(piece.branches) * 4 < len(sizes) and current):
                left = left if piece is None else [*piece.branches, *left]
                sequences.append(tuple(current))
                current, room = [], length
                continue
            current.append(piece)
            room -= piece.length
            tokens += piece.length
    if current:
        sequences.append(tuple(current))
    return Plan(sequences=tuple(sequences), dropped=dropped, tokens=tokens)


def _sizes(data: TokenFile, number: int) -> tuple[int, list[int]]:
    """Return the length of a document's prefix, and of its branches."""
    _, prefix, first = data.documents[number].tolist()
    return prefix, data.branches[first : data.documents[number + 1][2], 1].tolist()


def _take(
    number: int, prefix: int, sizes: Sequence[int], left: list[int], room: int
) -> tuple[Piece | None, list[int]]:
    """Return as many of the branches as there is room for, and the others."""
    taken, used = [], prefix
    for branch in left:
        if used + sizes[branch] <= room:
            taken.append(branch)
            used += sizes[branch]
    if not taken:
        return None, left
    rest = [branch for branch in left if branch not in taken]
    return Piece(document=number, branches=tuple(taken), length=used), rest


def batch(
    pieces: Sequence[Piece],
    data: TokenFile,
    length: int,
    prompt_share: float = 0.0,
    seed: Sequence[int] = (0,),
) -> Batch:
    """Return a sequence as tensors.

    Args:
        pieces: what is in the sequence.
        data: the documents.
        length: tokens in the sequence; what the pieces leave is padding.
        prompt_share: which share of the prompts' tokens is learned as well, chosen at random: as
            if all of them had this weight, at a fraction of the cost.
        seed: of that choice.

    """
    rng = np.random.default_rng(seed)
    ids, positions, requests = (np.zeros(length, dtype=np.int64) for _ in range(3))
    targets = np.full(length, IGNORED, dtype=np.int64)
    weights = np.zeros(length, dtype=np.float32)
    bounds: list[tuple[int, Allowed]] = []
    at = request = 0
    for piece in pieces:
        for span in _spans(data.document(piece.document), piece.branches):
            where = slice(at, at + len(span.ids))
            ids[where] = span.ids
            positions[where] = np.arange(len(span.ids)) + span.position
            request += span.is_branch
            requests[where] = request if span.is_branch else 0
            chosen = rng.random(len(span.ids)) < prompt_share
            _targets(span, chosen, targets[where], weights[where])
            first = at + span.prompt - 1
            bounds += [(first + n, few) for n, few in enumerate(span.allowed) if len(few) > 1]
            at += len(span.ids)
    positions[at:] = 0
    return Batch(
        ids=torch.from_numpy(ids),
        positions=torch.from_numpy(positions),
        requests=torch.from_numpy(requests),
        targets=torch.from_numpy(targets),
        weights=torch.from_numpy(weights),
        bounded=torch.tensor([place for place, _ in bounds], dtype=torch.long),
        allowed=torch.tensor([token for _, few in bounds for token in few], dtype=torch.long),
        allowed_of=torch.tensor(
            [number for number, (_, few) in enumerate(bounds) for _ in few], dtype=torch.long
        ),
        layout=_layout(pieces, data, length),
    )


def _layout(pieces: Sequence[Piece], data: TokenFile, length: int) -> Layout:
    sizes = [_sizes(data, piece.document) for piece in pieces]
    return Layout(
        prefixes=tuple(prefix for prefix, _ in sizes),
        branches=tuple(
            tuple(branches[number] for number in piece.branches)
            for piece, (_, branches) in zip(pieces, sizes, strict=True)
        ),
        padding=length - sum(piece.length for piece in pieces),
    )


@dataclass(frozen=True, kw_only=True)
class _Span:
    """A prefix or a branch: its ids, where its positions begin, and what is learned of it."""

    ids: tuple[int, ...]
    is_branch: bool
    position: int
    prompt: int
    allowed: tuple[Allowed, ...] = ()


def _spans(document: Document, branches: Sequence[int]) -> Iterator[_Span]:
    prefix = len(document.prefix)
    yield _Span(ids=document.prefix, is_branch=False, position=0, prompt=prefix)
    for branch in (document.branches[number] for number in branches):
        yield _Span(
            ids=branch.ids,
            is_branch=True,
            position=prefix,
            prompt=branch.prompt,
            allowed=branch.allowed,
        )


def _targets(
    span: _Span,
    chosen: npt.NDArray[np.bool_],
    targets: npt.NDArray[np.int64],
    weights: npt.NDArray[np.float32],
) -> None:
    """Fill in what each token of a span is to predict. A span's last token predicts nothing."""
    if not span.ids:
        return
    if span.is_branch:
        chosen[span.prompt - 1 :] = True
        # What the grammar forces is never asked of the model.
        forced = [n for n, few in enumerate(span.allowed) if len(few) == 1]
        chosen[np.array(forced, dtype=np.int64) + span.prompt - 1] = False
    chosen[-1] = False
    learned = chosen.nonzero()[0]
    targets[learned] = np.asarray(span.ids)[learned + 1]
    weights[learned] = 1.0
