"""What of a home matters to a sentence: for models that cannot be shown all of a large house."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .actions import ACTIONS
from .home import Area, Entity, Home
from .kinds import DOMAINS, KINDS, members
from .linking import linker
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
    kinds = _of_kinds(home, words(sentence))
    closeness = _closeness(home, sentence, area, kinds)
    known = home.entity_by_id

    def rank(each: str) -> tuple[int, bool, int, int]:
        is_elsewhere = not _is_in(known[each], area)
        return closeness[each], is_elsewhere, kinds.get(each, 0), place[each]

    close = sorted(closeness, key=rank)
    spoken_of = (entity_id for entity_id in lately if entity_id in known)
    return Ranking(wanted=tuple(dict.fromkeys((*close, *spoken_of))), usual=usual)


def named(home: Home, sentence: str) -> tuple[str, ...]:
    """Return the ids of the devices that a sentence names."""
    return tuple(entity_id for entity_id, close in _said(home, sentence) if close == _NAMED)


def _usual(home: Home) -> tuple[str, ...]:
    """Return what can be controlled, what changed last first, then the rest in the home's order.

    Sensors change all the time, and nobody has used them.
    """
    controlled = [e.entity_id for e in home.by_last_change if e.domain in _CONTROLLED]
    everything = (entity.entity_id for entity in home.entities)
    return tuple(dict.fromkeys((*reversed(controlled), *everything)))


def _closeness(
    home: Home, sentence: str, area: Area | None, kinds: Collection[str]
) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for entity_id, closeness in (*_said(home, sentence, kinds), *_here(home, area)):
        found[entity_id] = min(closeness, found.get(entity_id, closeness))
    return found


def _here(home: Home, area: Area | None) -> Iterator[tuple[str, int]]:
    for entity in home.entities:
        if _is_in(entity, area):
            yield entity.entity_id, _HERE


def _is_in(entity: Entity, area: Area | None) -> bool:
    return area is not None and entity.area_id == area.area_id


def _said(home: Home, sentence: str, kinds: Collection[str] = ()) -> Iterator[tuple[str, int]]:
    """Yield what a sentence names, with its closeness; ``kinds`` are devices of those it names."""
    own = words(sentence)
    spans = linker(home).link(fold(sentence)) if own else ()
    things = [thing for span in spans for thing in (*span.things, *span.parts)]
    for thing in things:
        if thing.kind == "device":
            yield thing.id, _NAMED
    for entity in home.entities:
        # Nobody has taught the linker what a siren is; such a thing has to be named in full.
        if entity.domain not in DOMAINS and _holds(own, words(entity.name)):
            yield entity.entity_id, _NAMED
    areas = {thing.id for thing in things if thing.kind == "area"}
    floors = {thing.id for thing in things if thing.kind == "floor"}
    areas.update(each.area_id for each in home.areas if each.floor_id in floors)
    for entity in home.entities:
        if entity.area_id in areas:
            is_meant = entity.entity_id in kinds
            yield entity.entity_id, _KIND_IN_PLACE if is_meant else _IN_PLACE
    for entity_id in kinds:
        yield entity_id, _OF_KIND


def _of_kinds(home: Home, own: tuple[str, ...]) -> Mapping[str, int]:
    """Return the ids of the devices of the kinds that a sentence names.

    With each comes how many there are of its kind: who says "switch off the fan" means the one fan,
    and none of the many switches.
    """
    known = vocabulary(home.language).kind_names
    said = (kind for kind, names in known.items() if any(_holds(own, name) for name in names))
    found: dict[str, int] = {}
    for kind in said:
        those = members(kind, home.entities, DOMAINS) if kind in KINDS else ()
        for entity in those:
            entity_id = entity.entity_id
            found[entity_id] = min(len(those), found.get(entity_id, len(those)))
    return found


def _holds(own: tuple[str, ...], row: tuple[str, ...]) -> bool:
    """Return whether words stand in a row among others."""
    count = len(row)
    return count > 0 and any(own[at : at + count] == row for at in range(len(own) - count + 1))
