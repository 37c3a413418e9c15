"""What the weather will be like."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from homeassistant.components.weather import WeatherEntityFeature
from homeassistant.const import ATTR_SUPPORTED_FEATURES
from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util

from .clauses import Clauses
from .core.home import Entity
from .core.parser import Query
from .core.states import Test, passes
from .quantities import PERCENT, day, days_meant, quantity
from .responses import async_ask

_ACTION = "weather.get_forecasts"
_TYPES = (
    ("daily", WeatherEntityFeature.FORECAST_DAILY),
    ("twice_daily", WeatherEntityFeature.FORECAST_TWICE_DAILY),
    ("hourly", WeatherEntityFeature.FORECAST_HOURLY),
)
_NOON, _EVENING = 13, 21
_LIKELY = 50
_MOST_DAYS = 5
_NIGHT = "tonight"
_WET = "rainy"
_OPINIONS = ("hot", "cold")


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """A day to come.

    Args:
        day: the day.
        condition: Home Assistant's word for the weather around noon, or tonight.
        high: the highest temperature, in the home's unit.
        low: the lowest, if it is known.
        chance: of rain, in percent, if it is known.

    """

    day: date
    condition: str
    high: float | None = None
    low: float | None = None
    chance: float | None = None


async def async_forecast(
    hass: HomeAssistant, clauses: Clauses, weather: Entity, query: Query, context: Context
) -> str:
    """Return what is said of the weather on the days that a question is about."""
    hour = _EVENING if query.day == _NIGHT else _NOON
    outlooks = await async_outlooks(hass, weather.entity_id, context, hour)
    today = dt_util.now().date()
    days = days_meant(query.day or "today", today)
    meant = [outlook for outlook in outlooks if outlook.day in days]
    if not meant:
        return clauses.sentences.say("forecast_none")
    return _Teller(clauses, weather, query, today).told(meant)


async def async_outlooks(
    hass: HomeAssistant, entity_id: str, context: Context, hour: int
) -> list[Outlook]:
    """Return what is forecast, day by day; of the conditions of a day, those at an hour."""
    state = hass.states.get(entity_id)
    features = int(state.attributes.get(ATTR_SUPPORTED_FEATURES, 0)) if state is not None else 0
    kind = next((name for name, feature in _TYPES if feature & features), "daily")
    found = await async_ask(hass, _ACTION, entity_id, context, type=kind)
    entries = found["forecast"] if found is not None else ()
    return [_outlook(when, list(those), hour) for when, those in groupby(entries, _day_of)]


def _day_of(entry: Mapping[str, Any]) -> date:
    return _time_of(entry).date()


def _time_of(entry: Mapping[str, Any]) -> datetime:
    then = dt_util.parse_datetime(str(entry["datetime"]))
    return dt_util.as_local(then) if then is not None else dt_util.start_of_local_day()


def _outlook(when: date, entries: Sequence[Mapping[str, Any]], hour: int) -> Outlook:
    """Return one day of a forecast, which may come in hours."""
    closest = min(entries, key=lambda entry: abs(_time_of(entry).hour - hour))
    warm = _numbers(entries, "temperature")
    cold = _numbers(entries, "templow") or (warm if len(entries) > 1 else [])
    return Outlook(
        day=when,
        condition=str(closest.get("condition") or ""),
        high=max(warm, default=None),
        low=min(cold, default=None),
        chance=max(_numbers(entries, "precipitation_probability"), default=None),
    )


def _numbers(entries: Sequence[Mapping[str, Any]], key: str) -> list[float]:
    values = (entry.get(key) for entry in entries)
    return [value for value in values if isinstance(value, (int, float))]


class _Teller:
    """Words an outlook as an answer to a question."""

    def __init__(self, clauses: Clauses, weather: Entity, query: Query, today: date) -> None:
        self._clauses = clauses
        self._sentences = clauses.sentences
        self._say = clauses.sentences.say
        self._weather = weather
        self._query = query
        self._today = today

    def told(self, outlooks: Sequence[Outlook]) -> str:
        """Return a sentence or two about some days."""
        test = self._query.test
        if test is None or test.word in _OPINIONS:
            shown = outlooks[:_MOST_DAYS]
            return self._sentences.sentence(self._days(shown))
        right = [outlook for outlook in outlooks if self._is_so(outlook, test)]
        shown = (right or outlooks)[:_MOST_DAYS]
        told = self._say("yes" if right else "no", what=self._days(shown))
        chances = (each.chance for each in shown if each.chance is not None)
        chance = max(chances, default=None) if test.word == _WET else None
        if chance is None:
            return told
        percent = quantity(self._sentences, chance, PERCENT)
        return self._sentences.joined([told, self._say("forecast_chance", chance=percent)])

    def _is_so(self, outlook: Outlook, test: Test) -> bool:
        if not test.word:
            warm = outlook.low if test.below is not None else outlook.high
            warm = outlook.high if warm is None else warm
            above = test.above is None or (warm is not None and warm > test.above)
            return above and (test.below is None or (warm is not None and warm < test.below))
        likely = test.word == _WET and (outlook.chance or 0) >= _LIKELY
        return likely or bool(passes(self._as(outlook.condition), test))

    def _as(self, condition: str) -> Entity:
        return replace(self._weather, state=condition)

    def _days(self, outlooks: Sequence[Outlook]) -> str:
        return self._sentences.listed(list(map(self._day, outlooks)), "clauses_and")

    def _day(self, outlook: Outlook) -> str:
        """Return a clause about a day."""
        parts = dict(self._parts(outlook))
        known = "_".join(key for key in ("low", "high") if key in parts)
        if known and self._query.of == "temperature":
            return self._say(f"forecast_temperature_{known}", **parts)
        return self._say(f"forecast_{known}" if known else "forecast", **parts)

    def _parts(self, outlook: Outlook) -> Iterator[tuple[str, str]]:
        is_night = self._query.day == _NIGHT
        when = day(self._sentences, outlook.day, self._today)
        yield "day", self._say("day_tonight") if is_night else when
        yield "state", self._clauses.state(self._as(outlook.condition))
        for name, number in (("low", outlook.low), ("high", outlook.high)):
            # Tonight it does not get as warm as it was.
            if number is not None and not (is_night and name == "high" and outlook.low is not None):
                yield name, quantity(self._sentences, number, self._sentences.degrees)
