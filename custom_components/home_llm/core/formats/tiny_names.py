"""What calls name devices, areas and floors by in our own format: no two of them alike."""

from collections import Counter
from collections.abc import Mapping

from ..home import Area, Home
from ..kinds import DOMAINS
from ..text import label


class Printed:
    """What is printed for each id; no two devices, areas or floors share a line.

    Attributes:
        devices: lines by entity id.
        areas: lines by area id.
        floors: lines by floor id.

    """

    def __init__(self, home: Home) -> None:
        """Name everything in a home."""
        self.floors = _unique(
            {f.floor_id: f"floor {_name(f.name, f.floor_id)}" for f in home.floors}
        )
        self.areas = _unique({a.area_id: area_line(a) for a in home.areas})
        self.devices = _unique(_device_names(home))


def area_line(area: Area) -> str:
    """Return what is printed for an area."""
    return f"area {_name(area.name, area.area_id)}"


def _name(name: str, identifier: str) -> str:
    """Return the label of a name, or the words of the id where nothing is left of the name."""
    return label(name) or label(identifier.rpartition(".")[2].replace("_", " ")) or "x"


def _device_names(home: Home) -> dict[str, str]:
    shown = [entity for entity in home.entities if entity.domain in DOMAINS]
    names = {entity.entity_id: _name(entity.name, entity.entity_id) for entity in shown}
    short = {entity.entity_id: f"{entity.domain} {names[entity.entity_id]}" for entity in shown}
    count = Counter(short.values())
    for entity in shown:
        area = home.area_by_id.get(entity.area_id or "")
        if count[short[entity.entity_id]] > 1 and area is not None:
            place = area_line(area).removeprefix("area ")
            short[entity.entity_id] = f"{entity.domain} {place} {names[entity.entity_id]}"
    return short


def _unique(lines: Mapping[str, str]) -> dict[str, str]:
    """Number the lines that occur more than once, in their order."""
    taken = set(lines.values())
    seen: set[str] = set()
    numbers: dict[str, int] = {}
    unique = {}
    for key, line in lines.items():
        number, candidate = numbers.get(line, 2), line
        while candidate in seen or (candidate != line and candidate in taken):
            candidate, number = f"{line} {number}", number + 1
        numbers[line] = number
        seen.add(candidate)
        unique[key] = candidate
    return unique
