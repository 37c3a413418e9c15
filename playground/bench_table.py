"""Tables and charts of measurements, as text and as SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

Cell = str | int | float

_BAR, _GAP, _LABELS, _WIDTH, _FIGURES = 16, 6, 260, 420, 90


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of figures.

    Args:
        title: what was measured.
        rows: each with the same columns; numbers are rounded where they are shown.
        bar: the column that a chart shows.
        names: the columns that name a row.

    """

    title: str
    rows: Sequence[Mapping[str, Cell]]
    bar: str
    names: Sequence[str]

    @property
    def text(self) -> str:
        """The table in columns."""
        if not self.rows:
            return f"{self.title}\n(nothing was measured)\n"
        lines = [list(self.rows[0]), *([_shown(v) for v in row.values()] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        shown = (
            "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
            for line in lines
        )
        return "\n".join([self.title, *shown]) + "\n"


def _shown(value: Cell) -> str:
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004
    return str(value)


def chart(tables: Sequence[Table]) -> str:
    """Return bars for all tables as SVG, each table on a scale of its own."""
    parts: list[str] = []
    top = 0
    for table in tables:
        top += 2 * _BAR
        parts.append(f'<text x="0" y="{top}" font-weight="bold">{escape(table.title)}</text>')
        largest = max((float(row[table.bar]) for row in table.rows), default=0.0) or 1.0
        for row in table.rows:
            top += _BAR + _GAP
            parts.append(_bar(table, row, top, float(row[table.bar]) / largest))
    width = _LABELS + _WIDTH + _FIGURES
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top + _BAR}" '
        f'font-family="sans-serif" font-size="12">\n'
        '<rect width="100%" height="100%" fill="white"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _bar(table: Table, row: Mapping[str, Cell], bottom: int, share: float) -> str:
    name = escape(", ".join(_shown(row[column]) for column in table.names))
    figure = escape(f"{_shown(row[table.bar])} {table.bar}")
    length = max(1, round(_WIDTH * share * 0.8))
    return (
        f'<text x="{_LABELS - 8}" y="{bottom}" text-anchor="end">{name}</text>'
        f'<rect x="{_LABELS}" y="{bottom - _BAR + 4}" width="{length}" height="{_BAR}" '
        f'fill="#1f77b4"/><text x="{_LABELS + length + 6}" y="{bottom}">{figure}</text>'
    )
