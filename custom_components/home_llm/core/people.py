"""What is called after people, in languages without spaces: 志强的房间 is 志强房, or 志强屋里.

There a particle stands between whom it belongs to and what it is, or does not, as one likes.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from .home import Entity, Home
from .kinds import kind_of
from .vocabulary import Vocabulary
from .words import LANGUAGES, is_character

_PERSON = "person"
_SHORTEST = 2
_MOST = 24
"""Words of a name that are looked at."""

_Words = tuple[str, ...]


def rooms_of_people(home: Home, known: Vocabulary) -> Iterator[tuple[str, _Words]]:
    """Yield areas that are somebody's, by their ids, with what else they are called."""
    particle, rooms = _particle(home.language), _rooms(home.language, known)
    if not particle:
        return
    people = _people(home, known)
    for area in home.areas:
        for name in (area.name, *area.aliases):
            own = known.words(name)[:_MOST]
            owner = _whose(own, people, rooms, particle)
            if owner:
                yield area.area_id, (*owner, *particle)
                for room in rooms:
                    yield area.area_id, (*owner, *room)
                    yield area.area_id, (*owner, *particle, *room)


def things_of_people(home: Home, known: Vocabulary) -> Iterator[tuple[Entity, _Words]]:
    """Yield devices that are called after somebody, with what else they are called."""
    particle = _particle(home.language)
    if not particle:
        return
    theirs: dict[tuple[_Words, str], list[Entity]] = {}
    people = _people(home, known)
    for entity in home.entities:
        for name in (entity.name, *entity.aliases) if entity.domain != _PERSON else ():
            own = known.words(name)[:_MOST]
            owner, thing = _parted(own, people, particle)
            if owner and thing:
                theirs.setdefault((owner, kind_of(entity.domain, entity.device_class)), []).append(
                    entity
                )
                yield entity, (*owner, *thing)
                yield entity, (*owner, *particle, *thing)
    for (owner, kind), entities in theirs.items():
        if len({entity.entity_id for entity in entities}) == 1:
            for row in known.kind_names.get(kind, ()):
                yield entities[0], (*owner, *row)
                yield entities[0], (*owner, *particle, *row)


def _people(home: Home, known: Vocabulary) -> Collection[_Words]:
    """Return the names of people, and of whoever something is said to belong to."""
    particle = _particle(home.language)
    named = {known.words(entity.name) for entity in home.of_domain(_PERSON)}
    of = (name for each in home.entities for name in (each.name, *each.aliases))
    for own in (known.words(name)[:_MOST] for name in of):
        at = next((at for at in range(1, len(own)) if own[at : at + len(particle)] == particle), 0)
        named.add(own[:at])
    return {name for name in named if len(name) >= _SHORTEST and is_character(name[0])}


def _parted(own: _Words, people: Collection[_Words], particle: _Words) -> tuple[_Words, _Words]:
    """Return whose something is, and what it is; nothing if it is nobody's."""
    owner = max((each for each in people if own[: len(each)] == each), key=len, default=())
    thing = own[len(owner) :]
    return owner, thing[len(particle) :] if thing[: len(particle)] == particle else thing


def _whose(
    own: _Words, people: Collection[_Words], rooms: Collection[_Words], particle: _Words
) -> _Words:
    """Return whose room a name is: that of a person, or of whom a name like it stands for."""
    owner, thing = _parted(own, people, particle)
    if owner and thing in rooms:
        return owner
    room = max((each for each in rooms if own[-len(each) :] == each), key=len, default=())
    rest = own[: len(own) - len(room)] if room else ()
    rest = rest[: -len(particle)] if rest[-len(particle) :] == particle else rest
    return rest if len(rest) >= _SHORTEST and is_character(rest[0]) else ()


def _particle(language: str) -> _Words:
    return tuple(_known(language).get("of_people", ("",))[0])


@lru_cache(maxsize=16)
def _rooms(language: str, known: Vocabulary) -> Collection[_Words]:
    return tuple(known.words(each) for each in _known(language).get("rooms_of_people", ()))


def _known(language: str) -> Mapping[str, Sequence[str]]:
    return LANGUAGES.get(language, {})
