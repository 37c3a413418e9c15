"""A chat with tools as prompts, and the calls in the replies to them.

A sentence may take several turns of the model: it looks at the home, acts, and replies. Each turn
is asked with the right turns before it, so no home is needed to tell what a call would come to.
Calls are read from JSON objects with a name and arguments, as Hermes, Qwen, Llama 3 and Mistral's
first models write them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
import json
import re
from typing import Any

from training.prompts import ChatPrompt
from training.scoring import Answer, Outcome
from training.tool_calls import decoded

NAME = "tools"
"""The format."""

_Call = tuple[str, str]
"""The name of a tool, and its arguments as JSON in one way of writing."""

_LOOKS = frozenset(
    {
        "calendar__get_events",
        "homeassistant__GetLiveContext",
        "intent__HassTimerStatus",
        "llm__GetDateTime",
        "todo__get_items",
    }
)
"""Tools that change nothing."""

_ANY_DOMAIN = ("homeassistant", "intent", "llm")
"""What the names of tools that are for no domain alone begin with."""

_THOUGHT = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL)
_EVERYTHING = "all"


class ToolLine:
    """A line with the messages of a chat and its tools; what follows the last sentence is asked.

    Args:
        data: the line.
        number: of the line, by which it is called.

    """

    def __init__(self, data: Mapping[str, Any], number: int) -> None:
        self._data = data
        self._number = number
        self._messages = [decoded(message) for message in data["messages"]]
        roles = [message["role"] for message in self._messages]
        self._last = max(at for at, role in enumerate(roles) if role == "user")
        self._turns = [
            at for at, role in enumerate(roles) if role == "assistant" and at > self._last
        ]
        self._tools = {tool["function"]["name"] for tool in data["tools"]}

    @property
    def prompts(self) -> list[ChatPrompt]:
        """What the model is asked: a prompt for each of its turns."""
        return [
            ChatPrompt(messages=self._messages[:at], tools=self._data["tools"])
            for at in self._turns
        ]

    def answers(self, replies: Sequence[str]) -> list[Answer]:
        """Return the judgement of the replies, one to each prompt."""
        expected = [_expected(self._messages[at]) for at in self._turns]
        return [
            Answer(
                home=str(self._number),
                language=self._data.get("language", "unknown"),
                kind=self._data.get("kind", "unknown"),
                domains=_domains(
                    call for at in self._turns for call in self._messages[at].get("tool_calls", ())
                ),
                text=self._messages[self._last]["content"],
                expected=_shown(expected),
                reply="\n".join(replies),
                outcome=self._outcome(list(map(calls_in, replies)), expected),
            )
        ]

    def _outcome(
        self, written: Sequence[Sequence[_Call]], expected: Sequence[Sequence[_Call]]
    ) -> Outcome:
        """Say whether each turn calls what it should, and nothing is done that should not be."""
        for at, calls in enumerate(written):
            # What is right to be done may be done at once, without the look that comes first.
            right = Counter(call for later in expected[at:] for call in later)
            if Counter(call for call in calls if self._acts(call)) - right:
                return "wrong"
        pairs = zip(written, expected, strict=True)
        is_exact = all(Counter(calls) == Counter(right) for calls, right in pairs)
        return "exact" if is_exact else "missed"

    def _acts(self, call: _Call) -> bool:
        """Return whether a call does something; nothing comes of a tool that is not there."""
        return call[0] in self._tools and call[0] not in _LOOKS


def calls_in(reply: str) -> list[_Call]:
    """Return the calls in a reply, what the model only thinks left out."""
    text = _THOUGHT.sub("", reply)
    decoder = json.JSONDecoder()
    found, at = [], text.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            value, end = None, at + 1
        call = _call(value)
        if call is not None:
            found.append(call)
        # What is no call may hold one.
        at = text.find("{", end if call is not None else at + 1)
    return found


def _call(value: Any) -> _Call | None:  # noqa: ANN401 - whatever a model wrote
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return None
    arguments = value.get("arguments", value.get("parameters"))
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except ValueError:
            return None
    return _in_one_way(value["name"], arguments) if isinstance(arguments, dict) else None


def _in_one_way(name: str, arguments: Mapping[str, Any]) -> _Call:
    """Return a call as it is compared.

    Home Assistant takes names in any case, numbers as text, and one of a list alone. What is called
    by its name needs no domain.
    """
    is_named = _plain(arguments.get("name", _EVERYTHING)) != _EVERYTHING
    told = {
        key: _plain(value) for key, value in arguments.items() if key != "domain" or not is_named
    }
    return name, json.dumps(told, ensure_ascii=False, sort_keys=True)


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return _plain(value[0]) if len(value) == 1 else sorted(map(str, map(_plain, value)))
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return value
    try:
        return float(value)
    except ValueError:
        return str(value).strip().casefold()


def _expected(message: Mapping[str, Any]) -> list[_Call]:
    return [
        _in_one_way(call["function"]["name"], call["function"]["arguments"])
        for call in message.get("tool_calls", ())
    ]


def _domains(calls: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the domains that calls are about, as far as they tell."""
    found = set()
    for call in calls:
        prefix, _, rest = call["function"]["name"].partition("__")
        domain = call["function"]["arguments"].get("domain")
        if domain:
            found |= {domain} if isinstance(domain, str) else set(domain)
        elif prefix not in _ANY_DOMAIN:
            found.add(prefix)
        elif rest.endswith(("Timer", "Timers", "TimerStatus")):
            found.add("timer")
    return tuple(sorted(found))


def _shown(expected: Sequence[Sequence[_Call]]) -> str:
    """Return calls as people read them, a line for each turn that has some."""
    return "\n".join(
        ", ".join(f"{name} {arguments}" for name, arguments in calls) for calls in expected if calls
    )
