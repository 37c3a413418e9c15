"""Check training sets: every label, every reply, and that splits have nothing in common.

Give all files of a set at once: what two splits have in common can only be seen in both.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
import json
from pathlib import Path
import sys

from tqdm import tqdm

from .checks import check
from .houses import FORMAT
from .separation import Separation

_SHOWN = 50
_EXAMPLE = """example:
  python -m data.validate train.jsonl validation.jsonl test.jsonl

It prints how many requests of each kind there are, then what is wrong (at most 50 things),
and ends with status 0 if nothing is.
"""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was found.

    Args:
        homes: how many homes were read.
        kinds: how many requests of each kind.
        problems: what is wrong, as ``file:line: …``.

    """

    homes: int
    kinds: Counter[str]
    problems: tuple[str, ...]


def validate(paths: list[Path]) -> Report:
    """Check JSONL files of training data, of one split or of several."""
    separation = Separation()
    kinds: Counter[str] = Counter()
    problems: list[str] = []
    homes = 0
    for path in paths:
        for number, text in _lines(path):
            homes += 1
            try:
                line = json.loads(text)
                found = [*check(line), *separation.add(line)]
                kinds.update(request["record"]["kind"] for request in line["requests"])
            except (ValueError, KeyError, TypeError) as err:
                found = [f"this is no line of a training set: {err!r}"]
            problems += [f"{path}:{number}: {problem}" for problem in found]
    return Report(homes=homes, kinds=kinds, problems=tuple(problems))


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as stream:
        yield from enumerate(tqdm(stream, unit=" homes", desc=path.name), start=1)


def main(arguments: list[str] | None = None) -> int:
    """Check the files of a command line; return 0 if all is well, else 1."""
    parser = argparse.ArgumentParser(
        prog="python -m data.validate",
        description=__doc__,
        epilog=_EXAMPLE,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE.jsonl",
        help=f"what data.generate wrote in its own format ({FORMAT.name})",
    )
    given = parser.parse_args(arguments)
    try:
        report = validate(given.files)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}.", file=sys.stderr)  # noqa: T201
        return 1
    total = report.kinds.total()
    for kind, count in report.kinds.most_common():
        print(f"{kind:16}{count:8}{count / total:8.1%}")  # noqa: T201 - this is what it is for
    print(f"{report.homes} homes, {total} requests, {len(report.problems)} problems")  # noqa: T201
    for problem in report.problems[:_SHOWN]:
        print(problem, file=sys.stderr)  # noqa: T201
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
