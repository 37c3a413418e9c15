"""What another agent would be asked about, for each confidence that ours must have."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .play import Result

STEPS = (*(number / 20 for number in range(6, 20)), 0.99)
"""Thresholds that are tried, from 0.3."""

MOST_RIGHT = 0.05
"""The share of right replies that may be kept from people for it."""


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """What a threshold stops.

    Args:
        threshold: confidence below which a reply is not carried out.
        right: how many replies it stops that were right.
        others: how many it stops that were wrong, or missed what was wanted.
        all_right: how many were right.
        all_others: how many were not.

    """

    threshold: float
    right: int
    others: int
    all_right: int
    all_others: int

    @property
    def right_share(self) -> float:
        """The share of the right ones."""
        return self.right / self.all_right if self.all_right else 0.0

    @property
    def others_share(self) -> float:
        """The share of the others."""
        return self.others / self.all_others if self.all_others else 0.0


def stopped(results: Iterable[Result]) -> tuple[Stopped, ...]:
    """Return what each threshold stops of what the model understood, and tells its confidence of.

    What it says that it did not understand goes to another agent anyway.
    """
    right: list[float] = []
    others: list[float] = []
    for result in results:
        confidence = result.exchange.confidence
        if confidence is not None and not result.exchange.misunderstood:
            (right if result.outcome == "right" else others).append(confidence)
    return tuple(
        Stopped(
            threshold=step,
            right=sum(confidence < step for confidence in right),
            others=sum(confidence < step for confidence in others),
            all_right=len(right),
            all_others=len(others),
        )
        for step in STEPS
    )


def best(tried: Sequence[Stopped]) -> Stopped | None:
    """Return what stops most of what is not right and least of what is, within bounds."""
    bearable = [each for each in tried if each.right_share <= MOST_RIGHT and each.others]
    return max(bearable, key=lambda each: each.others_share - each.right_share, default=None)


def table(results: Iterable[Result]) -> Iterator[str]:
    """Yield the lines of a table of thresholds; the best is marked."""
    tried = stopped(results)
    chosen = best(tried)
    yield f"{'threshold':>9}{'stopped: not right':>24}{'right':>20}"
    for each in tried:
        others = f"{each.others} of {each.all_others} ({each.others_share:.1%})"
        right = f"{each.right} of {each.all_right} ({each.right_share:.1%})"
        mark = "  <- best" if each is chosen else ""
        yield f"{each.threshold:>9.2f}{others:>24}{right:>20}{mark}"
