"""Courtesies: "if you can", "wenn's recht ist", "per cortesia", and "if nobody has".

A model that has not heard one takes it for a condition, which nothing in the home fulfils, or for
a part of a name.
"""

from collections.abc import Iterator, Sequence

from .cues import cues
from .text import fold, one_line
from .vocabulary import vocabulary
from .words import WORD, is_character, words

_KIND, _UNLESS_DONE = "if_you_please", "unless_done"
_COMMAS = ", 、"
_PUNCTUATION = f"{_COMMAS}.;:!?…。"
_FEWEST_WORDS = 2
_LONGEST = 40
"""Characters of a word that are looked at."""


def without_courtesies(text: str, language: str) -> str:
    """Return a text without what is only said to be kind, or in case it is done already.

    A courtesy may begin a sentence; anywhere else it ends a clause, as "unless it is done" does
    wherever it stands: "if you can see Bob, say so" is none. "Please do" stays as it is.

    Args:
        text: a sentence.
        language: in which it is said.

    """
    said = one_line(text)
    folded = fold(said)
    if len(folded) != len(said):
        return text
    at, kept = 0, list[str]()
    for start, end in _courtesies(folded, language):
        if start >= at:
            kept.append(said[at:start])
            at = end
    if not at:
        return text
    left = _joined((*kept, said[at:]))
    return left if len(words(left)) >= _FEWEST_WORDS else text


def _courtesies(folded: str, language: str) -> Iterator[tuple[int, int]]:
    """Yield where courtesies begin and end."""
    known, first = cues(language), WORD.search(folded)
    found = ((name, match) for name in (_KIND, _UNLESS_DONE) for match in known.found(name, folded))
    for name, match in sorted(found, key=lambda each: each[1].start()):
        begins = name == _KIND and first is not None and match.start() <= first.start()
        after = folded[match.end() : match.end() + _LONGEST]
        if begins or _ends_a_clause(after.lstrip(), language):
            yield match.span()


def _ends_a_clause(after: str, language: str) -> bool:
    """Return whether nothing more of a clause follows, but perhaps a correction of it."""
    if not after or after[0] in _PUNCTUATION or cues(language).begin("correction", after):
        return True
    return not vocabulary(language).joints.isdisjoint(words(after)[:1])


def _joined(parts: Sequence[str]) -> str:
    """Return parts of a sentence as one; commas around what stood between them go with it."""
    left = ""
    for part in parts:
        after = part.strip()
        if not left or left[-1] in _COMMAS:
            left, after = left.rstrip(_COMMAS), after.lstrip(_COMMAS)
        is_apart = left and after and after[0] not in _PUNCTUATION and not is_character(after[0])
        left += f" {after}" if is_apart else after
    return left
