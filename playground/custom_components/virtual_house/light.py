"""Virtual lights."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.light import (
    ATTR_BRIGHTNESS,
    ATTR_COLOR_TEMP_KELVIN,
    ATTR_HS_COLOR,
    ColorMode,
    LightEntity,
)
from homeassistant.util.color import color_name_to_rgb, color_RGB_to_hs
from homeassistant.util.percentage import percentage_to_ranged_value

from playground.house import Device

from .entity import VirtualEntity, platform

_BRIGHTNESS = (1, 255)
_WHITE = 4000


class VirtualLight(VirtualEntity, LightEntity):
    """A light that dims and takes colours if the file says so."""

    def __init__(self, device: Device) -> None:
        """Take brightness from percent and colour from its name."""
        super().__init__(device)
        said, modes = device.attributes, _color_modes(device)
        self._attr_supported_color_modes = modes
        self._attr_color_mode = _color_mode(modes, said)
        self._attr_is_on = None if device.state is None else device.state == "on"
        if ColorMode.ONOFF not in modes:
            percent = said.get("brightness", 100)
            self._attr_brightness = round(percentage_to_ranged_value(_BRIGHTNESS, percent))
        if ColorMode.HS in modes:
            rgb = color_name_to_rgb(said.get("color", "white"))
            self._attr_hs_color = color_RGB_to_hs(*rgb)
        if ColorMode.COLOR_TEMP in modes:
            self._attr_color_temp_kelvin = said.get("color_temp_kelvin", _WHITE)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn on, with brightness and colour if they are told."""
        if ATTR_HS_COLOR in kwargs:
            kwargs["color_mode"] = ColorMode.HS
        elif ATTR_COLOR_TEMP_KELVIN in kwargs:
            kwargs["color_mode"] = ColorMode.COLOR_TEMP
        known = (ATTR_BRIGHTNESS, ATTR_HS_COLOR, ATTR_COLOR_TEMP_KELVIN, "color_mode")
        self.become(is_on=True, **{name: kwargs[name] for name in known if name in kwargs})

    @override
    async def async_turn_off(self, **_kwargs: Any) -> None:
        """Turn off; the brightness stays for the next time."""
        self.become(is_on=False)


def _color_modes(device: Device) -> set[ColorMode]:
    colorful = {"color": ColorMode.HS, "white": ColorMode.COLOR_TEMP}
    modes = {mode for feature, mode in colorful.items() if feature in device.features}
    if modes:
        return modes
    return {ColorMode.BRIGHTNESS if "dim" in device.features else ColorMode.ONOFF}


def _color_mode(modes: set[ColorMode], said: Mapping[str, Any]) -> ColorMode:
    """Return the mode that the file speaks of; white if it speaks of none."""
    if "color" in said or ColorMode.COLOR_TEMP not in modes:
        return next(iter(modes - {ColorMode.COLOR_TEMP}))
    return ColorMode.COLOR_TEMP


async_setup_entry = platform("light", VirtualLight)
