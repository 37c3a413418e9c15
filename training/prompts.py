"""What a model is asked when it is evaluated, and what it takes to run one: a GGUF file or not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from jinja2 import TemplateError

from home_llm_core.chat import Segment
from home_llm_core.grammar import Grammar

TURN_START = Segment(text="<|im_start|>", markup=True)
"""A model whose tokenizer has a token for it reads ChatML; others have a template of their own."""


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """How a model is run.

    Args:
        model: a GGUF file, or a folder of transformers.
        n_ctx: context, in tokens.
        n_threads: threads of each worker, of a GGUF file.
        use_grammar: whether replies are bound by the grammars of their sentences.
        max_tokens: longest reply.
        batch: prompts that a folder of transformers answers at once.

    """

    model: Path
    n_ctx: int = 4096
    n_threads: int = 1
    use_grammar: bool = True
    max_tokens: int = 256
    batch: int = 16


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """A prompt in one of our formats.

    Args:
        segments: what the model reads.
        grammar: what it may write; anything, if there is none.
        words: of the sentence, where the grammar lets a reply take them.

    """

    segments: tuple[Segment, ...]
    grammar: Grammar | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ChatPrompt:
    """A prompt that the model's own chat template writes down.

    Args:
        messages: as chat templates take them; the model's turn is the next.
        tools: JSON schemas of the functions that it may call.

    """

    messages: Sequence[Mapping[str, Any]]
    tools: Sequence[Mapping[str, Any]] = ()


def takes_system(write: Callable[[list[dict[str, Any]]], object]) -> bool:
    """Return whether a chat template has a place for a system message.

    Args:
        write: the template; it raises jinja's error or ``ValueError`` where it refuses something.

    """
    try:
        write([{"role": "system", "content": "x"}, {"role": "user", "content": "y"}])
    except (ValueError, TemplateError):
        return False
    return True


def joined(messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return messages with the system's at the beginning of the first one of the user.

    It is for templates that have no place for it, in training and in evaluation alike.
    """
    first, *others = messages
    if first["role"] != "system" or not others:
        return list(messages)
    content = f"{first['content']}\n\n{others[0]['content']}"
    return [{**others[0], "content": content}, *others[1:]]


class Runner(Protocol):
    """A loaded model."""

    @property
    def metadata(self) -> Mapping[str, str]:
        """What the model says about itself."""

    @property
    def knows_chatml(self) -> bool:
        """Whether the markers of ChatML are tokens."""

    def replies(self, prompts: Sequence[Prompt | ChatPrompt]) -> list[str]:
        """Return the likeliest reply to each prompt.

        Raises:
            TrainingError: a prompt does not fit, or the model has no chat template for it.

        """
