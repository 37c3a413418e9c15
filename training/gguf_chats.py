"""Chats as token ids of a GGUF file, in the format that it names or by its chat template."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from llama_cpp import llama_cpp

from home_llm_core.chat import Message, marked
from home_llm_core.errors import CoreError
from home_llm_core.formats import get_format
from home_llm_core.formats.home_llm import HOME_LLM_3
from home_llm_engine.errors import EngineError
from home_llm_engine.gguf import load, read_metadata
from home_llm_engine.vocabulary import Vocabulary
from training.chats import Chat
from training.errors import TrainingError
from training.gguf_file import FORMAT_KEY
from training.gguf_template import GgufTemplate
from training.prompts import TURN_START
from training.tool_calls import decoded


@dataclass(frozen=True, kw_only=True)
class ChatIds:
    """One chat.

    Args:
        prompt: token ids of what is read.
        reply: of what is written; the end of the turn is in it only where a template writes it.

    """

    prompt: tuple[int, ...]
    reply: tuple[int, ...]


@contextmanager
def opened(file: Path) -> Iterator[llama_cpp.llama_model_p]:
    """Load a file for as long as it is needed.

    Raises:
        TrainingError: it cannot be loaded.

    """
    try:
        model = load(file)
    except EngineError as err:
        raise TrainingError(f"{file} cannot be loaded: {err}") from err
    try:
        yield model
    finally:
        llama_cpp.llama_model_free(model)


def encode_chats(model: llama_cpp.llama_model_p, chats: Sequence[Chat]) -> list[ChatIds]:
    """Return the last reply of each chat with its prompt.

    They are written in the format that the file names, in ChatML if it names none, and by its chat
    template where it does not know ChatML or tools are called.

    Raises:
        TrainingError: it names a format that is not known, or its template does not take a chat.

    """
    writer = _Writer(model)
    return [writer.ids(chat) for chat in chats]


class _Writer:
    """Writes chats down for a loaded file."""

    def __init__(self, model: llama_cpp.llama_model_p) -> None:
        self._model = model
        self._vocabulary = Vocabulary(llama_cpp.llama_model_get_vocab(model))
        metadata = read_metadata(model)
        try:
            self._format = get_format(metadata.get(FORMAT_KEY, HOME_LLM_3.name))
        except CoreError as err:
            raise TrainingError(str(err)) from err
        self._knows_chatml = len(self._written(TURN_START.text)) == 1

    def ids(self, chat: Chat) -> ChatIds:
        """Return a chat as token ids."""
        is_ours = self._knows_chatml and not chat.tools
        return self._formatted(chat) if is_ours else self._templated(chat)

    def _formatted(self, chat: Chat) -> ChatIds:
        last = chat.learned[-1]
        messages = [Message(role=m["role"], content=m["content"] or "") for m in chat.messages]
        prompt = [(each.text, each.markup) for each in self._format.prompt(messages[:last])]
        reply = [
            (each.text, each.markup) for each in marked(messages[last].content, self._format.tokens)
        ]
        ids = self._vocabulary.prompt(prompt)
        # Each segment is tokenized on its own, so a reply changes nothing before it.
        whole = self._vocabulary.prompt([*prompt, *reply])
        return ChatIds(prompt=tuple(ids), reply=tuple(whole[len(ids) :]))

    def _templated(self, chat: Chat) -> ChatIds:
        messages = [decoded(each) for each in chat.messages[: chat.learned[-1] + 1]]
        prompt = self._written(self._template.text(messages[:-1], chat.tools))
        whole = self._written(self._template.text(messages, chat.tools, opened=False))
        if whole[: len(prompt)] != prompt:
            raise TrainingError("the model's chat template changes what was said before")
        return ChatIds(prompt=prompt, reply=whole[len(prompt) :])

    @cached_property
    def _template(self) -> GgufTemplate:
        return GgufTemplate.of(self._model)

    def _written(self, text: str) -> tuple[int, ...]:
        """Return the ids of what a template wrote, which begins as the model's texts do itself."""
        begin = len(self._vocabulary.prompt([]))
        return tuple(self._vocabulary.prompt([(text, True)])[begin:])
