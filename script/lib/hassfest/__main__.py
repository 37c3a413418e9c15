"""Checks an integration as Home Assistant's hassfest does, which comes with its source only.

Usage: ``python -m script.lib.hassfest FOLDER``. Each finding is a sentence; the exit code is 1 if
there is any.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
import sys

from . import manifest, quality, strings
from .actions import action_findings, icon_findings
from .files import FindingError

_CHECKS: Mapping[str, Callable[[Path], Iterator[str]]] = {
    "manifest.json": manifest.findings,
    "translations": strings.findings,
    "services.yaml": action_findings,
    "icons.json": icon_findings,
    "quality_scale.yaml": quality.findings,
}


def sentences(folder: Path) -> Iterator[str]:
    """Yield what is wrong with an integration."""
    for name, findings in _CHECKS.items():
        try:
            yield from (f"{name}: {finding}." for finding in findings(folder))
        except FindingError as err:
            yield f"{name}: {err}."


def main(arguments: list[str]) -> int:
    """Print what is wrong, and return the exit code."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.stderr.write("usage: python -m script.lib.hassfest FOLDER\n")
        return 2
    found = list(sentences(Path(arguments[0]).resolve()))
    sys.stdout.writelines(f"{sentence}\n" for sentence in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
