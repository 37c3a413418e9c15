"""Nobody is let in by a misheard word: if people want it, unlocking is asked about first."""

from collections.abc import Iterable, Mapping, Sequence

from .core.calls import Call, resolve
from .core.errors import CallError
from .core.home import Entity, Home
from .core.vocabulary import vocabulary
from .memory import Memory
from .naming import Naming
from .speech import Sentences
from .view import View

UNLOCKING: Mapping[str, str] = {
    "lock.unlock": "confirm_unlock",
    # It draws the latch, too.
    "lock.open": "confirm_open",
}
"""What unlocks doors: actions, with the key of the question that is asked before."""


class Unlocking[C]:
    """Holds calls back that unlock doors, until people have agreed."""

    def __init__(self) -> None:
        """Hold nothing."""
        self._held: Memory[tuple[C, ...]] = Memory()

    def hold(self, conversation_id: str, calls: Sequence[C]) -> None:
        """Keep calls that a question is asked about."""
        self._held.keep(conversation_id, tuple(calls))

    def agreed(self, conversation_id: str, text: str, language: str) -> tuple[C, ...]:
        """Return what people agree to; whatever else they say, it is not asked for any longer."""
        held = self._held.recall(conversation_id) or ()
        self._held.forget(conversation_id)
        return held if vocabulary(language).is_yes(text) else ()


def doors(call: Call, view: View) -> list[Entity]:
    """Return the locks that a call would open; none if it cannot, and is to say so itself."""
    if call.action not in UNLOCKING:
        return []
    try:
        resolved = resolve(call, view.home, view.names, view.allowed)
    except CallError:
        return []
    return [view.home.entity_by_id[entity_id] for entity_id in resolved.entity_ids]


def question(
    unlocked: Iterable[tuple[str, Sequence[Entity]]], home: Home, sentences: Sentences
) -> str:
    """Return what is asked before something is unlocked.

    Args:
        unlocked: actions of ``UNLOCKING``, each with the locks that it would open.
        home: where they are.
        sentences: in the language of those who are asked.

    """
    naming = Naming(sentences, home)
    asked: dict[str, list[Entity]] = {}
    for action, locks in unlocked:
        asked.setdefault(UNLOCKING[action], []).extend(locks)
    return sentences.joined([sentences.say(k, name=naming.some(v)) for k, v in asked.items()])
