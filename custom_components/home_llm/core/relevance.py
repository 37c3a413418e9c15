"""What of a home matters to a sentence: for models that cannot be shown all of a large house."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .actions import ACTIONS
from .home import Area, Entity, Home
from .kinds import DOMAINS, KINDS, members
from .linking import Span, linker
from .text import fold
from .vocabulary import vocabulary
from .words import words

_NAMED, _KIND_IN_PLACE, _IN_PLACE, _OF_KIND, _HERE = range(5)
"""How close a device is to a sentence, the closest first."""

_CONTROLLED = frozenset(action.domain for action in ACTIONS.values() if action.targets)


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """Entity ids, the most important first.

    Args:
        wanted: what this sentence may be about.
        usual: everything, whatever is said: this order changes with the home alone, and seldom.

    """

    wanted: tuple[str, ...]
    usual: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Subject:
    """What a sentence names.

    Args:
        devices: ids of those that are named.
        areas: ids of the areas, also of those on a floor that is named.
        kinds: ids of the devices of a kind that is named, each with how many there are of it.

    """

    devices: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    kinds: Mapping[str, int] = field(default_factory=dict)


def ranking(
    home: Home, sentence: str = "", area: Area | None = None, lately: Sequence[str] = ()
) -> Ranking:
    """Return what matters most to a sentence.

    What it names comes first: devices, then kinds in places, places, and kinds; then what is in the
    speaker's area, and what the conversation was about lately.

    Args:
        home: all that is exposed.
        sentence: what people say; nothing, before they do.
        area: where they stand, if that is known.
        lately: ids of what the conversation was about.

    """
    usual = _usual(home)
    place = {entity_id: number for number, entity_id in enumerate(usual)}
    subject = _subject(home, sentence)
    closeness = dict(_closeness(home, subject, area))
    known = home.entity_by_id

    def rank(each: str) -> tuple[int, bool, int, int]:
        is_elsewhere = not _is_in(known[each], area)
        return closeness[each], is_elsewhere, subject.kinds.get(each, 0), place[each]

    close = sorted(closeness, key=rank)
    spoken_of = (entity_id for entity_id in lately if entity_id in known)
    return Ranking(wanted=tuple(dict.fromkeys((*close, *spoken_of))), usual=usual)


def named(home: Home, sentence: str) -> frozenset[str]:
    """Return the ids of the devices that a sentence names."""
    return _subject(home, sentence).devices


def _usual(home: Home) -> tuple[str, ...]:
    """Return what can be controlled, what changed last first, then the rest in the home's order.

    Sensors change all the time, and nobody has used them.
    """
    controlled = [e.entity_id for e in home.by_last_change if e.domain in _CONTROLLED]
    everything = (entity.entity_id for entity in home.entities)
    return tuple(dict.fromkeys((*reversed(controlled), *everything)))


def _closeness(home: Home, subject: _Subject, area: Area | None) -> Iterator[tuple[str, int]]:
    """Yield what is close to a sentence, and how close."""
    for entity in home.entities:
        entity_id, is_meant = entity.entity_id, entity.entity_id in subject.kinds
        if entity_id in subject.devices:
            yield entity_id, _NAMED
        elif entity.area_id in subject.areas:
            yield entity_id, _KIND_IN_PLACE if is_meant else _IN_PLACE
        elif is_meant:
            yield entity_id, _OF_KIND
        elif _is_in(entity, area):
            yield entity_id, _HERE


def _is_in(entity: Entity, area: Area | None) -> bool:
    return area is not None and entity.area_id == area.area_id


def _subject(home: Home, sentence: str) -> _Subject:
    own, folded = words(sentence), fold(sentence)
    if not own:
        return _Subject()
    spans = linker(home).link(folded)
    things = [thing for span in spans for thing in (*span.things, *span.parts)]
    devices = {thing.id for thing in things if thing.kind == "device"}
    # Nobody has taught the linker what a siren is; such a thing has to be named in full.
    strange = (entity for entity in home.entities if entity.domain not in DOMAINS)
    devices.update(each.entity_id for each in strange if _holds(own, words(each.name)))
    areas = {thing.id for thing in things if thing.kind == "area"}
    floors = {thing.id for thing in things if thing.kind == "floor"}
    areas.update(each.area_id for each in home.areas if each.floor_id in floors)
    return _Subject(
        devices=frozenset(devices),
        areas=frozenset(areas),
        kinds=_of_kinds(home, list(_beside(folded, spans))),
    )


def _beside(sentence: str, spans: Sequence[Span]) -> Iterator[tuple[str, ...]]:
    """Yield the words beside names of devices: who names the desk lamp does not mean all lamps."""
    start = 0
    for span in spans:
        if span.is_whole and any(thing.kind == "device" for thing in span.things):
            yield words(sentence[start : span.start])
            start = span.end
    yield words(sentence[start:])


def _of_kinds(home: Home, said: Collection[tuple[str, ...]]) -> Mapping[str, int]:
    """Return the ids of the devices of the kinds that are said.

    With each comes how many there are of its kind: who says "switch off the fan" means the one fan,
    and none of the many switches.
    """
    found: dict[str, int] = {}
    for kind, names in vocabulary(home.language).kind_names.items():
        if kind in KINDS and any(_holds(own, name) for own in said for name in names):
            those = members(kind, home.entities, DOMAINS)
            for entity in those:
                count = found.get(entity.entity_id, len(those))
                found[entity.entity_id] = min(len(those), count)
    return found


def _holds(own: tuple[str, ...], row: tuple[str, ...]) -> bool:
    """Return whether words stand in a row among others."""
    count = len(row)
    return count > 0 and any(own[at : at + count] == row for at in range(len(own) - count + 1))
