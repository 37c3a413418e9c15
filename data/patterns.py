"""The patterns that one split may use, ready to choose from."""

from functools import lru_cache
from itertools import accumulate
import random
import re

from .banks import ANY, Group, Language, Pattern
from .schema import load
from .writing import split_words

_ANY_WEIGHT = 3.0
_NO_WORDS = re.compile(r"\{[^}]*\}|[^\w']")
_Usable = tuple[Group, tuple[Pattern, ...]]
_Pool = tuple[list[_Usable], tuple[float, ...]]


class Patterns:
    """The patterns of a language that a split may use."""

    def __init__(self, language: Language, split: str) -> None:
        """Keep the patterns of ``split``."""
        self.split = split
        self.courtesies = tuple(p for p in language.courtesies if p.split == split)
        self.asides = tuple(p for p in language.asides if p.split == split)
        usable = ((g, tuple(p for p in g.patterns if p.split == split)) for g in language.groups)
        self._groups: list[_Usable] = [(group, patterns) for group, patterns in usable if patterns]
        self._pools: dict[tuple[str, tuple[str, ...], str], _Pool] = {}
        self._said_to: dict[str, frozenset[str]] = {}

    def command(self, rng: random.Random, kinds: tuple[str, ...] = ()) -> tuple[Group, Pattern]:
        """Return a pattern of a command, of some kinds or of any."""
        return self._choose("action", kinds, rng)

    def command_for(
        self, sort: str, rng: random.Random, kinds: tuple[str, ...] = ()
    ) -> tuple[Group, Pattern] | None:
        """Return a pattern of a command that can be said of a sort of device, if there is one."""
        pool = self._pool("action", kinds, sort)
        return self._choose("action", kinds, rng, sort) if pool[0] else None

    def said_to(self, sort: str) -> frozenset[str]:
        """Return all words of commands to a sort of device."""
        if sort not in self._said_to:
            found = self.commands_for(sort)
            self._said_to[sort] = frozenset(w for _, each in found for w in literals(each))
        return self._said_to[sort]

    def commands_for(self, sort: str) -> list[tuple[Group, Pattern]]:
        """Return every pattern of a command that can be said of a sort of device."""
        pool, _ = self._pool("action", (), sort)
        return [(group, pattern) for group, patterns in pool for pattern in patterns]

    def worded(self, rng: random.Random, kind: str) -> tuple[Group, Pattern]:
        """Return a pattern of a command with words that are taken as they are."""
        return self._choose("worded", (kind,), rng)

    def everything(self, rng: random.Random) -> tuple[Group, Pattern]:
        """Return a pattern of a wish about all kinds of things."""
        return self._choose("everything", (), rng)

    def question(self, rng: random.Random) -> tuple[Group, Pattern]:
        """Return a pattern of a question."""
        return self._choose("query", (), rng)

    def condition(self, rng: random.Random) -> tuple[Group, Pattern]:
        """Return a pattern of a clause on which a wish depends."""
        return self._choose("condition", (), rng)

    def follow_up(self, rng: random.Random) -> tuple[Group, Pattern]:
        """Return a pattern of what goes back to the turn before."""
        return self._choose("follow", (), rng)

    def talk(self, rng: random.Random, kind: str) -> tuple[Group, Pattern]:
        """Return a pattern of words that ask for nothing the home can do."""
        return self._choose("talk", (kind,), rng)

    def knows(self, role: str, *kinds: str) -> bool:
        """Return whether there are patterns of a role, of some kinds or of any."""
        return bool(self._pool(role, kinds, "")[0])

    def _choose(
        self, role: str, kinds: tuple[str, ...], rng: random.Random, sort: str = ""
    ) -> tuple[Group, Pattern]:
        groups, weights = self._pool(role, kinds, sort)
        group, patterns = rng.choices(groups, cum_weights=weights)[0]
        return group, rng.choice(patterns)

    def _pool(self, role: str, kinds: tuple[str, ...], sort: str) -> _Pool:
        key = role, kinds, sort
        if key not in self._pools:
            found = self._found(role, kinds, sort)
            self._pools[key] = found, tuple(accumulate(_weight(group) for group, _ in found))
        return self._pools[key]

    def _found(self, role: str, kinds: tuple[str, ...], sort: str) -> list[_Usable]:
        """Return the groups for a pool; each choice is made among those of a wider pool."""
        if kinds:
            return [each for each in self._pool(role, (), sort)[0] if each[0].kind in kinds]
        if sort:
            return [each for each in self._pool(role, (), "")[0] if each[0].fits(sort)]
        return [each for each in self._groups if each[0].role == role]


def literals(pattern: Pattern) -> frozenset[str]:
    """Return the words of a pattern without its slots."""
    return frozenset(split_words(_NO_WORDS.sub(" ", pattern.template.source)))


def _weight(group: Group) -> float:
    if group.weight is not None:
        return group.weight
    # By the root of its size, so that small groups are heard, too.
    return float(len(group.patterns) ** 0.5 * (_ANY_WEIGHT if group.domain == ANY else 1.0))


@lru_cache(maxsize=64)
def patterns_of(code: str, split: str) -> Patterns:
    """Return the patterns of a language that a split may use."""
    return Patterns(load(code), split)
