"""A house as a house file describes it: floors, areas and devices."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Floor:
    """A floor of the house."""

    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Area:
    """A room or another place; ``floor`` is the name of the floor it is on."""

    name: str
    aliases: tuple[str, ...] = ()
    floor: str | None = None


@dataclass(frozen=True, kw_only=True)
class Device:
    """A device of the house; it becomes one entity.

    Args:
        kind: the domain of its entity.
        name: what people call it.
        entity_id: made from the name if the file gives none.
        area: the name of its area.
        aliases: other names.
        features: what it can do beyond a plain device of its kind.
        state: as Home Assistant writes it; none if it is unknown or the kind has none of its own.
        attributes: by name, in the units of the file.
        available: whether it can be reached.
        exposed: whether voice assistants may see it.

    """

    kind: str
    name: str
    entity_id: str
    area: str | None = None
    aliases: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    state: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    available: bool = True
    exposed: bool = True


@dataclass(frozen=True, kw_only=True)
class House:
    """A whole house.

    Args:
        name: of the house.
        language: that is spoken in it.
        units: ``metric`` or ``us_customary``.
        speaker: the name of the area in which people speak, if it is known.
        floors: from the file, in its order.
        areas: from the file, in its order.
        devices: from the file, in its order.

    """

    name: str
    language: str = "en"
    units: str = "metric"
    speaker: str | None = None
    floors: tuple[Floor, ...] = ()
    areas: tuple[Area, ...] = ()
    devices: tuple[Device, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Device]:
        """The devices by entity id."""
        return {device.entity_id: device for device in self.devices}

    def area_name(self, said: str) -> str | None:
        """Return the area that a name or alias means; none if there is no such area."""
        for area in self.areas:
            if said.casefold() in map(str.casefold, (area.name, *area.aliases)):
                return area.name
        return None

    def of_kind(self, *kinds: str) -> Iterator[Device]:
        """Return the devices of some kinds."""
        return (device for device in self.devices if device.kind in kinds)
