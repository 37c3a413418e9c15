"""The strings that have a form of their own: dates and times."""

from collections.abc import Mapping

from .json_shapes import Parts, Shape, Union

_FIRST_YEAR, _LAST_YEAR = 1900, 2099
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


_YEARS = range(_FIRST_YEAR, _LAST_YEAR + 1)
_DAYS = tuple(
    f"-{month:02}-{day:02}"
    for month, length in enumerate(_LENGTHS, start=1)
    for day in range(1, length + 1)
)
_SIXTY = tuple(f":{number:02}" for number in range(60))
_HOURS = tuple(f"{hour:02}" for hour in range(24))

_DATES = (
    (tuple(map(str, _YEARS)), _DAYS),
    (tuple(str(year) for year in _YEARS if _is_leap(year)), ("-02-29",)),
)
_CLOCK = (_SIXTY, _SIXTY)

STAMPS: Mapping[str, Shape] = {
    "date": Union(shapes=tuple(Parts(kinds=date) for date in _DATES)),
    "time": Parts(kinds=(_HOURS, *_CLOCK)),
    # Without an offset it is the time at home.
    "date-time": Union(
        shapes=tuple(
            Parts(kinds=(*date, tuple(f"T{hour}" for hour in _HOURS), *_CLOCK)) for date in _DATES
        )
    ),
}
"""By the ``format`` of a schema."""
