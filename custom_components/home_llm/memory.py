"""What is kept of each conversation, for sentences that go back to what was said before."""

from collections import OrderedDict
from time import monotonic

MOST = 32
"""Conversations that are remembered."""

FORGOTTEN_AFTER = 300.0
"""Seconds after which nobody means what was said then by "the other one"."""


class Memory[T]:
    """One thing for each conversation, such as its last turn; the oldest go first."""

    def __init__(self) -> None:
        """Remember nothing."""
        self._kept: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def recall(self, conversation_id: str) -> T | None:
        """Return what was kept of a conversation, if that was not long ago."""
        then, kept = self._kept.get(conversation_id, (0.0, None))
        return kept if monotonic() - then < FORGOTTEN_AFTER else None

    def keep(self, conversation_id: str, kept: T) -> None:
        """Remember something instead of what was kept before."""
        self._kept[conversation_id] = (monotonic(), kept)
        self._kept.move_to_end(conversation_id)
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def forget(self, conversation_id: str) -> None:
        """Remember nothing of a conversation."""
        self._kept.pop(conversation_id, None)
