"""Measure how fast the shipped model understands, through the engine's worker: ``script/bench``.

Houses come from the generator's test split. *Cold* means that the model is loaded and nobody has
said anything yet; *warm* that this is the second sentence; *changed* that a light has been switched
since the first. What is done with a sentence before the model reads it is included. Figures of one
machine are no promise for another: compare within one run.
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
from home_llm_core.actions import ACTIONS
from home_llm_core.calls import Call
from home_llm_core.chat import Message
from home_llm_core.formats import get_format
from home_llm_core.home import Home
from home_llm_engine.client import Engine, EngineSettings
from home_llm_engine.reply import Piece, Segments, Stats

ROOT = Path(__file__).parents[1]
MODEL = ROOT / "custom_components" / "home_llm" / "model" / "home-llm-tiny.gguf"
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
        total_ms: time from hearing the sentence to the end of the reply.

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


def switched(home: Home) -> Home:
    """Return the home after a light, or whatever comes first, has been switched."""
    lights = [e for e in home.entities if e.domain == "light" and e.available] or home.entities
    one = lights[0]
    changed = replace(one, state="off" if one.state == "on" else "on", attributes={})
    entities = tuple(changed if entity is one else entity for entity in home.entities)
    order = [entity.entity_id for entity in home.by_last_change if entity is not one]
    return replace(home, entities=entities, last_changed=(*order, one.entity_id))


class Listener:
    """A model in its worker, with the format and the actions that its file names."""

    def __init__(self, model: Path) -> None:
        """Start nothing yet."""
        self._engine = Engine(EngineSettings(path=str(model)))

    async def start(self) -> None:
        """Load the model."""
        fields = (await self._engine.start()).metadata
        self._format = get_format(fields["home_llm.format"])
        domains = fields["home_llm.domains"].split(",")
        self._allowed = frozenset(n for n, action in ACTIONS.items() if action.domain in domains)

    async def prepare(self, home: Home) -> None:
        """Evaluate what all prompts about a home begin with, if there is anything."""
        if said := self._format.system(home, self._allowed):
            await self._engine.prepare(self._prompt(Message(role="system", content=said))[:-2])

    async def ask(self, home: Home, sentence: str) -> Measured:
        """Hear one sentence, and measure all that is done until its reply is over."""
        first_call: float | None = None
        started = time.perf_counter()
        heard = self._format.hear(sentence, home, None, self._allowed)
        system = Message(role="system", content=self._format.system(home, self._allowed))
        grammar, parser = heard.grammar, heard.parser()
        reply = self._engine.generate(
            self._prompt(system, Message(role="user", content=heard.message)),
            grammar=grammar.to_dict() if grammar else None,
            grammar_id=grammar.digest if grammar else None,
            words=heard.words,
        )
        async with aclosing(reply):
            async for event in reply:
                now = (time.perf_counter() - started) * 1000
                if not isinstance(event, Piece):
                    return Measured(
                        stats=event.stats, first_call_ms=first_call or now, total_ms=now
                    )
                if any(isinstance(part, Call) for part in parser.feed(event.text)):
                    first_call = first_call or now
        message = "the engine ended a reply without its figures"
        raise RuntimeError(message)

    async def close(self) -> None:
        """End the worker."""
        await self._engine.close()

    def _prompt(self, *turns: Message) -> Segments:
        return [(part.text, part.markup) for part in self._format.prompt(turns)]


async def measure(listener: Listener, home: Home, state: str) -> Measured:
    """Bring the engine into a state and ask for a light."""
    lights = [entity for entity in home.entities if entity.domain == "light"]
    sentence = f"turn on the {lights[0].name}" if lights else "turn everything off"
    if state != "cold":
        await listener.prepare(home)
        await listener.ask(home, "turn everything on")
    return await listener.ask(switched(home) if state == "changed" else home, sentence)


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
    rows = []
    with tqdm(total=3 * runs * len(sizes), unit=" requests") as bar:
        for size in sizes:
            homes = [house(size, number) for number in range(runs)]
            for state in ("cold", "warm", "changed"):
                found = []
                for home in homes:
                    listener = Listener(model)
                    try:
                        await listener.start()
                        found.append(await measure(listener, home, state))
                    finally:
                        await listener.close()
                    bar.update()
                rows.append(summary(size, state, found))
    return rows


def house(size: int, number: int) -> Home:
    """Return a house of the test split with ``size`` devices; the same number, the same house."""
    rng = random.Random(f"bench {number}")  # noqa: S311
    return build("en", "test", rng, (size, size), ("light", "fan", "switch")).home


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
