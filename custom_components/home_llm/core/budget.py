"""How much of a home a model is shown whose context is limited: a budget of tokens.

A prompt has to leave room for the reply and for some of the conversation. What is left is for the
home. Where not all of it fits, most of the room is for what matters whatever is said: these lines
stay the same from one sentence to the next, so that a model need not read them again. What a
sentence is about follows them; if it needs more than the rest of the room, it takes the place of
what matters least.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .relevance import Ranking

_SPARE_SHARE = 4
_REPLY_SHARE = 4
_HISTORY_SHARE = 8
"""At most one part in so many: of the room for sentences, of the context for the others."""

_SLACK_SHARE = 16
_CONTEXT_STEP = 1024
_HISTORY = 256
"""Tokens for the sentence and at least one short exchange before it."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """How much of a home a model was shown the last time.

    Args:
        shown: entities in the prompt.
        exposed: entities that there are for it.
        needed: the context, in tokens, in which all of them would fit.

    """

    shown: int
    exposed: int
    needed: int

    @property
    def left_out(self) -> int:
        """How many entities it was not shown."""
        return self.exposed - self.shown


def reserve(n_ctx: int, max_reply: int) -> int:
    """Return how many tokens of a context are kept for the reply."""
    return min(max_reply, n_ctx // _REPLY_SHARE)


def least_history(n_ctx: int) -> int:
    """Return how many tokens of a context are kept for the sentence and what was said before."""
    return min(_HISTORY, n_ctx // _HISTORY_SHARE)


def context_for(prompt: int, max_reply: int) -> int:
    """Return the context in which a prompt without a sentence fits, with room to spare.

    States come and go, and some take more words than others.
    """
    needed = prompt + prompt // _SLACK_SHARE + max_reply + _HISTORY
    return -(-needed // _CONTEXT_STEP) * _CONTEXT_STEP


def chosen(costs: Mapping[str, int], ranked: Ranking, room: int) -> tuple[str, ...]:
    """Return what a model is shown, as it is listed.

    Args:
        costs: tokens of each entity's lines by its id, in the home's order.
        ranked: what matters most.
        room: tokens for all of it.

    """
    if sum(costs.values()) <= room:
        return tuple(costs)
    base = _filled(ranked.usual, costs, room - room // _SPARE_SHARE)
    first = _filled(ranked.wanted, costs, room)
    left = room - sum(costs[each] for each in first)
    shown = first | _filled((e for e in ranked.usual if e in base - first), costs, left)
    steady = [each for each in costs if each in shown and each in base]
    return (*steady, *(each for each in costs if each in shown and each not in base))


def _filled(order: Iterable[str], costs: Mapping[str, int], room: int) -> frozenset[str]:
    """Return what finds room; what is too long gives way to what comes after it."""
    found: set[str] = set()
    for each in order:
        if each in costs and each not in found and costs[each] <= room:
            found.add(each)
            room -= costs[each]
    return frozenset(found)
