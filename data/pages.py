"""The two pages of a report, each one HTML file with all that belongs to it."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from .examples import Example
from .sections import Section
from .tallies import Tally

_STYLE = Path(__file__).parent / "report.css"


def report_page(tally: Tally, found: Sequence[Section], sheet: str) -> str:
    """Return the page with the pictures.

    Args:
        tally: what was counted.
        found: the sections.
        sheet: where the page with the examples lies.

    """
    links = _links((f"s{n}", section.title) for n, section in enumerate(found))
    body = [
        "<h1>Training set</h1>",
        _table(
            ("language", "split", "houses", "requests"),
            ((*where, f"{n:,}", f"{tally.requests[where]:,}") for where, n in tally.homes.items()),
        ),
        f'<p><a href="{escape(sheet)}">Examples to read</a></p>',
        f"<nav>{links}</nav>",
        *(_section(f"s{number}", section) for number, section in enumerate(found)),
    ]
    return _page("Training set", body)


def _section(name: str, section: Section) -> str:
    picture = b64encode(section.picture.encode()).decode()
    title = escape(section.title)
    return (
        f'<section id="{name}"><h2>{title}</h2><p>{escape(section.text)}</p>'
        f'<img alt="{title}" src="data:image/svg+xml;base64,{picture}">'
        f"<details><summary>Numbers</summary>{_table((), section.rows)}</details></section>"
    )


def sheet_page(examples: Iterable[Example], seed: int) -> str:
    """Return the page with the examples, by kind.

    Args:
        examples: what was drawn.
        seed: with which it was drawn.

    """
    kinds: dict[str, list[Example]] = {}
    for each in examples:
        kinds.setdefault(each.kind, []).append(each)
    ordered = dict(sorted(kinds.items()))
    links = _links((kind, f"{kind} ({len(those)})") for kind, those in ordered.items())
    count = sum(map(len, ordered.values()))
    body = [f"<h1>{count} examples</h1><p>Drawn at random with seed {seed}.</p><nav>{links}</nav>"]
    for kind, those in ordered.items():
        body += [f'<h2 id="{escape(kind)}">{escape(kind)}</h2>', *map(_example, those)]
    return _page(f"{count} examples", body)


def _example(example: Example) -> str:
    about = [example.house, f"in {example.room}" if example.room else "", *example.noise]
    rows = {
        "before": " → ".join(example.before),
        "reads": example.read,
        "writes": "\n".join(example.written) or "(nothing is learned from this one)",
        "does": "\n".join(example.done),
        "says": example.speech,
    }
    return (
        f'<article><p class="said">{escape(example.said)}</p>'
        f'<p class="about">{escape(" · ".join(filter(None, about)))}'
        f"<span>{escape(example.place)}</span></p><dl>{''.join(_rows(rows))}</dl></article>"
    )


def _rows(rows: Mapping[str, str]) -> Iterator[str]:
    for name, text in rows.items():
        if text:
            yield f'<dt>{name}</dt><dd class="{name}">{escape(text)}</dd>'


def _links(targets: Iterable[tuple[str, str]]) -> str:
    return " ".join(f'<a href="#{escape(to)}">{escape(text)}</a>' for to, text in targets)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"<tr>{''.join(f'<th>{escape(cell)}</th>' for cell in head)}</tr>"] if head else []
    lines += [f"<tr>{''.join(f'<td>{escape(c)}</td>' for c in row)}</tr>" for row in rows]
    return f"<table>{''.join(lines)}</table>"


def _page(title: str, body: Sequence[str]) -> str:
    style = _STYLE.read_text(encoding="utf-8")
    content = "\n".join(body)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
        '</title><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>\n{style}</style></head>\n<body>\n{content}\n</body></html>\n"
    )
