"""Requests of a line as conversations, for models that read other formats than our own."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import random
from typing import Any

from .houses import House
from .replies import Exchange, Replies

_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_MINUTES_OF_A_YEAR = 365 * 24 * 60


class LeftOutError(Exception):
    """A request that a format cannot express; the message says what it has no words for."""


@dataclass(frozen=True, kw_only=True)
class Output:
    """What a house comes to in a format.

    Args:
        lines: JSON objects.
        asked: how many requests it has.
        left_out: how many of them the format cannot express, by what is missing.

    """

    lines: tuple[Mapping[str, Any], ...]
    asked: int = 0
    left_out: Counter[str]


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """A request of a line.

    Args:
        house: where it is made.
        request: as the line holds it.
        exchanges: what is said, the request last.
        rng: where chance comes from.
        now: the time.

    """

    house: House
    request: Mapping[str, Any]
    exchanges: tuple[Exchange, ...]
    rng: random.Random
    now: datetime

    @property
    def last(self) -> Exchange:
        """The request and its reply."""
        return self.exchanges[-1]


def now_in(line: Mapping[str, Any]) -> datetime:
    """Return the time in a house: some minute of a year."""
    minute = random.Random(f"{line['id']} now").randrange(_MINUTES_OF_A_YEAR)
    return _FIRST + timedelta(minutes=minute)


def conversations(house: House, line: Mapping[str, Any]) -> Iterator[Conversation | None]:
    """Yield the requests of a line as conversations; none where nothing is known to be right."""
    now = now_in(line)
    for number, request in enumerate(line["requests"], start=1):
        rng = random.Random(f"{line['id']} {number}")
        replies = Replies(house, rng, now)
        exchanges = replies.exchanges(request) if replies.are_known else ()
        is_right = bool(request["messages"][-1]["content"]) and bool(exchanges)
        yield (
            Conversation(house=house, request=request, exchanges=exchanges, rng=rng, now=now)
            if is_right and all(each.speech for each in exchanges)
            else None
        )


def expressed(
    house: House,
    line: Mapping[str, Any],
    express: Callable[[Conversation], Mapping[str, Any]],
) -> tuple[Sequence[Mapping[str, Any]], Counter[str]]:
    """Return what conversations come to, and how many cannot be expressed, by what is missing."""
    found: list[Mapping[str, Any]] = []
    left_out: Counter[str] = Counter()
    for conversation in conversations(house, line):
        if conversation is None:
            left_out["a reply"] += 1
            continue
        try:
            found.append(express(conversation))
        except LeftOutError as error:
            left_out[str(error)] += 1
    return found, left_out
