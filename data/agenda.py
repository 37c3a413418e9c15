"""What is on lists and in calendars, and which timers run, where a tool is asked and tells it.

The snapshot of a home holds how many items a list has and whether an event goes on. What these are
is made up here, so that it agrees with that.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
import random
from typing import Any

from home_llm_core.home import Entity, Value

from .houses import House

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKEND = (5, 6)
_TODAY = ("", "today", "tonight")
_WEEK = 7
_MOST_EVENTS = 4
_SHOPPING = "shopping_item"
_TASKS = "task_item"
_LATEST_HOUR = 22
_LONGEST = 180
_MINUTE = 60
_SECONDS = {"hours": 3600, "minutes": _MINUTE, "seconds": 1}
_RUNNING = 0.8


def items_of(entity: Entity, house: House, rng: random.Random) -> list[dict[str, str]]:
    """Return what is on a list, as many things as it says."""
    count = int(float(entity.state)) if entity.state.replace(".", "", 1).isdigit() else 0
    pool = rng.choice((_SHOPPING, _TASKS))
    words = [word for word in house.language.lists[pool] if word.belongs_to(house.split)]
    chosen = rng.sample(words, min(count, len(words)))
    return [_item(word.text.source, rng) for word in chosen]


def _item(summary: str, rng: random.Random) -> dict[str, str]:
    return {
        "summary": summary[:1].upper() + summary[1:],
        "uid": f"{rng.getrandbits(48):012x}",
        "status": "needs_action",
    }


def span_of(day: str) -> str:
    """Return which of the spans that a calendar can be asked for holds a day."""
    return "today" if day in _TODAY else "week"


def events_of(
    entity: Entity, house: House, rng: random.Random, now: datetime, span: str
) -> list[dict[str, Any]]:
    """Return what is in a calendar within a span; what goes on now began before."""
    words = [word for word in house.language.lists[_TASKS] if word.belongs_to(house.split)]
    events = [_event(words, rng, now - timedelta(minutes=30))] if entity.state == "on" else []
    days = range(1 if span == "today" else _WEEK)
    for day in rng.choices(days, k=rng.randint(0, _MOST_EVENTS)):
        hour = rng.randint(8, _LATEST_HOUR - 1)
        start = (now + timedelta(days=day)).replace(hour=hour, minute=rng.choice((0, 30)))
        if start > now:
            events.append(_event(words, rng, start))
    return sorted(events, key=lambda event: str(event["start"]))


def _event(words: Sequence[Any], rng: random.Random, start: datetime) -> dict[str, str]:
    start = start.replace(second=0, microsecond=0)
    end = start + timedelta(minutes=rng.choice((45, 60, 90)))
    summary: str = rng.choice(words).text.source
    return {"start": start.isoformat(), "end": end.isoformat(), "summary": summary}


def is_on(event: Mapping[str, Any], day: str, now: datetime) -> bool:
    """Return whether an event is on a day that was asked about."""
    start = datetime.fromisoformat(event["start"])
    if day in _TODAY:
        return start.date() == now.date()
    if day == "tomorrow":
        return start.date() == (now + timedelta(days=1)).date()
    if day == "weekend":
        return start.weekday() in _WEEKEND
    return day == "week" or start.weekday() == _DAYS.index(day)


def timer_left(arguments: Mapping[str, Value], rng: random.Random) -> dict[str, Any] | None:
    """Return a timer as the tool for timers tells of it; none if none runs.

    Args:
        arguments: its name, and how long it was set for, if that is said.
        rng: where chance comes from.

    """
    if rng.random() > _RUNNING:
        return None
    length = sum(int(str(arguments.get(unit, 0))) * seconds for unit, seconds in _SECONDS.items())
    length = length or rng.randint(2, _LONGEST) * 60
    left = rng.randint(1, max(1, length // 60 - 1)) * 60 if length > _MINUTE else length // 2
    return {
        "name": arguments.get("name", ""),
        **{f"start_{unit}": number for unit, number in _parts(length).items()},
        "is_active": True,
        **{f"{unit}_left": number for unit, number in _parts(left).items()},
        "total_seconds_left": left,
    }


def _parts(seconds: int) -> dict[str, int]:
    """Return a duration as hours, minutes and seconds."""
    return {
        "hours": seconds // 3600,
        "minutes": seconds % 3600 // _MINUTE,
        "seconds": seconds % _MINUTE,
    }
