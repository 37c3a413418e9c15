"""A GGUF file that answers prompts: those of our formats as the integration runs it, with grammars.

Prompts that the file's own chat template writes are run by llama-cpp-python, as tools are called by
tokens that the engine, which has no use for them, never lets a model write.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from llama_cpp import Llama

from home_llm_engine.model import Model
from home_llm_engine.reply import Piece
from training.errors import TrainingError
from training.gguf_template import GgufTemplate
from training.prompts import TURN_START, ChatPrompt, Prompt, Runtime


class GgufRunner:
    """Runs a GGUF file, one prompt after another.

    Args:
        runtime: how it is run.

    Raises:
        EngineError: when the first prompt comes: the file cannot be loaded.

    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @cached_property
    def _model(self) -> Model:
        runtime = self._runtime
        return Model(runtime.model, n_ctx=runtime.n_ctx, n_threads=runtime.n_threads)

    @property
    def metadata(self) -> Mapping[str, str]:
        """The fields of the file."""
        return self._model.metadata

    @cached_property
    def knows_chatml(self) -> bool:
        """Whether the markers of ChatML are tokens."""
        before = self._model.tokenize([])
        return len(self._model.tokenize([(TURN_START.text, True)])) == len(before) + 1

    def replies(self, prompts: Sequence[Prompt | ChatPrompt]) -> list[str]:
        """Return the likeliest reply to each prompt.

        Raises:
            EngineError: a prompt does not fit.
            TrainingError: the same, or the file has no chat template for it.

        """
        return [
            self._chat(prompt) if isinstance(prompt, ChatPrompt) else self._reply(prompt)
            for prompt in prompts
        ]

    def _reply(self, prompt: Prompt) -> str:
        grammar = prompt.grammar if self._runtime.use_grammar else None
        pieces = self._model.generate(
            [(segment.text, segment.markup) for segment in prompt.segments],
            grammar=grammar.to_dict() if grammar is not None else None,
            grammar_id=grammar.digest if grammar is not None else None,
            words=prompt.words,
            max_tokens=self._runtime.max_tokens,
        )
        return "".join(piece.text for piece in pieces if isinstance(piece, Piece))

    @cached_property
    def _llama(self) -> Llama:
        runtime = self._runtime
        try:
            return Llama(
                str(runtime.model),
                n_ctx=runtime.n_ctx,
                n_threads=runtime.n_threads,
                n_threads_batch=runtime.n_threads,
                verbose=False,
            )
        except ValueError as err:
            raise TrainingError(f"{runtime.model} cannot be loaded: {err}") from err

    @cached_property
    def _template(self) -> GgufTemplate:
        llama = self._llama
        bos, eos = _text(llama, llama.token_bos()), _text(llama, llama.token_eos())
        return GgufTemplate(llama.metadata, bos=bos, eos=eos)

    def _chat(self, prompt: ChatPrompt) -> str:
        text = self._template.text(prompt.messages, prompt.tools)
        ids = self._llama.tokenize(text.encode(), add_bos=False, special=True)
        room = self._runtime.n_ctx - len(ids)
        if room <= 0:
            raise TrainingError(
                f"a prompt of {len(ids)} tokens does not fit a context of {self._runtime.n_ctx}"
            )
        most = min(self._runtime.max_tokens, room)
        done: Any = self._llama.create_completion(ids, temperature=0.0, max_tokens=most)
        return str(done["choices"][0]["text"])


def _text(llama: Llama, token: int) -> str:
    """Return a special token as templates write it."""
    return llama.detokenize([token], special=True).decode() if token >= 0 else ""
