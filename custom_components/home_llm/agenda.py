"""What stands on to-do lists and in calendars."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from homeassistant.components.calendar.const import EVENT_END_DATETIME, EVENT_START_DATETIME
from homeassistant.components.todo import TodoItemStatus
from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util

from .clauses import Clauses
from .core.home import Entity
from .quantities import clock, day, days_meant
from .responses import async_ask
from .speech import Sentences

MOST_ITEMS = 12
_GET_EVENTS = "calendar.get_events"
_NEXT = 3
_LOOK_AHEAD = timedelta(days=30)
_EVENING = time(17)
_MIDNIGHT = time(0)


async def async_items(
    hass: HomeAssistant, clauses: Clauses, lists: Sequence[Entity], context: Context
) -> str:
    """Return what is still to be done, list by list."""
    told = [await _async_items_of(hass, clauses, each, context) for each in lists]
    return clauses.sentences.joined(told)


async def _async_items_of(
    hass: HomeAssistant, clauses: Clauses, entity: Entity, context: Context
) -> str:
    sentences, name = clauses.sentences, clauses.naming.one(entity)
    status = TodoItemStatus.NEEDS_ACTION.value
    found = await async_ask(hass, "todo.get_items", entity.entity_id, context, status=status)
    if found is None:
        return sentences.say("unavailable", name=name)
    items = [str(item["summary"]) for item in found["items"]]
    if not items:
        return sentences.sentence(sentences.say("things_none", what=name))
    shown = sentences.first_few(items, MOST_ITEMS)
    return sentences.sentence(sentences.say("things_are", what=name, items=shown))


async def async_agenda(
    hass: HomeAssistant,
    clauses: Clauses,
    calendars: Sequence[Entity],
    word: str,
    context: Context,
) -> str:
    """Return what is on a day, or what comes next.

    Args:
        hass: Home Assistant.
        clauses: of the home.
        calendars: where to look.
        word: the day, as in a question; what comes next if it is empty.
        context: of the user.

    """
    now, sentences = dt_util.now(), clauses.sentences
    start, end = _span(word, now)
    span = {EVENT_START_DATETIME: start.isoformat(), EVENT_END_DATETIME: end.isoformat()}
    events: list[Mapping[str, Any]] = []
    lost = []
    for entity in calendars:
        found = await async_ask(hass, _GET_EVENTS, entity.entity_id, context, **span)
        if found is None:
            lost.append(entity)
        else:
            events += found["events"]
    if lost:
        return sentences.say("unavailable", name=clauses.naming.some(lost))
    when = _day_of(sentences, word, now.date())
    # What lasts all day has a date and no time.
    events.sort(key=lambda event: dt_util.as_local(_moment(event["start"])))
    if not events:
        return sentences.sentence(sentences.say("events_none", day=when))
    several_days = len(days_meant(word, now.date())) != 1
    shown = events if word else events[:_NEXT]
    told = [_event(sentences, event, now, with_day=several_days) for event in shown]
    return sentences.sentence(sentences.say("events", day=when, events=sentences.listed(told)))


def _span(word: str, now: datetime) -> tuple[datetime, datetime]:
    """Return from when until when to look."""
    days = days_meant(word, now.date())
    if not days:
        return now, now + _LOOK_AHEAD
    first = _EVENING if word == "tonight" else _MIDNIGHT
    start = datetime.combine(days[0], first, now.tzinfo)
    end = datetime.combine(days[-1] + timedelta(days=1), _MIDNIGHT, now.tzinfo)
    # What is over is not to come.
    return max(start, now), end


def _day_of(sentences: Sentences, word: str, today: date) -> str:
    if word in ("tonight", "weekend", "week", ""):
        return sentences.say(f"day_{word or 'next'}")
    return day(sentences, days_meant(word, today)[0], today)


def _event(sentences: Sentences, event: Mapping[str, Any], now: datetime, *, with_day: bool) -> str:
    start = str(event["start"])
    begins = dt_util.as_local(_moment(start))
    on_day = day(sentences, max(begins.date(), now.date()), now.date())
    at_time = clock(sentences, begins) if "T" in start and begins > now else ""
    if with_day and at_time:
        when = sentences.say("day_at", day=on_day, time=at_time)
    elif at_time:
        when = sentences.say("at_time", time=at_time)
    else:
        when = on_day if with_day else ""
    summary = str(event.get("summary") or sentences.say("event_unnamed"))
    return sentences.say("event_when", event=summary, when=when) if when else summary


def _moment(text: str) -> datetime:
    """Return when something begins; a date begins at midnight."""
    found = dt_util.parse_datetime(text)
    return found or dt_util.start_of_local_day(date.fromisoformat(text))
