"""Chats as token ids for fine-tuning: what the model reads, and the replies that it learns.

Two ways to write a chat down. ``chatml`` is that of the Home-LLM models: rendered by
``home_llm_core`` as at run time, each segment tokenized on its own, so that text which looks like a
marker stays text. ``template`` is the chat template of an instruct model, with its tools; there a
record that holds a special token of the model is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
import json
from typing import Any, Literal

from jinja2 import TemplateError
from transformers import PreTrainedTokenizerBase

from home_llm_core.chat import Message, Segment, marked
from home_llm_core.formats import FORMATS
from home_llm_core.formats.base import chatml
from training.errors import TrainingError
from training.prompts import joined, takes_system
from training.tokenizer import TURN_END, TURN_START, SegmentEncoder
from training.tool_calls import decoded

IGNORED = -100
"""The label of a token that is read and not learned."""

Style = Literal["chatml", "template"]


@dataclass(frozen=True, kw_only=True)
class Chat:
    """One conversation; what answers the last message of the user is learned.

    Args:
        messages: as transformers' chat templates take them.
        tools: JSON schemas of the functions that may be called.

    """

    messages: Sequence[Mapping[str, Any]]
    tools: Sequence[Mapping[str, Any]] = ()

    @property
    def uses_tools(self) -> bool:
        """Whether functions are called in it, or might be."""
        calls = (each.get("tool_calls") or each["role"] == "tool" for each in self.messages)
        return bool(self.tools) or any(calls)

    @property
    def learned(self) -> list[int]:
        """The places of the messages that are learned."""
        roles = [message["role"] for message in self.messages]
        last = max((at for at, role in enumerate(roles) if role == "user"), default=-1)
        return [at for at, role in enumerate(roles) if role == "assistant" and at > last]


@dataclass(frozen=True, kw_only=True)
class Example:
    """What one reply is learned from.

    Args:
        input_ids: ``(tokens,)``, with the reply and what ends it at the end.
        labels: ``(tokens,)``, the same ids, but ``IGNORED`` for what is not learned.

    """

    input_ids: list[int]
    labels: list[int]


class ChatEncoder:
    """Turns chats into token ids.

    Args:
        tokenizer: of the base model, with the markers of the style among its special tokens.
        style: how chats are written down.

    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, style: Style) -> None:
        self._tokenizer = tokenizer
        self._style = style
        self._special = frozenset(tokenizer.all_special_tokens)
        self._encoder = SegmentEncoder(tokenizer)
        known = tokenizer.get_added_vocab()
        self._actions = tuple(
            token for format_ in FORMATS.values() for token in format_.tokens if token in known
        )
        self._joins_system = style == "template" and not takes_system(
            lambda messages: tokenizer.apply_chat_template(messages, tokenize=False)
        )

    def encode(self, chat: Chat) -> Iterator[Example]:
        """Yield an example for each reply; none if the chat holds a special token of the model.

        Raises:
            TrainingError: the model's chat template does not take it.

        """
        if self._style == "template" and self._holds_markup(chat):
            return
        for at in chat.learned:
            prompt, whole = self._prompt(chat, at), self._whole(chat, at)
            if whole[: len(prompt)] != prompt:
                msg = "the model's chat template changes what was said before; use --chat chatml"
                raise TrainingError(msg)
            yield Example(input_ids=whole, labels=[IGNORED] * len(prompt) + whole[len(prompt) :])

    def _prompt(self, chat: Chat, at: int) -> list[int]:
        if self._style == "chatml":
            return self._encoder.prompt(chatml(_plain(chat.messages[:at]), self._actions))
        return self._templated(chat, at, opened=True)

    def _whole(self, chat: Chat, at: int) -> list[int]:
        if self._style == "chatml":
            reply = chat.messages[at]["content"] or ""
            ending = Segment(text=TURN_END, markup=True)
            said = self._encoder.encode((*marked(reply, self._actions), ending))
            return self._prompt(chat, at) + said
        return self._templated(chat, at + 1, opened=False)

    def _templated(self, chat: Chat, end: int, *, opened: bool) -> list[int]:
        messages = [decoded(message) for message in chat.messages[:end]]
        try:
            found: Any = self._tokenizer.apply_chat_template(
                joined(messages) if self._joins_system else messages,
                tools=[dict(tool) for tool in chat.tools] or None,
                add_generation_prompt=opened,
                tokenize=True,
                return_dict=True,
            )
        except (ValueError, TemplateError) as err:
            raise TrainingError(f"the model's chat template does not take this: {err}") from err
        return list(found["input_ids"])

    def _holds_markup(self, chat: Chat) -> bool:
        text = json.dumps([*chat.messages, *chat.tools], ensure_ascii=False, default=str)
        return any(token in text for token in self._special)


def _plain(messages: Sequence[Mapping[str, Any]]) -> list[Message]:
    return [Message(role=m["role"], content=m["content"] or "") for m in messages]


def style_of(tokenizer: PreTrainedTokenizerBase, *, with_tools: bool) -> Style:
    """Return how chats are written down for a model.

    Args:
        tokenizer: of the model.
        with_tools: whether the chats call tools, for which ChatML alone has no words.

    Raises:
        TrainingError: the model knows no chats.

    """
    markers = {TURN_START, TURN_END}
    if not with_tools and markers <= tokenizer.get_added_vocab().keys():
        return "chatml"
    if tokenizer.chat_template is not None:
        return "template"
    if with_tools:
        msg = "the base model has no chat template, which tools need: take an instruct model"
    else:
        msg = "the base model knows no chats: use --add_chatml_tokens"
    raise TrainingError(msg)
