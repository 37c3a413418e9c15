"""A picture of scores: exact, missed and wrong, with Wilson's interval of what was exact."""

from collections.abc import Mapping
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.score_report import Groups
from training.scoring import Score

_EXACT, _MISSED, _WRONG = "#4477aa", "#dddddd", "#cc3311"
"""Colours that are told apart by all eyes (Paul Tol's bright scheme)."""

_ROW, _MARGIN, _WIDTH = 0.24, 1.3, 7.0
"""Inches."""


def draw_scores(parts: Mapping[str, Groups], picture: Path) -> None:
    """Draw scores side by side, a row for each kind, domain and language.

    Args:
        parts: scores by their title, at least one.
        picture: PNG file to write, as a whole or not at all.

    """
    rows = {title: _rows(groups) for title, groups in parts.items()}
    height = max(len(each) for each in rows.values()) * _ROW + _MARGIN
    figure = Figure(figsize=(_WIDTH * len(parts), height), layout="constrained")
    panels = figure.subplots(ncols=len(parts), squeeze=False)[0]
    for panel, (title, scores) in zip(panels, rows.items(), strict=True):
        _draw(panel, title, scores)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    picture.parent.mkdir(parents=True, exist_ok=True)
    partial = picture.with_name(f".partial-{picture.name}")
    figure.savefig(partial, dpi=120, format="png")
    partial.replace(picture)


def _rows(groups: Groups) -> list[tuple[str, Score]]:
    """Return the rows of a panel, with an empty one between groups."""
    rows: list[tuple[str, Score]] = []
    for name, group in groups.items():
        rows += [("", Score())] if rows else []
        rows += [(name if name == key else key, score) for key, score in group.items()]
    return rows


def _draw(panel: Axes, title: str, rows: list[tuple[str, Score]]) -> None:
    at = [number for number, (name, _) in enumerate(rows) if name]
    told = [rows[number][1].to_dict() for number in at]
    exact = [each["exact_rate"] for each in told]
    wrong = [each["wrong_rate"] for each in told]
    missed = [1 - e - w for e, w in zip(exact, wrong, strict=True)]
    # Where all or none are right, rounding may put the rate beside its interval.
    ends = [each["interval_95"] for each in told]
    below = [max(0.0, e - low) for e, (low, _) in zip(exact, ends, strict=True)]
    above = [max(0.0, high - e) for e, (_, high) in zip(exact, ends, strict=True)]
    panel.barh(at, exact, color=_EXACT, label="exact, with 95% interval")
    panel.barh(at, missed, left=exact, color=_MISSED, label="missed")
    panel.barh(at, wrong, left=[1 - w for w in wrong], color=_WRONG, label="wrong action")
    panel.errorbar(
        exact, at, xerr=[below, above], fmt="none", ecolor="black", elinewidth=0.8, capsize=2
    )
    panel.set_yticks(at, [f"{rows[n][0]} ({rows[n][1].requests})" for n in at], fontsize=8)
    panel.set_ylim(len(rows) - 0.5, -0.5)
    panel.set_xlim(0, 1)
    panel.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    panel.set_title(title)
