"""Virtual calendars."""

import datetime as dt
from typing import override

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from playground.house import Device

from .entity import VirtualEntity, platform
from .times import moment


class VirtualCalendar(VirtualEntity, CalendarEntity):
    """A calendar with the events of the file."""

    def __init__(self, device: Device) -> None:
        """Take the events of the file, the earliest first."""
        super().__init__(device)
        events = [
            CalendarEvent(
                summary=event["summary"],
                start=moment(event["start"]),
                end=moment(event["end"]),
                location=event.get("location"),
            )
            for event in device.attributes.get("events", ())
        ]
        self._events = sorted(events, key=lambda event: event.start_datetime_local)

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return what is on now, or next."""
        now = dt_util.now()
        coming = (event for event in self._events if event.end_datetime_local > now)
        return next(coming, None)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: dt.datetime, end_date: dt.datetime
    ) -> list[CalendarEvent]:
        """Return what is on in a span of time."""
        return [
            event
            for event in self._events
            if event.end_datetime_local > start_date and event.start_datetime_local < end_date
        ]


async_setup_entry = platform("calendar", VirtualCalendar)
