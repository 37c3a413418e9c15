"""The chat template of a GGUF file, for what its model does not read in a format of ours."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from jinja2 import TemplateError
from llama_cpp import llama_cpp
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from home_llm_engine.gguf import read_metadata
from training.errors import TrainingError
from training.prompts import joined, takes_system

_KEY = "tokenizer.chat_template"


class GgufTemplate:
    """Writes chats down as transformers does with the same template.

    Args:
        metadata: of the file.
        bos: the token with which texts begin, as templates write it.
        eos: the token that ends them.

    Attributes:
        eos: the token that ends texts.
        joins_system: whether the template refuses a system message, so that the user's holds it.

    Raises:
        TrainingError: the file has no template.

    """

    def __init__(self, metadata: Mapping[str, str], *, bos: str, eos: str) -> None:
        if _KEY not in metadata:
            raise TrainingError("the model has no chat template, which these chats need")
        self._formatter = Jinja2ChatFormatter(metadata[_KEY], eos_token=eos, bos_token=bos)
        self.eos = eos
        self.joins_system = not takes_system(self._text)

    @classmethod
    def of(cls, model: llama_cpp.llama_model_p) -> Self:
        """Return the template of a loaded file.

        Raises:
            TrainingError: it has none.

        """
        vocab = llama_cpp.llama_model_get_vocab(model)
        bos, eos = (
            llama_cpp.llama_vocab_get_text(vocab, token).decode() if token >= 0 else ""
            for token in (llama_cpp.llama_vocab_bos(vocab), llama_cpp.llama_vocab_eos(vocab))
        )
        return cls(read_metadata(model), bos=bos, eos=eos)

    def text(
        self,
        messages: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]] = (),
        *,
        opened: bool = True,
    ) -> str:
        """Return a chat as text.

        Args:
            messages: as chat templates take them.
            tools: JSON schemas of the functions that may be called.
            opened: whether the model's turn is the next.

        Raises:
            TrainingError: the template does not take this.

        """
        known = [dict(message) for message in messages]
        self._formatter.add_generation_prompt = opened
        try:
            return self._text(joined(known) if self.joins_system else known, tools)
        except (ValueError, TemplateError) as err:
            raise TrainingError(f"the model cannot be asked this: {err}") from err

    def _text(
        self, messages: Sequence[dict[str, Any]], tools: Sequence[Mapping[str, Any]] = ()
    ) -> str:
        found = self._formatter(
            messages=list(messages),  # type: ignore[arg-type]
            tools=[dict(tool) for tool in tools] or None,  # type: ignore[misc]
            # Templates that know no thoughts take no notice.
            enable_thinking=False,
        )
        return found.prompt
