"""How fast sentences are understood: cold, warm and after a change, in small and large houses.

*Hearing* is all that is done with a sentence outside the worker: finding what it names, making the
grammar, and the way through the pipes. *Engine* is what the worker does beside llama.cpp's
evaluation, *grammar* a part of that; both are shares of the time in the worker, and so is what raw
llama.cpp is held against.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from home_llm_core.home import Home

from .bench_raw import Raw, Settings, Spent
from .bench_requests import READABLE, READS_HOMES, Listener, Measured, house, sentence, switched
from .bench_table import Cell, Table

STATES = ("cold", "warm", "changed")


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A request, and as many tokens by llama.cpp alone, one right after the other."""

    ours: Measured
    raw: Spent
    memory_mb: float


async def speed(
    model: Path, runs: int, sizes: Sequence[int], progress: Callable[[], object]
) -> list[Table]:
    """Measure the shipped format, and the same weights with one that reads the home."""
    tables = []
    for title, name in (
        ("The model that ships, which reads the sentence alone", ""),
        ("The same weights as a model that reads the home, 24 tokens written", READS_HOMES),
    ):
        rows = []
        for size in fitting(sizes, name):
            found = await _houses(model, name, runs, size, progress)
            rows += [_row(size, state, pairs) for state, pairs in found.items()]
        tables.append(Table(title=title, rows=rows, bar="total ms", names=("entities", "state")))
    return tables


def fitting(sizes: Sequence[int], name: str) -> list[int]:
    """Return sizes of houses that fit into the context of a model with a format."""
    return [min(size, READABLE) if name else size for size in sizes]


async def _houses(
    model: Path, name: str, runs: int, size: int, progress: Callable[[], object]
) -> dict[str, list[Pair]]:
    found: dict[str, list[Pair]] = {state: [] for state in STATES}
    with Raw(model, Settings()) as raw:
        for number in range(runs):
            home = house(size, number)
            async with Listener(model, format_name=name) as listener:
                for state in STATES:
                    found[state].append(_beside(await _one(listener, home, state), raw, listener))
                    progress()
    return found


async def _one(listener: Listener, home: Home, state: str) -> Measured:
    """Bring a worker, just started at first, into a state and ask for a light."""
    if state != "cold":
        await listener.prepare(home)
        await listener.ask(home, "turn everything on")
    if state == "changed":
        home = switched(home)
        # As in Home Assistant, where it happens while nobody speaks.
        await listener.prepare(home)
    return await listener.ask(home, sentence(home))


def _beside(ours: Measured, raw: Raw, listener: Listener) -> Pair:
    stats = ours.stats
    known = min(stats.cached_tokens, stats.prompt_tokens - 1)
    spent = raw.answer(stats.prompt_tokens, stats.generated_tokens, known=known)
    return Pair(ours=ours, raw=spent, memory_mb=listener.memory_mb)


def _row(size: int, state: str, pairs: Sequence[Pair]) -> dict[str, Cell]:
    ours = [pair.ours for pair in pairs]
    stats = [one.stats for one in ours]
    return {
        "entities": size,
        "state": state,
        "prompt tokens": round(median(s.prompt_tokens for s in stats)),
        "evaluated": round(median(s.evaluated_tokens for s in stats)),
        "written": round(median(s.generated_tokens for s in stats)),
        "forced": round(median(s.forced_tokens for s in stats)),
        "first token ms": median(one.first_token_ms for one in ours),
        "first call ms": median(one.first_call_ms for one in ours),
        "total ms": median(one.total_ms for one in ours),
        "of it hearing ms": median(one.total_ms - one.stats.total_ms for one in ours),
        "engine %": 100 * median(1 - s.native_ms / s.total_ms for s in stats),
        "grammar %": 100 * median(s.grammar_ms / s.total_ms for s in stats),
        "x raw llama.cpp": median(p.ours.stats.total_ms / p.raw.total_ms for p in pairs),
        "memory MB": median(pair.memory_mb for pair in pairs),
    }
