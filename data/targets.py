"""What is meant by a sentence, as calls name it, and how that is said."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from home_llm_core.calls import EVERYWHERE, Call
from home_llm_core.formats.tiny_lines import HERE

from .domains import kind_of_sort


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is meant: devices, an area or a floor, as calls name them.

    Args:
        sort: of the devices.
        devices: those that are named, or all of the house.
        area: the area, if it is about all of the sort that are there.
        floor: the floor, likewise.
        excluding: devices and areas that are left alone.
        only: of the devices in that place those of the sort, where there are others of its domain:
            "the blinds" must not open the garage door, though both are covers.
        is_here: whether where the speaker is was said, and nothing else.

    """

    sort: str
    devices: tuple[str, ...] = ()
    area: str | None = None
    floor: str | None = None
    excluding: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    is_here: bool = False

    @property
    def named(self) -> bool:
        """Whether devices are named one by one."""
        return bool(self.devices) and self.devices != (EVERYWHERE,)

    @property
    def said(self) -> Call:
        """What is said, as a call without an action."""
        kind = kind_of_sort(self.sort) if self.sort else ""
        if self.is_here:
            return Call(action="", devices=(HERE,), kind=kind)
        return Call(
            action="",
            devices=self.devices,
            area=self.area,
            floor=self.floor,
            excluding=self.excluding,
            kind=kind,
        )


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A way to refer to something.

    Args:
        forms: what is said, by form: ``full`` stands in a sentence, ``bare`` in a clipped one.
        targets: what calls name for it.
        subject: what a reply calls it.
        many: whether the subject is plural.
        scope: the kind of reference.
        plural: whether what is said is plural.

    """

    forms: Mapping[str, str]
    targets: tuple[Target, ...] = ()
    subject: str = ""
    many: bool = False
    scope: str = ""
    plural: bool = False

    def form(self, form: str) -> str:
        """Return the form that a slot asks for."""
        return self.forms[form or "full"]


def in_one_list(targets: tuple[Target, ...]) -> tuple[Target, ...]:
    """Return targets with the named devices of a domain in one list."""
    merged: list[Target] = []
    for target in targets:
        for at, other in enumerate(merged):
            if target.named and other.named and target.sort == other.sort:
                lines = tuple(dict.fromkeys(other.devices + target.devices))
                merged[at] = replace(other, devices=lines)
                break
        else:
            merged.append(target)
    return tuple(merged)
