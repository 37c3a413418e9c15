"""A picture of a fine-tuning run, from the log that transformers' trainer keeps."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

_PANELS = (
    ("loss", ("loss", "eval_loss")),
    ("rewards", ("rewards/chosen", "rewards/rejected", "rewards/margins")),
    ("accuracy", ("mean_token_accuracy", "eval_mean_token_accuracy", "rewards/accuracies")),
    ("norm of the gradient", ("grad_norm",)),
    ("learning rate", ("learning_rate",)),
)


def draw_history(history: Sequence[Mapping[str, Any]], picture: Path) -> None:
    """Draw what a run logged, over its steps.

    Args:
        history: ``log_history`` of the trainer's state; each has a ``step``.
        picture: PNG file to write.

    """
    known = {name for record in history for name in record}
    panels = [panel for panel in _PANELS if not known.isdisjoint(panel[1])]
    figure = Figure(figsize=(9, 3 * max(len(panels), 1)), layout="constrained")
    axes = figure.subplots(len(panels) or 1, sharex=True, squeeze=False)[:, 0]
    for axis, (title, names) in zip(axes, panels, strict=False):
        for name in names:
            points = [(each["step"], each[name]) for each in history if name in each]
            if points:
                axis.plot(*zip(*points, strict=True), label=name, linewidth=1, marker=".")
        axis.legend()
        axis.set_ylabel(title)
        axis.grid(alpha=0.3)
    axes[-1].set_xlabel("steps")
    figure.savefig(picture, dpi=120)
