"""What a request to a model gives: pieces of text, then figures about how they came to be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Segments = Sequence[tuple[str, bool]]
"""A prompt: pieces of text, and whether a piece is markup, in which special tokens are meant."""

GrammarData = Mapping[str, Any]
"""A grammar as ``core`` writes it: sets of strings, and nodes with the edges that lead on."""

KEPT_GRAMMARS = 64
"""How many grammars are remembered, the latest: there is one for each kind of sentence."""


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How tokens are chosen among those that may come next.

    Args:
        temperature: 0 takes the likeliest each time.
        top_p: only the likeliest, which together have this share of the probability, are drawn.
        seed: of what is drawn.

    """

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class ModelInfo:
    """A loaded model.

    Args:
        metadata: the fields of the GGUF file that are not lists.
        n_ctx: tokens that prompt and reply may have together.
        n_vocab: tokens that the model knows.
        parameters: number of weights.
        n_threads: threads that evaluate it.
        load_ms: time that loading took, in milliseconds.
        runtime: version of the runtime and what it uses of this processor.
        bos: the token that chat templates begin prompts with; empty if every prompt gets it anyway.
        eos: the token that they end replies with.

    """

    metadata: Mapping[str, str]
    n_ctx: int
    n_vocab: int
    parameters: int
    n_threads: int
    load_ms: float
    runtime: str
    bos: str = ""
    eos: str = ""

    @property
    def most_context(self) -> int:
        """How many tokens the model was made for; those it has now, if nothing says it."""
        architecture = self.metadata.get("general.architecture", "")
        return int(self.metadata.get(f"{architecture}.context_length", self.n_ctx))


@dataclass(frozen=True, kw_only=True)
class PromptStats:
    """What it took to evaluate a prompt.

    Args:
        prompt_tokens: tokens of the prompt.
        cached_tokens: those of them whose keys and values were in the cache.
        evaluated_tokens: the others.
        prompt_ms: time from the request to the evaluated prompt, in milliseconds.

    """

    prompt_tokens: int
    cached_tokens: int
    evaluated_tokens: int
    prompt_ms: float


@dataclass(frozen=True, kw_only=True)
class Stats(PromptStats):
    """What it took to write a reply.

    Args:
        generated_tokens: tokens of the reply, without the one that ends it.
        forced_tokens: those of them that the grammar left no choice about.
        first_token_ms: time from the request to the first token, in milliseconds.
        total_ms: time from the request to the end, in milliseconds.
        batches: how often llama.cpp was asked to evaluate tokens.
        native_ms: the share of ``total_ms`` that llama.cpp spent evaluating, in milliseconds.
        grammar_ms: the share of it that went into what may come next, in milliseconds.
        decisions: how often the model chose one of several tokens.
        confidence_min: the lowest probability, among what was allowed, of what it decided for.
        confidence_mean: the mean of these probabilities; 1 if nothing was decided.
        confidence_product: their product, which is how likely the whole reply was.
        finish: whether the model ended its reply or was cut off at the limit.

    """

    generated_tokens: int
    forced_tokens: int
    first_token_ms: float
    total_ms: float
    batches: int
    native_ms: float
    grammar_ms: float
    decisions: int
    confidence_min: float
    confidence_mean: float
    confidence_product: float
    finish: Literal["stop", "length"]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece of a reply; characters are never cut."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Done:
    """The end of a reply."""

    stats: Stats
