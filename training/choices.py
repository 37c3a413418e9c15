"""Which tokens a reply may go on with, by the grammar that bounds it when the model is used.

What the grammar forces is never asked of the model, and what it forbids is never chosen: so neither
has to be learned. What is left is what a model decides: whether to act, what to do, and with which
of the things that are there.
"""

from functools import lru_cache

from transformers import PreTrainedTokenizerFast

from home_llm_core.grammar import Grammar
from home_llm_engine.automaton import CompiledGrammar, State
from training.tokenizer import SegmentEncoder

Allowed = tuple[int, ...]
"""Ids of tokens; none at all means every token."""

FREE: Allowed = ()


_MOST_KEPT = 1024


class TrainingVocabulary:
    """A tokenizer as the engine's automaton takes it.

    Args:
        tokenizer: the tokenizer of the model.
        encoder: of this tokenizer.

    """

    def __init__(self, tokenizer: PreTrainedTokenizerFast, encoder: SegmentEncoder) -> None:
        self.ends = frozenset({encoder.turn_end})
        self._tokenizer = tokenizer
        self._encoder = encoder
        self.string = lru_cache(maxsize=8192)(self._string)

    def text(self, token: int) -> str:
        """Return the text of a token."""
        return str(self._tokenizer.decode([token]))

    def _string(self, text: str) -> tuple[int, ...]:
        return tuple(self._encoder.text(text))


class Choices:
    """What may follow at each token of replies.

    Args:
        vocabulary: the tokens.

    """

    def __init__(self, vocabulary: TrainingVocabulary) -> None:
        self._vocabulary = vocabulary
        self._kept: dict[str, CompiledGrammar] = {}

    def along(
        self, grammar: Grammar | None, ids: tuple[int, ...], words: tuple[str, ...] = ()
    ) -> list[Allowed]:
        """Return what is allowed at each token of a reply, the end of its turn included.

        Where there is no grammar, or a reply is not in it, every token is.
        """
        state = self._start(grammar, words) if grammar is not None else None
        found: list[Allowed] = []
        for token in ids:
            if state is None or token not in state.allowed:
                return [*found, *[FREE] * (len(ids) - len(found))]
            found.append(tuple(state.allowed.tolist()))
            state = None if token in self._vocabulary.ends else state.advance(token)
        return found

    def _start(self, grammar: Grammar, words: tuple[str, ...]) -> State:
        digest = grammar.digest
        if digest not in self._kept:
            if len(self._kept) == _MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[digest] = CompiledGrammar(grammar.to_dict(), self._vocabulary)
        return self._kept[digest].with_words(words).start
