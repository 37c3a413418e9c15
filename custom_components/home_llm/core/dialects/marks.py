"""Marks in a reply: where something begins, and whether a text ends in the midst of a mark."""

from collections.abc import Callable
from dataclasses import dataclass
import re

from .loose_json import value_end


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


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What something ends with.

    Args:
        find: returns where the text in it ends and where what follows begins; none if it goes on.
        texts: what it is, if that is always one of them.

    """

    find: Callable[[str], tuple[int, int] | None]
    texts: tuple[str, ...] = ()


# Strings on one line; one that does not end yet may hold what looks like an ending.
_STRING = r'"(?:[^"\\\n]|\\.)*+(?:"|\\?\Z)'


def closed_by(text: str, *, keep: bool = False) -> Ending:
    """Return an ending that is always the same; in JSON, it is not looked for within strings.

    Args:
        text: the ending.
        keep: whether it belongs to what it ends.

    """
    closing = f"(?P<closing>{re.escape(text)})"
    plain, in_json = re.compile(closing), re.compile(f"{_STRING}|{closing}", re.DOTALL)

    def find(inside: str) -> tuple[int, int] | None:
        pattern = in_json if inside.lstrip()[:1] in ("{", "[") else plain
        closed = (match for match in pattern.finditer(inside) if match["closing"])
        found = next(closed, None)
        return found and (found.end() if keep else found.start(), found.end())

    return Ending(find=find, texts=(text,))


def after_value(before: str = "") -> Ending:
    """Return an ending that is the end of an object or a list.

    Args:
        before: a pattern of what may stand before it.

    """
    start = re.compile(before)

    def find(inside: str) -> tuple[int, int] | None:
        found = start.match(inside)
        end = value_end(inside, found.end()) if found else None
        return None if end is None else (end, end)

    return Ending(find=find)


NEVER = Ending(find=lambda _: None)
"""What goes on to the end of the reply."""
