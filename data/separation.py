"""The proof that splits have no names and no patterns in common."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
import json
from typing import Any

from home_llm_core.home import home_from_dict
from home_llm_core.text import label
from home_llm_core.vocabulary import vocabulary

from .records import JOINT
from .schema import load
from .splits import SPLITS
from .writing import has_characters


@lru_cache(maxsize=16)
def common_words(code: str) -> frozenset[str]:
    """Return the words that the banks let several splits use in names.

    These are the words of shared entries ("lamp", "kitchen"), and words such as "pump" that stand
    in entries of more than one split.
    """
    language = load(code)
    users: dict[str, set[str]] = {}
    for words in (*language.lists.values(), *language.styles.values()):
        for word in words:
            splits = [split for split in SPLITS if word.belongs_to(split)]
            for text in (word.text, *word.forms.values()):
                for part in label(text.plain()).split():
                    users.setdefault(part, set()).update(splits)
    kinds = (w for numbers in language.kinds.values() for those in numbers.values() for w in those)
    # Sensors are called by what they measure.
    said = frozenset(part for word in kinds for part in label(word.text.source).split())
    forms = (form for each in language.forms.values() for form in each.values())
    said |= {part for form in forms for part in label(form.plain()).split()}
    return said | {word for word, splits in users.items() if len(splits) > 1}


@lru_cache(maxsize=65536)
def is_common(word: str, code: str) -> bool:
    """Return whether several splits may use a word, if only as a compound of such words."""
    common, joints = common_words(code), vocabulary(code).compounds
    if word in common or not joints:
        return word in common
    return any(
        word[at:] in common
        and any(word[:at].removesuffix(each) in common for each in ("", *joints))
        for at in range(1, len(word))
    )


class Separation:
    """Collects what each split uses, and finds what two splits have in common."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._users: dict[tuple[str, str], dict[str, str]] = {}
        self._ids: set[tuple[str, str]] = set()
        self._homes: dict[bytes, str] = {}

    def add(self, line: Mapping[str, Any]) -> Iterator[str]:
        """Take a line, and yield what it has in common with another split, or twice."""
        split, code, home = line["split"], line["language"], home_from_dict(line["home"])
        if (code, line["id"]) in self._ids:
            yield "its id is there twice"
        self._ids.add((code, line["id"]))
        written = json.dumps(line["home"], sort_keys=True).encode()
        other = self._homes.setdefault(sha256(written).digest(), line["id"])
        if other != line["id"]:
            yield f"it is the home of {other}"
        names = {label(name) for e in home.entities for name in (e.name, *e.aliases)}
        yield from self._claim("device name", split, names)
        places = {label(name) for a in home.areas for name in (a.name, *a.aliases)}
        places |= {label(name) for f in home.floors for name in (f.name, *f.aliases)}
        words = {_stem(word) for name in (*names, *places) for word in name.split()}
        # Where no space parts the words of a name, only whole names can be compared.
        words = {word for word in words if not has_characters(word)}
        rare = {word for word in words if not is_common(word, code)}
        yield from self._claim("word of a name", split, rare)
        patterns = {p for r in line["requests"] for p in r["record"]["pattern"].split(JOINT)}
        patterns |= {r["record"]["courtesy"] for r in line["requests"]} - {None}
        yield from self._claim("pattern", split, patterns)

    def _claim(self, kind: str, split: str, things: set[str]) -> Iterator[str]:
        for thing in sorted(things):
            users = self._users.setdefault((kind, thing), {})
            for other in users:
                if other != split:
                    yield f"the {kind} {thing!r} is in the split {other!r}, too"
            users[split] = thing


def _stem(word: str) -> str:
    return word.removesuffix("'s").strip(".,-'")
