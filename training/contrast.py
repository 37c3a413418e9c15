"""Wrong replies that are near a right one: one thing is changed, within the sentence's grammar.

Another letter ("on light A" for "on light B"), another verb of the same kind, another value, speech
where something is to be done and a call where nothing is. What is changed is judged as the reply of
a model is: a change that comes to the same is no contrast, and one that does something that was not
asked for goes before one that does nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
import random
import re

from home_llm_core.actions import TextArgument
from home_llm_core.calls import Names
from home_llm_core.formats.base import Hearing
from home_llm_core.formats.tiny_lines import (
    AGAIN,
    ALL,
    ASKED,
    CONDITIONS,
    DAY,
    DAYS,
    HERE,
    MARK,
    OF,
    QUESTIONS,
    READINGS,
    SAME,
    SAY,
    UNDO,
    Line,
    arguments_of,
    commands,
    read_line,
    short_word,
    write_line,
)
from home_llm_core.home import Home, Value
from home_llm_core.parser import Event, Query, Say
from home_llm_core.states import WORDS
from training.scoring import Effect, Outcome, judge, read_reply

_MOST_TRIED = 24
_SPEECH_SHARE = 0.2
_REFUSALS = ("absent", "nothing", "unknown", "what", "later")
_WORD = re.compile(r"\w+")
_LETTER = re.compile(r"\b[A-Z]\b")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request, and what is right to be done.

    Args:
        heard: the sentence in its home.
        home: the home.
        names: what calls name its things by.
        allowed: the actions that may be asked for.
        effects: what is right to be done.
        right: the right reply.

    """

    heard: Hearing
    home: Home
    names: Names
    allowed: frozenset[str]
    effects: Counter[Effect]
    right: str

    def allows(self, reply: str) -> bool:
        """Return whether a model may write this, to its end."""
        grammar = self.heard.grammar
        return grammar is None or grammar.accepts(reply, self.heard.words)

    def outcome(self, reply: str) -> Outcome:
        """Return what comes of a reply."""
        events, right = self._events(reply), self._events(self.right)
        found = judge(read_reply(events, self.home, self.names), self.effects)
        asked, rightly = ([e for e in those if isinstance(e, Query)] for those in (events, right))
        return "missed" if found == "exact" and asked != rightly else found

    def _events(self, reply: str) -> list[Event]:
        parser = self.heard.parser()
        return [*parser.feed(reply), *parser.close()]


def contrast(asked: Asked, rng: random.Random) -> tuple[str, str] | None:
    """Return how the right reply was changed, and the wrong one; none if nothing can be changed.

    Args:
        asked: the request, in the format whose lines ``tiny_lines.py`` reads.
        rng: draws what is changed.

    """
    kinds = [kind for kind in _CHANGES if kind != "speech"]
    rng.shuffle(kinds)
    # Speech can replace any call: left to chance, it would be what is mostly learned about.
    kinds.insert(0 if rng.random() < _SPEECH_SHARE else len(kinds), "speech")
    for kind in kinds:
        texts = sorted(set(_CHANGES[kind](asked)) - {asked.right})
        rng.shuffle(texts)
        # What has more of its words in the sentence is nearer at hand.
        said = set(_WORD.findall(asked.heard.message))
        texts.sort(key=lambda text: -len(said.intersection(_WORD.findall(text))))
        wrong = _first_wrong(texts, asked)
        if wrong is not None:
            return kind, wrong
    return None


def _first_wrong(texts: Sequence[str], asked: Asked) -> str | None:
    missed = None
    for text in islice(filter(asked.allows, texts), _MOST_TRIED):
        outcome = asked.outcome(text)
        if outcome == "wrong":
            return text
        if outcome == "missed":
            missed = missed or text
    return missed


def _lines(asked: Asked) -> list[Line | Say]:
    return [read_line(text) for text in asked.right.splitlines()]


def _each(change: Callable[[Line, Asked], Iterator[Line]]) -> Callable[[Asked], Iterator[str]]:
    """Return what yields replies in which one line is changed."""

    def replies(asked: Asked) -> Iterator[str]:
        lines = _lines(asked)
        for at, line in enumerate(lines):
            for changed in change(line, asked) if isinstance(line, Line) else ():
                yield "".join(map(write_line, [*lines[:at], changed, *lines[at + 1 :]]))

    return replies


