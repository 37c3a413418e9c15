"""Numbers of a line that nobody said: of "heat to 69 and cool to 74" no temperature is 64."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
import re

from ..cardinals import cardinals
from ..cues import cues
from ..home import Value
from .tiny_lines import CONDITIONS, QUESTIONS, Line

_NUMBER = re.compile(r"(?<![\d.,])\d+(?:[.,]\d+)?")
_DEGREES = ("temperature", "humidity")
"""What is never said without a number."""

_SHARES = ("brightness", "percent", "position", "volume")
_IN_WORDS = frozenset(
    {0, 1, 5, 10, 20, 25, 30, 33, 34, 40, 50, 60, 66, 67, 70, 75, 80, 90, 99, 100}
)
"""Shares that are said in words: a third, a crack, low, nearly all, "8割"."""

_TIMER = "timer"
_WHOLE = 100
_TENTHS = 10
_HALF = 0.5


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """The numbers of a sentence.

    Args:
        text: the sentence, folded.
        language: in which it is said.

    """

    text: str
    language: str

    @cached_property
    def _text(self) -> str:
        return cardinals(self.language).in_digits(self.text)

    @cached_property
    def _said(self) -> Mapping[float, bool]:
        """The numbers, and whether each is one of minutes or the like wherever it stands."""
        found: dict[float, bool] = {}
        for match in _NUMBER.finditer(self._text):
            number = float(match[0].replace(",", "."))
            is_time = cues(self.language).begin("time_units", self._text[match.end() :])
            found[number] = is_time and found.get(number, True)
        return found

    def are_missed_by(self, line: Line) -> bool:
        """Return whether a line has a number that nobody said, or said of time."""
        if line.verb in (*QUESTIONS, *CONDITIONS) or line.kind == _TIMER:
            return False
        return any(self._is_unsaid(name, value) for name, value in line.arguments.items())

    def _is_unsaid(self, name: str, value: Value) -> bool:
        if not isinstance(value, int | float) or isinstance(value, bool):
            return False
        number = abs(float(value))
        if number in self._said:
            return self._said[number]
        if name in _DEGREES:
            return number - _HALF not in self._said
        if name not in _SHARES or number in _IN_WORDS:
            return False
        return _WHOLE - number not in self._said and number / _TENTHS not in self._said
