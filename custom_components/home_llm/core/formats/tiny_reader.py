"""Reads the lines of a reply: what each comes to, and whether its condition holds."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Protocol

from ..calls import Call
from ..errors import ParseError
from ..kinds import KINDS
from ..parser import Event, Say, Unclear
from ..words import words
from .tiny_lines import CONDITIONS, MARK, QUESTIONS, Line, read_line


class Heard(Protocol):
    """A sentence of which the lines speak."""

    @property
    def text(self) -> str:
        """What was said."""

    def as_said(self, line: Line) -> Line | None:
        """Return a line without what the sentence itself contradicts; none if nothing is left."""

    def events(self, line: Line | Say) -> Iterable[Event]:
        """Return what a line comes to."""

    @property
    def excepted(self) -> Collection[str]:
        """The letters of what is left alone."""

    @property
    def place_said(self) -> str | None:
        """The letter of the only place that it names."""

    def unmet(self, line: Line) -> Event | None:
        """Return why what follows a condition is not to be done; none if it is."""


_BY = "by"
"""The argument of "warmer" and "darker"."""

_SETTINGS = ("climate.set_hvac_mode", "climate.set_temperature", "fan.turn_on")
"""Actions that may have been understood with another line."""

_CONDITIONAL = tuple(f"{word} " for word in CONDITIONS)


class Reader:
    """Reads the lines of one reply, and leaves out those whose condition does not hold."""

    def __init__(self, hearing: Heard) -> None:
        self._hearing = hearing
        self._is_met = True
        self._place: str | None = None
        self._left_alone: set[str] = set()
        self._set: list[Event] = []

    def events(self, text: str) -> Iterable[Event]:
        """Return what a line comes to."""
        if not words(self._hearing.text):
            msg = "nothing was said"
            raise ParseError(msg)
        if text.removeprefix(MARK).strip().startswith(_CONDITIONAL):
            return self._condition(text)
        return self._done(read_line(text)) if self._is_met else []

    def _done(self, line: Line | Say) -> Iterable[Event]:
        """Return what a line comes to.

        "If the greenhouse is over thirty open the sprinkler in there": of several that could be
        meant it is the one where the condition looked, or in the only place that was named.
        """
        if isinstance(line, Line):
            said = self._hearing.as_said(line)
            if said is None:
                return []
            line = said
            if self._does_what_was_left_out(line):
                return [Say(key="what")]
        events = [event for event in self._hearing.events(line) if not self._is_set(event)]
        place = self._place or self._hearing.place_said
        if place is None or not isinstance(line, Line) or line.kind not in KINDS:
            return events
        is_open = any(isinstance(event, Unclear) for event in events)
        if is_open and line.place is None and not line.devices:
            there = list(self._hearing.events(replace(line, place=place)))
            if all(isinstance(event, Call) for event in there):
                return there
        return events

    def _is_set(self, event: Event) -> bool:
        """Return whether something has been set before, with what else was wished of it."""
        is_setting = isinstance(event, Call) and event.action in _SETTINGS
        is_set = is_setting and event in self._set
        if is_setting:
            self._set.append(event)
        return is_set

    def _does_what_was_left_out(self, line: Line) -> bool:
        """Return whether a line is about what is to be left alone, and no line leaves it alone."""
        excepted = set(self._hearing.excepted)
        if not excepted or line.verb in QUESTIONS or _BY in line.arguments:
            return False  # "Que caliente menos el termostato" is less heat, and no exception.
        self._left_alone.update(line.excluding)
        if line.excluding:
            return not self._left_alone.issuperset(excepted)
        about = {*line.devices, line.place} - self._left_alone
        return not about.isdisjoint(excepted)

    def _condition(self, text: str) -> Iterable[Event]:
        """Return why the lines that follow are left out; nothing if they are not."""
        was_met, self._is_met = self._is_met, False
        # What makes no sense raises, and then nobody knows on what the rest depends.
        line = read_line(text)
        self._place = line.place if isinstance(line, Line) else None
        unmet = self._hearing.unmet(line) if isinstance(line, Line) else None
        self._is_met = was_met and unmet is None
        return [unmet] if unmet is not None else []
