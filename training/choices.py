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

# Stands for the words of any sentence, and is a token of its own.
_SOME_WORD = "\0"
_SOME_TOKEN = -1


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
        if text == f" {_SOME_WORD}":
            return (_SOME_TOKEN,)
        return tuple(self._encoder.text(text))


class _Known:
    """A grammar, and the replies that were looked at.

    Most replies take no words from their sentence, so that the automaton, and what was found along
    a reply, serve all sentences with this grammar. It shows where words would begin.
    """

    def __init__(self, grammar: Grammar, vocabulary: TrainingVocabulary) -> None:
        self.compiled = CompiledGrammar(grammar.to_dict(), vocabulary)
        self.start = self.compiled.with_words((_SOME_WORD,)).start
        self.replies: dict[tuple[int, ...], list[Allowed] | None] = {}


class Choices:
    """What may follow at each token of replies.

    Args:
        vocabulary: the tokens.

    """

    def __init__(self, vocabulary: TrainingVocabulary) -> None:
        self._ends = vocabulary.ends
        self._vocabulary = vocabulary
        self._kept: dict[str, _Known] = {}
        # Equal ones are kept once: they come again and again.
        self._sets: dict[Allowed, Allowed] = {}

    def along(
        self, grammar: Grammar | None, ids: tuple[int, ...], words: tuple[str, ...] = ()
    ) -> list[Allowed]:
        """Return what is allowed at each token of a reply, the end of its turn included.

        Where there is no grammar, or a reply is not in it, every token is.
        """
        if grammar is None:
            return [FREE] * len(ids)
        known = self._known(grammar)
        if ids not in known.replies:
            known.replies[ids] = self._walk(known.start, ids)
        found = known.replies[ids]
        if found is None:
            found = self._walk(known.compiled.with_words(words).start, ids)
        return found or []

    def _walk(self, start: State, ids: tuple[int, ...]) -> list[Allowed] | None:
        """Return what is allowed along a reply; none if that depends on the sentence's words."""
        state: State | None = start
        found: list[Allowed] = []
        for token in ids:
            if state is None:
                break
            if state.allowed[0] == _SOME_TOKEN:
                return None
            if token not in state.allowed:
                break
            few = tuple(state.allowed.tolist())
            found.append(self._sets.setdefault(few, few))
            state = None if token in self._ends else state.advance(token)
        return [*found, *[FREE] * (len(ids) - len(found))]

    def _known(self, grammar: Grammar) -> _Known:
        """Return a grammar ready for use; those used last are kept."""
        digest = grammar.digest
        known = self._kept.pop(digest, None) or _Known(grammar, self._vocabulary)
        self._kept[digest] = known
        if len(self._kept) > _MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        return known
