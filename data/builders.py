"""Building houses: areas, floors and devices with names, features and states."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
import random

from home_llm_core.home import Area, Entity, Floor, Home, Value
from home_llm_core.kinds import DOMAINS
from home_llm_core.text import label
from home_llm_core.vocabulary import vocabulary
from home_llm_core.words import words

from .banks import Language
from .domains import NO_CLASS, Domain, class_of, domain_of, facts, kind_of_sort, sort_of
from .houses import House
from .names import PART, Name, Namer, Vocabulary
from .schema import load
from .splits import split_of
from .templates import tidy

_SIZES = ((2, 4), (3, 8), (5, 12), (10, 20), (15, 35), (30, 60), (50, 110))
_SIZE_WEIGHTS = (10, 26, 26, 18, 12, 6, 2)
_PER_AREA = (1.3, 1.8, 2.2, 3.0, 4.5)
_MOST_AREAS = 24
_ALL_INVENTED = 0.42
_INVENTED = (0.0, 0.1, 0.3, 0.5)
_WITHOUT_AREAS = 0.06
_NAMED_AFTER_A_ROOM = 0.4
_WITHOUT_FLOORS = 0.5
_SMALLEST_WITH_FLOORS = 4
_ON_A_FLOOR = 0.92
_ALIAS = 0.07
_TWINS = (0.0, 0.1, 0.25, 0.5)
_PARTS = (0.0, 0.1, 0.4, 0.8)
_MOST_PARTS = (1, 1, 2, 3)
_ONLY_PARTS = 0.2
_SAME_NAME = 0.4
_NUMBERED = 0.1
_MOST_OF_A_NAME = 4
_LOOSE = (0.0, 0.05, 0.05, 0.15, 0.6)
_ID_STYLES = ("name", "name", "name", "other", "serial", "mixed")
_OTHER_IDS = ("wall", "dev", "node", "zone", "unit")
_TRIES = 200
_PLAIN_OPTION = 0.5


@lru_cache(maxsize=64)
def _vocabulary(code: str, split: str) -> Vocabulary:
    return Vocabulary(load(code), split)


def build(
    code: str,
    split: str,
    rng: random.Random,
    size: tuple[int, int] | None = None,
    domains: Sequence[str] = DOMAINS,
) -> House:
    """Return a house.

    Args:
        code: the language to name things in.
        split: whose words may be used.
        rng: where chance comes from.
        size: the smallest and the largest number of devices; by default mostly small houses.
        domains: the domains of its devices.

    """
    return _Builder(_vocabulary(code, split), rng, domains).build(size)


class _Builder:
    def __init__(self, vocabulary: Vocabulary, rng: random.Random, domains: Sequence[str]) -> None:
        self._rng = rng
        self._domains = {name: facts().domains[name] for name in domains}
        self._language: Language = vocabulary.language
        self._split = vocabulary.split
        invented = 1.0 if rng.random() < _ALL_INVENTED else rng.choice(_INVENTED)
        self._namer = Namer(vocabulary, rng, invented)
        self._names: dict[str, Name] = {}
        self._places: set[str] = set()
        self._called: dict[str, list[str | None]] = {}
        self._ids: set[str] = set()
        self._id_style = rng.choice(_ID_STYLES)
        self._twins = rng.choice(_TWINS)
        self._parts = rng.choice(_PARTS)
        self._after: dict[str, Name] = {}

    def build(self, size: tuple[int, int] | None) -> House:
        low, high = size or self._rng.choices(_SIZES, _SIZE_WEIGHTS)[0]
        count = self._rng.randint(low, high)
        floors = self._floors(count)
        areas = self._areas(count, floors)
        entities = self._entities(count, areas)
        order = [entity.entity_id for entity in entities]
        self._rng.shuffle(order)
        home = Home(
            entities=tuple(entities),
            areas=tuple(areas),
            floors=tuple(floors),
            last_changed=tuple(order[: self._rng.randint(0, len(order))]),
            language=self._language.code,
        )
        return House(
            home=home,
            language=self._language,
            split=self._split,
            namer=self._namer,
            names=self._names,
            known={s: w for s, w in facts().sorts.items() if domain_of(s) in self._domains},
            after=self._after,
        )

    def _floors(self, count: int) -> list[Floor]:
        if count < _SMALLEST_WITH_FLOORS or self._rng.random() < _WITHOUT_FLOORS:
            return []
        floors = []
        for number in range(self._rng.choice((1, 2, 2, 2, 3, 3, 4))):
            name = self._place("floor", f"floor_{number}")
            if name is not None:
                floors.append(Floor(floor_id=f"floor_{number}", name=name.text))
        return floors

    def _areas(self, count: int, floors: list[Floor]) -> list[Area]:
        rng = self._rng
        if rng.random() < _WITHOUT_AREAS:
            return []
        most = max(1, min(_MOST_AREAS, round(count / rng.choice(_PER_AREA))))
        areas = []
        for number in range(max(1, min(most, rng.randint(most // 2, most + 1)))):
            area_id = f"area_{number}"
            name = self._place("area", area_id)
            if name is None:
                continue
            on_floor = floors and rng.random() < _ON_A_FLOOR
            areas.append(
                Area(
                    area_id=area_id,
                    name=name.text,
                    aliases=self._place_alias() if rng.random() < _ALIAS else (),
                    floor_id=rng.choice(floors).floor_id if on_floor else None,
                )
            )
        return areas

    def _place(self, kind: str, place_id: str) -> Name | None:
        for _ in range(_TRIES):
            name = self._namer.name(kind)
            if name.plain not in self._places:
                self._places.add(name.plain)
                self._names[place_id] = name
                return name
        return None

    def _place_alias(self) -> tuple[str, ...]:
        alias = self._namer.name("area")
        if alias.plain in self._places:
            return ()
        self._places.add(alias.plain)
        self._names[f"alias {alias.plain}"] = alias
        return (alias.text,)

    def _entities(self, count: int, areas: list[Area]) -> list[Entity]:
        rng, domains = self._rng, self._domains
        present = [name for name in domains if rng.random() < domains[name].presence]
        present = present or [next(iter(domains))]
        weights = [domains[domain].weight for domain in present]
        loose = rng.choice(_LOOSE)
        entities: list[Entity] = []
        for domain in rng.choices(present, weights, k=count):
            area = rng.choice(areas) if areas and rng.random() >= loose else None
            sort = self._sort(domain)
            alike = [entity for entity in entities if sort_of(entity) == sort]
            name = self._device_name(sort, area, alike)
            if name is not None and len(entities) < count:
                entities += self._with_parts(sort, name, area, count - len(entities))
        return entities

    def _with_parts(self, sort: str, name: Name, area: Area | None, most: int) -> list[Entity]:
        """Return a device with sensors that are called after it; at times just those."""
        rng, kinds = self._rng, self._domains[domain_of(sort)].parts
        there = {s: w for s, w in kinds.items() if domain_of(s) in self._domains}
        count = rng.choice(_MOST_PARTS) if there and rng.random() < self._parts else 0
        sorts = rng.choices(tuple(there), tuple(there.values()), k=count) if count else []
        named = [(each, self._part_name(each, name, area)) for each in dict.fromkeys(sorts)]
        parts = [(each, part) for each, part in named if part is not None]
        is_alone = len(parts) > 1 and rng.random() < _ONLY_PARTS
        found = [] if is_alone else [self._entity(sort, name, area)]
        for each, part in parts[: most - len(found)]:
            found.append(self._entity(each, part, area))
            self._after[found[-1].entity_id] = name
        return found

    def _part_name(self, sort: str, name: Name, area: Area | None) -> Name | None:
        """Return what a sensor of a device is called, as Home Assistant calls it."""
        known = vocabulary(self._language.code).kind_words.get(kind_of_sort(sort), frozenset())
        said = [word.text.source for word in self._language.kinds[sort]["one"]]
        said = [word for word in said if known.issuperset(words(word))]
        if not said:
            return None  # Nobody could tell that it is a part of something else.
        word = self._rng.choice(said)
        text = tidy(f"{name.text} {word.title() if name.text.istitle() else word}")
        grammar, part = self._language.grammar, self._namer.called(text, sort)
        if grammar.is_head_first:  # It takes the article of the device.
            part = replace(name.renamed(text, grammar) or part, style=PART)
        return part if self._is_free(part, area) else None

    def _sort(self, domain: str) -> str:
        classes = self._domains[domain].classes
        if not classes:
            return domain
        name = self._rng.choices(tuple(classes), tuple(classes.values()))[0]
        return domain if name == NO_CLASS else f"{domain}_{name}"

    def _device_name(self, sort: str, area: Area | None, alike: list[Entity]) -> Name | None:
        place = self._names[area.area_id] if area is not None else self._unknown_place()
        for _ in range(_TRIES):
            if alike and domain_of(sort) != "person" and self._rng.random() < self._twins:
                name = self._twin(self._rng.choice(alike), area, place)
            else:
                name = self._namer.name(sort, place)
            if name is not None and self._is_free(name, area):
                return name
        return None

    def _unknown_place(self) -> Name | None:
        """Return a room that is only known from the name of a device."""
        if self._rng.random() >= _NAMED_AFTER_A_ROOM:
            return None
        place = self._namer.name("area")
        return place if place.plain not in self._places else None

    def _is_free(self, name: Name, area: Area | None) -> bool:
        if name.plain in self._places or split_of(name.plain) != self._split:
            return False
        places = self._called.get(name.plain, [])
        if not places:
            return True
        # The same name twice is fine in two rooms: the room tells them apart.
        if area is None or None in places:
            return False
        return area.area_id not in places and len(places) < _MOST_OF_A_NAME

    def _twin(self, other: Entity, area: Area | None, place: Name | None) -> Name | None:
        """Return a name that differs from another's in one word, or in its room alone."""
        rng, old = self._rng, self._names[other.entity_id]
        elsewhere = area is not None and other.area_id not in (None, area.area_id)
        if elsewhere and rng.random() < _SAME_NAME:
            return old
        words = self._language.parts(old.plain)
        if len(words) == 1 or rng.random() < _NUMBERED:
            if words[-1].isdigit():
                return None
            numbered = tidy(f"{old.text} {self._namer.word('number')}")
            return old.renamed(numbered, self._language.grammar)
        kinds = self._kind_words(sort_of(other))
        at = rng.randrange(len(words))
        fresh = self._language.parts(self._namer.name(sort_of(other), place).plain)
        # A kind word takes the place of a kind word, so that no "light lamp" comes of it.
        fresh = [w for w in fresh if (w in kinds) == (words[at] in kinds) and w not in words]
        if not fresh or not self._language.grammar.links.isdisjoint((words[at], *fresh)):
            return None
        words[at] = rng.choice(fresh)
        text = tidy(" ".join(words))
        text = text.title() if old.text.istitle() else text
        return old.renamed(text, self._language.grammar)

    def _kind_words(self, sort: str) -> set[str]:
        words = [*self._language.lists.get(f"{sort}_kind", ()), *self._language.kinds[sort]["one"]]
        return {part for word in words for part in word.text.source.split()}

    def _entity(self, sort: str, name: Name, area: Area | None) -> Entity:
        area_id = area.area_id if area is not None else None
        self._called.setdefault(name.plain, []).append(area_id)
        domain = domain_of(sort)
        entity_id = self._entity_id(domain, name)
        self._names[entity_id] = name
        spec, rng = facts().domains[domain], self._rng
        features, options = rng.choice(spec.features), self._options(spec)
        state = spec.state(class_of(sort), options.get("option", ()), rng)
        return Entity(
            entity_id=entity_id,
            name=name.text,
            aliases=self._aliases(sort) if rng.random() < _ALIAS else (),
            area_id=area_id,
            state=state,
            attributes=_attributes(spec, state, features, options, rng),
            features=features,
            device_class=class_of(sort),
            options=options,
        )

    def _options(self, spec: Domain) -> dict[str, tuple[str, ...]]:
        """Return what a device can be set to."""
        found = {}
        for name, options in spec.options.items():
            if self._rng.random() < options.share:
                count = self._rng.randint(options.least, options.most)
                words = (self._namer.word(options.words) for _ in range(count))
                found[name] = tuple(dict.fromkeys(map(self._cased, words)))
        return found

    def _cased(self, option: str) -> str:
        return option if self._rng.random() < _PLAIN_OPTION else option.capitalize()

    def _aliases(self, sort: str) -> tuple[str, ...]:
        alias = self._namer.name(sort)
        if alias.plain in self._places or alias.plain in self._called:
            return ()
        # None: no other device may be called so, in whatever room.
        self._called[alias.plain] = [None]
        self._names[f"alias {alias.plain}"] = alias
        return (alias.text,)

    def _entity_id(self, domain: str, name: Name) -> str:
        rng = self._rng
        style = self._id_style
        if style == "mixed":
            style = rng.choice(("name", "other", "serial"))
        while True:
            entity_id = f"{domain}.{self._object_id(style, label(name.text))}"
            if entity_id not in self._ids:
                self._ids.add(entity_id)
                return entity_id
            style = "serial"

    def _object_id(self, style: str, name: str) -> str:
        if style == "name":
            ascii_name = name.encode("ascii", "ignore").decode()
            text = "".join(c if c.isalnum() else "_" for c in ascii_name)
            return text.strip("_") or "device"
        if style == "other":
            return f"{self._rng.choice(_OTHER_IDS)}_{self._rng.randint(1, 99)}"
        return f"0x{self._rng.getrandbits(48):012x}"


def _attributes(
    domain: Domain,
    state: str,
    features: frozenset[str],
    options: Mapping[str, tuple[str, ...]],
    rng: random.Random,
) -> dict[str, Value]:
    attributes = {
        name: reading.draw(rng)
        for name, reading in domain.readings.items()
        if reading.shows(state, features) and rng.random() < reading.share
    }
    if state not in ("off", "unavailable"):
        chosen = {name: rng.choice(those) for name, those in options.items() if name != "option"}
        attributes |= chosen
    return attributes
