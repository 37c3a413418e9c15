"""Settings of llama.cpp, one changed at a time: ``script/bench --settings``."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
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
    {"a sentence": (8, 20), "a home": (1500, 20)}
)
"""Tokens of the prompt, and of the reply."""


def settings(model: Path, runs: int, progress: Callable[[], object]) -> list[Table]:
    """Measure each setting on an idle machine and on a busy one, taking turns."""
    tables = []
    for state, load in (("idle", nullcontext), ("busy", busy)):
        with load():
            found = {name: _spent(model, runs, tried, progress) for name, tried in _TRIED.items()}
        rows = [
            _row(name, prompt, spent[prompt], found["as we have them"][prompt])
            for prompt in _PROMPTS
            for name, spent in found.items()
        ]
        title = f"Settings of llama.cpp, {state}: times, and as multiples of ours"
        tables.append(Table(title=title, rows=rows, bar="x write", names=("prompt", "settings")))
    return tables


def _spent(
    model: Path, runs: int, tried: Settings, progress: Callable[[], object]
) -> dict[str, Spent]:
    found = {}
    with Raw(model, tried) as raw:
        for prompt, (read, written) in _PROMPTS.items():
            spent = [raw.answer(read, written) for _ in range(runs + 1)][1:]
            found[prompt] = Spent(
                read_ms=median(one.read_ms for one in spent),
                write_ms=median(one.write_ms for one in spent),
            )
            progress()
    return found


def _row(name: str, prompt: str, spent: Spent, ours: Spent) -> dict[str, Cell]:
    return {
        "prompt": prompt,
        "settings": name,
        "read ms": spent.read_ms,
        "write ms": spent.write_ms,
        "x read": spent.read_ms / ours.read_ms,
        "x write": spent.write_ms / ours.write_ms,
    }
