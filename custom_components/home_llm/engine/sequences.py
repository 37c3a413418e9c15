"""What is evaluated: the home, and conversations about it that share it.

Llama.cpp keeps several sequences of tokens in one context, and what they begin with only once. So
two people who talk in turns do not throw one another's conversation out, nor does a task that has
nothing to do with the home; the one that nobody has gone on with for the longest time goes first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress, count
from operator import ne

from llama_cpp import llama_cpp

CONVERSATIONS = 3
"""That are kept. Attention passes over all that is kept, so that more would cost everyone time."""

MOST_SEQUENCES = 1 + CONVERSATIONS

HOME = 0
"""The number of the sequence of what was prepared."""

_HEAD = 8
"""Tokens at the end of a prompt, in which a reply begins (by an empty thought, with some models):
the next prompt of the same conversation may not repeat them."""

_END = -1


@dataclass(kw_only=True, eq=False)
class Evaluated:
    """A sequence of llama.cpp.

    Args:
        id: its number.
        tokens: what is evaluated in it.
        prompt: how many tokens the prompt had that was answered last.

    """

    id: int
    tokens: list[int] = field(default_factory=list)
    prompt: int = 0

    def common(self, tokens: Sequence[int]) -> int:
        """Return how many of some tokens, from the first on, are evaluated here."""
        differing = compress(count(), map(ne, self.tokens, tokens))
        return next(differing, min(len(self.tokens), len(tokens)))


class Sequences:
    """The sequences of a context.

    Args:
        memory: of the context.

    """

    def __init__(self, memory: llama_cpp.llama_memory_t) -> None:
        self._memory = memory
        self.home = Evaluated(id=HOME)
        """What was prepared; it is never cut for a conversation."""
        # Those that hold nothing stand first, the one that was used last stands last.
        self._conversations = [Evaluated(id=number) for number in range(1, MOST_SEQUENCES)]
        self.current = self.home
        """Where tokens are appended."""
        # Some kinds of models (Mamba, LFM2) remember the end of a text, and no place before it.
        self._can_be_cut = True

    def clear(self) -> None:
        """Forget everything."""
        while self.make_room():
            pass
        self._forget(self.current)

    def prepare(self, tokens: Sequence[int]) -> int:
        """Append to the home, and return how many of these tokens it begins with."""
        self.current = home = self.home
        kept = home.common(tokens)
        if kept == len(tokens):
            # What follows them stays.
            return kept
        for each in list(self._conversations):
            # They have read a home that is no more, and would only fill the memory.
            if each.common(home.tokens) > kept:
                self._forget(each)
        self._begin(tokens, *self._nearest(tokens))
        return len(home.tokens)

    def answer(self, prompt: Sequence[int]) -> int:
        """Append to a conversation, and return how many tokens of its prompt it begins with.

        At least the last one is left to evaluate, since the reply depends on what follows it.
        """
        tokens = prompt[:-1]
        nearest, known = self._nearest(tokens)
        answered = min(nearest.prompt, len(nearest.tokens))
        goes_on = nearest is not self.home and known >= answered - _HEAD
        self.current = current = nearest if goes_on else self._conversations[0]
        self._begin(tokens, nearest, known)
        current.prompt = len(prompt)
        self._conversations.remove(current)
        self._conversations.append(current)
        return len(current.tokens)

    def cut(self, length: int) -> bool:
        """Forget the tokens of the current sequence from ``length`` on; all, if it must be."""
        current = self.current
        if llama_cpp.llama_memory_seq_rm(self._memory, current.id, length, _END):
            del current.tokens[length:]
            return True
        self._forget(current)
        self._can_be_cut = False
        return False

    def make_room(self) -> bool:
        """Forget what was not used for the longest time, and return whether there was anything."""
        for each in (*self._conversations, self.home):
            if each.tokens and each is not self.current:
                self._forget(each)
                return True
        return False

    def _begin(self, tokens: Sequence[int], nearest: Evaluated, known: int) -> None:
        """Make the current sequence the beginning of some tokens that another one has evaluated."""
        current = self.current
        if nearest is not current:
            self._forget(current)
            llama_cpp.llama_memory_seq_cp(self._memory, nearest.id, current.id, 0, _END)
            current.tokens += nearest.tokens
        if not self.cut(known):
            self._begin(tokens, *self._nearest(tokens))

    def _nearest(self, tokens: Sequence[int]) -> tuple[Evaluated, int]:
        """Return the sequence that shares most with some tokens, and how many."""
        sequences = (self.current, *reversed(self._conversations), self.home)
        known = {each: each.common(tokens) for each in sequences}
        usable = {
            each: common if self._can_be_cut or common == len(each.tokens) else 0
            for each, common in known.items()
        }
        return max(usable.items(), key=lambda item: item[1])

    def _forget(self, sequence: Evaluated) -> None:
        llama_cpp.llama_memory_seq_rm(self._memory, sequence.id, 0, _END)
        sequence.tokens.clear()
        sequence.prompt = 0
        if sequence is not self.home:
            self._conversations.remove(sequence)
            self._conversations.insert(0, sequence)
