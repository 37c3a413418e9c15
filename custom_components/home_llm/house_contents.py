"""What is on lists, in calendars and in forecasts, as a house file tells it."""

from collections.abc import Mapping, Sequence
import datetime as dt
from typing import Any

from homeassistant.components.calendar.const import EVENT_END_DATETIME, EVENT_START_DATETIME
from homeassistant.core import Context, HomeAssistant, State
from homeassistant.util import dt as dt_util

from .forecasts import async_outlooks
from .responses import async_ask

_LOOK_AHEAD = dt.timedelta(days=30)
_DAYS = ("today", "tomorrow")
_NOON = 13


async def async_contents(
    hass: HomeAssistant, state: State, context: Context, *, personal: bool
) -> dict[str, Any]:
    """Return the items of a list, the events of a calendar, or the forecast, as attributes.

    Args:
        hass: Home Assistant.
        state: of the list, the calendar, the weather, or anything else that holds nothing.
        context: of the user who asks.
        personal: whether what they are about is told, too.

    """
    entity_id = state.entity_id
    match state.domain:
        case "todo":
            items = await _async_items(hass, entity_id, context)
            return {"items": items if personal else _numbered(items, "Item")} if items else {}
        case "calendar":
            events = await _async_events(hass, entity_id, context)
            return {"events": events if personal else _numbered(events, "Event")} if events else {}
        case "weather":
            days = await _async_days(hass, state, context)
            return {"forecast": days} if days else {}
        case _:
            return {}


def _numbered(entries: Sequence[Mapping[str, Any]], what: str) -> list[dict[str, Any]]:
    """Return entries whose words and places are gone."""
    return [
        {key: value for key, value in entry.items() if key != "location"}
        | {"summary": f"{what} {number}"}
        for number, entry in enumerate(entries, 1)
    ]


async def _async_items(
    hass: HomeAssistant, entity_id: str, context: Context
) -> list[dict[str, Any]]:
    items = []
    for status in ("needs_action", "completed"):
        found = await async_ask(hass, "todo.get_items", entity_id, context, status=status)
        for item in found["items"] if found is not None else ():
            if not (summary := str(item.get("summary") or "").strip()):
                continue
            told: dict[str, Any] = {"summary": summary}
            told |= {"done": True} if status == "completed" else {}
            items.append(told | ({"due": _when(item["due"])} if item.get("due") else {}))
    return items


async def _async_events(
    hass: HomeAssistant, entity_id: str, context: Context
) -> list[dict[str, Any]]:
    now = dt_util.now()
    span = {EVENT_START_DATETIME: now.isoformat(), EVENT_END_DATETIME: _end(now)}
    found = await async_ask(hass, "calendar.get_events", entity_id, context, **span)
    return [
        {
            "summary": str(event.get("summary") or "").strip() or "Event",
            "start": _when(str(event["start"])),
            "end": _when(str(event["end"])),
            **({"location": place} if (place := str(event.get("location") or "").strip()) else {}),
        }
        for event in (found["events"] if found is not None else ())
    ]


def _end(now: dt.datetime) -> str:
    return (now + _LOOK_AHEAD).isoformat()


def _when(told: str) -> str:
    """Return a day, or a day and a time; told from today where that is short."""
    moment = dt_util.parse_datetime(told) if "T" in told else None
    local = dt_util.as_local(moment) if moment is not None else None
    day = local.date() if local is not None else dt.date.fromisoformat(told[:10])
    ahead = (day - dt_util.now().date()).days
    date = _DAYS[ahead] if 0 <= ahead < len(_DAYS) else day.isoformat()
    return f"{date} {local:%H:%M}" if local is not None else date


async def _async_days(hass: HomeAssistant, state: State, context: Context) -> list[dict[str, Any]]:
    """Return the weather from today on, day by day, up to the first that is not known."""
    outlooks = await async_outlooks(hass, state.entity_id, context, _NOON)
    by_day = {outlook.day: outlook for outlook in outlooks}
    days: list[dict[str, Any]] = []
    day = dt_util.now().date()
    while (outlook := by_day.get(day)) is not None and outlook.high is not None:
        told = {
            "condition": outlook.condition or state.state,
            "temperature": outlook.high,
            "templow": outlook.low,
            "precipitation_probability": None if outlook.chance is None else round(outlook.chance),
        }
        days.append({key: value for key, value in told.items() if value is not None})
        day += dt.timedelta(days=1)
    return days
