"""Small houses made by hand, and scenes in them."""

from collections.abc import Collection
from dataclasses import replace
import random

from data.banks import Group, Language, Pattern
from data.builders import _Builder, _vocabulary, build
from data.domains import NO_CLASS, Domain, class_of, domain_of, facts
from data.houses import House
from data.names import Name, Namer, Vocabulary
from data.patterns import Patterns, patterns_of
from data.scenes import Draft, Scene
from data.schema import load
from home_llm_core.calls import Call
from home_llm_core.home import Area, Entity, Floor, Home
from home_llm_core.text import label

ENGLISH = load("en")
CODES = ("en", "zh-Hans", "de", "fr", "es", "pl", "it", "nl", "pt", "ru", "ja")
"""The languages whose banks are complete."""


def device(entity_id: str, name: str, area: str | None = None, **rest: object) -> Entity:
    """Return a device that is off, unless ``rest`` says otherwise."""
    return Entity(entity_id=entity_id, name=name, area_id=area, **({"state": "off"} | rest))  # type: ignore[arg-type]


def home(
    *entities: Entity, areas: tuple[str, ...] = (), floors: dict[str, str] | None = None
) -> Home:
    """Return a home whose areas are called like their ids; ``floors`` says on which they are."""
    on = floors or {}
    return Home(
        entities=entities,
        areas=tuple(Area(area_id=a, name=a.title(), floor_id=on.get(a)) for a in areas),
        floors=tuple(Floor(floor_id=f, name=f.title()) for f in dict.fromkeys(on.values())),
    )


def house(snapshot: Home, split: str = "train") -> House:
    """Return a home as a house in which everything takes an article."""
    places = {a.area_id: a.name for a in snapshot.areas}
    places |= {f.floor_id: f.name for f in snapshot.floors}
    places |= {e.entity_id: e.name for e in snapshot.entities}
    places |= {f"alias {label(alias)}": alias for e in snapshot.entities for alias in e.aliases}
    return House(
        home=snapshot,
        language=ENGLISH,
        split=split,
        namer=Namer(Vocabulary(ENGLISH, split), random.Random(1), 0.5),
        names={key: called(text) for key, text in places.items()},
        known=facts().sorts,
    )


def called(text: str) -> Name:
    """Return a name with the forms that English gives to a common noun."""
    plain = label(text)
    return Name(text=text, forms={"": plain, "the": f"the {plain}", "in": f"in the {plain}"})


def scene(
    where: House, seed: int = 0, speaker: str | None = None, patterns: Patterns | None = None
) -> Scene:
    """Return a scene in a house."""
    known = patterns or patterns_of("en", where.split)
    return Scene(house=where, rng=random.Random(seed), speaker=speaker, patterns=known)


def calls_of(draft: Draft) -> tuple[Call, ...]:
    """Return the calls that are right where they do not hang on what is said."""
    assert draft.calls is not None
    return draft.calls


def only(*sources: str, language: Language = ENGLISH) -> Patterns:
    """Return nothing but the patterns that are written like ``sources``, whatever their split."""
    assert {*sources} <= {pattern.template.source for pattern in language.patterns}
    groups = []
    for group in language.groups:
        found = tuple(p for p in group.patterns if p.template.source in sources)
        if found:
            groups.append(replace(group, patterns=tuple(replace(p, split="train") for p in found)))
    return Patterns(replace(language, groups=tuple(groups)), "train")


class Chosen(Patterns):
    """The patterns of a split, of which one is said wherever such a one is asked for."""

    def __init__(self, group: Group, pattern: Pattern, code: str = "en") -> None:
        vars(self).update(vars(patterns_of(code, pattern.split)))
        self._chosen = group, (pattern,)

    def _pool(
        self, role: str, kinds: tuple[str, ...], sort: str
    ) -> tuple[list[tuple[Group, tuple[Pattern, ...]]], tuple[float, ...]]:
        group, _ = self._chosen
        if role != group.role:
            return super()._pool(role, kinds, sort)
        return ([self._chosen], (1.0,)) if not sort or group.fits(sort) else ([], ())


def house_with(
    sorts: Collection[str], code: str, split: str, rng: random.Random, size: tuple[int, int]
) -> House:
    """Return a house as the generator builds it, with devices of some sorts alone."""
    domains = tuple(dict.fromkeys(map(domain_of, sorts)))
    builder = _Builder(_vocabulary(code, split), rng, domains)
    builder._domains = {name: _of_sorts(name, sorts) for name in domains}
    return builder.build(size)


def _of_sorts(name: str, sorts: Collection[str]) -> Domain:
    """Return a domain that is as common as any other, with some classes alone."""
    found = [class_of(sort) or NO_CLASS for sort in sorts if domain_of(sort) == name]
    domain = facts().domains[name]
    classes = dict.fromkeys(found, 1.0) if domain.classes else {}
    return replace(domain, weight=1, presence=1, classes=classes)


def invented_houses(split: str, count: int, seed: int = 0) -> list[House]:
    """Return houses as the generator builds them."""
    rng = random.Random(f"{seed} {split}")
    return [build("en", split, rng, (6, 24)) for _ in range(count)]
