"""The last exchange of each conversation, for sentences that go back to it."""

from collections import OrderedDict
from time import monotonic

from .core.turns import Turn

MOST = 32
"""Conversations that are remembered."""

FORGOTTEN_AFTER = 300.0
"""Seconds after which nobody means what was said then by "the other one"."""


class Memory:
    """Turns by conversation; the oldest go first."""

    def __init__(self) -> None:
        """Remember nothing."""
        self._turns: OrderedDict[str, tuple[float, Turn]] = OrderedDict()

    def recall(self, conversation_id: str) -> Turn | None:
        """Return the turn before in a conversation, if it was not long ago."""
        then, turn = self._turns.get(conversation_id, (0.0, None))
        return turn if monotonic() - then < FORGOTTEN_AFTER else None

    def keep(self, conversation_id: str, turn: Turn) -> None:
        """Remember a turn instead of the one before it."""
        self._turns[conversation_id] = (monotonic(), turn)
        self._turns.move_to_end(conversation_id)
        if len(self._turns) > MOST:
            self._turns.popitem(last=False)

    def forget(self, conversation_id: str) -> None:
        """Remember nothing of a conversation."""
        self._turns.pop(conversation_id, None)
