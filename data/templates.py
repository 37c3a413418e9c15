"""Phrase templates: ``(a|b)`` is a choice, ``[a]`` may be left out, ``{slot.form}`` is filled."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
import random
import re
from typing import Protocol

from home_llm_core.words import CHARACTERS

_FIRST = re.compile(r"\w+'|[^\s,.]+")
_TOKEN = re.compile(r"\{([a-z0-9_]+)(?:\.([a-z0-9_]+))?\}|([()\[\]|{}])")
_BRACKET = re.compile(r"[()\[\]|{}]")
_MARKS = re.compile(r"\{[^}]*\}|[()\[\]|.,?!]")
_SPACE_BEFORE = re.compile(r" (?=[,.?!;:])")
_UNSPACED = f"[{CHARACTERS}，。！？、；：]"  # noqa: RUF001 - of Chinese and Japanese
_SPACE_BESIDE = re.compile(f"(?<={_UNSPACED}) | (?={_UNSPACED})")


class TemplateError(ValueError):
    """A template whose brackets do not match."""


class Spoken(Protocol):
    """Something with a form for each place in a sentence."""

    def form(self, form: str) -> str:
        """Return what is said in a place that asks for ``form``."""


@dataclass(frozen=True)
class Slot:
    """A place to be filled, in a form of the language ("" is the plain one)."""

    name: str
    form: str = ""

    def __str__(self) -> str:
        """Return the slot as it is written."""
        return f"{{{self.name}.{self.form}}}" if self.form else f"{{{self.name}}}"


@dataclass(frozen=True, kw_only=True)
class Joints:
    """What becomes of a word of a phrase and of what fills the slot after it.

    Args:
        contracted: what two words become together: ``de el`` is ``del``, ``di l'`` is ``dell'``.
        elided: what a word becomes before a vowel, with which it is joined: ``le`` is ``l'``.
        vowels: the letters before which it does.

    """

    contracted: Mapping[str, str] = field(default_factory=dict)
    elided: Mapping[str, str] = field(default_factory=dict)
    vowels: str = ""

    @property
    def first_words(self) -> tuple[str, ...]:
        """The words that may melt together with the one after them."""
        firsts = (both.split()[0] for both in self.contracted)
        return tuple(dict.fromkeys((*firsts, *self.elided)))

    def join(self, before: str, after: str) -> str:
        """Return a phrase as far as it is said, and what fills its next slot, as one text."""
        said, space, _ = before.rpartition(" ")
        first = _FIRST.match(after)
        if not space or said + space != before or first is None:
            return before + after
        head, space, last = said.rpartition(" ")
        both = self.contracted.get(f"{last} {first[0]}")
        if both is not None and first.end() < len(after):
            return f"{head}{space}{both}{after[first.end() :]}"
        if last in self.elided and after[0].lower() in self.vowels:
            return f"{head}{space}{self.elided[last]}{after}"
        return before + after


PLAIN = Joints()
"""Of languages whose words stay as they are."""

Choice = tuple["Sequence", ...]
Sequence = tuple["str | Slot | Alternatives", ...]


@dataclass(frozen=True)
class Alternatives:
    """Sequences one of which is said."""

    options: Choice


@dataclass(frozen=True)
class Template:
    """A phrase as it is written in a bank.

    Args:
        source: the phrase.
        joints: what becomes of words before its slots.

    """

    source: str
    joints: Joints = field(default=PLAIN, compare=False, kw_only=True)

    @cached_property
    def sequence(self) -> Sequence:
        """The parsed phrase.

        Raises:
            TemplateError: brackets do not match.

        """
        if _BRACKET.search(self.source) is None:
            return (self.source,)
        return _Parser(self.source).parse()

    @cached_property
    def slots(self) -> frozenset[Slot]:
        """Every slot that can occur."""
        return frozenset(_slots(self.sequence))

    def in_order(self) -> list[Slot]:
        """Return every slot that can occur, in the order of the phrase."""
        return list(dict.fromkeys(_slots(self.sequence)))

    @cached_property
    def slot_names(self) -> frozenset[str]:
        """The names of all slots."""
        return frozenset(slot.name for slot in self.slots)

    def form_of(self, name: str) -> str:
        """Return the form in which a slot is asked for; the plain one if it is not."""
        return min((slot.form for slot in self.slots if slot.name == name), default="")

    def choose(self, rng: random.Random) -> list[str | Slot]:
        """Return one way to say it, with slots still open."""
        pieces: list[str | Slot] = []
        _choose(self.sequence, rng, pieces)
        return pieces

    def render(self, rng: random.Random, fill: Callable[[Slot], str]) -> str:
        """Return one way to say it, with slots filled by ``fill``."""
        pieces = self.choose(rng)
        if self.joints is PLAIN:
            return tidy("".join([p if isinstance(p, str) else fill(p) for p in pieces]))
        text = ""
        for piece in pieces:
            text = text + piece if isinstance(piece, str) else self.joints.join(text, fill(piece))
        return tidy(text)

    def say(self, rng: random.Random, slots: Mapping[str, str | Spoken]) -> str:
        """Return one way to say it, with slots filled by name."""

        def fill(slot: Slot) -> str:
            found = slots[slot.name]
            return found if isinstance(found, str) else found.form(slot.form)

        return self.render(rng, fill)

    def plain(self) -> str:
        """Return the words of the phrase itself, without brackets and slots."""
        return _MARKS.sub(" ", self.source)

    def skeletons(self) -> list[str]:
        """Return every way to say it, with slots as they are written."""
        return list(dict.fromkeys(tidy(text) for text in _expand(self.sequence)))


def tidy(text: str) -> str:
    """Return ``text`` with single spaces, but none before punctuation and none in Chinese."""
    single = " ".join(text.split())
    if not single.isascii():
        single = _SPACE_BESIDE.sub("", single)
    return _SPACE_BEFORE.sub("", single)


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._tokens = list(self._scan())
        self._next = 0

    def _scan(self) -> Iterator[str | Slot]:
        text, *rest = _TOKEN.split(self._source)
        if text:
            yield f" {text}"
        # A token's groups, and the text behind it.
        for name, form, bracket, after in zip(*[iter(rest)] * 4, strict=True):
            if bracket in ("{", "}"):
                msg = f"a slot is not well formed in {self._source!r}"
                raise TemplateError(msg)
            yield bracket or Slot(name, form or "")
            if after:
                yield f" {after}"

    def parse(self) -> Sequence:
        options = self._options("")
        return options[0] if len(options) == 1 else (Alternatives(options),)

    def _options(self, closing: str) -> Choice:
        options: list[list[str | Slot | Alternatives]] = [[]]
        while self._next < len(self._tokens):
            token = self._tokens[self._next]
            self._next += 1
            if token == "|":
                options.append([])
            elif token == "(":
                options[-1].append(Alternatives(self._options(")")))
            elif token == "[":
                options[-1].append(Alternatives(((), *self._options("]"))))
            elif token in (")", "]"):
                if token != closing:
                    break
                return tuple(map(tuple, options))
            else:
                options[-1].append(token[1:] if isinstance(token, str) else token)
        else:
            if not closing:
                return tuple(map(tuple, options))
        msg = f"brackets do not match in {self._source!r}"
        raise TemplateError(msg)


def _slots(sequence: Sequence) -> Iterator[Slot]:
    for piece in sequence:
        if isinstance(piece, Slot):
            yield piece
        elif isinstance(piece, Alternatives):
            for option in piece.options:
                yield from _slots(option)


def _choose(sequence: Sequence, rng: random.Random, into: list[str | Slot]) -> None:
    for piece in sequence:
        if isinstance(piece, Alternatives):
            _choose(rng.choice(piece.options), rng, into)
        else:
            into.append(piece)


def _expand(sequence: Sequence) -> Iterator[str]:
    parts: list[list[str]] = []
    for piece in sequence:
        if isinstance(piece, Alternatives):
            parts.append([text for option in piece.options for text in _expand(option)])
        else:
            parts.append([str(piece)])
    for combination in product(*parts):
        yield "".join(combination)
