"""Settings of llama.cpp, one changed at a time: ``script/bench --settings``."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from .bench_load import busy
from .bench_raw import OURS, PROMPTS, Raw, Settings, Spent, beside, median_of
from .bench_table import Cell, Table

_TRIED: Mapping[str, Settings] = MappingProxyType(
    {
        "as we have them": OURS,
        "2 threads": replace(OURS, threads=2),
        "flash attention": replace(OURS, flash=True),
        "flash attention, KV q8_0": replace(OURS, flash=True, kv_type="q8_0"),
        "batches of 32": replace(OURS, batch=32),
        "batches of 512": replace(OURS, batch=512),
        "2 threads, batches of 512": replace(OURS, threads=2, batch=512),
    }
)


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
    for prompt, (read, written) in PROMPTS.items():
        spent: dict[str, list[Spent]] = {name: [] for name in raws}
        # The first time is not counted.
        for _ in range(runs + 1):
            for name, raw in raws.items():
                spent[name].append(raw.answer(read, written))
            progress()
        found = {name: median_of(each[1:]) for name, each in spent.items()}
        ours = next(iter(found.values()))
        rows += [
            {"prompt": prompt, "settings": name, **beside(one, ours)} for name, one in found.items()
        ]
    return rows
