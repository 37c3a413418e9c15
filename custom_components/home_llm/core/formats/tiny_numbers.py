"""Numbers of a line that nobody said: of "heat to 69 and cool to 74" no temperature is 64."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
import re

from ..cardinals import cardinals
from ..cues import Cues, cues
from ..home import Value
from .tiny_lines import CONDITIONS, QUESTIONS, Line

_NUMBER = re.compile(r"(?<!\d)(?<!\d[.,])\d+(?:[.,]\d+)?")
_DEGREES = ("temperature", "humidity")
"""What is never said without a number."""

_SHARES = ("brightness", "percent", "position", "volume")
_IN_WORDS = frozenset({*range(0, 101, 10), 1, 5, 25, 33, 34, 66, 67, 75, 99})
"""Shares that are said in words: a third, a crack, low, nearly all, "8割"."""

_TIMER, _START, _HOURS, _MINUTES = "timer", "start", "hours", "minutes"
_HOUR = 60
_PARTS: Mapping[int, str] = {15: "quarter_hour", 30: "half_hour", 45: "three_quarters"}
"""Cues of parts of an hour, by their minutes."""

_POSITION = "position"
_QUARTERS: Mapping[int, str] = {25: "to_a_quarter", 75: "to_three_quarters"}
"""Cues of shares that are said as such, and not by how much."""

_PERCENT = " %"
_VALUE = "value"
_STEP = "by"
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
    def _said(self) -> Mapping[float, frozenset[str]]:
        """The numbers, and what they count where they stand: time, more of it, or nothing else."""
        found: dict[float, frozenset[str]] = {}
        for number, before, after in self._found:
            found[number] = found.get(number, frozenset()) | {self._counted(before, after)}
        return found

    @cached_property
    def _found(self) -> Sequence[tuple[float, str, str]]:
        """The numbers, each with what stands before and after it."""
        text = cardinals(self.language).in_digits(self.text)
        return [
            (float(match[0].replace(",", ".")), text[: match.start()], text[match.end() :])
            for match in _NUMBER.finditer(text)
        ]

    def _counted(self, before: str, after: str) -> str:
        """Return what a number between two texts counts: "for 20 minutes", "another 20 percent"."""
        known = cues(self.language)
        if known.begin("time_units", after):
            return "time"
        is_more = known.end("more_before", before)
        return "more" if is_more or known.begin("more_after", after.lstrip(_PERCENT)) else ""

    def are_a_time(self, line: Line) -> bool:
        """Return whether a timer is to run for hours that were only said of a clock: "at seven"."""
        hours = line.arguments.get(_HOURS)
        if line.kind != _TIMER or line.verb != _START or hours is None:
            return False
        known = cues(self.language)
        said = [(before, after) for number, before, after in self._found if number == hours]
        return bool(said) and all(_is_of_a_clock(known, *around) for around in said)

    def with_the_part_of_an_hour(self, line: Line) -> Line:
        """Return a line: a timer for a quarter of an hour is not for half an hour."""
        known = cues(self.language)
        said = [minutes for minutes, cue in _PARTS.items() if known.say(cue, (self.text,))]
        is_start = (line.verb, line.kind) == (_START, _TIMER)
        if not is_start or len(said) != 1 or set(line.arguments) - {_MINUTES, "name"}:
            return line
        minutes = float(str(line.arguments.get(_MINUTES, _HOUR)))
        if minutes >= _HOUR or minutes in self._said:
            return line  # "Two hours and a quarter" is more, and "one for ten minutes" another.
        return replace(line, arguments={**line.arguments, _MINUTES: said[0]})

    def with_the_share_said(self, line: Line) -> Line:
        """Return a line: a blind that goes down to a quarter is open a quarter afterwards."""
        known, position = cues(self.language), line.arguments.get(_POSITION)
        if any(known.say(cue, (self.text,)) for cue in ("close", "shut")):
            return line  # "Closed to three quarters" is open a quarter.
        for share, cue in _QUARTERS.items():
            if position == _WHOLE - share and known.say(cue, (self.text,)):
                return replace(line, arguments={**line.arguments, _POSITION: share})
        return line

    def are_missed_by(self, line: Line) -> bool:
        """Return whether a line has a number that nobody said, or that counts something else."""
        if line.verb in (*QUESTIONS, *CONDITIONS) or line.kind == _TIMER:
            return False
        return any(self._is_unsaid(name, value) for name, value in line.arguments.items())

    def _is_unsaid(self, name: str, value: Value) -> bool:
        if name == _STEP or not isinstance(value, int | float) or isinstance(value, bool):
            return False  # "Much brighter" is 40, whatever else is said.
        number = abs(float(value))
        numbers = [number, *([_WHOLE - number] if name in _SHARES else [])]
        counted = [self._said[each] for each in numbers if each in self._said]
        if counted:
            return all(each <= {"time", "more"} for each in counted)
        if name in _DEGREES:
            return number - _HALF not in self._said
        if name == _VALUE and self._said:
            return True  # Of the number of a channel not even the first digits.
        return name in _SHARES and not (number in _IN_WORDS or number / _TENTHS in self._said)


def _is_of_a_clock(known: Cues, before: str, after: str) -> bool:
    """Return whether a number between two texts is an hour of the day, and not a number of them."""
    if known.begin("clock_after", after):
        return True
    return known.end("clock_before", before) and not known.begin("hours", after)
