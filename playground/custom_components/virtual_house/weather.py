"""Virtual weather."""

import datetime as dt
from typing import override

from homeassistant.components.weather import Forecast, WeatherEntity, WeatherEntityFeature
from homeassistant.const import UnitOfPressure
from homeassistant.util import dt as dt_util

from playground.house import Device

from .entity import Description, VirtualEntity, platform


class VirtualWeather(VirtualEntity, WeatherEntity):
    """The weather as the file says."""

    description = Description(
        base=WeatherEntityFeature(0),
        implied={"forecast": WeatherEntityFeature.FORECAST_DAILY},
        shown={
            "temperature": "native_temperature",
            "humidity": "humidity",
            "pressure": "native_pressure",
            "wind_speed": "native_wind_speed",
        },
    )
    _attr_native_pressure_unit = UnitOfPressure.HPA

    def __init__(self, device: Device) -> None:
        """Take the weather of the file."""
        super().__init__(device)
        self._attr_condition = device.state

    @property
    @override
    def native_temperature_unit(self) -> str:
        """The file speaks in the unit of the house."""
        return self.hass.config.units.temperature_unit

    @property
    @override
    def native_wind_speed_unit(self) -> str:
        """The file speaks in the unit of the house."""
        return self.hass.config.units.wind_speed_unit

    @override
    async def async_forecast_daily(self) -> list[Forecast]:
        """Return the days of the file, beginning with today."""
        today = dt_util.start_of_local_day()
        return [
            Forecast(
                datetime=(today + dt.timedelta(days=number)).isoformat(),
                condition=day["condition"],
                native_temperature=day["temperature"],
                native_templow=day.get("templow"),
                precipitation_probability=day.get("precipitation_probability"),
            )
            for number, day in enumerate(self.device.attributes.get("forecast", ()))
        ]


async_setup_entry = platform("weather", VirtualWeather)
