"""To-do lists, calendars and weather for tests."""

from datetime import datetime, timedelta

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.components.todo import TodoItem, TodoItemStatus, TodoListEntity
from homeassistant.components.weather import Forecast, WeatherEntity, WeatherEntityFeature
from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity import Entity
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import setup_test_component_platform


class List(TodoListEntity):
    """A to-do list; what is done is marked with a star."""

    _attr_should_poll = False

    def __init__(self, name: str, *items: str) -> None:
        """Hold items."""
        self._attr_name = name
        self._attr_todo_items = [
            TodoItem(
                summary=item.strip("*"),
                status=TodoItemStatus.COMPLETED if "*" in item else TodoItemStatus.NEEDS_ACTION,
            )
            for item in items
        ]


class Calendar(CalendarEntity):
    """A calendar; a ``broken`` one cannot be read."""

    _attr_should_poll = False

    def __init__(self, name: str, *events: CalendarEvent, broken: bool = False) -> None:
        """Hold events."""
        self._attr_name = name
        self._events = events
        self._broken = broken

    @property
    def event(self) -> CalendarEvent | None:
        """Return nothing: nobody asks."""
        return None

    async def async_get_events(
        self,
        hass: HomeAssistant,  # noqa: ARG002 - Home Assistant passes it
        start_date: datetime,
        end_date: datetime,
    ) -> list[CalendarEvent]:
        """Return what is on in a span of time."""
        if self._broken:
            raise HomeAssistantError("the server is down")
        return [
            event
            for event in self._events
            if event.end_datetime_local > start_date and event.start_datetime_local < end_date
        ]


class Weather(WeatherEntity):
    """Weather that is forecast by the day, or by the hour."""

    _attr_should_poll = False
    _attr_native_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_condition = "sunny"

    def __init__(self, name: str, feature: WeatherEntityFeature, *forecast: Forecast) -> None:
        """Forecast what is given."""
        self._attr_name = name
        self._attr_supported_features = feature
        self._forecast = list(forecast)

    async def async_forecast_daily(self) -> list[Forecast]:
        """Return days."""
        return self._forecast

    async def async_forecast_hourly(self) -> list[Forecast]:
        """Return hours."""
        return self._forecast


def event(summary: str, days: int, hour: int | None = None) -> CalendarEvent:
    """Return an event of an hour in some days, or one that lasts all day."""
    start = dt_util.start_of_local_day() + timedelta(days=days)
    if hour is None:
        return CalendarEvent(
            summary=summary, start=start.date(), end=start.date() + timedelta(days=1)
        )
    begins = start + timedelta(hours=hour)
    return CalendarEvent(summary=summary, start=begins, end=begins + timedelta(hours=1))


async def async_add(hass: HomeAssistant, domain: str, *entities: Entity) -> None:
    """Add entities of a domain."""
    assert await async_setup_component(hass, "homeassistant", {})
    setup_test_component_platform(hass, domain, entities)
    assert await async_setup_component(hass, domain, {domain: {"platform": "test"}})
    await hass.async_block_till_done()
