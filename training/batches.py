"""Batches: requests of about one length in rows, padded on the right to the longest of them.

Attention is causal and padding predicts nothing, so no token of a request ever sees it, and no mask
is needed. Nor is what comes after the last token that is learned: it is left out of the row.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from training.token_file import Ints, TokenFile

Bools = npt.NDArray[np.bool_]

_POOL = 64
"""How many batches' worth of requests are sorted by length at once."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Which requests share a batch.

    Args:
        batches: numbers of the requests of each batch.
        dropped: requests that are longer than a batch.
        tokens: tokens of all requests that are not.
        filled: which share of the rows is not padding.

    """

    batches: tuple[tuple[int, ...], ...]
    dropped: int
    tokens: int
    filled: float


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Requests as tensors.

    Args:
        ids: ``(B, L)`` token ids; each row is a request, then padding.
        places: ``(N,)`` places in the flattened rows whose next token is learned: M in replies
            where the grammar allows some tokens, then those where anything may come.
        targets: ``(N,)`` these next tokens.
        candidates: ``(C,)`` in ascending order, all tokens that are allowed at one of the M places.
        allowed: ``(M, C)`` which of them is allowed where.
        tokens: how many tokens the requests have.

    """

    ids: torch.Tensor
    places: torch.Tensor
    targets: torch.Tensor
    candidates: torch.Tensor
    allowed: torch.Tensor
    tokens: int

    def to(self, device: torch.device) -> "Batch":
        """Return the batch on a device."""
        tensors = {k: v.to(device) for k, v in vars(self).items() if isinstance(v, torch.Tensor)}
        return Batch(**tensors, tokens=self.tokens)


def plan(data: TokenFile, length: int, rng: np.random.Generator) -> Plan:
    """Assign all requests to batches, in random order.

    Args:
        data: the requests.
        length: tokens in a batch, padding included.
        rng: decides which requests are sorted together, and the order of the batches.

    """
    lengths = _lengths(data)
    order = rng.permutation((lengths <= length).nonzero()[0])
    pool = lengths[order].cumsum() // (_POOL * length)
    # Shortest first in one pool, longest first in the next, so that a batch may span two of them.
    order = order[np.lexsort((np.where(pool % 2, -1, 1) * lengths[order], pool))]
    batches: list[tuple[int, ...]] = []
    current: list[int] = []
    longest = cells = 0
    for number, size in zip(order.tolist(), lengths[order].tolist(), strict=True):
        if max(longest, size) * (len(current) + 1) > length:
            batches.append(tuple(current))
            cells += longest * len(current)
            current, longest = [], 0
        current.append(number)
        longest = max(longest, size)
    if current:
        batches.append(tuple(current))
        cells += longest * len(current)
    return Plan(
        batches=tuple(batches[n] for n in rng.permutation(len(batches)).tolist()),
        dropped=len(data) - len(order),
        tokens=int(np.diff(data.starts)[order].sum()),
        filled=float(lengths[order].sum()) / max(cells, 1),
    )


def _lengths(data: TokenFile) -> Ints:
    """Return how many tokens of each request are needed to learn it: those before its last choice.

    The prompt is always one of them, as its tokens may be learned, too.
    """
    sizes = np.diff(data.sets_at)[data.allowed]
    request = np.repeat(np.arange(len(data)), np.diff(data.starts))
    place = np.arange(len(data.ids)) - data.starts[request]
    chosen = (sizes != 1) & (place >= data.prompts[request])
    last = data.prompts.copy()
    np.maximum.at(last, request[chosen], place[chosen])
    return last


def batch(
    numbers: Sequence[int],
    data: TokenFile,
    prompt_share: float = 0.0,
    seed: Sequence[int] = (0,),
) -> Batch:
    """Return requests as a batch.

    Args:
        numbers: of the requests.
        data: all requests.
        prompt_share: which share of the prompts' tokens is learned as well, chosen at random: as
            if all of them had this weight, at a fraction of the cost.
        seed: of that choice.

    """
    rows = np.asarray(numbers, dtype=np.int64)
    starts, ends = data.starts[rows, None], data.starts[rows + 1, None]
    at = starts + np.arange(int((ends - starts).max()))  # (B, longest)
    is_there, at = at < ends, np.minimum(at, ends - 1)
    ids, sets = np.where(is_there, data.ids[at].astype(np.int64), 0), data.allowed[at]
    sizes = np.diff(data.sets_at)[sets]
    drawn = np.random.default_rng(seed).random(at.shape) < prompt_share
    learned = np.where(at - starts < data.prompts[rows, None], drawn, sizes != 1) & is_there
    learned[:, 0] = False  # Nothing predicts it.
    row, column = learned.nonzero()
    is_free = sizes[row, column] == 0
    order = np.argsort(is_free, kind="stable")
    row, column = row[order], column[order]
    width = int(column.max(initial=1))
    candidates, allowed = _candidates(data, sets[row, column][: int((~is_free).sum())])
    return Batch(
        ids=torch.from_numpy(ids[:, :width].copy()),
        places=torch.from_numpy(row * width + column - 1),
        targets=torch.from_numpy(ids[row, column]),
        candidates=torch.from_numpy(candidates),
        allowed=torch.from_numpy(allowed),
        tokens=int((ends - starts).sum()),
    )


def _candidates(data: TokenFile, sets: npt.NDArray[np.uint32]) -> tuple[Ints, Bools]:
    """Return the tokens of sets, ``(C,)``, and which of them each holds, ``(M, C)``."""
    used, number = np.unique(sets, return_inverse=True)
    tokens = [data.sets[data.sets_at[n] : data.sets_at[n + 1]] for n in used.tolist()]
    candidates, column = np.unique(
        np.concatenate([np.array([], dtype=np.uint16), *tokens]), return_inverse=True
    )
    holds = np.zeros((len(used), len(candidates)), dtype=np.bool_)
    holds[np.repeat(np.arange(len(used)), [len(few) for few in tokens]), column] = True
    return candidates.astype(np.int64), holds[number]
