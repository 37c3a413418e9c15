"""Pairs of a right and a wrong reply to the same prompt: in a JSONL file, and as token ids.

A line of a file holds ``kind`` and three lists of segments: ``prompt``, ``chosen`` and
``rejected``. A segment is a text and whether it is markup, so that text which looks like a special
token stays text. ``chosen_allowed`` and ``rejected_allowed`` list for each token of a reply the ids
that the grammar of the sentence allows there (``choices.py``; none: every token). They are ids of
the tokenizer of the model that the pairs were made with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any, TypedDict

from home_llm_core.chat import Segment
from training.choices import FREE, Allowed
from training.dataset import read_lines
from training.errors import TrainingError
from training.tokenizer import SegmentEncoder


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One reply, with the end of its turn.

    Args:
        segments: its text, and the end of the turn.
        allowed: for each of its tokens what the grammar allows there; none if nothing bounds it.

    """

    segments: tuple[Segment, ...]
    allowed: tuple[Allowed, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A right and a wrong reply.

    Args:
        kind: how the wrong one came about.
        prompt: what both reply to.
        chosen: the right reply.
        rejected: the wrong one.

    """

    kind: str
    prompt: tuple[Segment, ...]
    chosen: Reply
    rejected: Reply

    def to_json(self) -> str:
        """Return the pair as a line of a file."""
        data: dict[str, Any] = {"kind": self.kind, "prompt": _to_lists(self.prompt)}
        for name, reply in (("chosen", self.chosen), ("rejected", self.rejected)):
            data[name] = _to_lists(reply.segments)
            if reply.allowed is not None:
                data[f"{name}_allowed"] = reply.allowed
        return json.dumps(data, ensure_ascii=False) + "\n"


class PairIds(TypedDict):
    """A pair as trl's trainer takes it, and what is allowed at each token of its replies."""

    prompt_ids: list[int]
    chosen_ids: list[int]
    rejected_ids: list[int]
    chosen_allowed: list[list[int]]
    rejected_allowed: list[list[int]]


def read_pairs(path: Path) -> list[Pair]:
    """Return the pairs of a file.

    Raises:
        TrainingError: it cannot be read, or holds something else.

    """
    pairs = []
    for number, line in enumerate(read_lines(path), start=1):
        try:
            pairs.append(_pair(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError) as err:
            raise TrainingError(f"{path}:{number}: this is no pair of training/pairs.py") from err
    return pairs


def _pair(data: Mapping[str, Any]) -> Pair:
    chosen, rejected = (
        Reply(segments=_segments(data[name]), allowed=_allowed(data.get(f"{name}_allowed")))
        for name in ("chosen", "rejected")
    )
    prompt = _segments(data["prompt"])
    if not (prompt and chosen.segments and rejected.segments):
        msg = "something is empty"
        raise ValueError(msg)
    return Pair(kind=str(data["kind"]), prompt=prompt, chosen=chosen, rejected=rejected)


def _allowed(sets: Sequence[Sequence[int]] | None) -> tuple[Allowed, ...] | None:
    return None if sets is None else tuple(tuple(map(int, ids)) for ids in sets)


def _segments(lists: Sequence[tuple[str, bool]]) -> tuple[Segment, ...]:
    segments = tuple(Segment(text=text, markup=markup) for text, markup in lists)
    if any([type(each.text), type(each.markup)] != [str, bool] for each in segments):
        msg = "a segment is a text and whether it is markup"
        raise TypeError(msg)
    return segments


def _to_lists(segments: Sequence[Segment]) -> list[tuple[str, bool]]:
    return [(segment.text, segment.markup) for segment in segments]


def encode_pair(pair: Pair, encoder: SegmentEncoder) -> PairIds:
    """Return a pair as token ids.

    Raises:
        TrainingError: it was made for a model with another tokenizer.

    """
    chosen = encoder.encode(pair.chosen.segments)
    rejected = encoder.encode(pair.rejected.segments)
    return PairIds(
        prompt_ids=encoder.prompt(pair.prompt),
        chosen_ids=chosen,
        rejected_ids=rejected,
        chosen_allowed=_allowed_along(pair.chosen, chosen),
        rejected_allowed=_allowed_along(pair.rejected, rejected),
    )


def _allowed_along(reply: Reply, ids: Sequence[int]) -> list[list[int]]:
    """Return what is allowed at each token of a reply."""
    allowed = reply.allowed if reply.allowed is not None else (FREE,) * len(ids)
    fits = len(allowed) == len(ids)
    if not fits or any(few and i not in few for i, few in zip(ids, allowed, strict=True)):
        raise TrainingError("the pairs were made for a model with another tokenizer")
    return list(map(list, allowed))
