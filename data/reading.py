"""Reading training sets line by line, however long they are, with a progress bar."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

from tqdm import tqdm


class LineError(Exception):
    """A file or a line that cannot be used; the message is one sentence for people."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A house of a training set with its requests, and where it stands.

    Args:
        path: the file.
        number: the number of the line, from 1.
        data: the line, as read from JSON.

    """

    path: Path
    number: int
    data: Mapping[str, Any]

    def error(self) -> LineError:
        """Return the error that this is no line of a training set with its records."""
        return _bad(self.path, self.number)


def lines(path: Path) -> Iterator[Line]:
    """Yield the lines of a file that ``data.generate`` wrote.

    Raises:
        LineError: the file cannot be read, is empty, or holds something else.

    """
    number = 0
    try:
        with path.open("rb") as stream, _progress(path) as progress:
            for number, text in enumerate(stream, start=1):
                progress.update(len(text))
                yield Line(path=path, number=number, data=_object(path, number, text))
    except OSError as error:
        msg = f"{path}: {error.strerror}."
        raise LineError(msg) from error
    if not number:
        msg = f"{path}: the file is empty."
        raise LineError(msg)


def _progress(path: Path) -> "tqdm[Any]":
    return tqdm(total=path.stat().st_size, unit="B", unit_scale=True, desc=path.name)


def _object(path: Path, number: int, text: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:  # Bytes that are no UTF-8 are such errors, too.
        raise _bad(path, number) from error
    if not isinstance(found, dict):
        raise _bad(path, number)
    return found


def _bad(path: Path, number: int) -> LineError:
    return LineError(
        f"{path}:{number}: this is no line with records, as data.generate writes them"
        " in its own format."
    )
