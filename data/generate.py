"""Write a training set: one JSON line per house, with its requests and what is right.

The same seed gives the same bytes, whatever the number of workers.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
import gc
from itertools import repeat
import json
from multiprocessing import get_context
from pathlib import Path
import random
import sys
from textwrap import fill
from time import perf_counter

from tqdm import tqdm

from home_llm_core.kinds import DOMAINS

from .builders import build
from .outputs import NAMES, output
from .phrasings import PhrasingsError, phrasings
from .records import record
from .requests import KINDS, Mixture, requests
from .schema import LANGUAGES
from .sources import BankError, uncollected
from .splits import SPLITS

INTENTS = 0.1
"""The share of requests in the words of Home Assistant's own sentences, if none is given."""

_CHUNK = 8
_MOST = 110
"""Devices of the largest houses, if nothing else is asked for."""

_EXAMPLES = """examples:
  python -m data.generate --split train --homes 40000 --seed 1 --workers 8 --out train.jsonl
  python -m data.generate --split test --homes 400 --seed 1 --language zh-Hans --out test.jsonl
  python -m data.generate --homes 2000 --emphasis several=2 condition=1.5 --max-devices 20 \\
      --format home-llm-3 --out home_llm.jsonl
"""
_FORK = "fork" if sys.platform == "linux" else None
"""How workers are started; elsewhere as Python likes it."""


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
        mixture: how often what comes among the requests.
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
    mixture: Mixture
    workers: int
    format: str = NAMES[0]
    speech: bool = False


@dataclass(frozen=True, kw_only=True)
class Written:
    """What is written of one house.

    Args:
        text: its lines.
        requests: how many requests are in them.
        asked: how many requests were to be expressed in another format.
        left_out: how many of these it has no words for, by what is missing.

    """

    text: str
    requests: int
    asked: int
    left_out: Counter[str]


def written(number: int, options: Options) -> Written:
    """Return the lines of one house; they depend on nothing but its number and the options."""
    rng = random.Random(f"{options.seed} {options.split} {number}")
    count = rng.randint(*options.requests)
    while True:
        house = build(options.language, options.split, rng, options.size, options.domains)
        made = requests(house, rng, count, options.mixture)
        if house.home.entities and len(made) >= min(count, options.requests[0]):
            break
    line = record(house, made, number + 1, speech=options.speech)
    made_of_it = output(house, line, options.format)
    text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in made_of_it.lines)
    return Written(
        text=text, requests=len(made), asked=made_of_it.asked, left_out=made_of_it.left_out
    )


def houses(options: Options) -> Iterator[Written]:
    """Yield what is written of all houses in order."""
    _read_banks(options)
    if options.workers < 2:  # noqa: PLR2004
        yield from (written(number, options) for number in range(options.homes))
        return
    with ProcessPoolExecutor(options.workers, mp_context=get_context(_FORK)) as pool:
        yield from pool.map(written, range(options.homes), repeat(options), chunksize=_CHUNK)


def _read_banks(options: Options) -> None:
    """Read what all houses are made of, once for all workers, which are forked with it."""
    with uncollected():
        if options.mixture.intents:
            phrasings(options.language, options.split)
        written(0, options)
    gc.freeze()  # It stays, so the garbage collector need not look through it.


