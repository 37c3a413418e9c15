"""Chats as token ids for fine-tuning: what the model reads, and the replies that it learns.

Two ways to write a chat down. ``chatml`` is that of the Home-LLM models: rendered by
``home_llm_core`` as at run time, each segment tokenized on its own, so that text which looks like a
marker stays text. ``template`` is the chat template of an instruct model, with its tools; there a
record that holds a special token of the model is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from jinja2 import TemplateError
from transformers import PreTrainedTokenizerBase

from home_llm_core.chat import Message, Segment, marked
from home_llm_core.formats import FORMATS
from home_llm_core.formats.base import chatml
from training.errors import TrainingError
from training.tool_calls import decoded

IGNORED = -100
"""The label of a token that is read and not learned."""

TURN_START, TURN_END = "<|im_start|>", "<|im_end|>"

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
        self._vocabulary = tokenizer.get_vocab()
        self._actions = tuple(
            token
            for format_ in FORMATS.values()
            for token in format_.tokens
            if token in self._vocabulary
        )
        begins = tokenizer("")["input_ids"][:1]
        # As the engine does it, where the model file says so.
        self._begin = begins if begins == [tokenizer.bos_token_id] else []
        self._joins_system = style == "template" and not self._takes_system()

    def encode(self, chat: Chat) -> Iterator[Example]:
        """Yield an example for each reply; none if the chat cannot be written down as it is."""
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
            prompt = chatml(_plain(chat.messages[:at]), self._actions)
            return self._begin + self._segments(prompt)
        return self._templated(chat, at, opened=True)

    def _whole(self, chat: Chat, at: int) -> list[int]:
        if self._style == "chatml":
            reply = chat.messages[at]["content"]
            ending = Segment(text=TURN_END, markup=True)
            said = self._segments((*marked(reply, self._actions), ending))
            return self._prompt(chat, at) + said
        return self._templated(chat, at + 1, opened=False)

    def _segments(self, segments: Sequence[Segment]) -> list[int]:
        ids: list[int] = []
        for segment in segments:
            if segment.markup:
                ids.append(self._vocabulary[segment.text])
            elif segment.text:
                ids += self._tokenizer(
                    segment.text, add_special_tokens=False, split_special_tokens=True
                )["input_ids"]
        return ids

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
        except TemplateError as err:
            raise TrainingError(f"the model's chat template does not take this: {err}") from err
        return list(found["input_ids"])

    def _takes_system(self) -> bool:
        """Return whether the model's chat template has a place for a system message."""
        probe = [{"role": "system", "content": "x"}, {"role": "user", "content": "y"}]
        try:
            self._tokenizer.apply_chat_template(probe, tokenize=False)
        except TemplateError:
            return False
        return True

    def _holds_markup(self, chat: Chat) -> bool:
        texts = [str(message.get("content") or "") for message in chat.messages]
        return any(token in text for token in self._special for text in texts)


def joined(messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return messages with the system's at the beginning of the first one of the user."""
    first, *others = messages
    if first["role"] != "system" or not others:
        return list(messages)
    content = f"{first['content']}\n\n{others[0]['content']}"
    return [{**others[0], "content": content}, *others[1:]]


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
    vocabulary = tokenizer.get_vocab()
    if not with_tools and TURN_START in vocabulary and TURN_END in vocabulary:
        return "chatml"
    if tokenizer.chat_template is not None:
        return "template"
    if with_tools:
        msg = "the base model has no chat template, which tools need: take an instruct model"
    else:
        msg = "the base model knows no chats: use --add_chatml_tokens"
    raise TrainingError(msg)
