"""A small house of real entities for tests: lamps, fans and switches that do as they are told."""

from dataclasses import dataclass
from typing import Any

from homeassistant.components.fan import FanEntity, FanEntityFeature
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.light import (
    ATTR_BRIGHTNESS,
    ATTR_COLOR_TEMP_KELVIN,
    ATTR_HS_COLOR,
    ColorMode,
    LightEntity,
)
from homeassistant.components.switch import SwitchEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    entity_registry as er,
    floor_registry as fr,
)
from homeassistant.helpers.entity import Entity
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import setup_test_component_platform


class Lamp(LightEntity):
    """A lamp; ``deaf`` ones take orders and do nothing, ``broken`` ones raise."""

    _attr_should_poll = False

    def __init__(self, name: str, modes: set[ColorMode], *, on: bool = False) -> None:
        """Be there, switched off unless told otherwise."""
        self._attr_name = name
        self._attr_unique_id = f"lamp {name}"
        self._attr_supported_color_modes = modes
        self._attr_color_mode = next(iter(modes))
        self._attr_is_on = on
        self._attr_brightness = 255
        self.deaf = False
        self.error: Exception | None = None

    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch on, with brightness and colour."""
        if self._refuses():
            return
        self._attr_is_on = True
        self._attr_brightness = kwargs.get(ATTR_BRIGHTNESS, self._attr_brightness)
        if ATTR_HS_COLOR in kwargs:
            self._attr_color_mode = ColorMode.HS
            self._attr_hs_color = kwargs[ATTR_HS_COLOR]
        if ATTR_COLOR_TEMP_KELVIN in kwargs:
            self._attr_color_mode = ColorMode.COLOR_TEMP
            self._attr_color_temp_kelvin = kwargs[ATTR_COLOR_TEMP_KELVIN]
        self.async_write_ha_state()

    async def async_turn_off(self, **_kwargs: Any) -> None:
        """Switch off."""
        if self._refuses():
            return
        self._attr_is_on = False
        self.async_write_ha_state()

    def _refuses(self) -> bool:
        if self.error:
            raise self.error
        return self.deaf


class Fan(FanEntity):
    """A fan with a speed, which can swing."""

    _attr_should_poll = False
    _attr_supported_features = (
        FanEntityFeature.TURN_ON
        | FanEntityFeature.TURN_OFF
        | FanEntityFeature.SET_SPEED
        | FanEntityFeature.OSCILLATE
    )

    def __init__(self, name: str, *, percentage: int = 0) -> None:
        """Turn at ``percentage`` of its full speed."""
        self._attr_name = name
        self._attr_unique_id = f"fan {name}"
        self._attr_percentage = percentage

    async def async_turn_on(
        self,
        percentage: int | None = None,
        preset_mode: str | None = None,  # noqa: ARG002 - Home Assistant passes it
        **_kwargs: Any,
    ) -> None:
        """Turn at a speed, or at half."""
        await self.async_set_percentage(percentage or 50)

    async def async_turn_off(self, **_kwargs: Any) -> None:
        """Stand still."""
        await self.async_set_percentage(0)

    async def async_set_percentage(self, percentage: int) -> None:
        """Turn at another speed."""
        self._attr_percentage = percentage
        self.async_write_ha_state()

    async def async_oscillate(self, oscillating: bool) -> None:
        """Swing or not."""
        self._attr_oscillating = oscillating
        self.async_write_ha_state()


class Plug(SwitchEntity):
    """A switched socket."""

    _attr_should_poll = False

    def __init__(self, name: str) -> None:
        """Be off."""
        self._attr_name = name
        self._attr_unique_id = f"plug {name}"
        self._attr_is_on = False

    async def async_turn_on(self, **_kwargs: Any) -> None:
        """Switch on."""
        self._attr_is_on = True
        self.async_write_ha_state()

    async def async_turn_off(self, **_kwargs: Any) -> None:
        """Switch off."""
        self._attr_is_on = False
        self.async_write_ha_state()


_FULL = {ColorMode.HS, ColorMode.COLOR_TEMP}
_DIMMABLE = {ColorMode.BRIGHTNESS}
_PLAIN = {ColorMode.ONOFF}


@dataclass(frozen=True, kw_only=True)
class House:
    """The entities of the house, by entity id."""

    hass: HomeAssistant
    entities: dict[str, Entity]

    def set_available(self, entity_id: str, *, available: bool) -> None:
        """Plug an entity in or out."""
        entity = self.entities[entity_id]
        entity._attr_available = available
        entity.async_write_ha_state()

    def hide(self, entity_id: str) -> None:
        """Expose an entity no longer."""
        async_expose_entity(self.hass, "conversation", entity_id, should_expose=False)

    def lamp(self, entity_id: str) -> Lamp:
        """Return a lamp."""
        lamp = self.entities[entity_id]
        assert isinstance(lamp, Lamp)
        return lamp


async def async_build(hass: HomeAssistant) -> House:
    """Build a house of two floors and four rooms; all but the safe's lamp is exposed."""
    rooms: dict[str, list[Entity]] = {
        "Kitchen": [Lamp("Kitchen Ceiling", _DIMMABLE), Lamp("Worktop", _PLAIN)],
        "Living Room": [Lamp("Floor Lamp", _FULL), Plug("Kettle")],
        "Bedroom": [Lamp("Bedside Lamp", _FULL), Fan("Tower Fan", percentage=30)],
        "Office": [Lamp("Desk Lamp", _DIMMABLE), Lamp("Safe Light", _PLAIN)],
    }
    entities = [entity for contents in rooms.values() for entity in contents]
    for domain, kind in (("light", Lamp), ("fan", Fan), ("switch", Plug)):
        of_kind = [entity for entity in entities if isinstance(entity, kind)]
        setup_test_component_platform(hass, domain, of_kind)
        assert await async_setup_component(hass, domain, {domain: {"platform": "test"}})
    await hass.async_block_till_done()
    _furnish(hass, rooms)
    house = House(hass=hass, entities={entity.entity_id: entity for entity in entities})
    house.hide("light.safe_light")
    return house


def _furnish(hass: HomeAssistant, rooms: dict[str, list[Entity]]) -> None:
    floors = fr.async_get(hass)
    upstairs = floors.async_create("Upstairs", level=1).floor_id
    downstairs = floors.async_create("Downstairs", level=0).floor_id
    for name, contents in rooms.items():
        floor_id = upstairs if name in ("Bedroom", "Office") else downstairs
        area = ar.async_get(hass).async_create(name, floor_id=floor_id)
        for entity in contents:
            er.async_get(hass).async_update_entity(entity.entity_id, area_id=area.id)
