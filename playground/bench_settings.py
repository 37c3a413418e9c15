"""Settings of llama.cpp, one changed at a time: ``script/bench --settings``."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path
from statistics import median
from types import MappingProxyType

from .bench_load import busy
from .bench_raw import Raw, Settings, Spent
from .bench_table import Cell, Table

_OURS = Settings(threads=1, flash=False, batch=128)
"""As ``engine.cache`` has them."""

_TRIED: Mapping[str, Settings] = MappingProxyType(
    {
        "as we have them": _OURS,
        "2 threads": replace(_OURS, threads=2),
        "flash attention": replace(_OURS, flash=True),
        "flash attention, KV q8_0": replace(_OURS, flash=True, kv_type="q8_0"),
        "batches of 32": replace(_OURS, batch=32),
        "batches of 512": replace(_OURS, batch=512),
        "2 threads, batches of 512": replace(_OURS, threads=2, batch=512),
    }
)
_PROMPTS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"a sentence": (8, 20), "a home": (800, 20)}
)
"""Tokens of the prompt, and of the reply."""


def settings(model: Path, runs: int, progress: Callable[[], object]) -> list[Table]:
    """Measure each setting on an idle machine and on a busy one, taking turns."""
    tables = []
    with ExitStack() as stack:
        raws = {name: stack.enter_context(Raw(model, tried)) for name, tried in _TRIED.items()}
        for state, load in (("idle", nullcontext), ("busy", busy)):
            with load():
                rows = _rows(raws, runs, progress)
            title = f"Settings of llama.cpp, {state}: times, and as multiples of ours"
            names = ("prompt", "settings")
            tables.append(Table(title=title, rows=rows, bar="x write", names=names))
    return tables


def _rows(
    raws: Mapping[str, Raw], runs: int, progress: Callable[[], object]
) -> list[dict[str, Cell]]:
    rows = []
    for prompt, (read, written) in _PROMPTS.items():
        spent: dict[str, list[Spent]] = {name: [] for name in raws}
        # The first time is not counted.
        for _ in range(runs + 1):
            for name, raw in raws.items():
                spent[name].append(raw.answer(read, written))
            progress()
        found = {name: _median(each[1:]) for name, each in spent.items()}
        ours = next(iter(found.values()))
        rows += [_row(name, prompt, one, ours) for name, one in found.items()]
    return rows


def _median(spent: Sequence[Spent]) -> Spent:
    return Spent(
        read_ms=median(one.read_ms for one in spent),
        write_ms=median(one.write_ms for one in spent),
    )


def _row(name: str, prompt: str, spent: Spent, ours: Spent) -> dict[str, Cell]:
    return {
        "prompt": prompt,
        "settings": name,
        "read ms": spent.read_ms,
        "write ms": spent.write_ms,
        "x read": spent.read_ms / ours.read_ms,
        "x write": spent.write_ms / ours.write_ms,
    }
