"""Which tokens a reply may go on with, by the grammar that bounds it when the model is used.

What the grammar forces is never asked of the model, and what it forbids is never chosen: so neither
has to be learned. What is left is what a model decides: whether to act, what to do, and with which
of the things that are there.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from transformers import PreTrainedTokenizerFast

from home_llm_core.formats import Format
from home_llm_core.home import Home
from home_llm_engine.automaton import CompiledGrammar, State
from training.tokenizer import SegmentEncoder

Allowed = tuple[int, ...]
"""Ids of tokens; none at all means every token."""

FREE: Allowed = ()


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
        self.speech = lru_cache(maxsize=None)(self._speech)

    def text(self, token: int) -> str:
        """Return the text of a token."""
        return str(self._tokenizer.decode([token]))

    def _string(self, text: str) -> tuple[int, ...]:
        return tuple(self._encoder.text(text))

    def _speech(self, fence: str) -> npt.NDArray[np.intp]:
        special = set(self._tokenizer.all_special_ids) - self.ends
        words = self._tokenizer.convert_ids_to_tokens(list(range(len(self._tokenizer))))
        allowed = [
            i for i, word in enumerate(words) if i not in special and not (fence and fence in word)
        ]
        return np.array(allowed, dtype=np.intp)


class Choices:
    """What may follow at each token of replies about one home.

    Args:
        format_: the prompt format.
        home: the home.
        vocabulary: the tokens.

    """

    def __init__(self, format_: Format, home: Home, vocabulary: TrainingVocabulary) -> None:
        grammar = format_.grammar(home)
        self._start: State | None = None
        self._every = 0
        if grammar is not None:
            compiled = CompiledGrammar(grammar.to_dict(), vocabulary)
            self._start, self._every = compiled.start, compiled.speech.size

    def along(self, ids: tuple[int, ...]) -> list[Allowed]:
        """Return what is allowed at each of the tokens that a reply begins with.

        Where speech is allowed, too, every token is; so it is where a reply is not in the grammar.
        """
        state = self._start
        found: list[Allowed] = []
        for token in ids:
            if state is None or token not in state.allowed:
                return [*found, *[FREE] * (len(ids) - len(found))]
            found.append(
                tuple(state.allowed.tolist()) if state.allowed.size < self._every else FREE
            )
            state = state.advance(token)
        return found
