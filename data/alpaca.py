"""Write Alpaca records for the Home-LLM models: instruction, input and output.

The instruction is the system prompt with the list of devices, the input the request, the output the
reply with its calls. What was said before stands in "history", as pairs of a request and a reply.
A file of general Alpaca records can be merged in. The same files and seed give the same bytes.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
import json
from pathlib import Path
import random
import sys
from typing import Any

from home_llm_core.errors import CoreError

from .conversations import Output
from .generate import told
from .home_llm import NAMES, home_llm
from .houses import FORMAT
from .remembered import house_of
from .sources import BankError

_FIELDS = ("instruction", "input", "output")
_FORMAT = "home-llm-3"
_DEFAULT = Path("data/home_assistant_alpaca_merged_train.json")
_EXAMPLE = """example:
  python -m data.generate --homes 4000 --format home-llm-3 --out home_llm.jsonl
  python -m data.alpaca --train home_llm.jsonl --merge alpaca.json --out alpaca_merged.json
"""


class AlpacaError(Exception):
    """A file that no records can be made of; the message is one sentence for people."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to write.

    Args:
        train: lines that ``data.generate`` wrote.
        out: the file to write.
        merge: a file of general Alpaca records, if any.
        seed: where chance begins.
        format: the format that lines of our own format are turned into.

    """

    train: Path
    out: Path
    merge: Path | None
    seed: int
    format: str


def records(options: Options) -> tuple[list[Mapping[str, Any]], Output]:
    """Return all records in the order in which they are written, and what was left out.

    Raises:
        AlpacaError: a file cannot be used.

    """
    asked, left_out = 0, Counter[str]()
    found: list[Mapping[str, Any]] = []
    for line in _lines(options.train, options.format):
        asked += line.asked
        left_out += line.left_out
        found += line.lines
    found += _general(options.merge) if options.merge is not None else []
    random.Random(options.seed).shuffle(found)
    return found, Output(lines=(), asked=asked, left_out=left_out)


def _lines(path: Path, name: str) -> Iterator[Output]:
    """Yield what the lines of a training set come to."""
    texts = _read(path).splitlines()
    if not texts:
        msg = f"{path}: the file is empty."
        raise AlpacaError(msg)
    for number, text in enumerate(texts, start=1):
        try:
            yield _line(json.loads(text), name)
        except (ValueError, KeyError, TypeError, AttributeError, CoreError, BankError) as error:
            msg = f"{path}:{number}: this is no line of a training set that data.generate wrote."
            raise AlpacaError(msg) from error


def _line(line: Mapping[str, Any], name: str) -> Output:
    """Return a line as records, with what was left out."""
    if line["format"] == FORMAT.name:
        made = home_llm(house_of(line), line, name)
    elif line["format"] in NAMES:
        made = Output(lines=(line,), left_out=Counter())
    else:
        msg = f"the format {line['format']!r} is not known"
        raise ValueError(msg)
    requests = (request for house in made.lines for request in house["requests"])
    return replace(made, lines=tuple(_record(request["messages"]) for request in requests))


def _record(messages: list[Mapping[str, str]]) -> Mapping[str, Any]:
    """Return the last request of a conversation, with what was said before it."""
    system, *said = (message["content"] for message in messages)
    *before, request, reply = said
    record = {"instruction": system, "input": request, "output": reply}
    pairs = [list(pair) for pair in zip(before[::2], before[1::2], strict=True)]
    return record | ({"history": pairs} if pairs else {})


def _general(path: Path) -> list[Mapping[str, Any]]:
    """Return the records of a general Alpaca file."""
    try:
        found = json.loads(_read(path))
    except ValueError as error:
        msg = f"{path}: this is not JSON."
        raise AlpacaError(msg) from error
    if not isinstance(found, list) or not all(map(_is_record, found)):
        msg = f"{path}: this is no list of records with an instruction, an input and an output."
        raise AlpacaError(msg)
    return [{"input": ""} | each for each in found]


def _is_record(data: object) -> bool:
    if not isinstance(data, dict):
        return False
    texts = {"input": ""} | data
    return all(isinstance(texts.get(field), str) for field in _FIELDS)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        msg = f"{path}: {error.strerror}."
        raise AlpacaError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path}: this is no text in UTF-8."
        raise AlpacaError(msg) from error


def write(options: Options) -> None:
    """Write the file, one record a line, and tell what was left out.

    Raises:
        AlpacaError: a file cannot be used.

    """
    found, left = records(options)
    lines = ",\n".join(json.dumps(record, ensure_ascii=False) for record in found)
    try:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(f"[\n{lines}\n]\n", encoding="utf-8", newline="\n")
    except OSError as error:
        msg = f"{options.out}: {error.strerror}."
        raise AlpacaError(msg) from error
    if left.asked:
        print(told(options.format, left.asked, left.left_out), file=sys.stderr)  # noqa: T201


def parse(arguments: list[str] | None = None) -> Options:
    """Return the options of a command line."""
    parser = argparse.ArgumentParser(
        prog="python -m data.alpaca",
        description=__doc__,
        epilog=_EXAMPLE,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--train",
        type=Path,
        required=True,
        metavar="FILE.jsonl",
        help=f"what data.generate wrote in {FORMAT.name}, {' or '.join(NAMES)}",
    )
    add(
        "--out",
        type=Path,
        default=_DEFAULT,
        metavar="FILE.json",
        help=f"the file to write\n(default: {_DEFAULT})",
    )
    add(
        "--merge",
        type=Path,
        metavar="FILE.json",
        help="a list of general Alpaca records to mix in (default: none)",
    )
    add(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="where chance begins: another seed gives another order (default: 0)",
    )
    add(
        "--format",
        choices=NAMES,
        default=_FORMAT,
        help=f"what lines in {FORMAT.name} are turned into (default: {_FORMAT})",
    )
    return Options(**vars(parser.parse_args(arguments)))


def main(arguments: list[str] | None = None) -> int:
    """Write the file of a command line; return 0 if all is well, else 1."""
    try:
        write(parse(arguments))
    except AlpacaError as error:
        print(error, file=sys.stderr)  # noqa: T201 - this is for people
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
