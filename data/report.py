"""Show what is in training sets: a page with pictures, and a page of random examples to read.

Files are read line by line, so they may be of any length. The same files and seed give the same
pages.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
import random
import sys
from types import ModuleType

from tqdm import tqdm

from home_llm_core.errors import CoreError

from .examples import Drawing, Example, example
from .houses import FORMAT
from .reading import Line, LineError, lines
from .schema import load
from .sources import BankError
from .tallies import Tally, Tokens

_REPORT, _SHEET = "report.html", "sheet.html"
_EXAMPLES = """example:
  python -m data.generate --split train --homes 1000 --out train.jsonl
  python -m data.generate --split test --homes 100 --out test.jsonl
  python -m data.report train.jsonl test.jsonl --out report --examples 300

and then open report/report.html in a browser.
"""


class ReportError(Exception):
    """A report that cannot be made; the message is one sentence for people."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to report on.

    Args:
        files: lines that ``data.generate`` wrote.
        out: the folder for the pages.
        examples: how many examples to draw.
        seed: where chance begins.
        tokenizer: the folder of the tokenizer to count tokens with, if they are to be counted.

    """

    files: list[Path]
    out: Path
    examples: int
    seed: int
    tokenizer: Path | None


def report(options: Options) -> None:
    """Write the two pages.

    Raises:
        ReportError: a package is missing, or a file cannot be read or written.
        LineError: what is read is no training set.
        BankError: there are no banks for its language.

    """
    _package("matplotlib")  # Else one would only hear of it when all is read.
    tally = Tally(tokens=_tokens(options.tokenizer) if options.tokenizer is not None else None)
    drawing = Drawing(options.examples, random.Random(options.seed))
    for path in options.files:
        for line in lines(path):
            _check(line)
            with _blamed_on(line):
                tally.add(line.data)
                drawing.add(line)
    drawn = tqdm(drawing.lines(), desc="examples", unit=" examples")
    _write(options, tally, [_example(line) for line in drawn])


def _check(line: Line) -> None:
    """Check that a line is in our own format and in a language that there are banks for."""
    with _blamed_on(line):
        code, is_own = line.data["language"], line.data["format"] == FORMAT.name
    if not is_own:
        raise line.error()
    load(code)


def _example(line: Line) -> Example:
    with _blamed_on(line):
        return example(line)


@contextmanager
def _blamed_on(line: Line) -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, CoreError) as error:
        raise line.error() from error


def _write(options: Options, tally: Tally, examples: list[Example]) -> None:
    from .pages import report_page, sheet_page  # noqa: PLC0415 - these draw with matplotlib
    from .sections import sections  # noqa: PLC0415

    pages = {
        _REPORT: report_page(tally, list(sections(tally)), _SHEET),
        _SHEET: sheet_page(examples, options.seed),
    }
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        for name, page in pages.items():
            (options.out / name).write_text(page, encoding="utf-8", newline="\n")
    except OSError as error:
        msg = f"{options.out}: {error.strerror}."
        raise ReportError(msg) from error


def _tokens(folder: Path) -> Tokens:
    """Return what counts tokens as a tokenizer does that ``save_pretrained`` saved."""
    file = folder / "tokenizer.json"
    package = _package("tokenizers")
    if not file.is_file():
        msg = f"{file}: there is no such file; training/make_tokenizer.py makes one."
        raise ReportError(msg)
    try:
        tokenizer = package.Tokenizer.from_file(str(file))
    except Exception as error:
        # The package raises nothing more special.
        msg = f"{file}: this is no tokenizer."
        raise ReportError(msg) from error
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def _package(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        msg = f"The package {name} is missing; script/setup --training installs it."
        raise ReportError(msg) from error


def parse(arguments: list[str] | None = None) -> Options:
    """Return the options of a command line."""
    parser = argparse.ArgumentParser(
        prog="python -m data.report",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE.jsonl",
        help=f"what data.generate wrote in its own format ({FORMAT.name})",
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FOLDER",
        help=f"where to write {_REPORT} (pictures) and {_SHEET} (examples)",
    )
    parser.add_argument(
        "--examples",
        type=int,
        default=200,
        metavar="N",
        help="how many random requests to show (default: 200)",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="where chance begins: another seed shows other examples (default: 0)",
    )
    parser.add_argument(
        "--tokenizer",
        type=Path,
        metavar="FOLDER",
        help="also count tokens, with the tokenizer.json in this folder\n"
        "(default: words and characters alone)",
    )
    given = parser.parse_args(arguments)
    if given.examples < 1:
        parser.error("--examples: at least one is needed")
    return Options(**vars(given))


def main(arguments: list[str] | None = None) -> int:
    """Write the report of a command line; return 0 if all is well, else 1."""
    options = parse(arguments)
    try:
        report(options)
    except (ReportError, LineError, BankError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - this is for people
        return 1
    print(f"{options.out / _REPORT} and {_SHEET} are written.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
