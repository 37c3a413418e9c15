"""Days and times of house files, which may be told from today."""

import datetime as dt

from homeassistant.util import dt as dt_util

_DAYS = {"today": 0, "tomorrow": 1}


def moment(when: str) -> dt.date | dt.datetime:
    """Return the day, or the day and time in the house's zone, that a file names.

    Args:
        when: ``today``, ``tomorrow`` or ``2026-11-21``, perhaps with a time as ``18:00``.

    """
    day, _, time = when.partition(" ")
    if day in _DAYS:
        date = dt_util.now().date() + dt.timedelta(days=_DAYS[day])
    else:
        date = dt.date.fromisoformat(day)
    if not time:
        return date
    return dt.datetime.combine(
        date, dt.time.fromisoformat(time), tzinfo=dt_util.get_default_time_zone()
    )
