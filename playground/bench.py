"""Measure how fast the shipped model understands, through the engine's worker: ``script/bench``.

Houses come from the generator's test split. *Cold* means that the model is loaded and nothing is
evaluated; *warm* that the home was read before somebody speaks; *changed* that a light has been
switched since then. Figures of one machine are no promise for another: compare within one run.
"""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
import json
from pathlib import Path
import random
import statistics
import sys
import time

from tqdm import tqdm

from data.builders import build
from home_llm_core.calls import Call
from home_llm_core.chat import Message
from home_llm_core.formats import get_format
from home_llm_core.home import Home
from home_llm_engine.client import Engine, EngineSettings
from home_llm_engine.reply import GrammarData, Piece, Segments, Stats

ROOT = Path(__file__).parents[1]
MODEL = ROOT / "custom_components" / "home_llm" / "model" / "home-llm-tiny.gguf"
FORMAT = get_format("tiny-2")
"""Of the model that ships."""

SIZES = (20, 60, 200)
_COLUMNS = (
    "entities",
    "state",
    "prompt tokens",
    "evaluated",
    "first call ms",
    "total ms",
    "ours %",
)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One request.

    Args:
        stats: what the engine counted.
        first_call_ms: time until the first call could run; the whole time if there was none.
        total_ms: time from sending the request to the end of the reply.

    """

    stats: Stats
    first_call_ms: float
    total_ms: float


@dataclass(frozen=True, kw_only=True)
class Row:
    """The medians of several requests.

    Args:
        entities: devices in the house.
        state: ``cold``, ``warm`` or ``changed``.
        prompt_tokens: tokens of the prompt.
        evaluated_tokens: those of them that were not in the cache.
        first_call_ms: as in ``Measured``.
        total_ms: as in ``Measured``.
        overhead: the share of the total that llama.cpp did not spend evaluating tokens, 0-1.

    """

    entities: int
    state: str
    prompt_tokens: float
    evaluated_tokens: float
    first_call_ms: float
    total_ms: float
    overhead: float

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        return (
            str(self.entities),
            self.state,
            f"{self.prompt_tokens:.0f}",
            f"{self.evaluated_tokens:.0f}",
            f"{self.first_call_ms:.1f}",
            f"{self.total_ms:.1f}",
            f"{100 * self.overhead:.0f}",
        )


def segments(home: Home, sentence: str | None) -> Segments:
    """Return the prompt for a sentence, or what all prompts about the home begin with."""
    turns = [Message(role="system", content=FORMAT.system(home))]
    if sentence is None:
        # Up to the opening of the assistant's turn, which only follows a sentence.
        return [(part.text, part.markup) for part in FORMAT.prompt(turns)[:-2]]
    turns.append(Message(role="user", content=FORMAT.user(sentence, home)))
    return [(part.text, part.markup) for part in FORMAT.prompt(turns)]


def switched(home: Home) -> Home:
    """Return the home after a light, or whatever comes first, has been switched."""
    lights = [e for e in home.entities if e.domain == "light" and e.available] or home.entities
    one = lights[0]
    changed = replace(one, state="off" if one.state == "on" else "on", attributes={})
    entities = tuple(changed if entity is one else entity for entity in home.entities)
    order = [entity.entity_id for entity in home.by_last_change if entity is not one]
    return replace(home, entities=entities, last_changed=(*order, one.entity_id))


async def ask(engine: Engine, home: Home, sentence: str) -> Measured:
    """Send one sentence and measure its reply."""
    grammar = FORMAT.grammar(home)
    data: GrammarData | None = grammar.to_dict() if grammar else None
    parser = FORMAT.parser()
    first_call: float | None = None
    started = time.perf_counter()
    reply = engine.generate(
        segments(home, sentence), grammar=data, grammar_id=grammar.digest if grammar else None
    )
    async with aclosing(reply):
        async for event in reply:
            if not isinstance(event, Piece):
                total = (time.perf_counter() - started) * 1000
                return Measured(
                    stats=event.stats, first_call_ms=first_call or total, total_ms=total
                )
            if any(isinstance(part, Call) for part in parser.feed(event.text)) and not first_call:
                first_call = (time.perf_counter() - started) * 1000
    message = "the engine ended a reply without its figures"
    raise RuntimeError(message)


async def measure(engine: Engine, home: Home, state: str) -> Measured:
    """Bring the engine into a state and ask for a light."""
    grammar = FORMAT.grammar(home)
    if grammar is None:
        message = "the benchmark needs a format with a grammar"
        raise RuntimeError(message)
    bounds = {"grammar": grammar.to_dict(), "grammar_id": grammar.digest}
    # Another home's prompt drives this one out of the cache; the grammar stays compiled.
    await engine.prepare(segments(Home(), None), **bounds)  # type: ignore[arg-type]
    if state != "cold":
        await engine.prepare(segments(home, None))
    lights = [entity for entity in home.entities if entity.domain == "light"]
    sentence = f"turn on the {lights[0].name}" if lights else "turn everything off"
    return await ask(engine, switched(home) if state == "changed" else home, sentence)


def summary(size: int, state: str, found: Sequence[Measured]) -> Row:
    """Return the medians."""

    def median(values: Sequence[float]) -> float:
        return statistics.median(values)

    return Row(
        entities=size,
        state=state,
        prompt_tokens=median([m.stats.prompt_tokens for m in found]),
        evaluated_tokens=median([m.stats.evaluated_tokens for m in found]),
        first_call_ms=median([m.first_call_ms for m in found]),
        total_ms=median([m.total_ms for m in found]),
        overhead=median([1 - m.stats.native_ms / m.total_ms for m in found]),
    )


async def bench(model: Path, runs: int, sizes: Sequence[int]) -> list[Row]:
    """Measure all sizes and states, each in ``runs`` houses."""
    engine = Engine(EngineSettings(path=str(model)))
    rows = []
    try:
        with tqdm(total=3 * runs * len(sizes), unit=" requests") as bar:
            for size in sizes:
                homes = [house(size, number) for number in range(runs)]
                for state in ("cold", "warm", "changed"):
                    found = []
                    for home in homes:
                        found.append(await measure(engine, home, state))
                        bar.update()
                    rows.append(summary(size, state, found))
    finally:
        await engine.close()
    return rows


def house(size: int, number: int) -> Home:
    """Return a house of the test split with ``size`` devices; the same number, the same house."""
    return build("en", "test", random.Random(f"bench {number}"), (size, size)).home  # noqa: S311


def table(rows: Sequence[Row]) -> str:
    """Return the rows as text, in columns."""
    lines = [_COLUMNS, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_COLUMNS))]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )


def main() -> int:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--model", type=Path, default=MODEL, help="GGUF file (default: ours)")
    parser.add_argument("--runs", type=int, default=9, help="houses for each row (default: 9)")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="devices in a house")
    parser.add_argument("--json", type=Path, help="also write the rows to this file")
    options = parser.parse_args()
    if not options.model.is_file():
        sys.stderr.write(f"{options.model}: there is no such model file.\n")
        return 2
    rows = asyncio.run(bench(options.model, options.runs, options.sizes))
    sys.stdout.write(table(rows) + "\n")
    if options.json:
        options.json.write_text(json.dumps([vars(row) for row in rows], indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
