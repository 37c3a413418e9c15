"""The format of the Home-LLM models, so that their GGUF files run unchanged.

Entity ids name the targets; states stand in the list of devices; the sentence comes before the
calls. Later models of the family put the date and time after the persona. Brightness is a share of
one in their calls, percent in ours.
"""

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
import json
from types import MappingProxyType
from typing import Any

from ..actions import DEFAULT_ALLOWED
from ..calls import EVERYWHERE, Call, Names, Wanted
from ..chat import Message, Segment
from ..errors import ParseError
from ..grammar import Grammar
from ..home import Area, Entity, Home, Value
from ..parser import Event, FenceParser, ReplyParser, Say
from ..text import one_line
from ..turns import Turn
from .base import Hearing, chatml, state_text

PERSONA = (
    "You are 'Al', a helpful AI Assistant that controls the devices in a house. "
    "Complete the following task as instructed with the information provided only."
)

_SERVICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "light": ("light.turn_off()", "light.turn_on(brightness,rgb_color)"),
        "fan": ("fan.turn_on()", "fan.turn_off()"),
        "switch": ("switch.turn_on()", "switch.turn_off()"),
    }
)
"""The actions as these models were taught them, by domain."""


@dataclass(frozen=True, kw_only=True)
class HomeLLMFormat:
    """The format of one generation of the Home-LLM models.

    Args:
        name: the name by which it is asked for.
        dated: whether the date and time follow the persona.
        actions: what its models were taught.
        tokens: those of its replies.

    """

    name: str
    dated: bool = False
    actions: Collection[str] = frozenset(
        signature.partition("(")[0] for known in _SERVICES.values() for signature in known
    )
    tokens: tuple[str, ...] = ()

    def system(
        self,
        home: Home,
        allowed: Collection[str] = DEFAULT_ALLOWED,
        *,
        now: datetime | None = None,
    ) -> str:
        """Return persona, perhaps the time, services, and every device with its state.

        These models were taught shuffled lists. What changed last stands last here, so that a
        change leaves most of what was evaluated of the list as it is.
        """
        domains = dict.fromkeys(entity.domain for entity in home.entities)
        signatures = [
            s for d in domains for s in _SERVICES.get(d, ()) if s.partition("(")[0] in allowed
        ]
        time = (
            [f"The current time and date is {now:%I:%M %p on %A %B %d, %Y}"]
            if self.dated and now
            else []
        )
        devices = [_device_line(entity) for entity in home.by_last_change]
        return "\n".join(
            [PERSONA, *time, f"Services: {', '.join(signatures)}", "Devices:", *devices]
        )

    def lines(self, home: Home) -> Mapping[str, str]:
        """Return the line about each device, by its id."""
        return {entity.entity_id: f"{_device_line(entity)}\n" for entity in home.entities}

    def hear(
        self,
        text: str,
        home: Home,  # noqa: ARG002 - the system message describes it
        area: Area | None = None,  # noqa: ARG002 - these models know no areas
        allowed: Collection[str] = DEFAULT_ALLOWED,  # noqa: ARG002 - the system message lists them
        turn: Turn | None = None,  # noqa: ARG002 - the messages before tell
    ) -> Hearing:
        """Return the sentence on one line."""
        return self._heard(one_line(text))

    def _heard(self, message: str) -> Hearing:
        return PlainHearing(message=message)

    def prompt(self, messages: Sequence[Message]) -> tuple[Segment, ...]:
        """Return the messages in ChatML, with the assistant's turn opened."""
        return chatml(messages, self.tokens)

    def names(self, home: Home) -> Names:
        """Return ids, which name themselves."""
        return Names(
            devices={entity.entity_id: entity.entity_id for entity in home.entities},
            areas={area.area_id: area.area_id for area in home.areas},
            floors={floor.floor_id: floor.floor_id for floor in home.floors},
        )


@dataclass(frozen=True, kw_only=True)
class PlainHearing:
    """A sentence as it is; what is to be done stands in a fence, after what is said.

    Args:
        message: the sentence.
        grammar: none: the tokenizers of these models do not cut where our strings end.

    """

    message: str
    grammar: Grammar | None = None
    words: tuple[str, ...] = ()

    def misses(self, events: Sequence[Event]) -> bool:  # noqa: ARG002
        """Return that it does not: these models are taken at their word."""
        return False

    def least_confidence(self, events: Sequence[Event]) -> float:  # noqa: ARG002
        """Return that any will do, for the same reason."""
        return 0.0

    def parser(self) -> ReplyParser:
        """Return a parser for one reply."""
        return FenceParser(_from_json)

    def reply(self, wanted: Sequence[Call | Wanted | Say], speech: str) -> str:
        """Return the sentence, then the calls in a fence."""
        calls = [call for call in wanted if isinstance(call, Call)]
        if not calls:
            return speech
        lines = "\n".join(_to_json(call) for call in calls)
        return f"{speech}\n```homeassistant\n{lines}\n```"


def _device_line(entity: Entity) -> str:
    name = one_line(entity.name).replace("'", "\u2019").replace("`", "\u2019")
    return f"{entity.entity_id} '{name}' = {state_text(entity)}"


def _to_json(call: Call) -> str:
    data: dict[str, Any] = {
        "service": call.action,
        "target_device": call.devices[0],
        **call.arguments,
    }
    if "brightness" in data:
        data["brightness"] = round(data["brightness"] / 100, 2)
    return "{ " + json.dumps(data, ensure_ascii=False)[1:-1] + " }"


def _from_json(data: Mapping[str, Any]) -> Call:
    arguments = dict(data)
    action, device = arguments.pop("service", None), arguments.pop("target_device", None)
    if not isinstance(action, str) or not isinstance(device, str) or device == EVERYWHERE:
        msg = "a call needs a service and a target_device"
        raise ParseError(msg)
    values = {name: _value(name, value) for name, value in arguments.items()}
    return Call(action=action, devices=(device,), arguments=values)


def _value(name: str, value: object) -> Value:
    if name == "rgb_color":
        return _rgb(value)
    if name == "brightness" and isinstance(value, (int, float)) and 0 <= value <= 1:
        return round(value * 100)
    if isinstance(value, (str, int, float)):
        return value
    msg = f"{name} is not a plain value"
    raise ParseError(msg)


def _rgb(value: object) -> Value:
    """Read a colour: these models write it as a list or as a string such as ``(255, 0, 0)``."""
    try:
        red, green, blue = ast.literal_eval(value) if isinstance(value, str) else value  # type: ignore[misc]
        return int(red), int(green), int(blue)
    except (ValueError, TypeError, SyntaxError) as err:
        msg = f"not a colour: {value}"
        raise ParseError(msg) from err


HOME_LLM_1 = HomeLLMFormat(name="home-llm-1")
HOME_LLM_3 = HomeLLMFormat(name="home-llm-3", dated=True)
