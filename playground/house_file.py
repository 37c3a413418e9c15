"""House files: a house with its floors, areas and devices, as YAML that people write and read.

README.md in this folder describes the format. A file is read as a whole or not at all; what is
wrong is told in one sentence with the file and the line.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.util import slugify

from . import checks
from .checks import CheckError
from .consistency import contradiction
from .house import Area, Device, Floor, House
from .kinds import KINDS
from .sections import HouseFileError, Section, read_sections

__all__ = ["HouseFileError", "read_house"]

_NO_STATE = (STATE_UNKNOWN, STATE_UNAVAILABLE)
_MAX_NAME = 100
_MAX_SLUG = 200
_HOUSE_KEYS = ("name", "language", "units", "speaker", "floors", "areas", "devices")
_DEVICE_KEYS = (
    *("name", "kind", "area", "aliases", "features", "state", "attributes"),
    *("unavailable", "exposed", "entity_id"),
)


def read_house(path: Path) -> House:
    """Read a house file.

    Raises:
        HouseFileError: it cannot be read, or something in it is wrong.

    """
    section = read_sections(path)
    section.only(_HOUSE_KEYS)
    floors = _distinct([_floor(item) for item in section.sections("floors")], "floor")
    areas = _distinct([_area(item, floors) for item in section.sections("areas")], "area")
    return House(
        name=section.get("name", checks.text) or path.stem,
        language=section.get("language", checks.text) or "en",
        units=section.get("units", checks.one_of("metric", "us_customary")) or "metric",
        speaker=_place(section, "speaker", "area", areas),
        floors=floors,
        areas=areas,
        devices=_devices(section, areas),
    )


def _distinct[PlaceT: Floor | Area](
    places: list[tuple[Section, PlaceT]], what: str
) -> tuple[PlaceT, ...]:
    seen: set[str] = set()
    for section, place in places:
        # Home Assistant does not tell names apart by case and spaces, either.
        folded = place.name.lower().replace(" ", "")
        if folded in seen:
            raise section.error(f"there are two {what}s '{place.name}'", "name")
        seen.add(folded)
    return tuple(place for _, place in places)


def _floor(section: Section) -> tuple[Section, Floor]:
    section.only(("name", "aliases"))
    return section, Floor(name=_name(section), aliases=_words(section, "aliases"))


def _area(section: Section, floors: Sequence[Floor]) -> tuple[Section, Area]:
    section.only(("name", "aliases", "floor"))
    floor = _place(section, "floor", "floor", floors)
    return section, Area(name=_name(section), aliases=_words(section, "aliases"), floor=floor)


def _devices(house: Section, areas: Sequence[Area]) -> tuple[Device, ...]:
    sections = list(house.sections("devices"))
    taken: set[str] = set()
    # Ids that people chose come first, so that no made-up id takes one of them.
    for section in sections:
        entity_id = section.get("entity_id", _entity_id)
        if entity_id in taken:
            raise section.error(f"{entity_id} is given twice", "entity_id")
        taken |= {entity_id} if entity_id else set()
    return tuple(_device(section, areas, taken) for section in sections)


def _device(section: Section, areas: Sequence[Area], taken: set[str]) -> Device:
    section.only(_DEVICE_KEYS)
    if "kind" not in section:
        raise section.error(f"a device needs a kind, one of: {', '.join(KINDS)}")
    kind, name = section.get("kind", checks.one_of(*KINDS)), _name(section)
    area, features = _place(section, "area", "area", areas), _features(section, kind)
    device = Device(
        kind=kind,
        name=name,
        entity_id=_chosen_id(section, kind) or _made_up_id(kind, name, area, taken),
        area=area,
        aliases=_words(section, "aliases"),
        features=features,
        state=_state(section, kind),
        attributes=_attributes(section, kind, features),
        available=_available(section, kind),
        exposed=section.get("exposed", checks.flag) is not False,
    )
    if (problem := contradiction(kind, device.state, device.attributes)) is not None:
        raise section.error(problem)
    return device


def _chosen_id(section: Section, kind: str) -> str | None:
    entity_id: str | None = section.get("entity_id", _entity_id)
    if entity_id is not None and not entity_id.startswith(f"{kind}."):
        raise section.error(f"the entity_id of a {kind} begins with '{kind}.'", "entity_id")
    return entity_id


def _made_up_id(kind: str, name: str, area: str | None, taken: set[str]) -> str:
    base = f"{kind}.{slugify(name)[:_MAX_SLUG]}"
    if base in taken and area is not None:
        base = f"{kind}.{slugify(f'{area} {name}')[:_MAX_SLUG]}"
    entity_id, number = base, 2
    while entity_id in taken:
        entity_id, number = f"{base}_{number}", number + 1
    taken.add(entity_id)
    return entity_id


def _entity_id(value: object) -> str:
    domain, _, object_id = checks.text(value).partition(".")
    if slugify(domain) != domain or slugify(object_id) != object_id or not domain or not object_id:
        raise CheckError("an entity id as 'light.kitchen'")
    return f"{domain}.{object_id}"


def _features(section: Section, kind: str) -> tuple[str, ...]:
    if "features" not in section:
        return KINDS[kind].typical
    if not KINDS[kind].features:
        raise section.error(f"a {kind} has no features to choose from", "features")
    return tuple(section.get("features", checks.some_of(*KINDS[kind].features)))


def _state(section: Section, kind: str) -> str | None:
    known = KINDS[kind]
    if "state" not in section:
        return None if section.has_null("state") else known.default
    if section.get("state", checks.text) in _NO_STATE:
        return None
    if known.state is None:
        raise section.error(f"a {kind} has no state to set", "state")
    return str(section.get("state", known.state))


def _attributes(section: Section, kind: str, features: tuple[str, ...]) -> dict[str, Any]:
    given, known = section.section("attributes"), KINDS[kind]
    given.only(known.attributes)
    for name in given:
        needed = known.attributes[name].features
        if needed and not set(needed) & set(features):
            raise given.error(f"{name} needs the feature {' or '.join(needed)}", name)
    for name in known.needed:
        if name not in given:
            raise section.error(f"a {kind} needs the attribute {name}")
    return {name: given.get(name, known.attributes[name].check) for name in given}


def _available(section: Section, kind: str) -> bool:
    told = section.get("state", checks.text) == STATE_UNAVAILABLE
    available = not told and section.get("unavailable", checks.flag) is not True
    if KINDS[kind].own and not available:
        raise section.error(f"a {kind} cannot be unavailable", "unavailable")
    return available


def _name(section: Section) -> str:
    name: str | None = section.get("name", checks.text)
    if name is None:
        raise section.error("a name is missing")
    if len(name) > _MAX_NAME:
        raise section.error(f"a name has at most {_MAX_NAME} characters", "name")
    return name


def _words(section: Section, key: str) -> tuple[str, ...]:
    return section.get(key, checks.texts) or ()


def _place(
    section: Section, key: str, what: str, places: Sequence[Floor] | Sequence[Area]
) -> str | None:
    name: str | None = section.get(key, checks.text)
    names = [place.name for place in places]
    if name is not None and name not in names:
        known = f"known: {', '.join(names)}" if names else "there are none"
        raise section.error(f"there is no {what} '{name}' ({known})", key)
    return name
