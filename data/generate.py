"""Write a training set: one JSON line per house, with its requests and what is right.

The same seed gives the same bytes, whatever the number of workers.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
import json
from pathlib import Path
import random
import sys

from tqdm import tqdm

from home_llm_core.kinds import DOMAINS

from .builders import build
from .outputs import NAMES, output
from .records import record
from .requests import KINDS, requests
from .splits import SPLITS

_CHUNK = 32


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to write.

    Args:
        split: whose names and patterns to use.
        homes: how many houses.
        seed: where chance begins.
        out: the file.
        language: the code of the language.
        size: the smallest and the largest number of devices, or none for a natural mixture.
        domains: the domains of the devices.
        requests: the smallest and the largest number of requests in a house.
        emphasis: how many times as often some kinds of request come; others keep to 1.
        workers: how many processes.
        format: the format of the lines.
        speech: whether replies are wanted that take a look at the home.

    """

    split: str
    homes: int
    seed: int
    out: Path
    language: str
    size: tuple[int, int] | None
    domains: tuple[str, ...]
    requests: tuple[int, int]
    emphasis: Mapping[str, float]
    workers: int
    format: str = NAMES[0]
    speech: bool = False


@dataclass(frozen=True, kw_only=True)
class Written:
    """What is written of one house.

    Args:
        text: its lines.
        asked: how many requests were to be expressed in another format.
        left_out: how many of these it has no words for, by what is missing.

    """

    text: str
    asked: int
    left_out: Counter[str]


def written(number: int, options: Options) -> Written:
    """Return the lines of one house; they depend on nothing but its number and the options."""
    rng = random.Random(f"{options.seed} {options.split} {number}")
    count = rng.randint(*options.requests)
    while True:
        house = build(options.language, options.split, rng, options.size, options.domains)
        made = requests(house, rng, count, options.emphasis)
        if house.home.entities and len(made) >= min(count, options.requests[0]):
            break
    line = record(house, made, number + 1, speech=options.speech)
    made_of_it = output(house, line, options.format)
    text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in made_of_it.lines)
    return Written(text=text, asked=made_of_it.asked, left_out=made_of_it.left_out)


def houses(options: Options) -> Iterator[Written]:
    """Yield what is written of all houses in order."""
    if options.workers < 2:  # noqa: PLR2004
        yield from (written(number, options) for number in range(options.homes))
        return
    with ProcessPoolExecutor(options.workers) as pool:
        yield from pool.map(written, range(options.homes), repeat(options), chunksize=_CHUNK)


def write(options: Options) -> None:
    """Write the file, with a progress bar, and tell what could not be expressed."""
    options.out.parent.mkdir(parents=True, exist_ok=True)
    asked, left_out = 0, Counter[str]()
    with options.out.open("w", encoding="utf-8", newline="\n") as out:
        made = tqdm(houses(options), total=options.homes, unit=" homes", desc=options.split)
        for house in made:
            out.write(house.text)
            asked += house.asked
            left_out.update(house.left_out)
    if asked:
        print(told(options.format, asked, left_out), file=sys.stderr)  # noqa: T201


def told(name: str, asked: int, left_out: Counter[str]) -> str:
    """Return how many requests a format has no words for, and what is missing."""
    reasons = "".join(f"\n{count:8}  {missing}" for missing, count in left_out.most_common())
    return f"{name}: {left_out.total()} of {asked} requests are left out, for want of:{reasons}"


def parse(arguments: list[str] | None = None) -> Options:
    """Return the options of a command line."""
    parser = argparse.ArgumentParser(
        prog="python -m data.generate",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument(
        "--split", choices=SPLITS, default="train", help="whose names and patterns to use"
    )
    parser.add_argument("--homes", type=int, default=1000, help="how many houses (default: 1000)")
    parser.add_argument("--seed", type=int, default=0, help="where chance begins (default: 0)")
    parser.add_argument("--out", type=Path, required=True, help="the JSONL file to write")
    parser.add_argument("--language", default="en", help="the language's code (default: en)")
    parser.add_argument(
        "--min-devices", type=int, help="smallest house (default: a natural mixture)"
    )
    parser.add_argument(
        "--max-devices", type=int, help="largest house (default: a natural mixture)"
    )
    parser.add_argument(
        "--domains",
        nargs="+",
        choices=DOMAINS,
        default=DOMAINS,
        metavar="DOMAIN",
        help=f"domains of the devices (default: all of {', '.join(DOMAINS)})",
    )
    parser.add_argument("--min-requests", type=int, default=4, help="fewest requests in a house")
    parser.add_argument("--max-requests", type=int, default=14, help="most requests in a house")
    parser.add_argument(
        "--emphasis",
        nargs="+",
        type=_kind_and_factor,
        default=[],
        metavar="KIND=FACTOR",
        help="kinds of request that come more often (2) or less often (0.5) than they otherwise do",
    )
    parser.add_argument("--workers", type=int, default=2, help="processes (default: 2)")
    parser.add_argument(
        "--format",
        choices=NAMES,
        default=NAMES[0],
        help=f"the format of the lines (default: {NAMES[0]}); requests that it has no words for\n"
        "are left out and counted",
    )
    parser.add_argument(
        "--speech",
        action="store_true",
        help="put replies into all records, also where they take a look at the home",
    )
    given = parser.parse_args(arguments)
    size = None
    if given.min_devices is not None or given.max_devices is not None:
        low = given.min_devices or 1
        size = (low, max(low, given.max_devices or 110))
    return Options(
        split=given.split,
        homes=given.homes,
        seed=given.seed,
        out=given.out,
        language=given.language,
        size=size,
        domains=tuple(given.domains),
        requests=(given.min_requests, given.max_requests),
        emphasis=dict(given.emphasis),
        workers=given.workers,
        format=given.format,
        speech=given.speech,
    )


def _kind_and_factor(text: str) -> tuple[str, float]:
    kind, _, factor = text.partition("=")
    if kind not in KINDS:
        raise argparse.ArgumentTypeError(f"{kind!r} is no kind; known are {', '.join(KINDS)}")
    try:
        return kind, float(factor)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r}: a kind is followed by = and a number"
        ) from None


if __name__ == "__main__":
    write(parse())
