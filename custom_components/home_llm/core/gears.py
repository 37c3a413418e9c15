"""The gears of fans: "speed three" is no three percent."""

from collections.abc import Sequence
import re

from .cardinals import cardinals
from .home import Entity

GEAR = "gear"
"""The key of a device's options under which the numbers of its gears stand."""

_USUALLY = 3
_HIGHEST = 6


def is_gear(number: float, parts: Sequence[str], language: str) -> bool:
    """Return whether a number was said as that of a gear, and not in percent.

    Args:
        number: as a percentage it would be next to nothing.
        parts: the parts of the sentence that are no names, folded.
        language: in which it is said.

    """
    if number not in range(1, _HIGHEST + 1):
        return False
    said = re.compile(rf"(?<![\d.,]){number:g}(?![.,]?\d| ?%)")
    return any(said.search(cardinals(language).in_digits(part)) for part in parts)


def speed_of(gear: float, fan: Entity | None) -> int:
    """Return the percentage of a gear; fans that have none to tell have three."""
    count = len(fan.options.get(GEAR, ())) if fan is not None else 0
    return int(100 * min(1.0, gear / (count or _USUALLY)))