def write(options: Options) -> None:
    """Write the file, with a progress bar, and tell what could not be expressed.

    Raises:
        BankError: a file of the banks breaks its schema.
        PhrasingsError: Home Assistant's sentences are wanted and not to be had.

    """
    options.out.parent.mkdir(parents=True, exist_ok=True)
    asked, count, left_out = 0, 0, Counter[str]()
    tqdm.monitor_interval = 0  # Its thread must not run while workers are forked.
    start = perf_counter()
    with (
        options.out.open("w", encoding="utf-8", newline="\n") as out,
        tqdm(total=options.homes, unit=" homes", desc=options.split) as progress,
    ):
        for house in houses(options):
            out.write(house.text)
            asked += house.asked
            left_out.update(house.left_out)
            count += house.requests
            pace = count / (perf_counter() - start)
            progress.set_postfix_str(f"{pace:.0f} requests/s", refresh=False)
            progress.update()
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
        epilog=_EXAMPLES,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    _add_set(parser)
    _add_houses(parser)
    _add_lines(parser)
    given = parser.parse_args(arguments)
    fewest, most = given.min_devices or 1, given.max_devices or max(_MOST, given.min_devices or 1)
    if min(given.homes, given.workers, fewest, given.min_requests) < 1:
        parser.error("homes, workers, devices and requests are counted from 1")
    if fewest > most or given.min_requests > given.max_requests:
        parser.error("the fewest devices or requests are more than the most")
    is_natural = given.min_devices is None and given.max_devices is None
    return Options(
        split=given.split,
        homes=given.homes,
        seed=given.seed,
        out=given.out,
        language=given.language,
        size=None if is_natural else (fewest, most),
        domains=tuple(given.domains),
        requests=(given.min_requests, given.max_requests),
        mixture=Mixture(emphasis=dict(given.emphasis), intents=given.intents, noise=given.noise),
        workers=given.workers,
        format=given.format,
        speech=given.speech,
    )


def _add_set(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--out", type=Path, required=True, metavar="FILE", help="the JSONL file to write")
    add(
        "--split",
        choices=SPLITS,
        default=SPLITS[0],
        help="whose names and patterns to use; two splits share neither (default: train)",
    )
    add("--homes", type=int, default=1000, metavar="N", help="how many houses (default: 1000)")
    add(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="where chance begins: another seed gives other houses (default: 0)",
    )
    known = sorted(path.name for path in LANGUAGES.iterdir() if path.is_dir())
    add("--language", choices=known, default="en", help="the language (default: en)")
    add("--workers", type=int, default=2, metavar="N", help="processes (default: 2)")


def _add_houses(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    natural = "(default: mostly small houses,\nsome with more than a hundred devices)"
    add("--min-devices", type=int, metavar="N", help=f"fewest devices in a house {natural}")
    add("--max-devices", type=int, metavar="N", help=f"most devices in a house {natural}")
    add(
        "--domains",
        nargs="+",
        choices=DOMAINS,
        default=DOMAINS,
        metavar="DOMAIN",
        help=f"domains of the devices (default: all of these)\n{_listed(DOMAINS)}",
    )
    few, many = "fewest requests in a house (default: 4)", "most requests in a house (default: 14)"
    add("--min-requests", type=int, default=4, metavar="N", help=few)
    add("--max-requests", type=int, default=14, metavar="N", help=many)
    add(
        "--emphasis",
        nargs="+",
        type=_kind_and_factor,
        default=[],
        metavar="KIND=FACTOR",
        help="kinds of request that come more often (several=2) or less often (several=0.5)\n"
        f"than they otherwise do (default: none); the kinds are\n{_listed(KINDS)}",
    )
    add(
        "--intents",
        type=_share,
        default=INTENTS,
        metavar="SHARE",
        help="how much is said in the words of Home Assistant's own sentences, which the package\n"
        f"home-assistant-intents brings, from 0 to 1 (default: {INTENTS})",
    )
    add(
        "--noise",
        type=_share,
        default=1.0,
        metavar="SHARE",
        help="how many requests may have a courtesy, a filler, a slip or a misspelling,\n"
        "from 0 to 1 (default: 1)",
    )


def _add_lines(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--format",
        choices=NAMES,
        default=NAMES[0],
        help=f"the format of the lines (default: {NAMES[0]}, our own); requests that another one\n"
        "has no words for are left out and counted",
    )
    add(
        "--speech",
        action="store_true",
        help="put the home's reply into all records, also where it takes a look at the home\n"
        "(default: only where the sentence alone tells it)",
    )


def _listed(words: Iterable[str]) -> str:
    return fill(", ".join(words), 80, break_on_hyphens=False)


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


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to 1")
    return share


def main(arguments: list[str] | None = None) -> int:
    """Write the set of a command line; return 0 if all is well, else 1."""
    options = parse(arguments)
    try:
        write(options)
    except OSError as error:
        print(f"{options.out}: {error.strerror}.", file=sys.stderr)  # noqa: T201
        return 1
    except (BankError, PhrasingsError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
