"""The sections of a report on a training set: pictures of what was counted, with their numbers."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
import re

from .charts import bars, columns, parts
from .names import TWIN
from .phrasings import TOPIC
from .schema import load
from .tallies import Tally

_SIZES = (1, 5, 9, 13, 21, 36, 61)
_MOST_COLUMNS = 30
_NEARLY_ALL = 0.99
_MOST_STYLES = 25
_REST = "all others"
# A slot of a style, of which the last word tells what it is for, or a word that stands there.
_PART = re.compile(r"\{(?:\w+_)?(\w+?)\}|([^\W\d_]+)")
_LITTLE = ("s", "the", "of", "for", "的")
_KNOWN_AS = {"area": "room", "two": "invented", "": "word"}


@dataclass(frozen=True, kw_only=True)
class Section:
    """A picture with its heading.

    Args:
        title: the heading.
        text: what is to be known to read it.
        picture: SVG.
        rows: the numbers in it: what was counted, and how it is said.

    """

    title: str
    text: str
    picture: str
    rows: tuple[tuple[str, str], ...]


def sections(tally: Tally) -> Iterator[Section]:
    """Yield the sections of a report; what was not counted is left out."""
    requests = tally.requests.total()
    yield _bars("Requests by kind", "", _ordered(tally.kinds), requests)
    text = "What a sentence is about; one about lights and fans counts for both."
    yield _bars("Requests by domain", text, _ordered(tally.domains), requests)
    written = {", ".join(where): count for where, count in sorted(tally.requests.items())}
    yield _bars("Requests by language and split", "", written, requests)
    yield from _lengths(tally)
    text = "What happened to sentences on their way; several things may happen to one."
    yield _bars("Speech as it arrives", text, _ordered(tally.noise), requests)
    yield _columns("Sizes of houses", tally.devices, "devices in a house", _SIZES)
    yield _histogram("Rooms", tally.areas, "rooms in a house")
    yield from _names(tally)
    for (code, split), came_up in sorted(tally.patterns.items()):
        yield _patterns(code, split, came_up)


def _ordered(counts: Counter[str]) -> dict[str, int]:
    return dict(counts.most_common())


def _bars(title: str, text: str, counts: Mapping[str, int], total: int) -> Section:
    rows = tuple((name, f"{count:,} ({count / total:.2%})") for name, count in counts.items())
    return Section(title=title, text=text, picture=bars(counts, total), rows=rows)


def _lengths(tally: Tally) -> Iterator[Section]:
    unspaced = " Of Chinese, every character is a word."
    yield _histogram("Words in a prompt", tally.words, "words", unspaced)
    yield _histogram("Characters in a prompt", tally.characters, "characters")
    if tally.prompt_tokens:
        yield _histogram("Tokens in a prompt", tally.prompt_tokens, "tokens")
        yield _histogram("Tokens in a reply", tally.reply_tokens, "tokens")


def _histogram(title: str, counts: Counter[int], label: str, more: str = "") -> Section:
    """Return a section with columns that are equally wide, but for the last one."""
    low, most = min(counts), _quantile(counts, _NEARLY_ALL)
    width = next(w for w in _widths() if (most - low) // w < _MOST_COLUMNS)
    first = low // width * width
    return _columns(title, counts, label, range(first, most + 1, width), more)


def _columns(
    title: str, counts: Counter[int], label: str, starts: Sequence[int], more: str = ""
) -> Section:
    ends = [(a, b - 1) for a, b in pairwise(starts)]
    found = {_span(a, b): sum(counts[n] for n in range(a, b + 1)) for a, b in ends}
    found[f"{starts[-1]}+"] = sum(count for n, count in counts.items() if n >= starts[-1])
    mean = sum(n * count for n, count in counts.items()) / counts.total()
    quantiles = [_quantile(counts, share) for share in (0.5, 0.95, 1.0)]
    text = "Half have at most {}, 95% at most {}; the most are {:,}.".format(*quantiles)
    return Section(
        title=title,
        text=f"On average {mean:.1f}. {text}{more}",
        picture=columns(found, label),
        rows=tuple((span, f"{count:,}") for span, count in found.items()),
    )


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _widths() -> Iterator[int]:
    step = 1
    while True:
        yield from (step, 2 * step, 5 * step)
        step *= 10


def _quantile(counts: Mapping[int, int], share: float) -> int:
    """Return the number that a share of those counted does not exceed."""
    wanted, seen = share * sum(counts.values()), 0
    for number in sorted(counts):
        seen += counts[number]
        if seen >= wanted:
            return number
    return max(counts)


def _names(tally: Tally) -> Iterator[Section]:
    shares = {f"{share:.0%}": houses for share, houses in sorted(tally.invented.items())}
    text = "Houses by the share of words that are invented when their names are made."
    yield _bars("Invented words in names", text, shares, tally.invented.total())
    styles, words = Counter[str](), Counter[str]()
    for style, count in tally.styles.items():
        made_of = ingredients(style)
        styles[" + ".join(made_of)] += count
        words.update(dict.fromkeys(made_of, count))
    text = (
        "What the names of devices are made of: a 'kind' is a word such as lamp, a 'word' is one"
        " that the style brings along, and a 'twin' differs from another name in one word."
    )
    yield _bars("What names hold", text, _most(words), styles.total())
    yield _bars("Styles of names", "", _most(styles), styles.total())


def _most(counts: Counter[str]) -> dict[str, int]:
    most = dict(counts.most_common(_MOST_STYLES))
    rest = counts.total() - sum(most.values())
    return most | ({_REST: rest} if rest else {})


def ingredients(style: str) -> tuple[str, ...]:
    """Return what a style of names is made of: "{area} {light_kind}" of room and kind."""
    if style.startswith(TWIN):
        return (TWIN.split()[0],)
    found = (slot for slot, word in _PART.findall(style) if word not in _LITTLE)
    return tuple(dict.fromkeys(_KNOWN_AS.get(slot, slot) for slot in found))


def _patterns(code: str, split: str, came_up: set[str]) -> Section:
    language = load(code)
    known: dict[str, set[str]] = {}
    for pattern in (*language.patterns, *language.courtesies, *language.asides):
        if pattern.split == split:
            known.setdefault(pattern.topic, set()).add(pattern.id)
    counts = {topic: (len(ids & came_up), len(ids)) for topic, ids in known.items()}
    ordered = dict(sorted(counts.items(), key=lambda item: -item[1][1]))
    used, total = (sum(each) for each in zip(*counts.values(), strict=True))
    theirs = sum(each.startswith(f"{TOPIC}:") for each in came_up)
    return Section(
        title=f"Patterns of {code}, {split}",
        text=f"{used:,} of {total:,} patterns came up ({used / total:.1%}), by file of the banks;"
        f" besides, {theirs:,} of Home Assistant's own.",
        picture=parts(ordered),
        rows=tuple((topic, f"{part:,} of {whole:,}") for topic, (part, whole) in ordered.items()),
    )
