"""The Home-LLM format with one token for each action, instead of JSON in a fence.

    turning it on for you now<|light.turn_on|>light.desk_lamp brightness=40<|call_end|>

Most of a short reply in the Home-LLM format is JSON that is the same every time, and a model writes
it token by token. Here the sentence stays, each call begins with the token of its action and ends
with a token that says that it is whole, and only what a model decides stands between them: the
device as the list has it, and the arguments as the list of services names them, brightness in
percent. The prompt is that of ``home-llm-3``.

Nothing but the format itself may write these tokens: in names, in sentences and in what is said
their beginning is written apart (``< |``), so that they are text for every tokenizer, and so that
a model never reads what it could be talked into repeating.

Source: the functional tokens of Octopus v2 (Chen & Li 2024, arXiv:2404.01744).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
import re
from typing import NoReturn

from ..actions import DEFAULT_ALLOWED
from ..calls import Call, Wanted
from ..errors import CannotBeSaidError, ParseError
from ..home import Home, Value
from ..parser import BadCall, Event, Say, Speech
from .base import Hearing
from .home_llm import HOME_LLM_3, HomeLLMFormat, PlainHearing

_BEGIN, _APART = "<|", "< |"
_END = "<|call_end|>"
_ACTION_OF = {f"<|{action}|>": action for action in sorted(HOME_LLM_3.actions)}
_TOKENS = (*_ACTION_OF, _END)
_TOKEN = re.compile("|".join(map(re.escape, _TOKENS)))
_BEGUN = re.compile(r"<(\|[a-z_.]*\|?)?")
_ENTITY_ID = re.compile(r"\w+\.\w+")
_RGB = 3


class HomeLLMActionsFormat(HomeLLMFormat):
    """The Home-LLM format with a token for each action."""

    def system(
        self,
        home: Home,
        allowed: Collection[str] = DEFAULT_ALLOWED,
        *,
        now: datetime | None = None,
    ) -> str:
        """Return persona, the time, services, and every device with its state."""
        return _apart(super().system(home, allowed, now=now))

    def lines(self, home: Home) -> Mapping[str, str]:
        """Return the line about each device, by its id."""
        return {entity_id: _apart(line) for entity_id, line in super().lines(home).items()}

    def _heard(self, message: str) -> Hearing:
        return ActionsHearing(message=_apart(message))


@dataclass(frozen=True, kw_only=True)
class ActionsHearing(PlainHearing):
    """A sentence as it is; what is to be done stands between tokens, after what is said."""

    def parser(self) -> "ActionsParser":
        """Return a parser for one reply."""
        return ActionsParser()

    def reply(self, wanted: Sequence[Call | Wanted | Say], speech: str) -> str:
        """Return the sentence, then the calls.

        Raises:
            CannotBeSaidError: there is no token for an action, or a call is not about one device.

        """
        calls = (call for call in wanted if isinstance(call, Call))
        return _apart(speech) + "".join(map(_written, calls))


class ActionsParser:
    """Takes a reply in pieces, split anywhere; gives speech and calls as soon as they are whole.

    A call without its end is none: of "brightness=30" it may have kept "brightness=3".
    """

    def __init__(self) -> None:
        """Start before the first character."""
        self._buffer = ""
        self._token = ""
        self._is_fresh = True
        self._has_spoken = False

    def feed(self, text: str) -> Iterator[Event]:
        """Take a piece of the reply and yield what it completes."""
        self._buffer += text
        while found := _TOKEN.search(self._buffer):
            before, self._buffer = self._buffer[: found.start()], self._buffer[found.end() :]
            yield from self._call(before, found[0]) if self._token else self._say(before.rstrip())
            self._token = "" if found[0] == _END else found[0]
            self._is_fresh = True
        if not self._token:
            said = _surely_said(self._buffer)
            self._buffer = self._buffer[len(said) :]
            yield from self._say(said)

    def close(self) -> Iterator[Event]:
        """Say that the reply has ended, perhaps in the middle, and yield what is left."""
        rest, self._buffer = self._buffer, ""
        if self._token:
            yield BadCall(line=self._token + rest)
        elif _BEGIN not in rest:
            yield from self._say(rest.rstrip())

    def _say(self, text: str) -> Iterator[Event]:
        text = text.lstrip() if self._is_fresh else text
        if text:
            joint = " " if self._is_fresh and self._has_spoken else ""
            self._is_fresh, self._has_spoken = False, True
            yield Speech(text=joint + text)

    def _call(self, text: str, ending: str) -> Iterator[Event]:
        try:
            if ending != _END:
                _unreadable(text)
            yield _read(self._token, text)
        except ParseError:
            yield BadCall(line=self._token + text)


def _surely_said(text: str) -> str:
    """Return a text without the spaces and the beginning of a token that it may end in."""
    start = text.rfind("<")
    if start >= 0 and _BEGUN.fullmatch(text, start):
        text = text[:start]
    return text.rstrip()


def _apart(text: str) -> str:
    """Return a text in which no token begins."""
    return text.replace(_BEGIN, _APART)


def _written(call: Call) -> str:
    token, device = f"<|{call.action}|>", " ".join(call.devices)
    arguments = [f" {name}={_value_text(value)}" for name, value in call.arguments.items()]
    text = device + "".join(arguments)
    with suppress(ParseError):
        if token in _ACTION_OF and _read(token, text) == call:
            return f"{token}{text}{_END}"
    msg = f"there are no words for {call}"
    raise CannotBeSaidError(msg)


def _read(token: str, text: str) -> Call:
    """Return the call between a token and the end.

    Raises:
        ParseError: it is none.

    """
    device, *arguments = text.split() or _unreadable(text)
    if not _ENTITY_ID.fullmatch(device):
        _unreadable(text)
    pairs = (argument.partition("=")[::2] for argument in arguments)
    values = {name: _value(value) for name, value in pairs}
    return Call(action=_ACTION_OF[token], devices=(device,), arguments=values)


def _value_text(value: Value) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _value(text: str) -> Value:
    """Read a whole number, or the three of a colour."""
    try:
        numbers = [int(number) for number in text.split(",")]
    except ValueError as err:
        msg = f"not a number: {text}"
        raise ParseError(msg) from err
    if len(numbers) == _RGB:
        red, green, blue = numbers
        return red, green, blue
    return numbers[0] if len(numbers) == 1 else _unreadable(text)


def _unreadable(text: str) -> NoReturn:
    msg = f"not a call: {text}"
    raise ParseError(msg)


HOME_LLM_ACTIONS = HomeLLMActionsFormat(name="home-llm-actions", dated=True, tokens=_TOKENS)
