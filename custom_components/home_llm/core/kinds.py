"""What people tell apart: not quite Home Assistant's domains.

A blind and a garage door are both covers, and a door may be a cover, a lock or the contact on its
frame. A *kind* is a word of the model's lines for what people have one word for. Which devices that
is depends on what is wanted: a door is opened by a cover, and asked about at its contact.
"""

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from .home import Entity
from .vocabulary import EVERY_LANGUAGE
from .words import words

Classes = frozenset[str] | None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What people have one word for.

    Args:
        name: the word in the model's lines.
        members: the device classes by domain; none stands for the whole domain.
        instead: what may be meant where there is none: whoever says "blinds" where there are only
            curtains means those.
        is_by_name: whether that must be called so, as nothing that has no class and is called so
            is anything else: who says "garage" means no hen house, and who says "blinds" no garage.

    """

    name: str
    members: Mapping[str, Classes]
    instead: Mapping[str, Classes] = field(default_factory=dict)
    is_by_name: bool = False


EVERYTHING = "everything"
"""All that can be switched, as people say it."""

IT = "it"
"""What was spoken of before."""


def _classes(*names: str) -> frozenset[str]:
    return frozenset(names)


_WINDOW_COVERS = _classes("blind", "curtain", "shade", "shutter", "")
_AWNING = "awning"
_COVERS = _WINDOW_COVERS | {_AWNING}
_CONTACTS = _classes("door", "opening", "")
_WHOLE_DOMAINS = (
    *("light", "fan", "switch", "cover", "valve", "lock", "climate", "humidifier"),
    *("media_player", "vacuum", "lawn_mower", "scene", "script", "input_boolean"),
    *("todo", "weather", "person", "calendar", "sensor", "binary_sensor"),
)
_SENSORS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # By kind: classes of sensors, and classes of binary sensors.
    "temperature": (("temperature",), ("cold", "heat")),
    "humidity": (("humidity",), ()),
    "battery": (("battery",), ("battery",)),
    "power": (("power", "apparent_power", "reactive_power"), ("power",)),
    "energy": (("energy", "energy_storage", "energy_distance"), ()),
    "illuminance": (("illuminance",), ("light",)),
    "pressure": (("pressure", "atmospheric_pressure"), ()),
    "carbon_dioxide": (("carbon_dioxide",), ()),
    "carbon_monoxide": (("carbon_monoxide",), ("carbon_monoxide",)),
    "air_quality": (
        *(("aqi", "pm1", "pm25", "pm4", "pm10", "volatile_organic_compounds"),),
        (),
    ),
    "voltage": (("voltage",), ()),
    "current": (("current",), ()),
    "water": (("water", "volume_flow_rate", "volume_storage"), ()),
    "gas": (("gas",), ("gas",)),
    "moisture": (("moisture",), ("moisture",)),
    "noise": (("sound_pressure",), ("sound",)),
    "wind": (("wind_speed", "wind_direction"), ()),
    "rain": (("precipitation", "precipitation_intensity"), ()),
    "signal": (("signal_strength",), ("connectivity",)),
    "weight": (("weight",), ()),
    "distance": (("distance",), ()),
    "speed": (("speed",), ()),
    "price": (("monetary",), ()),
    "motion": ((), ("motion", "occupancy", "presence", "moving")),
    "smoke": ((), ("smoke",)),
    "vibration": ((), ("vibration",)),
    "problem": ((), ("problem", "safety", "tamper")),
    "update": ((), ("update",)),
    "plug": ((), ("plug", "battery_charging")),
    "running": ((), ("running",)),
}

_ALL = (
    *(Kind(name=domain, members={domain: None}) for domain in _WHOLE_DOMAINS),
    *(
        Kind(name=name, members={"cover": _classes(name)}, instead={"cover": _COVERS})
        for name in ("blind", "curtain", "shade", "shutter")
    ),
    Kind(name=_AWNING, members={"cover": _classes(_AWNING)}),
    Kind(
        name="garage",
        members={"cover": _classes("garage"), "binary_sensor": _classes("garage_door")},
        instead={"cover": _classes("door", "gate", ""), "binary_sensor": _CONTACTS},
        is_by_name=True,
    ),
    Kind(
        name="gate",
        members={"cover": _classes("gate")},
        instead={"cover": _classes("door", "garage", ""), "binary_sensor": _CONTACTS},
        is_by_name=True,
    ),
    Kind(
        name="door",
        members={
            "cover": _classes("door"),
            "binary_sensor": _classes("door", "garage_door", "opening"),
        },
        instead={"cover": _classes("garage"), "lock": None},
    ),
    Kind(name="window", members={"cover": _classes("window"), "binary_sensor": _classes("window")}),
    Kind(
        name="tv",
        members={"media_player": _classes("tv")},
        instead={"media_player": _classes("receiver", "")},
    ),
    Kind(
        name="speaker",
        members={"media_player": _classes("speaker")},
        instead={"media_player": _classes("receiver", "")},
    ),
    Kind(name="button", members={"button": None, "input_button": None}),
    Kind(name="number", members={"number": None, "input_number": None}),
    Kind(name="select", members={"select": None, "input_select": None}),
    *(
        Kind(
            name=name,
            members={
                domain: _classes(*classes)
                for domain, classes in (("sensor", plain), ("binary_sensor", binary))
                if classes
            },
        )
        for name, (plain, binary) in _SENSORS.items()
    ),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
"""Every kind by its name, in a fixed order."""

MEASURED = tuple(_SENSORS)
"""The kinds that only sensors are."""

DOMAINS: tuple[str, ...] = tuple(dict.fromkeys(d for kind in _ALL for d in kind.members))
"""The domains of everything that can be spoken of."""


def kinds_in(domains: Collection[str]) -> tuple[str, ...]:
    """Return the kinds of which there are devices in some domains."""
    return tuple(kind.name for kind in _ALL if not kind.members.keys().isdisjoint(domains))


@lru_cache(maxsize=4096)
def kind_of(domain: str, device_class: str | None) -> str:
    """Return the kind that tells most about devices of a domain and class."""
    fitting = [kind for kind in _ALL if domain in kind.members]
    for kind in fitting:
        classes = kind.members[domain]
        if classes is not None and device_class in classes:
            return kind.name
    return next(kind.name for kind in fitting if kind.members[domain] is None)


def of_kind(name: str, entities: Iterable[Entity], domains: Collection[str]) -> tuple[Entity, ...]:
    """Return the devices of a kind, or those that may be meant where there is none.

    Args:
        name: of the kind.
        entities: what there is.
        domains: those that can do what is wanted.

    """
    there = tuple(entities)
    return members(name, there, domains) or _instead(name, there, domains)


def all_called(
    name: str, entities: Iterable[Entity], domains: Collection[str]
) -> tuple[Entity, ...]:
    """Return the devices of a kind, and those of others that are called so: "all gates"."""
    there = tuple(entities)
    others = _instead(name, there, domains) if KINDS[name].is_by_name else ()
    return tuple({e.entity_id: e for e in (*of_kind(name, there, domains), *others)}.values())


def _instead(
    name: str, entities: Collection[Entity], domains: Collection[str]
) -> tuple[Entity, ...]:
    """Return the devices that may be meant where there is none of a kind."""
    others = _of(KINDS[name].instead, entities, domains, name)
    return tuple(entity for entity in others if _may_be(entity, name))


def members(name: str, entities: Iterable[Entity], domains: Collection[str]) -> tuple[Entity, ...]:
    """Return the devices that really are of a kind."""
    return _of(KINDS[name].members, tuple(entities), domains, name)


def kinds_said(text: str) -> frozenset[str]:
    """Return the kinds that a text has a word for, in any language."""
    # Not kept: no sentence is said twice, where names are asked for again and again.
    said = _said_of.__wrapped__(text)
    return frozenset(kind for kind, names in _NAMES.items() if not names.isdisjoint(said))


def _of(
    classes: Mapping[str, Classes],
    entities: Collection[Entity],
    domains: Collection[str],
    name: str,
) -> tuple[Entity, ...]:
    return tuple(
        entity
        for entity in entities
        if entity.domain in classes
        and entity.domain in domains
        and _is_one(entity, classes[entity.domain], name)
    )


def _is_one(entity: Entity, classes: Classes, name: str) -> bool:
    if classes is None or (entity.device_class or "") in classes:
        return True
    # Of what has no class, the name tells what it is.
    return not entity.device_class and not _telling(name).isdisjoint(_said_of(entity.name))


def _may_be(entity: Entity, name: str) -> bool:
    """Return whether a device may be meant by a word for another kind."""
    if KINDS[name].is_by_name:
        return _is_called(entity, name)
    if entity.device_class == _AWNING:
        return any((word,) in _NAMES[name] for word in words(entity.name))  # "Store banne".
    classes = KINDS[name].instead[entity.domain]
    if entity.device_class or classes is None:
        return True
    # The blind of the garage is a blind.
    others = (kind for kind, each in KINDS.items() if each.is_by_name)
    return any(_is_called(entity, kind) for kind in classes if kind in KINDS) or not any(
        _is_called(entity, kind) for kind in others
    )


def _is_called(entity: Entity, name: str) -> bool:
    """Return whether a name holds a word for a kind, and not just for a door."""
    return not (_NAMES[name] - _NAMES["door"]).isdisjoint(_said_of(entity.name))


@lru_cache(maxsize=256)
def _telling(name: str) -> frozenset[tuple[str, ...]]:
    """Return the words that tell a kind from others: a sensor may be any, and no door a garage."""
    return frozenset(
        said
        for said in _NAMES.get(name, frozenset())
        if said[0].removesuffix("s") == name
        or not any(said in others for kind, others in _NAMES.items() if kind != name)
    )


@lru_cache(maxsize=2048)
def _said_of(name: str) -> frozenset[tuple[str, ...]]:
    """Return the words for kinds that a name holds; what a longer one holds is not said."""
    own = words(name)
    rows = {
        (at, end)
        for end in range(1, len(own) + 1)
        for at in range(max(0, end - _LONGEST), end)
        if own[at:end] in _SAID
    }
    return frozenset(own[at:end] for at, end in rows if not _is_in_longer(at, end, rows))


def _is_in_longer(at: int, end: int, rows: Container[tuple[int, int]]) -> bool:
    """Return whether words are part of a longer row of them."""
    return any(
        (first, last) in rows and (first, last) != (at, end)
        for first in range(end - _LONGEST, at + 1)
        for last in range(end, first + _LONGEST + 1)
    )


_NAMES = EVERY_LANGUAGE.kind_names
_SAID = frozenset[tuple[str, ...]]().union(*_NAMES.values())
_LONGEST = max(map(len, _SAID))
