"""A picture of a run: loss, right replies, and the learning rate over time."""

import json
from pathlib import Path

from matplotlib.figure import Figure

_PANELS = (
    ("loss", ("loss", "valid_loss")),
    ("share of requests", ("valid_exact",)),
    ("learning rate, factor", ("factor",)),
)


def draw_curves(log: Path, picture: Path) -> None:
    """Draw a run's log.

    Args:
        log: the ``log.jsonl`` of a run.
        picture: PNG file to write.

    """
    records = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    figure = Figure(figsize=(9, 10), layout="constrained")
    panels = figure.subplots(len(_PANELS), sharex=True)
    for panel, (title, names) in zip(panels, _PANELS, strict=True):
        for name in names:
            points = [(r["tokens"] / 1e6, r[name]) for r in records if name in r]
            if points:
                panel.plot(*zip(*points, strict=True), label=name, linewidth=1)
                panel.legend()
        panel.set_ylabel(title)
        panel.grid(alpha=0.3)
    panels[0].set_yscale("log")
    panels[-1].set_xlabel("million tokens")
    figure.savefig(picture, dpi=120)
