"""What a JSON value may look like, and how JSON schemas say it.

The schemas are those that Home Assistant writes of its selectors and validators, OpenAPI 3.0 and
3.1. What no grammar can hold is left to whoever checks the finished value: patterns, most formats,
``not``, that items differ, and that of ``oneOf`` only one applies.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Text:
    """A string of so many characters."""

    least: int
    most: int


@dataclass(frozen=True, kw_only=True)
class Parts:
    """A string that is one piece of each kind, one after the other: a date, a time."""

    kinds: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of some values, as they are written in JSON."""

    texts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number between two others, both counted in the last of its decimals."""

    lowest: int
    highest: int
    decimals: int


@dataclass(frozen=True, kw_only=True)
class Items:
    """An array of so many items.

    Args:
        first: the shapes of the first items.
        other: that of all others.
        least: items that it has, at least.
        most: items that it may have, one or more; any number, if it is None.

    """

    first: "tuple[Shape, ...]" = ()
    other: "Shape"
    least: int = 0
    most: int | None = None

    def at(self, number: int) -> "Shape":
        """Return the shape of an item; the first has the number 0."""
        return self.first[number] if number < len(self.first) else self.other


@dataclass(frozen=True, kw_only=True)
class Subset:
    """An array of some values that all differ; they are written in their order."""

    texts: tuple[str, ...]
    least: int
    most: int


@dataclass(frozen=True, kw_only=True)
class Member:
    """What an object holds under a name."""

    name: str
    shape: "Shape"
    required: bool


@dataclass(frozen=True, kw_only=True)
class Members:
    """An object that holds what is listed, in that order."""

    members: tuple[Member, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """An object with any names."""

    values: "Shape"


@dataclass(frozen=True, kw_only=True)
class Union:
    """One of several shapes."""

    shapes: "tuple[Shape, ...]"


Shape = Text | Parts | Choice | Number | Items | Subset | Members | Table | Union
