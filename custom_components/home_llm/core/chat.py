"""A conversation as messages, and the pieces of text it is rendered to."""

from collections.abc import Collection
from dataclasses import dataclass
import re
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


def marked(text: str, tokens: Collection[str]) -> tuple[Segment, ...]:
    """Return a text as segments, in which the texts of some tokens are markup."""
    if not tokens:
        return (Segment(text=text),)
    parts = re.split(f"({'|'.join(map(re.escape, tokens))})", text)
    return tuple(Segment(text=part, markup=part in tokens) for part in parts if part)
