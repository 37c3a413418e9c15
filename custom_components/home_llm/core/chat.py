"""A conversation as messages, and the pieces of text it is rendered to."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, kw_only=True)
class Message:
    """One turn; ``content`` is the text between its markers, exactly as the model sees it."""

    role: Role
    content: str


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A piece of a prompt.

    ``markup`` pieces are tokenized with special tokens on; everything else, whatever it holds,
    is tokenized with special tokens off and so stays text.
    """

    text: str
    markup: bool = False
