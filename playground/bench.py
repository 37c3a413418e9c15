"""Measure how fast sentences are understood, and what that costs: ``script/bench``.

*Cold* means that the model is loaded and nobody has said anything yet; *warm* that this is the
second sentence; *changed* that a light has been switched since the first. Medians of several runs.
Figures of one machine are no promise for another: compare within one run, on an idle machine.
"""

import argparse
import asyncio
from collections.abc import Callable
import json
import os
from pathlib import Path
import sys

from tqdm import tqdm

from .bench_large import LARGE, against_large
from .bench_load import LOADS, background, under_load
from .bench_lookup import lookup
from .bench_runtime import runtimes
from .bench_settings import settings
from .bench_speed import STATES, speed
from .bench_table import Table, chart

ROOT = Path(__file__).parents[1]
MODEL = ROOT / "custom_components" / "home_llm" / "model" / "home-llm-tiny.gguf"
SIZES = (20, 60, 200)
_FORMATS = 2
_SECONDS = 20
_LARGE_RUNS = 3


async def bench(options: argparse.Namespace, progress: Callable[[], object]) -> list[Table]:
    """Measure everything that was not left out."""
    if options.settings:
        return settings(options.model, options.runs, progress)
    if options.runtime:
        large = not options.without_large
        table = runtimes(options.model, options.runtime, options.runs, progress, large=large)
        return [table]
    if options.lookup:
        return [lookup(options.model, options.runs, progress)]
    tables = await speed(options.model, options.runs, options.sizes, progress)
    tables.append(await background(options.model, options.sizes, options.seconds, progress))
    tables.append(await under_load(options.model, options.runs, progress))
    if not options.without_large:
        runs = min(options.runs, _LARGE_RUNS)
        tables.append(await against_large(options.model, runs, progress))
    return tables


def _steps(options: argparse.Namespace) -> int | None:
    """Return how often progress is told of; nothing if it is not known."""
    if options.settings or options.lookup or options.runtime:
        return None
    runs, sizes = int(options.runs), len(options.sizes)
    large = 0 if options.without_large else len(LARGE) * (min(runs, _LARGE_RUNS) + 1)
    return _FORMATS * (len(STATES) * runs + 1) * sizes + LOADS + large


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    add = parser.add_argument
    add("--model", type=Path, default=MODEL, help="GGUF file (default: ours)")
    add("--runs", type=int, default=9, help="houses for each row (default: 9)")
    add("--sizes", type=int, nargs="+", default=SIZES, help="devices in a house")
    add("--seconds", type=int, default=_SECONDS, help="how long a sensor keeps changing")
    add("--without-large", action="store_true", help="leave the two large models out (2.3 GB)")
    add("--settings", action="store_true", help="settings of llama.cpp, and nothing else")
    add("--lookup", action="store_true", help="whether prompt lookup would gain, nothing else")
    add("--runtime", type=Path, metavar="FOLDER", help="another llama-cpp-python, nothing else")
    add("--json", type=Path, help="also write the figures to this file")
    add("--chart", type=Path, help="also draw them, as SVG, into this file")
    return parser


def main() -> int:
    """Read the command line, measure and print."""
    options = _parser().parse_args()
    if not options.model.is_file():
        sys.stderr.write(f"{options.model}: there is no such model file.\n")
        return 2
    if options.runs < 1 or options.seconds < 1 or min(options.sizes) < 1:
        sys.stderr.write("--runs, --seconds and --sizes: one at least.\n")
        return 2
    if options.runtime and not (options.runtime / "llama_cpp").is_dir():
        sys.stderr.write(f"{options.runtime}: there is no llama_cpp in it.\n")
        return 2
    load = os.getloadavg()[0]
    with tqdm(total=_steps(options), unit=" steps") as bar:
        tables = asyncio.run(bench(options, bar.update))
    cores = os.process_cpu_count() or 1
    machine = f"{cores} cores, load {load:.1f} at the start (idle: below 0.5)"
    sys.stdout.write("\n".join(table.text for table in tables) + f"\n{machine}\n")
    if options.json:
        found = {table.title: list(table.rows) for table in tables}
        options.json.write_text(json.dumps({"machine": machine, **found}, indent=1) + "\n")
    if options.chart:
        options.chart.write_text(chart(tables), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
