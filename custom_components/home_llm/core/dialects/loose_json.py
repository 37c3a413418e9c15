"""JSON as small models write it: several values in a row, a comma too many, a bracket too few."""

import ast
from collections.abc import Iterator
import json
import re
from typing import Any

from ..errors import ParseError

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?P<end>")?|(?P<open>[{\[])|(?P<close>[}\]])', re.DOTALL)
_STRING_OR_COMMA = re.compile(r'("(?:[^"\\]|\\.)*+")|,(?=\s*[}\]])', re.DOTALL)
# A bracket too many does no harm.
_BETWEEN = re.compile(r"[\s,;}\]]*")
_CLOSING = {"{": "}", "[": "]"}


class ValueEnd:
    """Finds the end of an object or list that comes in pieces; what was read is not read again.

    Args:
        start: where it begins.

    """

    def __init__(self, start: int = 0) -> None:
        """Begin before the first bracket."""
        self._position = start
        self._depth = 0

    def find(self, text: str) -> int | None:
        """Return where it ends; none if it goes on.

        Args:
            text: that of the last time, perhaps with more at its end.

        """
        for token in _TOKEN.finditer(text, self._position):
            if token["open"]:
                self._depth += 1
            elif token["close"]:
                self._depth -= 1
                if self._depth <= 0:
                    return token.end()
            elif not token["end"]:
                self._position = token.start()
                return None
        self._position = len(text)
        return None


def values(text: str, *, is_whole: bool) -> Iterator[Any]:
    """Yield the objects and lists that stand in a text one after the other.

    Args:
        text: what may hold nothing else, but for spaces, commas and semicolons.
        is_whole: whether the model wrote all that it wanted to. Only then may brackets be missing
            at the end: what was cut off may have lost the half of a number, too.

    Raises:
        ParseError: there is something else.

    """
    position = _skip(text, 0)
    while position < len(text):
        if text[position] not in _CLOSING:
            raise ParseError("neither an object nor a list")
        end = ValueEnd(position).find(text)
        if end is None and not is_whole:
            raise ParseError("cut off")
        yield _loads(text[position:end] if end else _completed(text[position:]))
        position = _skip(text, end or len(text))


def _skip(text: str, position: int) -> int:
    between = _BETWEEN.match(text, position)
    return between.end() if between else position


def _completed(text: str) -> str:
    """Return a value with the brackets that are missing at its end."""
    missing: list[str] = []
    for token in _TOKEN.finditer(text):
        if token["open"]:
            missing.append(_CLOSING[token["open"]])
        elif token["close"] and missing:
            missing.pop()
        elif not token["end"]:
            raise ParseError("a string without its end")
    return text + "".join(reversed(missing))


def _loads(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Return a value; line breaks in strings, commas at ends and Python's quotes may be in it."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        pass
    try:
        return json.loads(_STRING_OR_COMMA.sub(r"\1", text), strict=False)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as err:
        raise ParseError("broken JSON") from err
