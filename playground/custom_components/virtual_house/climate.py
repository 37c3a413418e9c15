"""Virtual thermostats and air conditioners."""

from typing import Any, override

from homeassistant.components.climate import (
    ATTR_HVAC_MODE,
    ATTR_TARGET_TEMP_HIGH,
    ATTR_TARGET_TEMP_LOW,
    ClimateEntity,
    ClimateEntityFeature,
    HVACMode,
)
from homeassistant.const import ATTR_TEMPERATURE

from playground.house import Device

from .entity import Description, VirtualEntity, platform

_CLIMATE = Description(
    base=ClimateEntityFeature.TURN_ON | ClimateEntityFeature.TURN_OFF,
    implied={
        "temperature": ClimateEntityFeature.TARGET_TEMPERATURE,
        "target_temp_high": ClimateEntityFeature.TARGET_TEMPERATURE_RANGE,
        "humidity": ClimateEntityFeature.TARGET_HUMIDITY,
        "fan_modes": ClimateEntityFeature.FAN_MODE,
        "preset_modes": ClimateEntityFeature.PRESET_MODE,
    },
    shown={
        "temperature": "target_temperature",
        "target_temp_high": "target_temperature_high",
        "target_temp_low": "target_temperature_low",
        "current_temperature": "current_temperature",
        "humidity": "target_humidity",
        "current_humidity": "current_humidity",
        "min_temp": "min_temp",
        "max_temp": "max_temp",
        "hvac_action": "hvac_action",
        "fan_modes": "fan_modes",
        "fan_mode": "fan_mode",
        "preset_modes": "preset_modes",
        "preset_mode": "preset_mode",
    },
)
_SET = {
    ATTR_TEMPERATURE: "target_temperature",
    ATTR_TARGET_TEMP_HIGH: "target_temperature_high",
    ATTR_TARGET_TEMP_LOW: "target_temperature_low",
    ATTR_HVAC_MODE: "hvac_mode",
}


class VirtualClimate(VirtualEntity, ClimateEntity):
    """A thermostat that does what it is told; the air does not follow."""

    description = _CLIMATE
    _attr_fan_mode = None
    _attr_preset_mode = None
    _attr_target_temperature_high = None
    _attr_target_temperature_low = None

    def __init__(self, device: Device) -> None:
        """Take the state of the file; a plain thermostat heats."""
        super().__init__(device)
        self._attr_hvac_mode = None if device.state is None else HVACMode(device.state)
        fallback = {HVACMode.OFF, HVACMode.HEAT, self._attr_hvac_mode} - {None}
        modes = device.attributes.get("hvac_modes", fallback)
        self._attr_hvac_modes = [mode for mode in HVACMode if mode in modes]

    @property
    @override
    def temperature_unit(self) -> str:
        """The file speaks in the unit of the house."""
        return self.hass.config.units.temperature_unit

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Set temperatures, and the mode if it is told."""
        self.become(**{ours: kwargs[name] for name, ours in _SET.items() if name in kwargs})

    @override
    async def async_set_humidity(self, humidity: int) -> None:
        """Set the humidity, in percent."""
        self.become(target_humidity=humidity)

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Heat, cool, or whatever it is."""
        self.become(hvac_mode=hvac_mode)

    @override
    async def async_set_fan_mode(self, fan_mode: str) -> None:
        """Choose how the fan runs."""
        self.become(fan_mode=fan_mode)

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        """Choose a programme."""
        self.become(preset_mode=preset_mode)


async_setup_entry = platform("climate", VirtualClimate)
