"""The mappings of a file that people write, read with checks: a house, or scenarios in it.

What is wrong is told with file and line.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from .checks import Check, CheckError
from .marked_yaml import MarkedDict, MarkedList, MarkedYamlError, load_marked_yaml

_LONGEST = 1000
"""Characters of what is wrong that anybody reads."""


class HouseFileError(Exception):
    """A file of a house cannot be used; the message is one sentence for who wrote it."""

    def __init__(self, path: Path, problem: str, line: int | None = None) -> None:
        """Build the sentence.

        Args:
            path: the file.
            problem: what is wrong, without a full stop.
            line: where, counted from 1.

        """
        place = str(path) if line is None else f"{path}, line {line}"
        # What is quoted may have several lines, or no end.
        told = " ".join(problem.split())
        told = told if len(told) <= _LONGEST else f"{told[:_LONGEST]} …"
        super().__init__(f"{place}: {told}.")
        self.line = line


class Section:
    """A mapping of a file."""

    def __init__(self, path: Path, content: MarkedDict) -> None:
        """Wrap a mapping.

        Args:
            path: the file, for messages.
            content: the mapping.

        """
        self._path = path
        self._content = content

    def __contains__(self, key: object) -> bool:
        return self._content.get(str(key)) is not None

    def __iter__(self) -> Iterator[str]:
        return (key for key in self._content if key in self)

    @property
    def line(self) -> int:
        """The line on which it starts, counted from 1."""
        return self._content.line

    @property
    def names(self) -> tuple[str, ...]:
        """All keys, also those without a value."""
        return tuple(self._content)

    def is_plain(self, key: str) -> bool:
        """Return whether what stands under a key is no mapping."""
        return not isinstance(self._content[key], MarkedDict)

    def has_null(self, key: str) -> bool:
        """Return whether a key is given without a value."""
        return key in self._content and self._content[key] is None

    def only(self, known: Collection[str]) -> None:
        """Refuse keys that are not known.

        Raises:
            HouseFileError: for the first one.

        """
        for key in self._content:
            if key not in known:
                names = ", ".join(known) or "nothing"
                raise self.error(f"'{key}' means nothing here (known: {names})", key)

    def get(self, key: str, check: Check) -> Any:  # noqa: ANN401 - whatever the check returns
        """Return what a check makes of a value; none if the key has no value.

        Raises:
            HouseFileError: the check refuses it.

        """
        if key not in self:
            return None
        try:
            return check(self._content[key])
        except CheckError as err:
            raise self.error(f"{key} should be {err}, not '{self._content[key]}'", key) from err

    def section(self, key: str) -> Section:
        """Return the mapping under a key; an empty one if the key has no value."""
        content = self._content.get(key)
        if content is None:
            return Section(self._path, MarkedDict(self._content.line))
        if not isinstance(content, MarkedDict):
            raise self.error(f"{key} should be a mapping", key)
        return Section(self._path, content)

    def sections(self, key: str) -> Iterator[Section]:
        """Yield the mappings of a list; a plain word stands for ``{name: word}``."""
        content = self._content.get(key)
        if content is None:
            return
        if not isinstance(content, MarkedList):
            raise self.error(f"{key} should be a list", key)
        for item, line in zip(content, content.lines, strict=True):
            yield self._item(key, item, line)

    def _item(self, key: str, item: object, line: int) -> Section:
        if isinstance(item, str):
            named = MarkedDict(line)
            named["name"], named.lines["name"] = item, line
            return Section(self._path, named)
        if not isinstance(item, MarkedDict):
            problem = f"each of the {key} should be a mapping with a name"
            raise HouseFileError(self._path, problem, line)
        return Section(self._path, item)

    def error(self, problem: str, key: str | None = None) -> HouseFileError:
        """Return an error that names the line of a key, or the first line of the mapping."""
        content = self._content
        line = content.line if key is None else content.lines.get(key, content.line)
        return HouseFileError(self._path, problem, line)


def read_sections(
    path: Path, what: str = "houses", holds: str = "a house is a mapping with areas and devices"
) -> Section:
    """Read the mapping that a file holds.

    Args:
        path: the file.
        what: is described by such files.
        holds: what should be in it.

    Raises:
        HouseFileError: the file cannot be read, or holds something else.

    """
    try:
        content = load_marked_yaml(path.read_text(encoding="utf-8"))
    except OSError as err:
        raise HouseFileError(path, f"it cannot be read ({err.strerror})") from err
    except UnicodeDecodeError as err:
        raise HouseFileError(path, "it is not text in UTF-8") from err
    except MarkedYamlError as err:
        raise HouseFileError(path, f"it is no such YAML as {what} use: {err}", err.line) from err
    if not isinstance(content, MarkedDict):
        raise HouseFileError(path, holds, 1)
    return Section(path, content)
