"""Words for a kind that tell a sort of it: "the lamp" of a floor lamp and a ceiling light."""

from collections.abc import Collection

from ..cues import cues
from ..home import Entity, Home
from ..kinds import members, of_kind
from ..text import fold
from ..vocabulary import vocabulary
from ..words import is_character, words
from .tiny_rest import Rest

_SORTED = ("light", "fan", "climate")
"""Kinds of which people know sorts, and call them so."""

_PAIR = 2
_SHORTEST_END, _LONGEST_END = 2, 6

_AS_SUCH = ("fan",)
"""Kinds of which some are called the kind itself: the extractor is no fan."""


def called_by_sort(kind: str, found: tuple[Entity, ...], rest: Rest) -> tuple[Entity, ...]:
    """Return those whose names have the very word for the kind: "the extractor"."""
    if rest.text and is_character(rest.text[-1:]):
        return _ending_as_said(found, rest)
    is_compound = bool(vocabulary(rest.language).compounds)
    said = _words_for(kind, rest)
    return tuple(
        entity
        for entity in found
        if any(w in said or (is_compound and w.endswith(said)) for w in words(entity.name))
    )


def _ending_as_said(found: tuple[Entity, ...], rest: Rest) -> tuple[Entity, ...]:
    """Return those whose names end as is said, where words have no spaces: 纱帘 of 客厅纱帘."""
    heard = " ".join(rest.outside)
    ends: dict[str, list[Entity]] = {}
    for entity in found:
        name = fold(entity.name)
        for length in range(_SHORTEST_END, min(len(name), _LONGEST_END) + 1):
            end = name[-length:]
            if end in heard and is_character(end[0]) and not _is_generic(end, rest.language):
                ends.setdefault(end, []).append(entity)
    longest = max(map(len, ends), default=0)
    said = [end for end in ends if len(end) == longest]
    return tuple(ends[said[0]]) if len(said) == 1 else ()


def _is_generic(end: str, language: str) -> bool:
    """Return whether what a name ends with is a word for a kind, or the end of one."""
    known = cues(language)
    own = words(known.without_first("particle_of", end))
    kinds = vocabulary(language).kind_names.values()
    is_one = any(name[-len(own) :] == own for names in kinds for name in names) if own else True
    return is_one and not known.say("sort", (end,))


def of_kind_said(
    kind: str, entities: Collection[Entity], domains: Collection[str], rest: Rest
) -> tuple[Entity, ...]:
    """Return the devices of a kind; where there is none, those that its word may be said of.

    That is first what has it in its name, then what else the word means ("rollo").
    """
    found = of_kind(kind, entities, domains)
    if not found or members(kind, entities, domains):
        return found
    said = [other for other in sorted(rest.kinds) if rest.words_for(other)]
    others = [e for other in said for e in members(other, entities, domains)]
    meant = tuple(entity for entity in found if entity in others)
    return called_by_sort(kind, found, rest) or meant or found


def called_after_hosts(
    kind: str, entities: Collection[Entity], domains: Collection[str], rest: Rest
) -> tuple[Entity, ...]:
    """Return what is called after somebody who has no room: "licht beim emil aus"."""
    hosts = rest.hosts
    found = of_kind(kind, entities, domains) if hosts else ()
    return tuple(entity for entity in found if not hosts.isdisjoint(words(entity.name)))


def only_one_called_so(kind: str, found: tuple[Entity, ...], rest: Rest) -> tuple[Entity, ...]:
    """Return the one of several that is called what is said, be it no more than the kind."""
    is_told = kind in _AS_SUCH or is_character(rest.text[-1:])
    called = called_by_sort(kind, found, rest) if is_told else ()
    return called if len(called) == 1 else ()


def pair_called_so(kind: str, found: tuple[Entity, ...], rest: Rest) -> tuple[Entity, ...]:
    """Return the two that are called what is said: "both lamps", beside a ceiling light."""
    endings = ("", *vocabulary(rest.language).plural_endings)
    said = {word.removesuffix(each) for word in _words_for(kind, rest) for each in endings}
    called = tuple(e for e in found if not said.isdisjoint(words(e.name)))
    return next((those for those in (found, called) if len(those) == _PAIR), ())


def only_one_with_a_word_said(found: tuple[Entity, ...], rest: Rest) -> tuple[Entity, ...]:
    """Return the one of several of whose name a word is said: "lock the back"."""
    said = set(words(rest.text)) - vocabulary(rest.language).all_kind_words
    those = tuple(entity for entity in found if not said.isdisjoint(words(entity.name)))
    return those if len(those) == 1 < len(found) else ()


def the_one_called_just_that(
    said: str, kind: str, found: tuple[Entity, ...], home: Home
) -> tuple[Entity, ...]:
    """Return the radiator, where what is said is that alone, and a thermostat was found for it.

    Args:
        said: the words that stand for a device.
        kind: its kind.
        found: what they were taken for.
        home: the home.

    """
    own, known = words(said), vocabulary(home.language)
    tells = set(own) <= known.kind_words.get(kind, frozenset()) and not known.generic.issuperset(
        own
    )
    if not tells or is_character(said[:1]) or any(set(own) & {*words(e.name)} for e in found):
        return ()
    domains = {entity.domain for entity in found}
    called = [e for e in home.entities if e.domain in domains and set(own) <= {*words(e.name)}]
    return tuple(called) if len(called) == 1 else ()


def of_sort(kind: str, here: tuple[Entity, ...], rest: Rest) -> tuple[Entity, ...]:
    """Return the one of several here that a word for its sort is said for, else all of them."""
    called = called_by_sort(kind, here, rest) if _tells_sort(kind, rest) else ()
    return called if len(called) == 1 else here


def of_sort_elsewhere(
    kind: str, here: tuple[Entity, ...], found: tuple[Entity, ...], rest: Rest
) -> tuple[Entity, ...]:
    """Return the one elsewhere of the sort that is said, where all here is of another.

    Who has air conditioning here, and a radiator in the study, means the latter by "the radiator".
    """
    if not _tells_sort(kind, rest):
        return ()
    called = called_by_sort(kind, found, rest)
    own = vocabulary(rest.language).kind_words.get(kind, frozenset())
    are_others = all(not own.isdisjoint(words(entity.name)) for entity in here)
    return called if len(called) == 1 and called[0] not in here and are_others else ()


def those_of_its_room(found: tuple[Entity, ...], kind: str, home: Home) -> tuple[Entity, ...]:
    """Return what "the shutters of the den" are, where one of two is the "den shutter"."""
    area = home.area_by_id.get(found[0].area_id or "")
    if len(found) != 1 or area is None:
        return found
    known = vocabulary(home.language)
    own = {word for name in (area.name, *area.aliases) for word in known.words(name)}
    called = set(known.words(found[0].name)) - own - known.vague
    if not called or not called <= known.all_kind_words:
        return found
    there = [entity for entity in home.entities if entity.area_id == area.area_id]
    return of_kind(kind, there, [found[0].domain]) or found


def _tells_sort(kind: str, rest: Rest) -> bool:
    """Return whether a word for the kind is said that is not for all of it."""
    if is_character(rest.text[-1:]):
        return True  # What names end with tells.
    said = _words_for(kind, rest) if kind in _SORTED else ()
    return not vocabulary(rest.language).generic.issuperset(said)


def _words_for(kind: str, rest: Rest) -> tuple[str, ...]:
    """Return the words for a kind, where one character alone is none."""
    return tuple(word for word in rest.words_for(kind) if not is_character(word))
