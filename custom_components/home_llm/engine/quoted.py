"""Text between the quotes of a JSON string, in tokens: which may come next, and what they leave.

A token may end in the midst of a character, after a backslash or a part of its bytes; then only
what completes the character may follow. So whatever is written can be read as JSON, and as UTF-8.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

TokenIds = NDArray[np.intp]

_WHOLE = 0
"""Between two characters."""

_RANGES: tuple[tuple[tuple[int, int, int], ...], ...] = (
    (
        (0x20, 0x21, _WHOLE),
        (0x23, 0x5B, _WHOLE),
        (0x5C, 0x5C, 8),
        (0x5D, 0x7F, _WHOLE),
        (0xC2, 0xDF, 1),
        (0xE0, 0xE0, 4),
        (0xE1, 0xEC, 2),
        (0xED, 0xED, 5),
        (0xEE, 0xEF, 2),
        (0xF0, 0xF0, 6),
        (0xF1, 0xF3, 3),
        (0xF4, 0xF4, 7),
    ),
    ((0x80, 0xBF, _WHOLE),),
    ((0x80, 0xBF, 1),),
    ((0x80, 0xBF, 2),),
    ((0xA0, 0xBF, 1),),
    ((0x80, 0x9F, 1),),
    ((0x90, 0xBF, 2),),
    ((0x80, 0x8F, 2),),
    tuple((byte, byte, _WHOLE) for byte in b'"\\/bfnrt'),
)
"""For each place in a character the bytes that may come, from and to, and the place they lead to.

Source: The Unicode Standard 15.0, table 3-7; RFC 8259, section 7.
"""

_STEPS = tuple(
    {byte: place for first, last, place in ranges for byte in range(first, last + 1)}
    for ranges in _RANGES
)

_NEEDED = (0, 1, 2, 3, 2, 2, 3, 3, 1)
"""How many bytes complete a character, for each place in it."""

LONGEST_WAY_BACK = max(_NEEDED)

_PLAIN = re.compile(r'[^"\\\x00-\x1f]+')


class Quoted(NamedTuple):
    """A place in such a text.

    Args:
        place: in a character; 0 is between two.
        least: characters that have yet to begin, at least.
        most: characters that may yet begin.

    """

    place: int
    least: int
    most: int

    @property
    def is_end(self) -> bool:
        """Whether the text may end here."""
        return self.place == _WHOLE and self.least == 0

    @property
    def goes_on(self) -> bool:
        """Whether anything may follow within the text."""
        return self.place != _WHOLE or self.most > 0

    @property
    def rest(self) -> int:
        """Tokens that it takes, at most, to bring the text to an end."""
        return _NEEDED[self.place] + self.least


class QuotedTokens:
    """The tokens of a model that such texts are made of.

    Args:
        pieces: the bytes of all its tokens, by their ids.
        usable: the ids of those that text is made of; others are special, or nothing.

    """

    def __init__(self, pieces: Sequence[bytes], usable: Iterable[int]) -> None:
        self._pieces = pieces
        begin: dict[int, list[int]] = {}
        for token in usable:
            begin.setdefault(pieces[token][0], []).append(token)
        self._tables = [_Table(pieces, begin, place) for place in range(len(_STEPS))]
        _leave_out_dead_ends(self._tables)
        self._allowed = cache(self._choose)

    def allowed(self, at: Quoted, *, closing: bool = False) -> TokenIds:
        """Return ids of what may come next.

        Equal or similar places share one array, as there may be very many of them: where there is
        room for a few characters only, some of the tokens that would just fit are left out.

        Args:
            at: a place where the text may go on.
            closing: whether only what brings the end nearer may come.

        """
        longest = int(self._tables[at.place].begun.max(initial=0))
        room = longest if at.most >= longest else (1 << at.most.bit_length()) >> 1
        return self._allowed(at.place, room, closing)

    def _choose(self, place: int, room: int, closing: bool) -> TokenIds:  # noqa: FBT001 - a key
        table = self._tables[place]
        fits = table.begun <= room
        if closing:
            fits &= np.array(_NEEDED)[table.ends] <= max(_NEEDED[place] - 1, 0)
        return table.ids[fits]

    def after(self, at: Quoted, token: int) -> Quoted | None:
        """Return the place after a token, if it may come."""
        read = _read(self._pieces[token], at.place)
        if read is None or read[1] > at.most:
            return None
        place, begun = read
        return Quoted(place, max(at.least - begun, 0), at.most - begun)


class _Table:
    """What may come at one place in a character: ids, where they end, and what they begin."""

    def __init__(
        self, pieces: Sequence[bytes], begin: Mapping[int, Sequence[int]], place: int
    ) -> None:
        found = [
            (token, *read)
            for byte in _STEPS[place]
            for token in begin.get(byte, ())
            if (read := _read(pieces[token], place)) is not None
        ]
        columns = np.array(found, dtype=np.intp).reshape(-1, 3).T
        self.ids, self.ends, self.begun = columns

    def keep(self, places: Iterable[int]) -> None:
        """Leave out what ends elsewhere."""
        kept = np.isin(self.ends, list(places))
        self.ids, self.ends, self.begun = self.ids[kept], self.ends[kept], self.begun[kept]


def _leave_out_dead_ends(tables: Sequence[_Table]) -> None:
    """Leave out what begins a character that no other token of the model completes."""
    alive = {_WHOLE}
    # What is needed least is completed first.
    for place in sorted(range(len(tables)), key=_NEEDED.__getitem__):
        nearer = {other for other in alive if _NEEDED[other] < _NEEDED[place]}
        if np.isin(tables[place].ends, list(nearer)).any():
            alive.add(place)
    for table in tables:
        table.keep(alive)


def _read(piece: bytes, place: int) -> tuple[int, int] | None:
    """Return where a token leads, and how many characters it begins; nothing if it cannot come."""
    if place == _WHOLE:
        try:
            text = piece.decode()
        except UnicodeDecodeError:
            pass
        else:
            if _PLAIN.fullmatch(text):
                return _WHOLE, len(text)
    begun = 0
    for byte in piece:
        begun += place == _WHOLE
        following = _STEPS[place].get(byte)
        if following is None:
            return None
        place = following
    return place, begun
