"""Chats as token ids of a GGUF file, in the prompt format that the file names."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True, kw_only=True)
class ChatIds:
    """One chat.

    Args:
        prompt: token ids of what is read.
        reply: of what is written, without the end of the turn.

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
    """Return the last reply of each chat with its prompt; in ChatML, if the file names no format.

    Raises:
        TrainingError: it names a format that is not known.

    """
    try:
        format_ = get_format(read_metadata(model).get(FORMAT_KEY, HOME_LLM_3.name))
    except CoreError as err:
        raise TrainingError(str(err)) from err
    vocabulary = Vocabulary(llama_cpp.llama_model_get_vocab(model))
    found = []
    for chat in chats:
        last = chat.learned[-1]
        messages = [Message(role=m["role"], content=m["content"] or "") for m in chat.messages]
        prompt = [(each.text, each.markup) for each in format_.prompt(messages[:last])]
        reply = [
            (each.text, each.markup) for each in marked(messages[last].content, format_.tokens)
        ]
        ids = vocabulary.prompt(prompt)
        # Each segment is tokenized on its own, so a reply changes nothing before it.
        whole = vocabulary.prompt([*prompt, *reply])
        found.append(ChatIds(prompt=tuple(ids), reply=tuple(whole[len(ids) :])))
    return found
