"""The patterns that one split may use, ready to choose from."""

from functools import lru_cache
import random

from .banks import ANY, Group, Language, Pattern
from .schema import load

_ANY_WEIGHT = 3.0
_Usable = tuple[Group, tuple[Pattern, ...]]


class Patterns:
    """The patterns of a language that a split may use."""

    def __init__(self, language: Language, split: str) -> None:
        """Keep the patterns of ``split``."""
        self.split = split
        self.courtesies = tuple(p for p in language.courtesies if p.split == split)
        usable = ((g, tuple(p for p in g.patterns if p.split == split)) for g in language.groups)
        self._groups: list[_Usable] = [(group, patterns) for group, patterns in usable if patterns]
        self._pools: dict[tuple[str, tuple[str, ...]], tuple[list[_Usable], list[float]]] = {}

    def command(self, rng: random.Random, kinds: tuple[str, ...] = ()) -> tuple[Group, Pattern]:
        """Return a pattern of a command, of some kinds or of any."""
        return self._choose("action", kinds, rng)

    def everything(self, rng: random.Random) -> tuple[Group, Pattern]:
        """Return a pattern of a wish about all kinds of things."""
        return self._choose("everything", (), rng)

    def question(self, rng: random.Random) -> tuple[Group, Pattern]:
        """Return a pattern of a question."""
        return self._choose("question", (), rng)

    def talk(self, rng: random.Random, kind: str) -> tuple[Group, Pattern]:
        """Return a pattern of words that ask for nothing the home can do."""
        return self._choose("talk", (kind,), rng)

    def _choose(
        self, field: str, kinds: tuple[str, ...], rng: random.Random
    ) -> tuple[Group, Pattern]:
        key = (field, kinds)
        if key not in self._pools:
            found = [
                (group, patterns)
                for group, patterns in self._groups
                if getattr(group, field) and (not kinds or group.kind in kinds)
            ]
            self._pools[key] = found, [_weight(group) for group, _ in found]
        groups, weights = self._pools[key]
        group, patterns = rng.choices(groups, weights)[0]
        return group, rng.choice(patterns)


def _weight(group: Group) -> float:
    # By the root of its size, so that small groups are heard, too.
    return float(len(group.patterns) ** 0.5 * (_ANY_WEIGHT if group.domain == ANY else 1.0))


@lru_cache(maxsize=64)
def patterns_of(code: str, split: str) -> Patterns:
    """Return the patterns of a language that a split may use."""
    return Patterns(load(code), split)
