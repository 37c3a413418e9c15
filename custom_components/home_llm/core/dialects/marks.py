"""Marks in a reply: where something begins, and whether a text ends in the midst of a mark."""

from collections.abc import Callable
from dataclasses import dataclass
import re

from .loose_json import ValueEnd


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What something begins with.

    Args:
        whole: finds it; it may match nothing but a place, so that what begins is kept.
        part: finds the beginning of one at the end of a text.
        texts: the mark, if it is always one of them.

    """

    whole: re.Pattern[str]
    part: re.Pattern[str]
    texts: tuple[str, ...] = ()


def mark(*texts: str) -> Mark:
    """Return a mark that is one of some texts."""
    whole = re.compile("|".join(map(re.escape, texts)))
    return Mark(whole=whole, part=beginning(*texts), texts=texts)


def beginning(*texts: str) -> re.Pattern[str]:
    """Return what finds the beginning of one of some texts at the end of another text."""
    parts = {text[:length] for text in texts for length in range(1, len(text))}
    longest_first = sorted(parts, key=lambda part: (-len(part), part))
    return re.compile(rf"(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})\Z")


Find = Callable[[str], tuple[int, int] | None]
"""Returns where a text ends and where what follows begins; none if it goes on.

It is given the text of the last time with more at its end, and does not read that again.
"""


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What something ends with.

    Args:
        search: returns what finds it in one text.
        texts: what it is, if that is always one of them.

    """

    search: Callable[[], Find]
    texts: tuple[str, ...] = ()


# Strings on one line; one that does not end yet may hold what looks like an ending.
_STRING = r'"(?:[^"\\\n]|\\.)*+(?:"|\\?\Z)'
_JSON = re.compile(r"\s*[{\[]")


def closed_by(text: str, *, keep: bool = False) -> Ending:
    """Return an ending that is always the same; in JSON, it is not looked for within strings.

    Args:
        text: the ending.
        keep: whether it belongs to what it ends.

    """
    closing = f"(?P<closing>{re.escape(text)})"
    plain, in_json = re.compile(closing), re.compile(f"{_STRING}|{closing}", re.DOTALL)

    def search() -> Find:
        seen = 0

        def find(inside: str) -> tuple[int, int] | None:
            nonlocal seen
            for match in (in_json if _JSON.match(inside) else plain).finditer(inside, seen):
                if match["closing"]:
                    return (match.end() if keep else match.start(), match.end())
                if match.end() == len(inside):
                    # Of a string, what follows may be a part.
                    seen = match.start()
                    return None
                seen = match.end()
            seen = max(seen, len(inside) - len(text) + 1)
            return None

        return find

    return Ending(search=search, texts=(text,))


def after_value(before: str = "") -> Ending:
    """Return an ending that is the end of an object or a list.

    Args:
        before: a pattern of what may stand before it.

    """
    start = re.compile(before)

    def search() -> Find:
        value: ValueEnd | None = None

        def find(inside: str) -> tuple[int, int] | None:
            nonlocal value
            if value is None and (found := start.match(inside)):
                value = ValueEnd(found.end())
            end = value.find(inside) if value else None
            return None if end is None else (end, end)

        return find

    return Ending(search=search)


NEVER = Ending(search=lambda: lambda _: None)
"""What goes on to the end of the reply."""