def _letters(asked: Asked) -> list[str]:
    return sorted(set(_LETTER.findall(asked.heard.message)))


def _other_letters(line: Line, asked: Asked) -> Iterator[Line]:
    letters = _letters(asked)
    for devices in _one_changed(line.devices, letters):
        yield replace(line, devices=devices)
    for excluding in _one_changed(line.excluding, letters):
        yield replace(line, excluding=excluding)
    if line.place is not None:
        yield from (replace(line, place=place) for place in (*letters, ALL, HERE))


def _one_changed(letters: Sequence[str], others: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for at in range(len(letters)):
        for other in others:
            if other not in letters:
                yield (*letters[:at], other, *letters[at + 1 :])


def _other_verbs(line: Line, asked: Asked) -> Iterator[Line]:
    groups = (QUESTIONS, CONDITIONS, (SAME, UNDO, AGAIN))
    done = [verb for verb, kind, _ in commands(asked.allowed) if kind == line.kind]
    verbs = next((group for group in groups if line.verb in group), done)
    yield from (replace(line, verb=verb) for verb in verbs)


def _other_values(line: Line, asked: Asked) -> Iterator[Line]:
    for key, value in line.arguments.items():
        for other in _others(line, key, value, asked):
            if other != value or type(other) is not type(value):
                yield replace(line, arguments={**line.arguments, key: other})


def _others(line: Line, key: str, value: Value, asked: Asked) -> Sequence[Value]:
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, (int, float)):
        return _numbers_near(value)
    if line.verb in (*QUESTIONS, *CONDITIONS):
        return _words_near(value) if key == ASKED else {OF: READINGS, DAY: DAYS}.get(key, ())
    for argument in arguments_of(line.kind, line.verb):
        if short_word(argument.name) == key:
            is_text = isinstance(argument, TextArgument)
            return _longer_or_shorter(str(value), asked) if is_text else argument.values
    return ()


def _words_near(word: Value) -> Sequence[Value]:
    """Return the words beside one in the list of them, where opposites stand side by side."""
    at = WORDS.index(str(word))
    return (*WORDS[max(at - 1, 0) : at], *WORDS[at + 1 : at + 2])


def _numbers_near(number: float) -> tuple[float, ...]:
    """Return numbers that one may take for another: a step more, the other way, a digit lost."""
    near = (number + 1, number - 1, number + 10, number - 10, -number, number * 10, number / 10)
    return tuple(int(each) if each == int(each) else round(each, 2) for each in near)


def _longer_or_shorter(text: str, asked: Asked) -> list[str]:
    """Return words of the sentence with one word more or less at either end."""
    words, own = asked.heard.words, text.split()
    size = len(own)
    found = []
    for at in range(len(words) - size + 1):
        if list(words[at : at + size]) == own:
            end = at + size
            near = ((at - 1, end), (at + 1, end), (at, end - 1), (at, end + 1))
            found += [" ".join(words[first:last]) for first, last in near if 0 <= first < last]
    return found


def _speech(asked: Asked) -> Iterator[str]:
    if any(isinstance(line, Line) for line in _lines(asked)):
        yield from (f"{MARK} {SAY} {key}\n" for key in _REFUSALS)


def _call(asked: Asked) -> Iterator[str]:
    if any(isinstance(line, Line) for line in _lines(asked)):
        return
    said, letters = set(asked.heard.message.split()), _letters(asked)
    for verb, kind, can_be_bare in commands(asked.allowed):
        # Of what the sentence says nothing nobody would think.
        if can_be_bare and (kind in said or verb in said):
            yield write_line(Line(verb=verb, kind=kind))
            yield write_line(Line(verb=verb, kind=kind, place=ALL))
            for letter in letters:
                yield write_line(Line(verb=verb, kind=kind, devices=(letter,)))
                yield write_line(Line(verb=verb, kind=kind, place=letter))


_CHANGES: dict[str, Callable[[Asked], Iterator[str]]] = {
    "letter": _each(_other_letters),
    "verb": _each(_other_verbs),
    "value": _each(_other_values),
    "speech": _speech,
    "call": _call,
}
