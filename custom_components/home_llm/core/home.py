"""The home as a model may see it: a snapshot of exposed entities, areas and floors.

Values are what people say: brightness, positions and volumes in percent, colours by name,
temperatures in the home's unit. Home Assistant's raw units never enter a snapshot.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar

from .errors import HomeFileError

UNAVAILABLE = ("unavailable",)
"""States of what cannot be reached. What is unknown can be: a scene, a button, a radio switch."""

Value = str | int | float | bool | tuple[int, int, int]

_Made = TypeVar("_Made")


def _no_attributes() -> Mapping[str, Value]:
    return MappingProxyType({})


def _no_options() -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Floor:
    """A floor of the house; its level is 0 at the ground, if somebody has said so."""

    floor_id: str
    name: str
    aliases: tuple[str, ...] = ()
    level: int | None = None


@dataclass(frozen=True, kw_only=True)
class Area:
    """A room or another place, perhaps on a floor."""

    area_id: str
    name: str
    aliases: tuple[str, ...] = ()
    floor_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Entity:
    """An exposed entity.

    Args:
        entity_id: Home Assistant's id, ``domain.object_id``.
        name: what people call it.
        aliases: other names for it.
        area_id: the area it belongs to, its own or its device's.
        state: Home Assistant's state string.
        attributes: readings in people's units, by argument name: ``brightness`` 0-100 %,
            ``color`` as a CSS name, ``percentage`` 0-100 %.
        features: the arguments that this device accepts beyond its domain's bare actions.
        device_class: Home Assistant's class, if it has one.
        options: what it can be set to, by argument name: ``option``, ``source``, ``preset_mode``.

    """

    entity_id: str
    name: str
    aliases: tuple[str, ...] = ()
    area_id: str | None = None
    state: str = "unknown"
    attributes: Mapping[str, Value] = field(default_factory=_no_attributes)
    features: frozenset[str] = frozenset()
    device_class: str | None = None
    options: Mapping[str, tuple[str, ...]] = field(default_factory=_no_options)

    @cached_property
    def domain(self) -> str:
        """The part of the id before the dot."""
        return self.entity_id.partition(".")[0]

    @property
    def available(self) -> bool:
        """Whether the device can be reached."""
        return self.state not in UNAVAILABLE


@dataclass(frozen=True, kw_only=True)
class Home:
    """A snapshot of what is exposed. The order of entities, areas and floors is stable.

    Args:
        entities: the exposed entities.
        areas: the areas they can be in.
        floors: the floors that areas can be on.
        last_changed: ids in the order in which their states changed, the latest last; entities
            that are not named changed before all others.
        language: the code of the language that is spoken in it, as ``en``.

    """

    entities: tuple[Entity, ...] = ()
    areas: tuple[Area, ...] = ()
    floors: tuple[Floor, ...] = ()
    last_changed: tuple[str, ...] = ()
    language: str = "en"

    @cached_property
    def entity_by_id(self) -> Mapping[str, Entity]:
        """Entities by ``entity_id``."""
        return {entity.entity_id: entity for entity in self.entities}

    @cached_property
    def area_by_id(self) -> Mapping[str, Area]:
        """Areas by ``area_id``."""
        return {area.area_id: area for area in self.areas}

    @cached_property
    def by_last_change(self) -> tuple[Entity, ...]:
        """Entities in the order in which their states changed, the latest last."""
        rank = {entity_id: number for number, entity_id in enumerate(self.last_changed)}
        return tuple(sorted(self.entities, key=lambda entity: rank.get(entity.entity_id, -1)))

    @cached_property
    def _by_domain(self) -> Mapping[str, tuple[Entity, ...]]:
        found: dict[str, list[Entity]] = {}
        for entity in self.entities:
            found.setdefault(entity.domain, []).append(entity)
        return {domain: tuple(entities) for domain, entities in found.items()}

    @cached_property
    def _made(self) -> dict[Callable[["Home"], Any], Any]:
        return {}

    def once(self, make: Callable[["Home"], _Made]) -> _Made:
        """Return what ``make`` makes of this snapshot; it is kept as long as the snapshot."""
        if make not in self._made:
            self._made[make] = make(self)
        made: _Made = self._made[make]
        return made

    def in_area(self, area_id: str, domain: str) -> tuple[Entity, ...]:
        """Return the entities of ``domain`` in an area."""
        return tuple(e for e in self.of_domain(domain) if e.area_id == area_id)

    def on_floor(self, floor_id: str, domain: str) -> tuple[Entity, ...]:
        """Return the entities of ``domain`` in all areas of a floor."""
        areas = {area.area_id for area in self.areas if area.floor_id == floor_id}
        return tuple(e for e in self.of_domain(domain) if e.area_id in areas)

    def of_domain(self, domain: str) -> tuple[Entity, ...]:
        """Return the entities of ``domain`` in the whole house."""
        return self._by_domain.get(domain, ())


_ENTITY = (
    *("entity_id", "name", "aliases", "area_id", "state", "attributes", "features"),
    *("device_class", "options"),
)


def home_to_dict(home: Home) -> dict[str, Any]:
    """Return a JSON-ready form of a snapshot; defaults are left out."""
    return {
        "floors": [_sparse(f, ("floor_id", "name", "aliases")) for f in home.floors],
        "areas": [_sparse(a, ("area_id", "name", "aliases", "floor_id")) for a in home.areas],
        "entities": [_sparse(e, _ENTITY) for e in home.entities],
        "last_changed": list(home.last_changed),
        "language": home.language,
    }


def _sparse(item: object, keys: Iterable[str]) -> dict[str, Any]:
    values = {key: getattr(item, key) for key in keys}
    return {key: _plain(value) for key, value in values.items() if value}


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return value


def home_from_dict(data: Mapping[str, Any]) -> Home:
    """Build a snapshot from what ``home_to_dict`` returned.

    Raises:
        HomeFileError: a key is missing or has the wrong type.

    """
    try:
        return Home(
            floors=tuple(Floor(**_frozen(item)) for item in data.get("floors", ())),
            areas=tuple(Area(**_frozen(item)) for item in data.get("areas", ())),
            entities=tuple(Entity(**_frozen(item)) for item in data.get("entities", ())),
            last_changed=tuple(data.get("last_changed", ())),
            language=data.get("language", "en"),
        )
    except (TypeError, AttributeError) as err:
        msg = f"not a description of a home: {err}"
        raise HomeFileError(msg) from err


def _frozen(item: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(item)
    if "aliases" in out:
        out["aliases"] = tuple(out["aliases"])
    if "features" in out:
        out["features"] = frozenset(out["features"])
    if "options" in out:
        out["options"] = {key: tuple(options) for key, options in out["options"].items()}
    return out
