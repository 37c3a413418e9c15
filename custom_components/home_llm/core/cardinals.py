"""Numbers that are said in words, and the same in digits.

Speech recognizers write "25", "twenty five" and "twenty-five" for the same sound. A model that
reads digits alone need not learn the numbers of each language. A lone "one" stays: it is an article
in some languages, and "the one in the kitchen" in others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
import re

from .text import fold
from .words import LANGUAGES, WORD

_JOINT = re.compile(r"[\s\u2010-\u2015-]*")
"""What stands between the words of one number."""


@dataclass(frozen=True, kw_only=True)
class Numeral:
    """A number in words.

    Args:
        start: where it begins in the text.
        end: where it ends.
        digits: the same number.

    """

    start: int
    end: int
    digits: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Cardinals:
    """The numbers of a language, from zero.

    Args:
        digits: by the words of a number.
        longest: of these, in words.

    """

    digits: Mapping[tuple[str, ...], str]
    longest: int

    def find(self, text: str, start: int, end: int) -> Iterator[Numeral]:
        """Yield the numbers in a part of a folded text, each as long as it can be."""
        found = list(WORD.finditer(text, start, end))
        at = 0
        while at < len(found):
            run = self._run(text, found[at : at + self.longest])
            for count in range(len(run), 0, -1):
                digits = self.digits.get(run[:count])
                if digits is not None:
                    yield Numeral(
                        start=found[at].start(), end=found[at + count - 1].end(), digits=digits
                    )
                    break
            else:
                count = 1
            at += count

    def in_digits(self, text: str, start: int = 0, end: int | None = None) -> str:
        """Return a part of a folded text with the numbers in it in digits."""
        last, shown = len(text) if end is None else end, ""
        for each in self.find(text, start, last):
            shown += text[start : each.start] + each.digits
            start = each.end
        return shown + text[start:last]

    def _run(self, text: str, found: list[re.Match[str]]) -> tuple[str, ...]:
        """Return the first words as far as nothing but spaces and hyphens parts them."""
        run = [found[0][0]]
        for before, match in pairwise(found):
            if not _JOINT.fullmatch(text, before.end(), match.start()):
                break
            run.append(match[0])
        return tuple(run)


_NONE = Cardinals(digits={}, longest=1)


@lru_cache(maxsize=32)
def cardinals(language: str) -> Cardinals:
    """Return the numbers of a language; none, if it is not known."""
    base = language.partition("-")[0]
    code = next((c for c in LANGUAGES if language == c or base == c.partition("-")[0]), None)
    if code is None:
        return _NONE
    known = LANGUAGES[code]
    digits = {tuple(WORD.findall(fold(said))): number for number, said in _said(known["cardinals"])}
    for number, said in _said(known["cardinals"]):
        if number.isdecimal():
            # Some languages write "two and a half" as one word.
            digits |= {(fold(said + half),): f"{number},5" for half in known.get("halves", ())}
    return Cardinals(digits=digits, longest=max(map(len, digits)))


def _said(numbers: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    return ((number, said) for number, forms in numbers.items() for said in forms)
