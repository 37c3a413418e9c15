"""A loaded model: prompts in, replies out, in this process and one at a time."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
import os
from pathlib import Path
import time
from typing import Self

from llama_cpp import __version__, llama_cpp

from .automaton import CompiledGrammar, Unbounded
from .cache import Cache, never
from .errors import InternalError, OutOfMemoryError, PromptTooLongError
from .generation import Generation
from .gguf import load, read_metadata
from .reply import (
    KEPT_GRAMMARS,
    Done,
    GrammarData,
    ModelInfo,
    Piece,
    PromptStats,
    Sampling,
    Segments,
)
from .saved import SavedPrefix
from .vocabulary import Vocabulary

TOKENS_FIELD = "home_llm.tokens"
"""The field of a file that lists, with spaces between them, the special tokens of its replies."""

_SMALL_FILE = 100 * 2**20
_MOST_THREADS = 4


def default_threads(size: int) -> int:
    """Return how many threads evaluate a model best.

    The steps of a small model are too small to be shared; large models take larger ones, and get
    fewer threads while the machine is busy (``threads``).

    Args:
        size: of the file, in bytes.

    """
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return 1 if size < _SMALL_FILE else min(available or 1, _MOST_THREADS)


class Model:
    """A GGUF file, loaded.

    Args:
        path: the file.
        n_ctx: tokens that prompt and reply may have together; at most what the model was made for.
        n_threads: threads that evaluate; by default, what suits the size of the file.
        prefix_folder: where what was prepared is kept over a restart; nowhere by default.

    Raises:
        ModelMissingError: there is no such file, or it cannot be read.
        ModelDamagedError: it is no GGUF file, is cut off, or is of a kind that cannot write text.
        OutOfMemoryError: the machine has not enough memory for it.

    """

    def __init__(
        self,
        path: Path | str,
        *,
        n_ctx: int = 4096,
        n_threads: int | None = None,
        prefix_folder: Path | None = None,
    ) -> None:
        started = time.perf_counter()
        path = Path(path)
        self._model = load(path)
        self.metadata = read_metadata(self._model)
        self.vocabulary = Vocabulary(
            llama_cpp.llama_model_get_vocab(self._model),
            self.metadata.get(TOKENS_FIELD, "").split(),
        )
        self.n_ctx = min(n_ctx, llama_cpp.llama_model_n_ctx_train(self._model))
        self.n_threads = n_threads or default_threads(path.stat().st_size)
        try:
            self._cache = Cache(
                self._model,
                n_ctx=self.n_ctx,
                n_vocab=self.vocabulary.size,
                n_threads=self.n_threads,
            )
        except OutOfMemoryError:
            llama_cpp.llama_model_free(self._model)
            raise
        self._saved = SavedPrefix(prefix_folder, path) if prefix_folder else None
        self._on_disk = self._cache.restore(self._saved) if self._saved else []
        self._prepared = self._on_disk
        self._grammars: OrderedDict[str, CompiledGrammar] = OrderedDict()
        self._load_ms = (time.perf_counter() - started) * 1000

    def save(self) -> bool:
        """Save what was prepared last, without what people said; return whether it was."""
        if not self._saved or self._prepared == self._on_disk:
            return False
        return self._cache.save(self._saved, self._prepared)

    def close(self) -> None:
        """Free the model's memory; it cannot be used any more."""
        self._cache.close()
        llama_cpp.llama_model_free(self._model)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def info(self) -> ModelInfo:
        """What this model is and how it runs."""
        return ModelInfo(
            metadata=self.metadata,
            n_ctx=self.n_ctx,
            n_vocab=self.vocabulary.size,
            parameters=llama_cpp.llama_model_n_params(self._model),
            n_threads=self.n_threads,
            load_ms=self._load_ms,
            runtime=f"{__version__}: {llama_cpp.llama_print_system_info().decode()}",
            bos=self.vocabulary.bos,
            eos=self.vocabulary.eos,
        )

    def tokenize(self, segments: Segments) -> list[int]:
        """Return the ids of a prompt; special tokens come from markup only."""
        return self.vocabulary.prompt(segments)

    def count(self, segments: Segments) -> int:
        """Return how many tokens a prompt has; other threads may ask, too."""
        return len(self.tokenize(segments))

    def compile(self, grammar: GrammarData, grammar_id: str | None = None) -> CompiledGrammar:
        """Return a grammar for this model's tokens; the latest of those with an id are kept.

        Raises:
            GrammarError: the data make no grammar.

        """
        if grammar_id is None:
            return self._compile(grammar)
        if grammar_id not in self._grammars:
            self._grammars[grammar_id] = self._compile(grammar)
        self._grammars.move_to_end(grammar_id)
        if len(self._grammars) > KEPT_GRAMMARS:
            self._grammars.popitem(last=False)
        return self._grammars[grammar_id]

    def _compile(self, grammar: GrammarData) -> CompiledGrammar:
        # Few models are ever asked for text between quotes, and many have very many tokens.
        quoted = self.vocabulary.quoted if grammar.get("quoted") else None
        return CompiledGrammar(grammar, self.vocabulary, quoted)

    def prepare(
        self,
        segments: Segments,
        *,
        grammar: GrammarData | None = None,
        grammar_id: str | None = None,
        cancelled: Callable[[], bool] = never,
    ) -> PromptStats:
        """Evaluate the beginning of a prompt, so that only what follows it is left to evaluate.

        Args:
            segments: the beginning, cut where a segment ends.
            grammar: what replies will be bound by; it is compiled if it has an id.
            grammar_id: that id.
            cancelled: asked while the prompt is evaluated.

        Raises:
            PromptTooLongError: it leaves no room for a reply.
            GrammarError: the data make no grammar.
            RequestCancelledError: ``cancelled`` returned true; what was evaluated stays.

        """
        started = time.perf_counter()
        tokens = self._prompt(segments)
        if grammar is not None and grammar_id is not None:
            self.compile(grammar, grammar_id)
        cached = self._cache.prepare(tokens)
        self._cache.append(tokens[cached:], logits=False, cancelled=cancelled)
        self._prepared = tokens
        return PromptStats(
            prompt_tokens=len(tokens),
            cached_tokens=cached,
            evaluated_tokens=len(tokens) - cached,
            prompt_ms=(time.perf_counter() - started) * 1000,
        )

    def generate(  # noqa: PLR0913 - all but the prompt have defaults
        self,
        segments: Segments,
        *,
        grammar: GrammarData | None = None,
        grammar_id: str | None = None,
        words: Sequence[str] = (),
        spoken: Collection[str] = (),
        sampling: Sampling | None = None,
        max_tokens: int = 256,
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[Piece | Done]:
        """Write a reply to a prompt, piece by piece, then figures about it.

        Args:
            segments: the whole prompt.
            grammar: what the reply may be; anything, if there is none.
            grammar_id: a name for this very grammar, under which it is kept compiled.
            words: of the sentence, where the grammar lets a reply take them.
            spoken: special tokens that a reply without a grammar may hold, shown as their text.
            sampling: how tokens are chosen; the likeliest, if it is not said.
            max_tokens: the reply is cut off after so many tokens.
            cancelled: asked between tokens, and while the prompt is evaluated.

        Raises:
            PromptTooLongError: the prompt leaves no room for a reply.
            GrammarError: the data make no grammar.
            RequestCancelledError: ``cancelled`` returned true.

        """
        started = time.perf_counter()
        prompt = self._prompt(segments)
        compiling = time.perf_counter()
        bound = None if grammar is None else self.compile(grammar, grammar_id).with_words(words)
        compiled_ms = (time.perf_counter() - compiling) * 1000
        speech = self.vocabulary.speech(frozenset(spoken))
        generation = Generation(
            cache=self._cache,
            vocabulary=self.vocabulary,
            start=Unbounded(speech.tokens) if bound is None else bound.start,
            shown=speech.shown,
            sampling=sampling or Sampling(),
            cancelled=cancelled,
            started=started,
            compiled_ms=compiled_ms,
        )
        yield from generation.run(prompt, min(max_tokens, self.n_ctx - len(prompt)))

    def _prompt(self, segments: Segments) -> list[int]:
        tokens = self.tokenize(segments)
        if not tokens:
            raise InternalError("an empty prompt")
        if len(tokens) >= self.n_ctx:
            raise PromptTooLongError(f"{len(tokens)} tokens, context of {self.n_ctx}")
        return tokens
