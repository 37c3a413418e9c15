"""What the things of a home are called, as words: by their names, and as other people say them.

A sensor that is called after another device, as the "fridge temperature" and the "fridge door" are
after the fridge, is a part of it: who asks "how cold is the fridge" means the sensor.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from .home import Entity, Home
from .kinds import DOMAINS, kind_of
from .people import rooms_of_people, things_of_people
from .vocabulary import Vocabulary

Kind = Literal["device", "area", "floor"]
Words = tuple[str, ...]

_SENSORS = ("sensor", "binary_sensor")
_GARAGE = "garage"
_LEAST_STEM = 0.55
_LONGEST_ENDING = 3
_SHORTEST_STEM, _LONG_STEM = 3, 5
_MOST_WORDS = 24
"""Words of a name that are looked for: nobody says more of it, and names can be texts."""


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Something that can be named: a device, an area or a floor, by its id."""

    kind: Kind
    id: str

    @property
    def domain(self) -> str:
        """The domain of a device; of a place its id."""
        return self.id.partition(".")[0]


@dataclass(frozen=True)
class Name:
    """A name as words, and those that its place and its kind say anyway."""

    thing: Thing
    words: tuple[str, ...]
    implied: frozenset[str]
    kinds: frozenset[str]
    is_own: bool = True
    """Whether it is really called so, and not only the same in other words."""

    is_part: bool = False
    """Whether it is called after what these words name."""


def names_of(home: Home, known: Vocabulary) -> tuple[Name, ...]:
    """Return what everything in a home is called; ``known`` is what its language calls things."""
    names = tuple(_own_names(home, known))
    return (*_without_those_of_others(names), *_parts(names, known))


def _without_those_of_others(names: Sequence[Name]) -> Iterator[Name]:
    """Yield names but for other words of a device that are another one's own.

    Where there is a "hanglamp eettafel", no "plafondlamp" is called "hanglamp" by other people.
    """
    having: dict[tuple[str, str], set[Thing]] = {}
    for name in (name for name in names if name.is_own):
        for word in name.words:
            having.setdefault((name.thing.domain, word), set()).add(name.thing)
    for name in names:
        if name.is_own or name.thing.kind != "device":
            yield name
            continue
        called = (having.get((name.thing.domain, word), set()) for word in name.words)
        if set.intersection(*sorted(called, key=len)) <= {name.thing}:
            yield name


def _own_names(home: Home, known: Vocabulary) -> Iterator[Name]:
    places = {a.area_id: known.words(a.name)[:_MOST_WORDS] for a in home.areas}
    for entity in home.entities:
        if entity.domain in DOMAINS:
            place = places.get(entity.area_id or "", ())
            kinds = _kind_words(entity.domain, entity.device_class, known)
            for name in (entity.name, *entity.aliases):
                thing = Thing(kind="device", id=entity.entity_id)
                yield from _name(thing, name, known, place, kinds)
    yield from _of_the_garage(home, known)
    yield from _of_people(home, known)
    for area in home.areas:
        for name in (area.name, *area.aliases):
            yield from _name(Thing(kind="area", id=area.area_id), name, known)
    for floor in home.floors:
        for name in (floor.name, *floor.aliases):
            yield from _name(Thing(kind="floor", id=floor.floor_id), name, known)


def _of_the_garage(home: Home, known: Vocabulary) -> Iterator[Name]:
    """Yield the only door of a garage as the garage, which is what people shut."""
    doors: dict[str | None, list[Entity]] = {}
    for entity in home.of_domain("cover"):
        if kind_of(entity.domain, entity.device_class) == _GARAGE:
            doors.setdefault(entity.area_id, []).append(entity)
    said = known.kind_words.get(_GARAGE, frozenset())
    for area in home.areas:
        there = doors.get(area.area_id, [])
        for name in (area.name, *area.aliases) if len(there) == 1 else ():
            own = known.words(name)[:_MOST_WORDS]
            if own and said.issuperset(own):
                thing = Thing(kind="device", id=there[0].entity_id)
                yield Name(thing, own, frozenset(), said)


