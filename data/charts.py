"""Pictures of counts, as SVG. The same counts give the same bytes."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from io import StringIO
from typing import Final

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

_WIDTH: Final = 8.0
_BAR: Final = 0.27
"""Inches that a horizontal bar takes."""
_FRAME: Final = 0.5
_HEIGHT: Final = 3.2
_MOST_LEVEL: Final = 13
"""So many columns have labels that are not turned."""
_FULL, _PALE, _TEXT = "#2f6f9f", "#cfe0ec", "#444444"


def bars(counts: Mapping[str, int], total: int) -> str:
    """Return a picture of horizontal bars, each with its number and its share.

    Args:
        counts: the bars from top to bottom.
        total: what is 100 %.

    """
    with _style():
        figure, axes = _canvas(len(counts))
        drawn = axes.barh(list(counts), list(counts.values()), color=_FULL, height=0.7)
        axes.bar_label(
            drawn,
            [f"{count:,} ({count / total:.1%})" for count in counts.values()],
            padding=4,
            color=_TEXT,
        )
        axes.set_xlim(0, 1.2 * max(counts.values()))
        axes.xaxis.set_visible(False)
        return _svg(figure)


def parts(counts: Mapping[str, tuple[int, int]]) -> str:
    """Return a picture of horizontal bars that are filled in part.

    Args:
        counts: the bars from top to bottom: how much of it is filled, and how much there is.

    """
    with _style():
        figure, axes = _canvas(len(counts))
        names = list(counts)
        drawn = axes.barh(names, [whole for _, whole in counts.values()], color=_PALE, height=0.7)
        axes.barh(names, [part for part, _ in counts.values()], color=_FULL, height=0.7)
        axes.bar_label(
            drawn,
            [f"{part:,} of {whole:,} ({part / whole:.0%})" for part, whole in counts.values()],
            padding=4,
            color=_TEXT,
        )
        axes.set_xlim(0, 1.25 * max(whole for _, whole in counts.values()))
        axes.xaxis.set_visible(False)
        return _svg(figure)


def columns(counts: Mapping[str, int], label: str) -> str:
    """Return a picture of columns side by side.

    Args:
        counts: the columns from left to right.
        label: what they are columns of.

    """
    with _style():
        figure = Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained")
        axes = figure.subplots()
        _open(axes)
        axes.bar(list(counts), list(counts.values()), color=_FULL, width=0.9)
        axes.set_xlabel(label)
        axes.tick_params(axis="x", rotation=60 if len(counts) > _MOST_LEVEL else 0)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.grid(axis="y", alpha=0.3)
        axes.set_axisbelow(True)
        return _svg(figure)


def _style() -> AbstractContextManager[None]:
    return rc_context(
        {
            "svg.hashsalt": "home-llm",
            "svg.fonttype": "none",
            "font.size": 9.0,
            "axes.edgecolor": "#bbbbbb",
            "xtick.color": _TEXT,
            "ytick.color": _TEXT,
        }
    )


def _canvas(count: int) -> tuple[Figure, Axes]:
    """Return a figure for so many horizontal bars."""
    figure = Figure(figsize=(_WIDTH, _FRAME + _BAR * count), layout="constrained")
    axes = figure.subplots()
    _open(axes)
    axes.invert_yaxis()
    axes.margins(y=0.02)
    axes.tick_params(axis="y", length=0)
    return figure, axes


def _open(axes: Axes) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _svg(figure: Figure) -> str:
    stream = StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue()
