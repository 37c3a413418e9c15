"""What the answers of an agent took: for its sensors, and for diagnostics."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homeassistant.core import CALLBACK_TYPE, callback

KEPT = 20
"""Answers of which the figures are kept, the latest."""

_MOST = 1e12
"""No reply takes so many tokens or milliseconds."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What one answer took.

    Args:
        latency_ms: from the sentence to the end of the answer, with all that was carried out.
        entities: how many entities of the home the model could see.
        replies: the figures of each of the model's replies, without a word of them.

    """

    latency_ms: float
    entities: int
    replies: Sequence[Mapping[str, float]]

    @classmethod
    def of(cls, latency_ms: float, entities: int, timings: Iterable[Mapping[str, Any]]) -> Figures:
        """Return the figures of an answer; what is no number may be text of a server."""
        figures = (
            {key: each for key, each in reply.items() if _is_number(each)} for reply in timings
        )
        replies = list(filter(None, figures))
        return cls(latency_ms=round(latency_ms, 1), entities=entities, replies=replies)

    @property
    def tokens_per_second(self) -> float | None:
        """How fast the model wrote; nothing if nobody has counted its tokens."""
        counted = [reply for reply in self.replies if reply.get("tokens")]
        spent = sum(map(_writing_ms, counted))
        tokens = sum(reply["tokens"] for reply in counted)
        return tokens * 1000 / spent if spent > 0 else None


class Meter:
    """Keeps the figures of an agent's latest answers, and tells whoever wants to know.

    Attributes:
        latest: the figures, the last answer's at the end.

    """

    def __init__(self) -> None:
        """Have measured nothing."""
        self.latest: deque[Figures] = deque(maxlen=KEPT)
        self._listeners: list[Callable[[], None]] = []

    @callback
    def async_note(self, figures: Figures) -> None:
        """Take the figures of an answer, if the model has had a part in it."""
        if not figures.replies:
            return
        self.latest.append(figures)
        for listener in list(self._listeners):
            listener()

    @callback
    def async_listen(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call a listener after each answer, and return what ends that."""
        self._listeners.append(listener)

        @callback
        def end() -> None:
            self._listeners.remove(listener)

        return end


def _is_number(value: object) -> bool:
    """Return whether it can be shown: a server may send anything, infinity among it."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) < _MOST


def _writing_ms(reply: Mapping[str, float]) -> float:
    """Return how long a reply was written; of the whole request, if the server does not tell."""
    total = reply.get("total_ms", 0.0)
    return reply.get("writing_ms", total - reply.get("prompt_ms", 0.0))