def _of_people(home: Home, known: Vocabulary) -> Iterator[Name]:
    """Yield what is somebody's, as else it is said to be theirs."""
    taken = {known.words(entity.name) for entity in home.entities}
    taken |= {known.words(area.name) for area in home.areas}
    for area_id, said in rooms_of_people(home, known):
        if said not in taken:
            yield Name(Thing(kind="area", id=area_id), said, frozenset(), frozenset(), is_own=False)
    for entity, said in things_of_people(home, known):
        if said not in taken and entity.domain in DOMAINS:
            kinds = _kind_words(entity.domain, entity.device_class, known)
            thing = Thing(kind="device", id=entity.entity_id)
            yield Name(thing, said, frozenset(), kinds, is_own=False)


def _parts(names: Sequence[Name], known: Vocabulary) -> Iterator[Name]:
    """Yield sensors by what they are called after, where other devices are called (after) it."""
    places = {name.words for name in names if name.thing.kind != "device"}
    users: dict[Words, set[Thing]] = {}
    for name in names:
        users.setdefault(name.words, set()).add(name.thing)
    sensors = [n for n in names if n.is_own and n.thing.id.partition(".")[0] in _SENSORS]
    after = [(words, name) for name in sensors for words in _called_after(name, known)]
    for words, name in after:
        users.setdefault(words, set()).add(name.thing)
    for words, name in after:
        if len(users[words]) > 1 and not _is_place(words, places, known):
            yield replace(name, words=words, is_own=False, is_part=True)


def _is_place(said: Words, places: Collection[Words], known: Vocabulary) -> bool:
    """Return whether words are a place, as "w kuchni" is "kuchnia"."""
    if said in places or not known.inflected:
        return said in places
    telling = [word for word in said if word not in known.vague]
    return any(
        all(any(word == own or is_inflected(word, own) for own in place) for word in telling)
        for place in places
    )


def _called_after(name: Name, known: Vocabulary) -> Iterator[Words]:
    """Yield a name without the words for what is measured."""
    said = name.kinds | known.vague
    for at in range(1, len(name.words)):
        first, last = name.words[:at], name.words[at:]
        for thing, rest in ((first, last), (last, first)):
            measured = not name.kinds.isdisjoint(rest) and said.issuperset(rest)
            if measured and not known.vague_words.issuperset(thing):
                yield thing


@lru_cache(maxsize=256)
def _kind_words(domain: str, device_class: str | None, known: Vocabulary) -> frozenset[str]:
    words, kind = known.kind_words, kind_of(domain, device_class)
    return words.get(kind, frozenset()) | words.get(domain, frozenset())


@lru_cache(maxsize=2048)
def _name(
    thing: Thing,
    name: str,
    known: Vocabulary,
    place: tuple[str, ...] = (),
    kinds: frozenset[str] = frozenset(),
) -> tuple[Name, ...]:
    own = known.words(name)[:_MOST_WORDS]
    if not own:
        return ()
    others = _in_other_words(own, known)
    implied = frozenset(place)
    if known.inflected:  # "Розетка спальни" is in the "спальня".
        implied |= {word for word in own if any(is_inflected(word, each) for each in place)}
    return (
        Name(thing, own, implied, kinds),
        *(Name(thing, other, implied, kinds, is_own=False) for other in others),
    )


@lru_cache(maxsize=4096)
def _in_other_words(name: Words, known: Vocabulary) -> tuple[Words, ...]:
    """Return what a name is called by people who call the same thing otherwise."""
    rows = sorted(
        (rank, at, end, names)
        for end in range(1, len(name) + 1)
        for at in range(end)
        for rank, names in known.said_otherwise.get(name[at:end], ())
    )
    found = (name[:at] + other + name[end:] for _, at, end, names in rows for other in names)
    return tuple(other for other in dict.fromkeys(found) if other != name)


def is_inflected(heard: str, own: str) -> bool:
    """Return whether words differ in their endings, as in a language with cases."""
    head, longer = common(heard, own), max(len(heard), len(own))
    longest = _LONGEST_ENDING if head >= _LONG_STEM else _LONGEST_ENDING - 1
    return head >= _SHORTEST_STEM and head >= _LEAST_STEM * longer and longer - head <= longest


def common(first: str, second: str) -> int:
    """Return the length of the common beginning."""
    return next(
        (at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b),
        min(len(first), len(second)),
    )
