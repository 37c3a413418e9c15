"""A sentence with letters in place of names: its words, and where they stand in what was said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
import re

from ..cardinals import cardinals
from ..linking import IS, Span
from ..text import fold, one_line
from ..vocabulary import vocabulary
from ..words import CHARACTERS, is_character

LIKE = "~"
SEVERAL = "*"
_PUNCTUATION = ".,!?;:\"'()[]«»„“”‘’…-。、"  # noqa: RUF001
_PART = re.compile(rf"[{CHARACTERS}]|[^\s{CHARACTERS}]+")
_WITHIN = re.compile(rf"[^\s{CHARACTERS}]")


@dataclass(frozen=True)
class _Word:
    """A word of the message, and where what it stands for is in the sentence."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Delexicalized:
    """A sentence in which names are letters.

    Args:
        said: the sentence.
        spans: what it names, by letter.
        labels: what is shown for each letter: "light A*".
        language: in which it is said.

    """

    said: str
    spans: Mapping[str, Span]
    labels: Mapping[str, str]
    language: str

    @cached_property
    def _folded(self) -> str:
        return fold(self.said)

    @cached_property
    def message(self) -> str:
        """The sentence, with what it names as a kind and a letter."""
        text, shown, at = self._folded, "", 0
        in_digits = cardinals(self.language).in_digits
        for letter, span in self.spans.items():
            shown += in_digits(text, at, span.start)
            if not span.is_whole:
                shown += f"{text[span.start : span.end]} {LIKE}"
            elif shown[-1:] not in ("", " ") and (is_character(shown[-1]) or at == span.start):
                shown += " "
            shown += self.labels[letter]
            at = span.end
            is_joined = text[at : at + 1].isalnum() and not is_character(text[at])
            if is_joined or text.startswith(IS, at):
                shown += " "  # The rest of a compound word, or "is".
        return self._without_two(shown + in_digits(text, at))

    def _without_two(self, shown: str) -> str:
        """Return a message in which both of what is called so are not counted: "las 2 mesillas"."""
        if not any(label.endswith(SEVERAL) for label in self.labels.values()):
            return shown
        for row in vocabulary(self.language).both:
            counted = " ".join(row)
            if row[-1].isdigit() and f"{counted} " in shown:
                shown = shown.replace(f"{counted} ", f"{' '.join(row[:-1])} ").strip()
        return shown

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the message, for what is taken from it as it is."""
        return tuple(filter(None, (_stripped(word.text) for word in self._words)))

    @cached_property
    def _words(self) -> tuple[_Word, ...]:
        shown, at = list[_Word](), 0
        for letter, span in self.spans.items():
            shown += self._plain(at, span.start, span.start if span.is_whole else span.end)
            name = f"{'' if span.is_whole else LIKE}{self.labels[letter]}"
            shown += [_Word(word, span.start, span.end) for word in name.split()]
            at = span.end
        length = len(self._folded)
        return (*shown, *self._plain(at, length, length))

    def _plain(self, start: int, numbers_end: int, end: int) -> Iterator[_Word]:
        """Yield the words of a part of the sentence, with the numbers in it in digits."""
        for each in cardinals(self.language).find(self._folded, start, numbers_end):
            yield from _cut(self._folded, start, each.start)
            yield _Word(each.digits, each.start, each.end)
            start = each.end
        yield from _cut(self._folded, start, end)

    def of_sentence(self, shown: str) -> str:
        """Return the words of the sentence for words of the message."""
        wanted = shown.split()
        own = [word for word in self._words if _stripped(word.text)]
        for at in range(len(own) - len(wanted) + 1 if wanted else 0):
            those = own[at : at + len(wanted)]
            if [_stripped(word.text) for word in those] == wanted:
                # Folding seldom changes the length; then the capitals are kept.
                plain, folded = one_line(self.said), self._folded
                said = plain if len(plain) == len(folded) else folded
                return said[those[0].start : those[-1].end].strip(_PUNCTUATION + " ")
        return shown

    def of_message(self, said: str) -> str | None:
        """Return the words of the message for words of the sentence; none if they are not there."""
        own = fold(said)
        start = _found(own, self._folded) if own else -1
        if start < 0:
            return None
        end = start + len(own)
        those = [word for word in self._words if word.start < end and word.end > start]
        text = " ".join(filter(None, (_stripped(word.text) for word in those)))
        return text if fold(self.of_sentence(text)) == own else None


def _cut(text: str, start: int, end: int) -> list[_Word]:
    """Return the words of a part of the sentence."""
    parts = _PART.finditer(text, start, end)
    return [_Word(part[0], part.start(), part.end()) for part in parts]


def _found(said: str, text: str) -> int:
    """Return where words stand in a text, not in the middle of another word; -1 if nowhere."""
    at = text.find(said)
    if not is_character(said[0]):
        while at > 0 and _WITHIN.match(text[at - 1]):
            at = text.find(said, at + 1)
    return at


def _stripped(word: str) -> str:
    return word if word == IS else word.strip(_PUNCTUATION + SEVERAL + LIKE)
