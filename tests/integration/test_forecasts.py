"""What the weather will be like."""

from homeassistant.components.weather import Forecast, WeatherEntityFeature
from homeassistant.core import Context, HomeAssistant
import pytest

from custom_components.home_llm.answering import Answers
from custom_components.home_llm.core.home import Entity, Home
from custom_components.home_llm.core.parser import Query
from custom_components.home_llm.core.states import Test as Asked
from tests.integration.agenda_house import Weather, async_add
from tests.integration.spoken import ENGLISH

RAINY, SUNNY, SNOWY = Asked(word="rainy"), Asked(word="sunny"), Asked(word="snowy")
DAYS = (
    Forecast(datetime="2026-11-21", condition="sunny", native_temperature=12, native_templow=4),
    Forecast(
        datetime="2026-11-22",
        condition="pouring",
        native_temperature=9,
        native_templow=5,
        precipitation_probability=90,
    ),
    Forecast(datetime="2026-11-23", condition="cloudy", native_temperature=10),
    Forecast(datetime="2026-11-24", condition="cloudy", precipitation_probability=60),
)


@pytest.fixture(autouse=True)
async def utc(hass: HomeAssistant) -> None:
    """Let the home be in Greenwich."""
    await hass.config.async_set_time_zone("UTC")


async def _said(hass: HomeAssistant, day: str, test: Asked | None = None, of: str = "") -> str:
    weather = Entity(entity_id="weather.home", name="Home", state="sunny")
    query = Query(
        verb="forecast", kind="weather", entity_ids=("weather.home",), test=test, of=of, day=day
    )
    answers = Answers(hass, ENGLISH, Home(entities=(weather,)), Context())
    return await answers.async_answer(query)


@pytest.mark.freeze_time("2026-11-21 10:00:00+00:00")
@pytest.mark.parametrize(
    ("day", "test", "of", "said"),
    [
        ("", None, "", "Today it will be sunny, between 4 °C and 12 °C."),
        ("tonight", None, "", "Tonight it will be sunny, down to 4 °C."),
        ("tomorrow", None, "", "Tomorrow it will be pouring with rain, between 5 °C and 9 °C."),
        ("monday", None, "", "On Monday it will be cloudy, up to 10 °C."),
        ("tuesday", None, "temperature", "On Tuesday it will be cloudy."),
        ("tomorrow", None, "temperature", "Tomorrow it will be between 5 °C and 9 °C."),
        ("tonight", None, "temperature", "Tonight it will be down to 4 °C."),
        (
            *("tomorrow", RAINY, ""),
            (
                "Yes, tomorrow it will be pouring with rain, between 5 °C and 9 °C. "
                "The chance of rain is 90 percent."
            ),
        ),
        ("today", RAINY, "", "No, today it will be sunny, between 4 °C and 12 °C."),
        (
            *("tuesday", RAINY, ""),
            "Yes, on Tuesday it will be cloudy. The chance of rain is 60 percent.",
        ),
        ("weekend", SUNNY, "", "Yes, today it will be sunny, between 4 °C and 12 °C."),
        ("monday", SNOWY, "", "No, on Monday it will be cloudy, up to 10 °C."),
        ("monday", Asked(above=8), "", "Yes, on Monday it will be cloudy, up to 10 °C."),
        ("monday", Asked(word="cold"), "", "On Monday it will be cloudy, up to 10 °C."),
        ("friday", None, "", "I have no forecast for that."),
        (
            *("weekend", None, ""),
            (
                "Today it will be sunny, between 4 °C and 12 °C and "
                "tomorrow it will be pouring with rain, between 5 °C and 9 °C."
            ),
        ),
    ],
)
async def test_days(hass: HomeAssistant, day: str, test: Asked | None, of: str, said: str) -> None:
    await async_add(hass, "weather", Weather("Home", WeatherEntityFeature.FORECAST_DAILY, *DAYS))
    assert await _said(hass, day, test, of) == said


@pytest.mark.freeze_time("2026-11-21 10:00:00+00:00")
async def test_hours(hass: HomeAssistant) -> None:
    hours = [
        Forecast(
            datetime=f"2026-11-22T{hour:02}:00:00+00:00",
            condition="rainy" if hour > 15 else "cloudy",
            native_temperature=hour,
        )
        for hour in range(0, 24, 3)
    ]
    await async_add(hass, "weather", Weather("Home", WeatherEntityFeature.FORECAST_HOURLY, *hours))
    assert await _said(hass, "tomorrow") == ("Tomorrow it will be cloudy, between 0 °C and 21 °C.")


async def test_no_forecast(hass: HomeAssistant) -> None:
    hass.states.async_set("weather.home", "sunny")
    assert await _said(hass, "today") == "I have no forecast for that."
