"""What a reply of an instruct model is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Said:
    """A piece of what is to be said."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Thought:
    """A piece of what the model thinks before it answers. It is never read out."""

    text: str


@dataclass(frozen=True, kw_only=True)
class ToolCall:
    """A call of a tool, as the model wrote it.

    Args:
        name: of the tool; there may be none of that name.
        arguments: by name.

    """

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class BadCall:
    """Something where a call should be that is none. It is never read out."""

    text: str


Event = Said | Thought | ToolCall | BadCall
