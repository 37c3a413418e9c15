"""Words by which a sentence is known to say something: a command to open, a question, a condition.

They stand in ``languages/<code>.json`` under ``cues``, in rows: those of ``open`` are said by
whoever wants something opened, those of ``perhaps_open`` also by others; those of ``play`` by
whoever wants to see or hear something, and those of ``no_play`` by whoever does not; those of
``set_to`` by whoever asks what something is to be; those of ``if_you_please`` and ``unless_done``
say nothing (``courtesies.py``); those of ``reports``, ``told`` and ``asks_whether`` by whoever
tells or asks (``told_you`` is a wish, said again); those of ``further`` by whoever wants more of
the same; those of ``too_hot``, ``too_cold``, ``air``, ``dry`` and ``damp`` tell how it feels; those
of ``a_value`` ask for a number; ``quarter_hour`` and its like are lengths of time. A row that ends
with ``*`` may go on in the same word ("schließ*"); of scripts without spaces a row may stand
anywhere.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
import re

from .text import fold
from .words import CHARACTERS, LANGUAGES

_NOTHING = re.compile(r"(?!)")
_JOINTS = " -"
_CHARACTER = re.compile(f"[{CHARACTERS}]")


@dataclass(frozen=True, eq=False, kw_only=True)
class Cues:
    """The cues of a language.

    Args:
        rows: what to look for, by the names of cues.

    """

    rows: Mapping[str, re.Pattern[str]] = field(default_factory=dict)

    def say(self, name: str, parts: Iterable[str]) -> bool:
        """Return whether one of some folded texts has a cue."""
        return any(self.rows.get(name, _NOTHING).search(part) for part in parts)

    def found(self, name: str, text: str) -> Iterator[re.Match[str]]:
        """Return where a folded text has a cue."""
        return self.rows.get(name, _NOTHING).finditer(text)

    def without(self, name: str, text: str) -> str:
        """Return a folded text without its cues."""
        return self.rows.get(name, _NOTHING).sub(" ", text)

    def without_first(self, name: str, text: str) -> str:
        """Return a folded text without the cue that it begins with."""
        match = self.rows.get(name, _NOTHING).match(text)
        return text[match.end() :] if match is not None else text

    def begin(self, name: str, text: str) -> bool:
        """Return whether a folded text begins with a cue."""
        return self.rows.get(name, _NOTHING).match(text.lstrip(_JOINTS)) is not None

    def end(self, name: str, text: str) -> bool:
        """Return whether a folded text ends with a cue."""
        own = text.rstrip(_JOINTS)
        rows = self.rows.get(name, _NOTHING)
        return any(match.end() == len(own) for match in rows.finditer(own))

    def parted(self, name: str, text: str) -> tuple[str, str] | None:
        """Return what stands before and after the last cue of a folded text; none without one."""
        found = [*self.rows.get(name, _NOTHING).finditer(text)]
        return (text[: found[-1].start()], text[found[-1].end() :]) if found else None


@lru_cache(maxsize=32)
def cues(language: str) -> Cues:
    """Return the cues of a language; none, if it is not known."""
    base = language.partition("-")[0]
    code = next((c for c in LANGUAGES if language == c or base == c.partition("-")[0]), None)
    known: Mapping[str, Sequence[str]] = LANGUAGES[code].get("cues", {}) if code else {}
    return Cues(rows={name: _pattern(rows) for name, rows in known.items()})


def _pattern(rows: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern for some rows, the longest first."""
    return re.compile("|".join(map(_row, sorted(rows, key=len, reverse=True))))


def _row(row: str) -> str:
    """Return a pattern for words in a row."""
    text = fold(row)
    if _CHARACTER.search(text):
        return re.escape(text)
    stem = text.removesuffix("*")
    return rf"(?<!\w){re.escape(stem)}" + ("" if stem != text else r"(?!\w)")
