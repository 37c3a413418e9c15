"""The chat template of a model file: a conversation to a prompt in which texts are never markup."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
import hashlib
from typing import Any, NoReturn

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .chat import Segment
from .dialects import ANY, detect
from .errors import ChatTemplateError
from .slots import Slots, tojson
from .template_messages import ChatMessage, tools_as_text, variants, without_gaps

TEMPLATE_FIELD = "tokenizer.chat_template"
"""The field of a GGUF file that holds its template."""

# What templates that were made for other conversations raise.
_FAULTS = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_ID_LENGTH = 9
"""Mistral's templates take no other ids of calls."""


class ChatTemplate:
    """A template, in the sandbox and with the functions that transformers gives to them.

    Args:
        source: the template.
        bos: the token with which prompts begin; nothing if it is put there without the template.
        eos: the token that ends replies.

    Raises:
        ChatTemplateError: it is no template.

    """

    def __init__(self, source: str, *, bos: str = "", eos: str = "") -> None:
        """Compile the template."""
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, loopcontrols]
        )
        environment.filters["tojson"] = tojson
        environment.globals["raise_exception"] = _refuse
        try:
            self._template = environment.from_string(source)
        except (TemplateError, RecursionError) as err:
            raise ChatTemplateError(f"not a chat template: {err}") from err
        # Calls that nobody can read are of no use: others are asked for.
        self._knows_tools = "tools" in source and detect(source) is not ANY
        self._tokens = {"bos_token": bos, "eos_token": eos}

    def render(
        self,
        messages: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]] = (),
        *,
        now: datetime,
        thinking: bool = False,
    ) -> tuple[Segment, ...]:
        """Return a conversation with the opening of the model's next turn at its end.

        A template that refuses it, or leaves out something that was said, gets it put otherwise.

        Args:
            messages: as chat templates take them.
            tools: what may be called, as JSON schemas of functions.
            now: for templates that tell the date.
            thinking: whether a model that can think before it answers does so.

        Raises:
            ChatTemplateError: the template takes it in no way.

        """
        fault: Exception | None = None
        for put, known in self._ways(without_gaps(messages), tools):
            slots = Slots()
            try:
                rendered = self._render(slots, put, known, now, thinking=thinking)
            except _FAULTS as err:
                fault = fault or err
                continue
            except RecursionError as err:
                raise ChatTemplateError("the template calls itself without end") from err
            if slots.is_complete(rendered):
                return slots.segments(rendered)
        raise ChatTemplateError(f"the template does not take this: {fault}") from fault

    def _ways(
        self, messages: list[ChatMessage], tools: Sequence[Mapping[str, Any]]
    ) -> Iterator[tuple[list[ChatMessage], Sequence[Mapping[str, Any]]]]:
        if self._knows_tools or not tools:
            for put in variants(messages):
                yield put, tools
        for put in variants(tools_as_text(messages, tools)):
            yield put, ()

    def _render(
        self,
        slots: Slots,
        messages: list[ChatMessage],
        tools: Sequence[Mapping[str, Any]],
        now: datetime,
        *,
        thinking: bool,
    ) -> str:
        return self._template.render(
            messages=[_guarded(slots, message) for message in messages],
            tools=[_guarded_tool(slots, tool) for tool in tools] or None,
            documents=None,
            add_generation_prompt=True,
            # Two names of one thing.
            enable_thinking=thinking,
            thinking=thinking,
            strftime_now=now.strftime,
            **self._tokens,
        )


def _guarded(slots: Slots, message: ChatMessage) -> ChatMessage:
    """Return a message with stand-ins for what the home, people and tools say."""
    content = message["content"]
    if isinstance(content, str):
        content = slots.content(content)
    else:
        content = [{**part, "text": slots.content(part["text"])} for part in content]
    guarded = {"role": message["role"], "content": content}
    for key in ("name", "reasoning_content"):
        if key in message:
            guarded[key] = slots.guard(message[key])
    if "tool_call_id" in message:
        guarded["tool_call_id"] = _short_id(message["tool_call_id"])
    if message.get("tool_calls"):
        guarded["tool_calls"] = [_guarded_call(slots, call) for call in message["tool_calls"]]
    return guarded


def _guarded_call(slots: Slots, call: Mapping[str, Any]) -> dict[str, Any]:
    function = call["function"]
    named = {
        "name": slots.name(function["name"]),
        "arguments": slots.guard(function["arguments"]),
    }
    return {"id": _short_id(call["id"]), "type": "function", "function": named}


def _guarded_tool(slots: Slots, tool: Mapping[str, Any]) -> dict[str, Any]:
    function = tool["function"]
    others = {key: slots.guard(value) for key, value in function.items() if key != "name"}
    return {"type": "function", "function": {"name": slots.name(function["name"]), **others}}


def _short_id(written: str) -> str:
    return hashlib.sha256(written.encode()).hexdigest()[:_ID_LENGTH]


def _refuse(message: str) -> NoReturn:
    raise TemplateError(message)


class _Generation(Extension):
    """Takes marks for training as what they are here: nothing."""

    tags = {"generation"}  # noqa: RUF012 - as jinja declares it

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """Return what is marked."""
        next(parser.stream)
        return list(parser.parse_statements(("name:endgeneration",), drop_needle=True))
