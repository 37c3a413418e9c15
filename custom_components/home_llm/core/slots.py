"""Stand-ins for texts while a chat template runs, so that texts never become markup."""

from collections.abc import Iterable, Mapping
from itertools import groupby
import json
import re
import secrets
from typing import Any

from .chat import Segment

_PLAIN = re.compile(r"[\w\s.,;:!?'\"()/%+=#&@*\u00b0\u2013\u2019-]*")
"""No token of a chat's markup is made of these; all have brackets, bars or signs of their own."""


_NONCE = str(10**17 + secrets.randbelow(9 * 10**17))
_NUMBER = re.compile(_NONCE + r"(\d{5})(\d)")


def tojson(
    value: object,
    ensure_ascii: bool = False,  # noqa: FBT001, FBT002 - as templates call it
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,  # noqa: FBT001, FBT002
) -> str:
    """Write a value as JSON, as transformers does in templates, and note that in stand-ins."""
    text = json.dumps(
        value,
        ensure_ascii=ensure_ascii,
        indent=indent,
        separators=separators,
        sort_keys=sort_keys,
    )
    return _NUMBER.sub(lambda n: f"{_NONCE}{n[1]}{min(int(n[2]) + 1, 9)}", text)


class Slots:
    """Texts of a conversation, and numbers that nobody can guess to stand in for them.

    Templates may change letters, cut spaces, or write what they are given as JSON: numbers come out
    of that as they are, but for JSON, which is noted in their last digit.
    """

    def __init__(self) -> None:
        """Hold nothing."""
        # Whether a text can stay among markup: tokens are best cut where the template has its text.
        self._texts: list[tuple[str, bool]] = []
        self._needed: set[int] = set()

    def content(self, text: str) -> str:
        """Return a stand-in for what somebody says; a template that leaves it out has failed."""
        return self._put(text, needed=True)

    def name(self, text: str) -> str:
        """Return a stand-in for the name of a tool, which is needed, too."""
        return self._put(text, needed=True, kept=bool(_PLAIN.fullmatch(text)))

    def _put(self, text: str, *, needed: bool = False, kept: bool = False) -> str:
        if not text:
            return ""
        number = len(self._texts)
        self._texts.append((text, kept))
        if needed:
            self._needed.add(number)
        return f"{_NONCE}{number:05d}0"

    def guard(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        """Return a value in which stand-ins are what could be taken for markup.

        Other texts are left alone, since templates look at them: at the type of an argument, say.
        """
        if isinstance(value, str):
            return value if _PLAIN.fullmatch(value) else self._put(value)
        if isinstance(value, Mapping):
            return {self.guard(key): self.guard(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.guard(item) for item in value]
        return value

    def is_complete(self, rendered: str) -> bool:
        """Return whether a template has left out nothing that is needed."""
        return self._needed <= {int(number[1]) for number in _NUMBER.finditer(rendered)}

    def segments(self, rendered: str) -> tuple[Segment, ...]:
        """Return what a template has written, with the texts put back, which are never markup."""
        parts, end = [], 0
        for number in _NUMBER.finditer(rendered):
            parts.append(Segment(text=rendered[end : number.start()], markup=True))
            parts.append(self._text(int(number[1]), int(number[2])))
            end = number.end()
        parts.append(Segment(text=rendered[end:], markup=True))
        runs = groupby((part for part in parts if part.text), key=lambda part: part.markup)
        return tuple(
            segment for markup, run in runs for segment in ([_joined(run)] if markup else run)
        )

    def _text(self, number: int, level: int) -> Segment:
        text, kept = self._texts[number]
        for _ in range(level):
            text = json.dumps(text, ensure_ascii=False)[1:-1]
        return Segment(text=text, markup=kept)


def _joined(run: Iterable[Segment]) -> Segment:
    return Segment(text="".join(segment.text for segment in run), markup=True)
